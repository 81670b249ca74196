/** `check`: analyses files and folders and reports. */
import { statSync, readFileSync } from 'node:fs';
import { Baseline, readBaseline } from './baseline.js';
import { anyChanged, changedLines, parseUnifiedDiff, type ChangedLines } from './changedLines.js';
import { forReporters, keepFindings } from './checked.js';
import type { CheckPlan } from './checkPlan.js';
import { cacheOf, colourOf, failsAt, jobsOf, maxFindingsOf, type CheckOptions } from './checkOptions.js';
import { changedSince } from './gitBase.js';
import { EXIT, UsageError, type CliHost } from './host.js';
import { expandInputs } from './inputs.js';
import { parseOutputs, Reports } from './outputs.js';
import { Progress } from './progress.js';
import { problemText, ProjectFiles, type ProblemJson } from './projectFiles.js';
import { decode, reasonOf } from './readText.js';
import { summarize, type CheckJson, type FileJson, type FindingJson } from './report.js';
import type { PlainChecked } from './reporters/reporter.js';
import { runChecks } from './runChecks.js';
import { printable } from './terminal.js';

/** Stale entries that are named one by one. */
const MAX_STALE = 10;

/** @throws UsageError if it cannot be read or is no diff */
async function readDiff(name: string): Promise<ChangedLines> {
  if (name !== '-' && !isReadable(name)) return changedSince(name, process.cwd());
  const shown = name === '-' ? 'standard input' : printable(name);
  let result;
  try {
    result = decode(readFileSync(name === '-' ? 0 : name));
  } catch (error) {
    throw new UsageError(`--diff: ${shown}: ${reasonOf(error)}`);
  }
  const files = 'error' in result ? undefined : parseUnifiedDiff(result.text);
  if (files === undefined) throw new UsageError(`--diff: ${shown} is no unified diff; make one with git diff -U0 BASE`);
  return changedLines(files, process.cwd());
}

/** A file or a pipe of that name; a folder may be called like a branch. */
function isReadable(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() === false;
}

/** Takes away the findings that are not asked for. */
class Filters {
  readonly hidden = { known: 0, unchanged: 0 };

  constructor(private readonly baseline: Baseline | undefined, private readonly changed: ChangedLines | undefined) {}

  apply(checked: PlainChecked): PlainChecked {
    let kept = checked;
    if (this.changed !== undefined) {
      const { changed } = this;
      const touched = kept.origins.map(({ lines }) => anyChanged(changed, checked.entry.path, lines));
      this.hidden.unchanged += touched.filter((t) => !t).length;
      kept = keepFindings(kept, (i) => touched[i] ?? true);
    }
    if (this.baseline !== undefined) {
      const { lines } = forReporters(kept);
      const known = this.baseline.take(kept, (path, line) => lines(path)[line - 1]);
      this.hidden.known += known.filter(Boolean).length;
      kept = keepFindings(kept, (i) => !known[i]);
    }
    return kept;
  }
}

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
  if (paths.length === 0) throw new UsageError('check needs at least one file or folder');
  const baseline = openBaseline(options);
  if (options.diff === '-' && paths.includes('-')) throw new UsageError('standard input is the diff or a file to check, not both');
  const changed = options.diff === undefined ? undefined : await readDiff(options.diff);
  const filters = new Filters(baseline, changed);

  const reports = new Reports(outputs, { host, quiet: options.quiet === true, colour: colourOf(options, host), fails, ...maxFindingsOf(options) });
  const files: FileJson[] = [];
  const problems: ProblemJson[] = [];
  const planFor = (path: string): CheckPlan => {
    const plan = projects.planFor(path);
    problems.push(...tellProblems(projects, host));
    return plan;
  };
  const inputs = expandInputs(paths, { ...options, leavesOut: (path) => projects.leavesOut(path) });
  await runChecks(inputs, { planFor, jobs: jobsOf(options), cache: cacheOf(options) }, host, {
    note: (text) => host.err(`ebpf-lens: ${printable(text)}\n`),
    take(checked) {
      const kept = filters.apply(checked);
      files.push(kept.entry);
      reports.file(forReporters(kept));
      const { path, error } = kept.entry;
      progress.step(path);
      options.seen?.(checked.headers);
      if (!reports.tellsErrors && error !== undefined) host.err(`ebpf-lens: ${printable(path)}: ${printable(error)}\n`);
    },
  });
  changed?.close?.();
  if (files.length === 0) host.err('ebpf-lens: no C file with a SEC("…") was found there\n');
  problems.push(...tellProblems(projects, host));
  const code = problems.length > 0 ? EXIT.trouble : exitCode(files, options.writeBaseline === true ? () => false : fails);
  const report: CheckJson = { version: 1, ...targetsOf(projects, host), files, summary: summarize(files), ...hiddenOf(filters, options), ...(problems.length > 0 ? { problems } : {}) };
  const ended = reports.end(report, code);
  if (baseline !== undefined) finishBaseline(baseline, options, filters, host);
  else if (filters.hidden.unchanged > 0 && options.quiet !== true) host.err(`ebpf-lens: ${countOf(filters.hidden.unchanged, 'finding')} on lines that did not change ${filters.hidden.unchanged === 1 ? 'is' : 'are'} not shown\n`);
  return ended;
}

/** Says what is wrong in project files that were not met before. */
function tellProblems(projects: ProjectFiles, host: CliHost): readonly ProblemJson[] {
  const problems = projects.takeProblems();
  for (const problem of problems) host.err(problemText(problem));
  return problems;
}

function targetsOf(projects: ProjectFiles, host: CliHost): Pick<CheckJson, 'target' | 'targets'> {
  const aim = projects.targets();
  for (const note of aim?.notes ?? []) host.err(`ebpf-lens: note: ${printable(note)}\n`);
  return { target: aim?.bounds ?? null, ...(aim !== null && (aim.targets.length > 1 || aim.targets.some((t) => t.name !== undefined)) ? { targets: aim.targets } : {}) };
}

function hiddenOf({ hidden }: Filters, options: CheckOptions): Pick<CheckJson, 'hidden'> {
  if (options.baseline === undefined && options.diff === undefined) return {};
  return { hidden: { ...(options.baseline === undefined ? {} : { baseline: hidden.known }), ...(options.diff === undefined ? {} : { diff: hidden.unchanged }) } };
}

const countOf = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** @throws UsageError for a baseline that is broken, or not there and not to be written */
function openBaseline(options: CheckOptions): Baseline | undefined {
  const { baseline, writeBaseline, diff } = options;
  if (baseline === undefined) {
    if (writeBaseline === true) throw new UsageError('--write-baseline needs --baseline FILE, which says where to');
    return undefined;
  }
  if (writeBaseline === true && diff !== undefined) throw new UsageError('--write-baseline takes all findings; it does not go with --diff');
  const entries = readBaseline(baseline);
  if (entries === undefined && writeBaseline !== true) throw new UsageError(`--baseline: ${printable(baseline)}: no such file; --write-baseline makes it`);
  return new Baseline(baseline, entries ?? []);
}

function finishBaseline(baseline: Baseline, options: CheckOptions, { hidden }: Filters, host: CliHost): void {
  const file = printable(options.baseline ?? '');
  if (options.writeBaseline === true) {
    host.err(`ebpf-lens: ${file} has ${countOf(baseline.write(), 'finding')} now\n`);
    return;
  }
  const stale = baseline.stale();
  // Where only changed lines count, what was not seen may be there still.
  if (stale.length > 0 && options.diff === undefined) {
    host.err(`ebpf-lens: ${countOf(stale.reduce((n, e) => n + (e.count ?? 1), 0), 'finding')} of ${file} ${stale.length === 1 ? 'is' : 'are'} mended; --write-baseline takes them out:\n`);
    for (const { path, rule, function: fn, code } of stale.slice(0, MAX_STALE)) host.err(`  ${printable(path)}: ${printable(rule)}${fn === undefined ? '' : ` in ${printable(fn)}`}: ${printable(code.slice(0, 80))}\n`);
    if (stale.length > MAX_STALE) host.err(`  and ${stale.length - MAX_STALE} more\n`);
  }
  if (hidden.known > 0 && options.quiet !== true) host.err(`ebpf-lens: ${countOf(baseline.known, 'finding')} known from ${file} ${baseline.known === 1 ? 'is' : 'are'} not shown\n`);
}

/** Exit code of a finished run. */
function exitCode(files: readonly FileJson[], fails: (finding: FindingJson) => boolean): number {
  if (files.some((f) => f.error !== undefined)) return EXIT.trouble;
  return files.some((f) => f.findings.some(fails)) ? EXIT.findings : EXIT.ok;
}
