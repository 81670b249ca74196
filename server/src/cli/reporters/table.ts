/** Tables as text for a terminal. */
import type { Table } from '../../features/text/table.js';
import { blanks, printable } from '../terminal.js';

/** Columns padded with blanks, two between them; nothing at the ends of lines. */
export function textTable(table: Table): string {
  const rows = table.map((row) => row.map(printable));
  const cells = (text: string): number => blanks(text).length;
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => cells(row[i] ?? ''))));
  return rows.map((row) => `${row.map((text, i) => text + ' '.repeat((widths[i] ?? 0) - cells(text))).join('  ').trimEnd()}\n`).join('');
}
