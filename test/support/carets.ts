/** Reads expectations out of C test sources: caret lines under what must be reported, and the cursor mark. */
import type { Severity } from '../../server/src/rules/rule.js';

/** One caret line: what must be reported on the nearest source line above. */
export interface Expectation {
  readonly start: number;
  readonly end: number;
  readonly rule: string;
  readonly severity?: Severity;
  /** A part of the message, or a pattern written as `/…/`. */
  readonly message?: string | RegExp;
}

const CARETS = /^(\s*\/\/\s*)(\^+)\s+([a-z][a-z0-9-]*)(?:\s+\((error|warning|info)\))?(?:\s*:\s*(.*?))?\s*$/;
// `|` and `$` mean something in C, a comment does not.
const CURSOR = '/*|*/';

/**
 * Reads caret lines such as `//  ^^^^ helper-not-allowed (error): part of the message`. They are C comments and stay in
 * the text, so offsets are those of the text as given. The carets are taken by columns, hence sources are indented with spaces.
 * @throws Error if a caret stands under a tab or beyond the line, which would be a mistake in the test
 */
export function expectations(text: string): Expectation[] {
  const found: Expectation[] = [];
  let lineStart = 0;
  let above: { readonly start: number; readonly text: string } | undefined;
  for (const line of text.split('\n')) {
    const m = CARETS.exec(line);
    if (m && above) {
      const column = (m[1] ?? '').length;
      const width = (m[2] ?? '').length;
      if (column + width > above.text.length || above.text.slice(0, column + width).includes('\t')) throw new Error(`carets beyond or behind a tab: ${line}`);
      const start = above.start + column;
      found.push({ start, end: start + width, rule: m[3] ?? '', severity: m[4] as Severity | undefined, message: pattern(m[5]) });
    } else {
      above = { start: lineStart, text: line };
    }
    lineStart += line.length + 1;
  }
  return found;
}

function pattern(text: string | undefined): string | RegExp | undefined {
  if (text === undefined || text === '') return undefined;
  const m = /^\/(.*)\/$/.exec(text);
  return m ? new RegExp(m[1] ?? '') : text;
}

/**
 * Takes the one cursor mark out of a text.
 * @throws Error unless there is exactly one
 */
export function splitCursor(marked: string): { readonly text: string; readonly offset: number } {
  const { text, offsets } = splitCursors(marked);
  const [offset, ...others] = offsets;
  if (offset === undefined || others.length > 0) throw new Error(`expected one ${CURSOR}, found ${offsets.length}`);
  return { text, offset };
}

/** Takes all cursor marks out of a text; offsets are in the text without them, ascending. */
export function splitCursors(marked: string): { readonly text: string; readonly offsets: readonly number[] } {
  const pieces = marked.split(CURSOR);
  const offsets: number[] = [];
  let length = 0;
  for (const piece of pieces.slice(0, -1)) offsets.push((length += piece.length));
  return { text: pieces.join(''), offsets };
}
