/**
 * Collects what is taken out of the text before tree-sitter sees it, and renders the rest. A masked text has the
 * length of the original and its line breaks, so offsets stay true; what was taken is kept here for the views.
 */
import { sortByPlace, span } from '../text/span.js';
import type { Span } from '../text/span.js';
import type { FileTokens } from './fileTokens.js';
import type { Annotation, MapAttribute, SectionUse } from './views.js';

/** A name inside the text of an asm statement that is called there. */
export interface AsmCall {
  readonly name: string;
  readonly span: Span;
}

/** How a function's head was written with a macro. */
export interface Wrapper {
  readonly macro: string;
  /** Token of the program's name. */
  readonly name: number;
  /** Tokens of the parameters, `from` inclusive, `to` exclusive. */
  readonly params: readonly [from: number, to: number];
}

/** What became of a token. */
const KEPT = 0;
const GONE = 1;
const PUT = 2;
const OPENS = 3;

/** Text that stands in the place of a range; blanks fill it up. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Blank text of the length of `raw` with the same line breaks. */
export function blank(raw: string): string {
  return raw.includes('\n') || raw.includes('\r') ? raw.replace(/[^\r\n]/g, ' ') : ' '.repeat(raw.length);
}

/** The mask of one chunk of a file. */
export class Mask {
  readonly annotations: Annotation[] = [];
  readonly sections: { readonly use: SectionUse; readonly depth: number }[] = [];
  readonly mapAttributes: MapAttribute[] = [];
  readonly asmCalls: AsmCall[] = [];
  /** Offsets where a loop macro became `while` or `if`: its name's token. */
  readonly loopMacros = new Map<number, number>();
  /** Offsets of calls whose callee is not the code's own: asm statements. */
  readonly hiddenCalls = new Set<number>();
  /** Ranges of code that are not in the masked text; their calls are found by tokens. At offset `at` something else stands for each. */
  readonly hidden: { readonly where: Span; readonly at: number }[] = [];
  wrapper: Wrapper | undefined;
  private readonly edits: Edit[] = [];
  private readonly gone: Uint8Array;

  constructor(
    readonly tokens: FileTokens,
    readonly first: number,
    readonly last: number,
  ) {
    this.gone = new Uint8Array(Math.max(0, last - first));
  }

  /** Text of a token. */
  word(i: number): string {
    return this.tokens.text.slice(this.tokens.start[i], this.tokens.end[i]);
  }

  /** Kind of a token, 0 outside of the chunk; a comma that became a parenthesis is one. */
  kind(i: number): number {
    if (i < this.first || i >= this.last) return 0;
    return this.gone[i - this.first] === OPENS ? 40 : (this.tokens.kind[i] as number);
  }

  /** Source text from token `from` to before token `to`. */
  raw(from: number, to: number): string {
    return to > from ? this.tokens.text.slice(this.tokens.start[from], this.tokens.end[to - 1]) : '';
  }

  /** Span from token `from` to before token `to`. */
  spanOf(from: number, to = from + 1): Span {
    return span(this.tokens.start[from] as number, this.tokens.end[to - 1] as number);
  }

  /** The matching bracket, if it is in this chunk, else -1. */
  close(i: number): number {
    const j = this.tokens.match[i] as number;
    return j > i && j < this.last ? j : -1;
  }

  /** True for blanked tokens. */
  isGone(i: number): boolean {
    return this.gone[i - this.first] === GONE;
  }

  /** True for tokens that are blank or something else in the masked text. */
  isChanged(i: number): boolean {
    return this.gone[i - this.first] !== KEPT;
  }

  /** Blanks tokens `from` to before `to`. */
  erase(from: number, to = from + 1): void {
    for (let i = from; i < to; i++) {
      const state = this.gone[i - this.first];
      if (state === GONE) continue;
      if (state !== KEPT) this.unput(i);
      else this.edits.push({ start: this.tokens.start[i] as number, end: this.tokens.end[i] as number, text: '' });
      this.gone[i - this.first] = GONE;
    }
  }

  /** Writes `text` in the place of token `i`; it must not be longer. Blanks the token where it does not fit. */
  put(i: number, text: string): void {
    if (this.isChanged(i)) return;
    const start = this.tokens.start[i] as number;
    const end = this.tokens.end[i] as number;
    const fits = text.length <= end - start;
    this.gone[i - this.first] = !fits ? GONE : text === '(' ? OPENS : PUT;
    this.edits.push({ start, end, text: fits ? text : '' });
  }

  /** Blanks a token that was written over before. */
  unput(i: number): void {
    const start = this.tokens.start[i] as number;
    const index = this.edits.findIndex((edit) => edit.start === start);
    if (index >= 0) this.edits[index] = { start, end: this.tokens.end[i] as number, text: '' };
  }

  /** Writes one character on a blank between token `i` and the next; false if there is no room. */
  insertAfter(i: number, character: string): boolean {
    const from = this.tokens.end[i] as number;
    const to = i + 1 < this.tokens.count ? (this.tokens.start[i + 1] as number) : this.tokens.text.length;
    for (let at = from; at < to; at++) {
      const c = this.tokens.text.charCodeAt(at);
      if (c === 32 || c === 9) {
        this.edits.push({ start: at, end: at + 1, text: character });
        return true;
      }
      if (c === 47) return false;
    }
    return false;
  }

  /** The first token at or after `i` that is still there; `this.last` if there is none. */
  nextKept(i: number): number {
    let j = i;
    while (j < this.last && this.gone[j - this.first] === GONE) j++;
    return j;
  }

  /** What was written over or blanked, by place: each token that is changed has one, and what was inserted between tokens. */
  editsInOrder(): readonly Edit[] {
    sortByPlace(this.edits, (edit) => edit.start);
    return this.edits;
  }

  /** The masked text from `start` to `end`; `holes` are ranges (sorted, may nest) to blank besides. */
  render(start: number, end: number, holes: readonly Span[]): string {
    const { text } = this.tokens;
    const edits = this.editsInOrder();
    let out = '';
    let at = start;
    let e = 0;
    let h = 0;
    for (;;) {
      const edit = edits[e];
      const hole = holes[h];
      const takeHole = hole !== undefined && (edit === undefined || hole.start <= edit.start);
      const next = takeHole ? hole : edit;
      if (next === undefined || next.start >= end) break;
      if (takeHole) h++;
      else e++;
      const stop = Math.min(next.end, end);
      if (stop <= at || next.start < start) continue;
      const begin = Math.max(next.start, at);
      out += text.slice(at, begin);
      const replacement = takeHole || begin > next.start ? '' : (edit as Edit).text;
      out += replacement === '' ? blank(text.slice(begin, stop)) : replacement + blank(text.slice(begin + replacement.length, stop));
      at = stop;
    }
    return out + text.slice(at, end);
  }
}
