/** Tables as Markdown and CSV. */
import { printable } from '../../text/printable.js';

/** The first row is the head. */
export type Table = readonly (readonly string[])[];

/** What Markdown or HTML would read in a text, escaped; what GitHub makes links and mentions of without any markup, too. */
export function escapeMarkdown(text: string): string {
  const escaped = printable(text).replaceAll('&', '&amp;').replace(/[\\`*_{}[\]<>#|~]/g, '\\$&');
  return escaped.replaceAll('://', ':&#47;&#47;').replaceAll('@', '&#64;').replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}&#46;`);
}

/** The same for our messages, in which what stands between backticks is code. */
export function messageMarkdown(text: string): string {
  const parts = printable(text).split('`');
  if (parts.length % 2 === 0) return escapeMarkdown(text);
  // Pipes and backslashes mean something in tables even in code.
  const code = (part: string): string => (/[|\\]|^\s*$/.test(part) ? escapeMarkdown(`\`${part}\``) : `\`${part}\``);
  return parts.map((part, i) => (i % 2 === 0 ? escapeMarkdown(part) : code(part))).join('');
}

/**
 * A pipe table.
 * @param cell makes Markdown of a cell; what Markdown or HTML would read in it is escaped if not given
 */
export function markdownTable(table: Table, cell: (text: string) => string = escapeMarkdown): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |\n`;
  const [head = [], ...rows] = table.map((row) => row.map(cell));
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

/** RFC 4180, but with `\n` at the ends of lines, as tools here want them. What a spreadsheet would take for a formula gets a `'` in front. */
export function csvTable(table: Table): string {
  const plain = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
  const quote = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return table.map((row) => `${row.map((text) => quote(plain(text))).join(',')}\n`).join('');
}
