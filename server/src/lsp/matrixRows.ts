/** One file's programs against kernels, as the protocol has them; and the whole matrix as a document. */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Input, Session, Unit } from '../analysis.types.js';
import { parseRelease } from '../facts/kernelVersion.js';
import { targetCell, needsGuard, type Cell } from '../features/matrix.js';
import { kindTitle, typeTitle } from '../features/programs.js';
import { csvTable, escapeMarkdown, markdownTable } from '../features/text/table.js';
import type { Program } from '../model/model.types.js';
import type { Settings } from '../settings/settings.js';
import type { MatrixCell, MatrixExportParams, MatrixFile, MatrixReason, MatrixRow, MatrixStatus } from './messages.js';
import { rangeOf } from './places.js';

/** A file that can be analysed for any kernel. */
export interface Judged {
  readonly text: TextDocument;
  readonly input: Input;
  readonly settings: Settings;
  readonly session: Session;
}

type Row = Omit<MatrixRow, 'cells'> & { cells: MatrixCell[] };

/**
 * Judges the programs of a file on each kernel: a release, or a target with a name of its own. What the user's severities silence counts here all the same: a kernel does not ask.
 * @param turn awaited between kernels; when it says no, the text is no longer this one, and the answer is undefined
 */
export async function matrixRows({ text, input, settings, session }: Judged, kernels: readonly string[], turn: () => Promise<boolean>): Promise<readonly MatrixRow[] | undefined> {
  let rows: Row[] | undefined;
  for (const kernel of kernels) {
    if (!(await turn())) return undefined;
    const unit = session.analyze(input, { ...settings, targetKernel: kernel, severity: {} });
    rows ??= unit.model.programs.map((program) => emptyRow(unit, text, program));
    for (const [i, program] of unit.model.programs.entries()) rows[i]?.cells.push(toCell(unit, text, targetCell(unit, program, parseRelease(kernel) ?? 0)));
  }
  return rows ?? [];
}

function emptyRow(unit: Unit, text: TextDocument, { name, section, key, programType, path, fn }: Program): Row {
  const written = section.text ?? section.use.parts.map((part) => part.value).join(' ');
  return {
    id: `${text.uri}#${name}#${written}`,
    name,
    section: written,
    kind: kindTitle(unit.facts, key),
    typeTitle: programType === null ? null : typeTitle(unit.facts, programType),
    uri: path,
    range: rangeOf(unit, text, path, fn.nameSpan),
    cells: [],
  };
}

function toCell(unit: Unit, text: TextDocument, cell: Cell): MatrixCell {
  const reasons = cell.reasons.map(({ message, rule, path, span }): MatrixReason => ({ message, ...(rule === undefined ? {} : { rule }), uri: path, range: rangeOf(unit, text, path, span) }));
  return { status: needsGuard(cell) ? 'guard' : cell.status, reasons };
}

const WORDS: Readonly<Record<MatrixStatus, string>> = { runs: 'runs', guard: 'needs guard', refused: 'refused', unknown: 'unknown' };

/** The matrix as a document: a table, and in Markdown the reasons under it, each once with its kernels. */
export function exportMatrix(files: readonly MatrixFile[], kernels: readonly string[], { format, rows }: MatrixExportParams): string {
  const wanted = rows === undefined ? undefined : new Set(rows);
  const listed = files.flatMap((file) => file.rows.filter((row) => wanted?.has(row.id) ?? true).map((row) => ({ path: file.path, row })));
  const table = [['file', 'program', 'section', ...kernels], ...listed.map(({ path, row }) => [path, row.name, row.section, ...row.cells.map((cell) => WORDS[cell.status])])];
  if (format === 'csv') return csvTable(table);
  const why = listed.flatMap(({ path, row }) => reasonLines(path, row, kernels));
  return `# eBPF programs and kernels\n\n${markdownTable(table)}${why.length > 0 ? `\n## Why\n\n${why.join('')}` : ''}`;
}

function reasonLines(path: string, row: MatrixRow, kernels: readonly string[]): string[] {
  const found = new Map<string, { readonly status: MatrixStatus; readonly reason: MatrixReason; readonly on: string[] }>();
  for (const [i, { status, reasons }] of row.cells.entries())
    for (const reason of reasons) {
      const id = JSON.stringify([status, reason.rule ?? reason.message, reason.range]);
      const same = found.get(id);
      if (same) same.on.push(kernels[i] ?? '');
      else found.set(id, { status, reason, on: [kernels[i] ?? ''] });
    }
  return [...found.values()].map(({ status, reason, on }) => `- ${escapeMarkdown(path)}, ${escapeMarkdown(row.name)}, line ${reason.range.start.line + 1}: ${WORDS[status]} on ${on.join(', ')}. ${escapeMarkdown(reason.message)}\n`);
}
