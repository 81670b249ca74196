/** Tables as text for a terminal, Markdown and CSV. */
import { blanks, printable } from '../terminal.js';

/** The first row is the head. */
export type Table = readonly (readonly string[])[];

/** Columns padded with blanks, two between them; nothing at the ends of lines. */
export function textTable(table: Table): string {
  const rows = table.map((row) => row.map(printable));
  const cells = (text: string): number => blanks(text).length;
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => cells(row[i] ?? ''))));
  return rows.map((row) => `${row.map((text, i) => text + ' '.repeat((widths[i] ?? 0) - cells(text))).join('  ').trimEnd()}\n`).join('');
}

/** A pipe table; what Markdown or HTML would read in a cell is escaped. */
export function markdownTable(table: Table): string {
  const escape = (text: string): string => printable(text).replace(/[\\`*_{}[\]<>#|~]/g, '\\$&');
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |\n`;
  const [head = [], ...rows] = table.map((row) => row.map(escape));
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

/** RFC 4180, but with `\n` at the ends of lines, as tools here want them. */
export function csvTable(table: Table): string {
  const quote = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return table.map((row) => `${row.map(quote).join(',')}\n`).join('');
}
