/** `min-kernel`: the oldest kernel that each file and program needs. */
import { parseRelease } from '../facts/kernelVersion.js';
import { DIALECTS } from '../features/recognition.js';
import { exceeds } from '../features/status.js';
import { eachFile } from './eachFile.js';
import { EXIT, UsageError, type CliHost } from './host.js';
import type { InputOptions } from './inputs.js';
import type { TargetBounds } from './kernelOption.js';
import type { ProjectOptions } from './projectFiles.js';
import { errorEntry, fileEntry, type FileJson, type MinKernelJson, type ProgramJson } from './report.js';
import { textTable } from './reporters/table.js';
import { forcing } from './reporters/text.js';
import { printable } from './terminal.js';

export interface MinKernelOptions extends InputOptions, ProjectOptions {
  readonly format?: string;
}

/** What all the files need together. */
interface Needs {
  version: string | null;
  max?: string;
}

export interface MinKernelReport {
  version: 1;
  target: TargetBounds | null;
  minKernel: Needs;
  files: (Pick<FileJson, 'path' | 'error' | 'minKernel'> & { programs: Pick<ProgramJson, 'name' | 'section' | 'path' | 'line' | 'column' | 'minKernel'>[] })[];
}

const release = (text: string): number => parseRelease(text) ?? 0;

/** The newest of the minimums and the oldest of the maximums. */
function together(files: readonly FileJson[]): Needs {
  const newest = files.flatMap((f) => f.minKernel.version ?? []).sort((a, b) => release(b) - release(a))[0];
  const oldest = files.flatMap((f) => f.minKernel.max ?? []).sort((a, b) => release(a) - release(b))[0];
  return { version: newest ?? null, ...(oldest === undefined ? {} : { max: oldest }) };
}

function range({ version, max }: Needs): string {
  if (version === null) return max === undefined ? 'not known' : `up to ${max}`;
  return max === undefined ? version : `${version} to ${max}`;
}

/** A line for the file and one for each program, with what forces it. */
function fileText(file: FileJson): string {
  if (file.error !== undefined) return `${printable(file.path)}: error: ${printable(file.error)}\n`;
  if (file.dialect !== undefined) return `${printable(file.path)}: not known: it is C for ${DIALECTS[file.dialect]}\n`;
  if (file.programs.length === 0) return `${printable(file.path)}: no eBPF programs\n`;
  const row = (name: string, min: MinKernelJson): string[] => [`  ${name}`, range(min), forcing(min)];
  return `${printable(file.path)}: ${range(file.minKernel)}\n${textTable(file.programs.map((p) => row(p.name, p.minKernel)))}`;
}

/** True if some kernel of the target is too old, or too new, for the file. */
function misses({ minKernel: { version, max } }: FileJson, target: TargetBounds): boolean {
  return (version !== null && release(version) > release(target.min)) || (max !== undefined && release(max) < release(target.max));
}

/**
 * Runs `min-kernel`.
 * @returns the exit code: with a target, 1 if a file needs a kernel outside of it
 * @throws UsageError when options or paths make no sense
 */
export async function minKernel(paths: readonly string[], options: MinKernelOptions, host: CliHost): Promise<number> {
  const format = options.format ?? 'text';
  if (format !== 'text' && format !== 'json') throw new UsageError(`--format '${format}' is no format; it is one of text and json`);
  const files: FileJson[] = [];
  let missed = false;
  const { aim, mistaken } = await eachFile<FileJson>('min-kernel', paths, options, host, {
    analyse({ path, files: input, session }, { settings, targets }) {
      const unit = session.analyze(input, settings);
      const file = fileEntry(path, unit);
      missed ||= targets.some((target) => target.name === undefined && misses(file, target)) || (targets.some((target) => target.name !== undefined) && exceeds(unit, unit.minKernel()));
      return file;
    },
    failed: errorEntry,
    take(file) {
      files.push(file);
      if (format === 'text') host.out(fileText(file));
      else if (file.error !== undefined) host.err(`ebpf-lens: ${printable(file.path)}: ${printable(file.error)}\n`);
    },
  });
  const needs = together(files);
  if (format === 'json') host.out(`${JSON.stringify(reportOf(files, aim?.bounds ?? null, needs), null, 2)}\n`);
  else if (files.length > 1) host.out(`all ${files.length} files: ${range(needs)}\n`);
  if (mistaken || files.some((f) => f.error !== undefined)) return EXIT.trouble;
  return missed ? EXIT.findings : EXIT.ok;
}

function reportOf(files: readonly FileJson[], target: TargetBounds | null, needs: Needs): MinKernelReport {
  return {
    version: 1,
    target,
    minKernel: needs,
    files: files.map(({ path, error, minKernel: min, programs }) => ({
      path,
      ...(error === undefined ? {} : { error }),
      minKernel: min,
      programs: programs.map(({ name, section, path: header, line, column, minKernel: own }) => ({ name, section, ...(header === undefined ? {} : { path: header }), line, column, minKernel: own })),
    })),
  };
}
