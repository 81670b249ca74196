/** The tokens that count in a file (dropped `#if` arms are out), with their brackets matched. */
import { IDENT } from './lexer.js';
import { SECTION, STORAGE, TAG, TYPE, flagsOf } from './words.js';
import type { Lexed } from './lexer.js';
import type { DroppedArm } from './preprocessor.js';

/** Tokens with matched brackets. */
export interface FileTokens extends Lexed {
  /** For an opening bracket its closing one and the other way round, -1 where it has none. */
  readonly match: Int32Array;
  /** 1 where a definition starts though brackets before it are still open, as in half-typed code. */
  readonly restart: Uint8Array;
  /** Brackets that have no partner: opening ones, and closing ones. */
  readonly lone: LoneBrackets;
  /** True where brackets were left open, so that it had to be guessed where the next definition begins. */
  readonly guessed: boolean;
  /** Brackets still open at the end, whatever was guessed. */
  readonly open: number;
  /**
   * True if nothing inside of matching brackets looks like the beginning of a definition, so that guessing changes only what is behind a
   * bracket that was left open, and if there is one such place at most.
   */
  readonly neutral: boolean;
}

/** How many brackets have no partner. */
export interface LoneBrackets {
  readonly opening: number;
  readonly closing: number;
}

/** Takes out tokens of dropped arms and matches brackets. */
export function fileTokens(lexed: Lexed, dropped: readonly DroppedArm[]): FileTokens {
  const kept = dropped.length === 0 ? lexed : without(lexed, dropped);
  return matchBrackets(kept, false) ?? matchBrackets(kept, true) as FileTokens;
}

/** Brackets without a partner among tokens `from` to before `to`. */
export function loneBrackets({ kind, match }: FileTokens, from: number, to: number): LoneBrackets {
  let opening = 0;
  let closing = 0;
  for (let i = from; i < to; i++) {
    if (match[i] !== -1) continue;
    const k = kind[i] as number;
    if (k === 40 || k === 91 || k === 123) opening++;
    else if (k === 41 || k === 93 || k === 125) closing++;
  }
  return { opening, closing };
}

function without(lexed: Lexed, dropped: readonly DroppedArm[]): Lexed {
  const kind = new Uint8Array(lexed.count);
  const start = new Int32Array(lexed.count);
  const end = new Int32Array(lexed.count);
  const word = new Uint16Array(lexed.count);
  let count = 0;
  let d = 0;
  for (let i = 0; i < lexed.count; i++) {
    const at = lexed.start[i] as number;
    while (d < dropped.length && (dropped[d] as DroppedArm).end <= at) d++;
    const arm = dropped[d];
    if (arm !== undefined && at >= arm.start) continue;
    kind[count] = lexed.kind[i] as number;
    start[count] = at;
    end[count] = lexed.end[i] as number;
    word[count] = lexed.word[i] as number;
    count++;
  }
  return { ...lexed, kind, start, end, word, count };
}

/** True if the token stands in the first column. */
export function inFirstColumn(tokens: Lexed, i: number): boolean {
  const at = tokens.start[i] as number;
  if (at === 0) return true;
  const before = tokens.text.charCodeAt(at - 1);
  return before === 10 || before === 13;
}

/**
 * Matches brackets with a stack. A brace closes brackets left open inside of it. `SEC(` in the first column begins a
 * definition whatever is open before it; with `guess` set (the strict way left something open) so does any type word there.
 * @returns undefined where the strict way leaves something open.
 */
function matchBrackets(lexed: Lexed, guess: boolean): FileTokens | undefined {
  const { count, kind, word } = lexed;
  const match = new Int32Array(kind.length).fill(-1);
  const restart = new Uint8Array(kind.length);
  const stack: number[] = [];
  let [opening, closing, lost, inside] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const k = kind[i] as number;
    if (k === IDENT) {
      if (stack.length === 0) continue;
      const flags = flagsOf(word[i] as number);
      const section = (flags & SECTION) !== 0;
      if (!(section ? kind[i + 1] === 40 : beginsDefinition(lexed, i, flags)) || !inFirstColumn(lexed, i)) continue;
      if (section || guess) {
        opening += stack.length;
        stack.length = 0;
        restart[i] = 1;
        lost++;
      } else inside++;
    } else if (k === 40 || k === 91 || k === 123) stack.push(i);
    else if (k === 41 || k === 93 || k === 125) {
      const open = k === 41 ? 40 : k === 93 ? 91 : 123;
      let top = stack.length - 1;
      while (top >= 0 && kind[stack[top] as number] !== open && (k === 125 || kind[stack[top] as number] !== 123)) top--;
      if (top < 0 || kind[stack[top] as number] !== open) {
        closing++;
        continue;
      }
      opening += stack.length - 1 - top;
      const partner = stack[top] as number;
      stack.length = top;
      match[i] = partner;
      match[partner] = i;
    }
  }
  const open = stack.length;
  if (!guess && open + lost > 0) return undefined;
  return { ...lexed, match, restart, lone: { opening: opening + open, closing }, guessed: guess, open, neutral: guess ? lost <= 1 : inside === 0 };
}

/** In the first column: `static …`, `struct x f(`, `int f(`; not a label. */
function beginsDefinition(lexed: Lexed, i: number, flags: number): boolean {
  if ((flags & (STORAGE | TYPE | TAG)) !== 0) return lexed.kind[i + 1] === IDENT;
  return flags === 0 && lexed.kind[i + 1] === IDENT && lexed.kind[i + 2] === 40;
}
