/** What an outline is made of: text, and for each of its lines the place in the object and the source. */
import type { LineInfo } from './btfExt.js';

/** Where a line of the outline comes from. */
export interface Origin {
  readonly section: string;
  /** In bytes; undefined for what is no instruction. */
  readonly offset: number | undefined;
  /** The source line, where the object names it. */
  readonly source: LineInfo | undefined;
  /** The map that the line defines: no object says where a map is defined, and so where it is used first, if that is known. */
  readonly map?: { readonly name: string; readonly use: LineInfo | undefined };
}

/** An object as C. */
export interface Outline {
  readonly text: string;
  /** By the outline's line, from 0. */
  readonly origins: readonly (Origin | undefined)[];
}

/** Collects lines. */
export class Writer {
  private readonly lines: string[] = [];
  private readonly origins: (Origin | undefined)[] = [];

  line(text: string, origin?: Origin): void {
    this.lines.push(text);
    this.origins.push(origin);
  }

  append(other: Writer): void {
    for (const [i, text] of other.lines.entries()) this.line(text, other.origins[i]);
  }

  get outline(): Outline {
    return { text: this.lines.map((line) => `${line}\n`).join(''), origins: this.origins };
  }
}
