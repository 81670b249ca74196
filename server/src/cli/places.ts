/**
 * Offsets of a unit's files as the lines and columns of the report: 1-based, columns in UTF-16 units, ends exclusive. In an object they
 * are those of the source that its line information names, and 1:1 of the object where it names none. Of a map it names no line: what is
 * found about one has the place where it is used first.
 */
import type { Unit } from '../analysis.types.js';
import type { LineInfo } from '../object/btfExt.js';
import type { Origin } from '../object/outline.types.js';
import { LineIndex, type Position } from '../text/lineIndex.js';
import type { Span } from '../text/span.js';
import { originsOf, sourcePath } from './objectInput.js';

export interface Range {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** Where something is; `path` only where that is not the main file. */
export interface Spot {
  path?: string;
  line: number;
  column: number;
}

export type SpotRange = Spot & Range;

/** Places in the files of one unit. */
export class Places {
  /** True for an object: nothing in it can be edited. */
  readonly compiled: boolean;
  private readonly indexes = new Map<string, LineIndex>();
  private readonly origins: readonly (Origin | undefined)[] | undefined;

  constructor(private readonly unit: Unit) {
    this.origins = originsOf(unit.input);
    this.compiled = this.origins !== undefined;
  }

  /** Where a span of a file begins. */
  spot(path: string, span: Span): Spot {
    return begin(this.range(path, span));
  }

  /** Where something needs a kernel: `spot`, or a map's first use. */
  spotOfUse(path: string, span: Span): Spot {
    return begin(this.rangeOfUse(path, span));
  }

  /** Where a span of a file is. */
  range(path: string, span: Span): SpotRange {
    if (this.origins) return this.inSource(this.originOf(path, span)?.source, this.textOf(path, span));
    const end = this.at(path, span.end);
    return { ...this.inHeader(path), ...this.at(path, span.start), endLine: end.line, endColumn: end.column };
  }

  /** Where a finding is: `range`, or a map's first use. */
  rangeOfUse(path: string, span: Span): SpotRange {
    const map = this.originOf(path, span)?.map;
    return map?.use ? this.inSource(map.use, map.name) : this.range(path, span);
  }

  /** For what an object's line information does not say: ` (xdp+0x18)`, or that a map's place is one that uses it. */
  instruction(path: string, span: Span): string {
    const origin = this.originOf(path, span);
    if (origin?.map?.use) return ` (here \`${origin.map.name}\` is used first)`;
    return origin?.offset === undefined || origin.source !== undefined ? '' : ` (${origin.section}+0x${origin.offset.toString(16)})`;
  }

  private originOf(path: string, span: Span): Origin | undefined {
    return this.origins?.[this.at(path, span.start).line - 1];
  }

  private textOf(path: string, span: Span): string {
    return (this.unit.input.files.get(path) ?? '').slice(span.start, span.end);
  }

  private inSource(source: LineInfo | undefined, word: string): SpotRange {
    if (!source || source.line === 0) return { line: 1, column: 1, endLine: 1, endColumn: 1 };
    const { line } = source;
    return { path: sourcePath(source.file), line, endLine: line, ...columns(source.text, source.column, word) };
  }

  private at(path: string, offset: number): Position {
    let index = this.indexes.get(path);
    if (!index) {
      index = new LineIndex(this.unit.input.files.get(path) ?? '');
      this.indexes.set(path, index);
    }
    return index.humanPositionAt(offset);
  }

  /** `{ path }` for what is in an included header, nothing for what is in the main file. */
  private inHeader(path: string): { path?: string } {
    return path === this.unit.input.main ? {} : { path };
  }
}

function begin({ path, line, column }: SpotRange): Spot {
  return { ...(path === undefined ? {} : { path }), line, column };
}

/** Where a word stands in a line: at the column that is known, or else where it stands first; the column alone where it does not. */
function columns(text: string, column: number, word: string): { column: number; endColumn: number } {
  const known = Math.max(1, column);
  const isWord = (at: number): boolean => !/\w/.test(text[at - 1] ?? ' ') && !/\w/.test(text[at + word.length] ?? ' ');
  let at = /^\w+$/.test(word) ? text.indexOf(word, known - 1) : -1;
  if (at < 0 || !isWord(at)) at = /^\w+$/.test(word) ? text.indexOf(word) : -1;
  if (at >= 0 && isWord(at)) return { column: at + 1, endColumn: at + 1 + word.length };
  if (column === 0) {
    const first = Math.max(0, text.search(/\S/));
    return { column: first + 1, endColumn: Math.max(first + 1, text.trimEnd().length + 1) };
  }
  return { column: known, endColumn: known + (/^\w+/.exec(text.slice(known - 1))?.[0].length ?? 0) };
}
