/** `matrix`: programs against kernels. */
import { LONG_TERM, needsGuard, targetCell, type CellReason, type CellStatus } from '../features/matrix.js';
import { csvTable, markdownTable, type Table } from '../features/text/table.js';
import { parseRelease, type Release } from '../facts/kernelVersion.js';
import type { Settings } from '../settings/settings.js';
import { eachFile, type Opened } from './eachFile.js';
import { EXIT, UsageError, type CliHost } from './host.js';
import type { InputOptions } from './inputs.js';
import { parseTargets, type TargetBounds, type TargetOption } from './kernelOption.js';
import { Places } from './places.js';
import type { ProjectOptions } from './projectFiles.js';
import { fileEntry, type ProgramJson } from './report.js';
import { textTable } from './reporters/table.js';
import { printable } from './terminal.js';

export interface MatrixOptions extends InputOptions, ProjectOptions {
  readonly format?: string;
}

const FORMATS = ['text', 'markdown', 'json', 'csv'] as const;

interface ReasonJson {
  status: CellReason['status'];
  message: string;
  feature?: string;
  rule?: string;
  /** Only where it stands in an included header. */
  path?: string;
  line: number;
  column: number;
}

export interface CellJson {
  kernel: string;
  status: CellStatus;
  /** Of one that is refused: it would run if its newer calls were asked for first. */
  needsGuard?: true;
  /** Empty where it runs. */
  reasons: ReasonJson[];
}

type RowJson = Pick<ProgramJson, 'name' | 'section' | 'programType' | 'attachType' | 'path' | 'line' | 'column'> & {
  minKernel: { version: string | null; max?: string };
  cells: CellJson[];
};

interface FileRows {
  path: string;
  error?: string;
  programs: RowJson[];
}

export interface MatrixJson {
  version: 1;
  target: TargetBounds | null;
  targets?: readonly TargetBounds[];
  kernels: readonly string[];
  files: FileRows[];
  summary: { files: number; programs: number } & Record<CellStatus, number>;
}

const number = (release: string): Release => parseRelease(release) ?? 0;

/** The columns: the long-term kernels and the ends of the targets, then targets that have names. */
function columns(targets: readonly TargetBounds[]): string[] {
  const releases = new Set([...LONG_TERM, ...targets.flatMap((t) => (t.name === undefined ? [t.min, t.max] : []))]);
  return [...[...releases].sort((a, b) => number(a) - number(b)), ...targets.flatMap((t) => t.name ?? [])];
}

/** The rows of one file; analyses it once for each kernel, which parses it once. */
function fileRows({ path, files, session }: Opened, ofProject: Settings, kernels: readonly string[]): FileRows {
  // What a rule says is refused, however severe that is to the project.
  const settings: Settings = { ...ofProject, severity: {}, targetKernel: '' };
  const described = fileEntry(path, session.analyze(files, settings)).programs;
  const rows = described.map(({ name, section, programType, attachType, path: header, line, column, minKernel: { version, max } }): RowJson => ({
    name, section, programType, attachType, ...(header === undefined ? {} : { path: header }), line, column,
    minKernel: { version, ...(max === undefined ? {} : { max }) }, cells: [],
  }));
  const failures = new Set<string>();
  for (const kernel of kernels) {
    const unit = session.analyze(files, { ...settings, targetKernel: kernel });
    for (const f of unit.failures) failures.add(`the rule ${f.rule} failed: ${f.error.split('\n', 1)[0]}`);
    const places = new Places(unit);
    unit.model.programs.forEach((program, i) => {
      const cell = targetCell(unit, program, number(kernel));
      rows[i]?.cells.push({ kernel, status: cell.status, ...(needsGuard(cell) ? { needsGuard: true } : {}), reasons: cell.reasons.map(({ span, path: at, ...reason }) => ({ ...reason, ...places.spotOfUse(at, span) })) });
    });
  }
  return { path, ...(failures.size === 0 ? {} : { error: [...failures].join('; ') }), programs: rows };
}

function tableOf({ kernels, files }: MatrixJson): Table {
  const rows = files.flatMap((file) => file.programs.map((p) => [file.path, p.name, p.section, ...p.cells.map((c) => (c.needsGuard ? 'needs guard' : c.status))]));
  return [['file', 'program', 'section', ...kernels], ...rows];
}

/** Why a row's cells are as they are: each reason once, with its kernels. */
function explanation(file: FileRows, row: RowJson): string {
  const byReason = new Map<string, { kernels: string[]; reason: ReasonJson }>();
  for (const { kernel, reasons } of row.cells)
    for (const reason of reasons) {
      const id = JSON.stringify([reason.status, reason.feature ?? reason.message, reason.line]);
      const same = byReason.get(id);
      if (same) same.kernels.push(kernel);
      else byReason.set(id, { kernels: [kernel], reason });
    }
  return [...byReason.values()]
    .map(({ kernels, reason: { path, line, column, status, message } }) => printable(`${path ?? file.path}:${line}:${column}: ${row.name} ${status} on ${kernels.join(', ')}: ${message}`) + '\n')
    .join('');
}

function render(format: (typeof FORMATS)[number], matrix: MatrixJson): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(matrix, null, 2)}\n`;
    case 'csv':
      return csvTable(tableOf(matrix));
    case 'markdown':
      return markdownTable(tableOf(matrix));
    case 'text': {
      if (matrix.summary.programs === 0) return '';
      const why = matrix.files.flatMap((file) => file.programs.map((row) => explanation(file, row))).join('');
      return `${textTable(tableOf(matrix))}${why === '' ? '' : `\n${why}`}`;
    }
  }
}

/** 1 where a program is refused on a kernel of the target; without one nothing is asked for, so nothing is missed. */
function exitCode(files: readonly FileRows[], targets: readonly TargetBounds[]): number {
  if (files.some((f) => f.error !== undefined)) return EXIT.trouble;
  const asked = (kernel: string): boolean => targets.some((t) => t.name === kernel || (t.name === undefined && number(kernel) >= number(t.min) && number(kernel) <= number(t.max)));
  return files.some((f) => f.programs.some((p) => p.cells.some((c) => c.status === 'refused' && asked(c.kernel)))) ? EXIT.findings : EXIT.ok;
}

/**
 * Runs `matrix`.
 * @returns the exit code
 * @throws UsageError when options or paths make no sense
 */
export async function matrix(paths: readonly string[], options: MatrixOptions, host: CliHost): Promise<number> {
  const format = FORMATS.find((f) => f === (options.format ?? 'text'));
  if (!format) throw new UsageError(`--format '${options.format}' is no format; it is one of text, markdown, json and csv`);
  const aim: TargetOption | null = options.kernel === undefined ? null : parseTargets(options.kernel);
  const targets = aim?.targets ?? [];
  const kernels = columns(targets);
  const files: FileRows[] = [];
  const { mistaken } = await eachFile<FileRows>('matrix', paths, options, host, {
    analyse: (opened, { settings }) => fileRows(opened, settings, kernels),
    failed: (path, error) => ({ path, error, programs: [] }),
    take(file) {
      files.push(file);
      if (file.error !== undefined) host.err(`ebpf-lens: ${printable(file.path)}: ${printable(file.error)}\n`);
    },
  });
  if (files.length > 0 && files.every((file) => file.error === undefined && file.programs.length === 0)) host.err('ebpf-lens: no eBPF programs are in there\n');
  const cells = files.flatMap((f) => f.programs.flatMap((p) => p.cells));
  const count = (status: CellStatus): number => cells.filter((c) => c.status === status).length;
  const summary = { files: files.length, programs: files.reduce((n, f) => n + f.programs.length, 0), runs: count('runs'), refused: count('refused'), unknown: count('unknown') };
  host.out(render(format, { version: 1, target: aim?.bounds ?? null, ...(targets.length > 1 ? { targets } : {}), kernels, files, summary }));
  return mistaken ? EXIT.trouble : exitCode(files, targets);
}
