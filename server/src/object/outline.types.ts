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

/** Characters of an outline; one of the largest programs there are has a few hundred thousand. */
export const MAX_OUTLINE = 32 * 1024 * 1024;

/** Collects lines. */
export class Writer {
  private readonly lines: string[] = [];
  private readonly origins: (Origin | undefined)[] = [];
  private left = MAX_OUTLINE;

  /** True where more was written than an outline may have: the rest is missing. */
  get isFull(): boolean {
    return this.left < 0;
  }

  line(text: string, origin?: Origin): void {
    this.left -= text.length + 1;
    if (this.isFull) return;
    this.lines.push(text);
    this.origins.push(origin);
  }

  append(other: Writer): void {
    for (const [i, text] of other.lines.entries()) this.line(text, other.origins[i]);
    if (other.isFull) this.left = -1;
  }

  get outline(): Outline {
    return { text: this.lines.map((line) => `${line}\n`).join(''), origins: this.origins };
  }
}
