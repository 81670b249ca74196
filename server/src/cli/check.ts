/** `check`: analyses files and folders and reports. */
import { forReporters } from './checked.js';
import type { CheckPlan } from './checkPlan.js';
import { cacheOf, colourOf, failsAt, jobsOf, maxFindingsOf, type CheckOptions } from './checkOptions.js';
import { Filters } from './filters.js';
import { EXIT, UsageError, type CliHost } from './host.js';
import { expandInputs, isStandardInput, NO_INPUT } from './inputs.js';
import { parseOutputs, Reports, type Output } from './outputs.js';
import { Progress } from './progress.js';
import { ProjectFiles, tellProblems, tellTargets, type ProblemJson } from './projectFiles.js';
import { summarize, type CheckJson, type FileJson, type FindingJson } from './report.js';
import type { PlainChecked } from './reporters/reporter.js';
import { runChecks } from './runChecks.js';
import { printable } from './terminal.js';

/**
 * Runs `check`.
 * @returns the exit code
 * @throws UsageError when options or paths make no sense
 */
export async function check(paths: readonly string[], options: CheckOptions, terminal: CliHost): Promise<number> {
  const outputs = parseOutputs(options.outputs ?? []);
  const fails = failsAt(options.failOn ?? 'error');
  const progress = new Progress(terminal, options.quiet !== true);
  const { host } = progress;
  const projects = new ProjectFiles(options);
  refuseNonsense(paths, options, outputs);
  const filters = new Filters(options);
  const files: FileJson[] = [];
  const problems: ProblemJson[] = [];
  const planFor = (path: string): CheckPlan => {
    const plan = projects.planFor(path);
    problems.push(...tellProblems(projects, host));
    return plan;
  };
  try {
    const reports = new Reports(outputs, { host, quiet: options.quiet === true, colour: colourOf(options, host), suppressed: options.reportSuppressed === true, fails, ...maxFindingsOf(options) });
    const inputs = expandInputs(paths, { ...options, leavesOut: (path) => projects.leavesOut(path) });
    const take = (checked: PlainChecked): void => {
      const kept = filters.apply(checked);
      files.push(kept.entry);
      reports.file(forReporters(kept));
      const { path, error } = kept.entry;
      progress.step(path);
      options.seen?.(checked.headers);
      if (!reports.tellsErrors && error !== undefined) host.err(`ebpf-lens: ${printable(path)}: ${printable(error)}\n`);
    };
    await runChecks(inputs, { planFor, jobs: jobsOf(options), cache: cacheOf(options) }, host, { note: (text) => host.err(`ebpf-lens: ${printable(text)}\n`), take });
    if (files.length === 0) host.err(NO_INPUT);
    problems.push(...tellProblems(projects, host));
    const code = problems.length > 0 ? EXIT.trouble : exitCode(files, options.writeBaseline === true ? () => false : fails);
    const ended = reports.end({ version: 1, ...targetsOf(projects, host), files, summary: summarize(files), ...filters.counts(), ...(problems.length > 0 ? { problems } : {}) }, code);
    filters.finish(host);
    return ended;
  } finally {
    filters.close();
  }
}

/** @throws UsageError for paths and options that cannot all be meant */
function refuseNonsense(paths: readonly string[], { diff, cache, reportSuppressed }: CheckOptions, outputs: readonly Output[]): void {
  const taken = typeof cache === 'string' ? `; --cache took ${printable(cache)} for its folder: put the paths before it, or write --cache=FOLDER` : '';
  if (paths.length === 0) throw new UsageError(`check needs at least one file or folder${taken}`);
  if (diff === '-' && paths.some(isStandardInput)) throw new UsageError('standard input is the diff or a file to check, not both');
  if (reportSuppressed === true && !outputs.some(({ format }) => format === 'sarif')) throw new UsageError('--report-suppressed is for --format sarif, the only one that can mark findings as suppressed');
}

function targetsOf(projects: ProjectFiles, host: CliHost): Pick<CheckJson, 'target' | 'targets'> {
  const aim = tellTargets(projects, host);
  return { target: aim?.bounds ?? null, ...(aim !== null && (aim.targets.length > 1 || aim.targets.some((t) => t.name !== undefined)) ? { targets: aim.targets } : {}) };
}

/** Exit code of a finished run. */
function exitCode(files: readonly FileJson[], fails: (finding: FindingJson) => boolean): number {
  if (files.some((f) => f.error !== undefined)) return EXIT.trouble;
  return files.some((f) => f.findings.some(fails)) ? EXIT.findings : EXIT.ok;
}
