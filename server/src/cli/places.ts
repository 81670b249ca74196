/** Offsets of a unit's files as the lines and columns of the report: 1-based, columns in UTF-16 units, ends exclusive. */
import type { Unit } from '../analysis.types.js';
import { LineIndex, type Position } from '../text/lineIndex.js';
import type { Span } from '../text/span.js';

export interface Range {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** Places in the files of one unit. */
export class Places {
  private readonly indexes = new Map<string, LineIndex>();

  constructor(private readonly unit: Unit) {}

  /** Where an offset of a file is. */
  at(path: string, offset: number): Position {
    let index = this.indexes.get(path);
    if (!index) {
      index = new LineIndex(this.unit.input.files.get(path) ?? '');
      this.indexes.set(path, index);
    }
    return index.humanPositionAt(offset);
  }

  /** Where a span of a file is. */
  range(path: string, span: Span): Range {
    const end = this.at(path, span.end);
    return { ...this.at(path, span.start), endLine: end.line, endColumn: end.column };
  }

  /** `{ path }` for what is in an included header, nothing for what is in the main file. */
  inHeader(path: string): { path?: string } {
    return path === this.unit.input.main ? {} : { path };
  }
}
