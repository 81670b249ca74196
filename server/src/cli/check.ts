/** `check`: analyses files and folders and reports. */
import type { Session, Unit } from '../analysis.types.js';
import { collectInput } from '../model/includes.js';
import { DEFAULT_SETTINGS } from '../settings/parseSettings.js';
import type { Settings } from '../settings/settings.js';
import { loadEngine } from './engine.js';
import { Headers } from './headers.js';
import { EXIT, UsageError, type CliHost } from './host.js';
import { expandInputs, type InputFile } from './inputs.js';
import { parseKernelOption, targetSetting, type TargetBounds } from './kernelOption.js';
import { reasonOf } from './readText.js';
import { errorEntry, fileEntry, summarize, type FileJson } from './report.js';
import { renderJson } from './reporters/json.js';
import { TextReporter } from './reporters/text.js';

/** The options as commander hands them over. */
export interface CheckOptions {
  readonly kernel?: string;
  readonly format?: string;
  readonly config?: string;
}

type Format = 'text' | 'json';

/** @throws UsageError for formats that do not exist, and for those that this build does not know yet. */
function parseFormat(text: string): Format {
  if (text === 'text' || text === 'json') return text;
  if (text === 'sarif' || text === 'github') throw new UsageError(`--format ${text}: this build does not know this format yet; it knows text and json`);
  throw new UsageError(`--format '${text}' is no format; it is one of text and json`);
}

/** One analysed input: its entry, and the texts for excerpts. */
interface Checked {
  readonly entry: FileJson;
  lines(path: string): readonly string[];
}

/** Reads and analyses one input; whatever goes wrong becomes the entry's `error`. */
function checkFile(input: InputFile, session: Session, headers: Headers, settings: Settings): Checked {
  const none = (error: string): Checked => ({ entry: errorEntry(input.path, error), lines: () => [] });
  const result = input.read();
  if ('error' in result) return none(result.error);
  try {
    const files = collectInput(input.path, result.text, headers.read, settings.includePaths);
    const unit: Unit = session.analyze(files, settings);
    const entry = fileEntry(input.path, unit);
    const broken = unit.failures.map((f) => `the rule ${f.rule} failed: ${f.error.split('\n', 1)[0]}`).join('; ');
    return { entry: broken ? withError(entry, broken) : entry, lines: linesOf(files.files) };
  } catch (error) {
    return none(`could not be analysed: ${reasonOf(error)}`);
  } finally {
    session.forget(input.path);
    headers.trim();
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
  const target: TargetBounds | null = options.kernel === undefined ? null : parseKernelOption(options.kernel);
  if (options.config !== undefined) throw new UsageError('--config: this build does not read configuration files yet');
  if (paths.length === 0) throw new UsageError('check needs at least one file or folder');

  const { session } = await loadEngine(host.assetDir);
  const settings: Settings = { ...DEFAULT_SETTINGS, targetKernel: targetSetting(target) };
  const text = new TextReporter(host.colour);
  const headers = new Headers(session);
  const files: FileJson[] = [];
  try {
    for (const input of expandInputs(paths)) {
      const { entry, lines } = checkFile(input, session, headers, settings);
      files.push(entry);
      if (format === 'text') host.out(text.file(entry, lines));
      else if (entry.error !== undefined) host.err(`ebpf-lens: ${entry.path}: ${entry.error}\n`);
    }
  } finally {
    session.dispose();
  }
  const summary = summarize(files);
  if (format === 'json') host.out(renderJson({ version: 1, target, files, summary }));
  else host.out(text.summary(summary, target));
  if (files.length === 0) host.err('ebpf-lens: no C file with a SEC("…") was found there\n');
  return exitCode(files);
}
