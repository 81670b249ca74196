/** Turns offsets of a text into lines and columns and back; columns are UTF-16 units, `\n`, `\r\n` and `\r` end a line. */

/** A zero-based place, as editors count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line starts of one text. Building is one pass; a look-up is a binary search. */
export class LineIndex {
  private readonly starts: readonly number[];
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
    const starts = [0];
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
    }
    this.starts = starts;
  }

  /** Number of lines; an empty text has one. */
  get lineCount(): number {
    return this.starts.length;
  }

  /** Zero-based line and column of an offset; offsets outside the text are moved to its nearest end. */
  positionAt(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: at - (this.starts[low] ?? 0) };
  }

  /** Line and column counted from 1, as the command line prints them. */
  humanPositionAt(offset: number): Position {
    const { line, column } = this.positionAt(offset);
    return { line: line + 1, column: column + 1 };
  }

  /** Offset of a zero-based place; columns behind the line's end (its line break not counted) are moved to that end. */
  offsetAt(line: number, column: number): number {
    if (line < 0) return 0;
    const start = this.starts[line];
    if (start === undefined) return this.text.length;
    return Math.min(start + Math.max(0, column), this.lineEnd(line));
  }

  /** Offset of a place counted from 1. */
  offsetOfHuman(line: number, column: number): number {
    return this.offsetAt(line - 1, column - 1);
  }

  /** Offset where the content of a zero-based line ends, line break not counted. */
  lineEnd(line: number): number {
    const next = this.starts[line + 1];
    if (next === undefined) return this.text.length;
    let end = next;
    if (end > 0 && this.text.charCodeAt(end - 1) === 10) end--;
    if (end > 0 && this.text.charCodeAt(end - 1) === 13) end--;
    return Math.max(end, this.starts[line] ?? 0);
  }
}
