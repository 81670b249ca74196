/** Tables as Markdown and CSV. */
import { printable } from '../../text/printable.js';

/** The first row is the head. */
export type Table = readonly (readonly string[])[];

/** What Markdown or HTML would read in a text, escaped. */
export function escapeMarkdown(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>#|~]/g, '\\$&');
}

/** A pipe table; what Markdown or HTML would read in a cell is escaped. */
export function markdownTable(table: Table): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |\n`;
  const [head = [], ...rows] = table.map((row) => row.map(escapeMarkdown));
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

/** RFC 4180, but with `\n` at the ends of lines, as tools here want them. What a spreadsheet would take for a formula gets a `'` in front. */
export function csvTable(table: Table): string {
  const plain = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
  const quote = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return table.map((row) => `${row.map((text) => quote(plain(text))).join(',')}\n`).join('');
}
