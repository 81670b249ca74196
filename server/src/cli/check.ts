/** `check`: analyses files and folders and reports. */
import type { Unit } from '../analysis.types.js';
import { RULES } from '../rules/index.js';
import { DEFAULT_SETTINGS } from '../settings/parseSettings.js';
import type { Settings } from '../settings/settings.js';
import { judgedByIncluders } from './checkHeader.js';
import { eachFile, type Opened } from './eachFile.js';
import { EXIT, UsageError, type CliHost } from './host.js';
import { parseTargets, targetSetting, type TargetBounds, type TargetOption } from './kernelOption.js';
import { errorEntry, fileEntry, relatedPlaces, summarize, type FileJson, type FindingJson } from './report.js';
import { GithubReporter } from './reporters/github.js';
import { renderJson } from './reporters/json.js';
import type { Checked, Reporter } from './reporters/reporter.js';
import { SarifReporter } from './reporters/sarif.js';
import { TextReporter } from './reporters/text.js';
import { printable } from './terminal.js';

/** The options as commander hands them over. */
export interface CheckOptions {
  readonly kernel?: string;
  readonly format?: string;
  readonly config?: string;
}

const FORMATS = ['text', 'json', 'sarif', 'github'] as const;
type Format = (typeof FORMATS)[number];

/** @throws UsageError for formats that do not exist */
function parseFormat(text: string): Format {
  const format = FORMATS.find((f) => f === text);
  if (!format) throw new UsageError(`--format '${text}' is no format; it is one of text, json, sarif and github`);
  return format;
}

function reporterFor(format: Format, host: CliHost): Reporter {
  switch (format) {
    case 'json':
      return { file: () => '', end: renderJson };
    case 'sarif':
      return new SarifReporter(RULES, host.version, process.cwd());
    case 'github':
      return new GithubReporter(process.cwd());
    case 'text': {
      const text = new TextReporter(host.colour);
      return { file: ({ entry, lines }) => text.file(entry, lines), end: ({ summary, target, targets }) => text.summary(summary, target, targets) };
    }
  }
}

/** Analyses one input. */
function checkFile(opened: Opened, settings: Settings, targets: readonly TargetBounds[]): Checked {
  const { path, files, session } = opened;
  const unit: Unit = session.analyze(files, settings);
  const entry = fileEntry(path, unit);
  const related = relatedPlaces(unit);
  if (targets.length > 1 && entry.findings.length > 0) nameTargets(entry, targets, (t) => fileEntry(path, session.analyze(files, { ...settings, targetKernel: targetSetting(t) })));
  const broken = unit.failures.map((f) => `the rule ${f.rule} failed: ${f.error.split('\n', 1)[0]}`).join('; ');
  const whole = judgedByIncluders(broken ? withError(entry, broken) : entry, opened, settings);
  return { entry: whole, related: whole.includedBy === undefined ? related : whole.findings.map(() => []), lines: linesOf(files.files) };
}

/**
 * Says for each finding which of several targets fail: those that, taken alone, have a finding of its rule at its place, or
 * at least one of the same subject there (what is a gap between two targets is too new for the second alone).
 */
function nameTargets(entry: FileJson, targets: readonly TargetBounds[], checkAlone: (target: TargetBounds) => FileJson): void {
  const place = (f: FindingJson, ...more: string[]): string => JSON.stringify([f.path, f.line, f.column, f.endLine, f.endColumn, f.subject, ...more]);
  const alone = targets.map((target) => ({ name: targetSetting(target), found: new Set(checkAlone(target).findings.flatMap((f) => [place(f), place(f, f.rule)])) }));
  for (const finding of entry.findings) {
    const same = alone.filter(({ found }) => found.has(place(finding, finding.rule)));
    const failing = same.length > 0 ? same : alone.filter(({ found }) => found.has(place(finding)));
    if (failing.length > 0) finding.targets = failing.map((t) => t.name);
  }
}

/** The same entry with an error beside what was found. */
function withError({ path, ...rest }: FileJson, error: string): FileJson {
  return { path, error, ...rest };
}

/** Splits texts into lines as they are asked for. */
function linesOf(texts: ReadonlyMap<string, string>): (path: string) => readonly string[] {
  const split = new Map<string, readonly string[]>();
  return (path) => {
    let lines = split.get(path);
    if (!lines) split.set(path, (lines = (texts.get(path) ?? '').split(/\r\n|\r|\n/)));
    return lines;
  };
}

/** Exit code of a finished run. */
function exitCode(files: readonly FileJson[]): number {
  if (files.some((f) => f.error !== undefined)) return EXIT.trouble;
  return files.some((f) => f.findings.some((x) => x.severity === 'error')) ? EXIT.findings : EXIT.ok;
}

/**
 * Runs `check`.
 * @returns the exit code
 * @throws UsageError when options or paths make no sense
 */
export async function check(paths: readonly string[], options: CheckOptions, host: CliHost): Promise<number> {
  const format = parseFormat(options.format ?? 'text');
  const aim: TargetOption | null = options.kernel === undefined ? null : parseTargets(options.kernel);
  if (options.config !== undefined) throw new UsageError('--config: this build does not read configuration files yet');

  const targets = aim?.targets ?? [];
  const settings: Settings = { ...DEFAULT_SETTINGS, targetKernel: targets.map(targetSetting).join() };
  const reporter = reporterFor(format, host);
  const files: FileJson[] = [];
  await eachFile<Checked>('check', paths, settings, host, {
    analyse: (opened) => checkFile(opened, settings, targets),
    failed: (path, error) => ({ entry: errorEntry(path, error), related: [], lines: () => [] }),
    take(checked) {
      files.push(checked.entry);
      host.out(reporter.file(checked));
      const { path, error } = checked.entry;
      if (format !== 'text' && error !== undefined) host.err(`ebpf-lens: ${printable(path)}: ${printable(error)}\n`);
    },
  });
  const code = exitCode(files);
  const several = targets.length > 1 ? { targets } : {};
  host.out(reporter.end({ version: 1, target: aim?.bounds ?? null, ...several, files, summary: summarize(files) }, code));
  return code;
}
