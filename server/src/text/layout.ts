/** How a text is laid out: its line ends and its indentation, so that what we write into it looks like what stands there. */

/** How much of a text is looked at. */
const SAMPLE = 20_000;
/** Who writes longer lines does not indent them. */
const MAX_LINE = 10_000;

/** The line end that the text uses. */
export function eolOf(text: string): '\r\n' | '\n' {
  return text.slice(0, SAMPLE).includes('\r\n') ? '\r\n' : '\n';
}

/** One step of indentation at a place: the line's own kind of blanks, as wide as the text's steps are; a tab, as the kernel has it, where nothing says. */
export function indentUnit(text: string, offset: number): string {
  const own = indentAt(text, offset);
  if (own.startsWith('\t')) return '\t';
  const spaces = /^((?: {2}){1,4})(?=[^\s*])/m.exec(text.slice(0, SAMPLE))?.[1];
  if (own !== '') return spaces !== undefined && own.length % spaces.length === 0 ? spaces : own.slice(0, 8);
  return /^\t/m.test(text.slice(0, SAMPLE)) ? '\t' : (spaces ?? '\t');
}

/** The blanks that the line around an offset starts with. */
export function indentAt(text: string, offset: number): string {
  const from = Math.max(0, offset - MAX_LINE);
  const before = text.slice(from, offset);
  const start = before.lastIndexOf('\n') + 1;
  return start === 0 && from > 0 ? '' : (/^[ \t]*/.exec(before.slice(start))?.[0] ?? '');
}

/** The same text with the line ends of another. */
export function withEol(newText: string, of: string): string {
  return eolOf(of) === '\n' ? newText : newText.replace(/\r?\n/g, '\r\n');
}
