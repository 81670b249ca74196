/** The source line of a finding with carets under it, as compilers draw it. */
import { blanks, printable } from '../terminal.js';

/** More of a line nobody reads, even where the terminal is wider. */
const MAX_CELLS = 200;
const MIN_CELLS = 40;
/** What is shown before the finding in a line that is cut on its left. */
const BEFORE = 30;
const GUTTER = 8;
const CUT = '…';

/** A drawn line: what stands on it, and the blanks and the width that bring carets under the finding. */
export interface Excerpt {
  readonly text: string;
  readonly indent: string;
  /** In cells, at least 1. */
  readonly width: number;
}

/**
 * Draws a line. One that is too long is cut around the finding.
 * @param from offset of the finding's first character, from 0
 * @param to offset behind its last; the line's end where it goes on in the next
 * @param columns of the terminal, if there is one
 */
export function excerptOf(source: string, from: number, to: number, columns?: number): Excerpt {
  const room = Math.max(MIN_CELLS, Math.min(MAX_CELLS, (columns ?? MAX_CELLS) - GUTTER));
  const { start, end } = windowOf(source, from, to, room);
  const left = start > 0 ? CUT : '';
  const before = left + source.slice(start, from);
  const text = left + source.slice(start, end) + (end < source.length ? CUT : '');
  return { text: printable(text), indent: blanks(printable(before)), width: Math.max(1, blanks(printable(source.slice(from, Math.min(to, end)))).length) };
}

/** What of a line is shown: all, its beginning if the finding is there, or what is around the finding. */
function windowOf(source: string, from: number, to: number, room: number): { readonly start: number; readonly end: number } {
  const cells = (start: number, end: number): number => blanks(source.slice(start, end)).length;
  // Lines that fit in characters may not in cells, but for that they have to be long.
  if (source.length <= room / 2 || cells(0, source.length) <= room) return { start: 0, end: source.length };
  const start = cells(0, to) < room ? 0 : whole(source, Math.max(0, from - BEFORE));
  let end = start;
  for (const char of source.slice(start, start + room)) {
    if (cells(start, end + char.length) > room - 2) break;
    end += char.length;
  }
  return { start, end };
}

/** Not between the halves of a surrogate pair. */
function whole(source: string, at: number): number {
  const unit = source.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
