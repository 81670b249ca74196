/** One pass over C text: tokens as numbers in typed arrays, preprocessor lines apart, comments skipped. Never throws. */
import { hashStep, wordId } from './words.js';

/** Token kinds; every other token is one character of punctuation and its kind is that character's code. */
export const IDENT = 1;
export const NUMBER = 2;
export const STRING = 3;
export const CHAR = 4;

/** A preprocessor line, continuations included, line break not. */
export interface Directive {
  readonly start: number;
  readonly end: number;
  /** `define`, `if`, …; empty for a lone `#`. */
  readonly name: string;
  /** Where what follows the name begins. */
  readonly nameEnd: number;
  /** Number of tokens before it. */
  readonly token: number;
}

/** Tokens of a text. Arrays may be longer than `count`. */
export interface Lexed {
  readonly text: string;
  readonly kind: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Number of a known word (see words.ts), 0 for others. */
  readonly word: Uint16Array;
  readonly count: number;
  readonly directives: readonly Directive[];
}

const IDENT_START = 1;
const IDENT_PART = 2;
const DIGIT = 4;
const SPACE = 8;
const classes = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const ch = String.fromCharCode(c);
  if (/[A-Za-z_$]/.test(ch)) classes[c] = IDENT_START | IDENT_PART;
  else if (/[0-9]/.test(ch)) classes[c] = IDENT_PART | DIGIT;
  else if (c <= 32) classes[c] = SPACE;
}

/** True if the character may be part of an identifier; letters outside of ASCII count. */
export function isIdentPart(code: number): boolean {
  return code >= 128 ? code !== 0xa0 && code !== 0xfeff : ((classes[code] ?? 0) & IDENT_PART) !== 0;
}

/** Offset behind a quoted literal that starts at `at`; a line break ends one that lacks its quote. */
export function quotedEnd(text: string, at: number, limit: number): number {
  const quote = text.charCodeAt(at);
  let i = at + 1;
  while (i < limit) {
    const c = text.charCodeAt(i);
    if (c === 92) {
      i += text.charCodeAt(i + 1) === 13 && text.charCodeAt(i + 2) === 10 ? 3 : 2;
    } else if (c === quote) return i + 1;
    else if (c === 10 || c === 13) return i;
    else i++;
  }
  return limit;
}

/** Offset behind the comment at `at` (which must start one). */
export function commentEnd(text: string, at: number, limit: number): number {
  if (text.charCodeAt(at + 1) === 42) {
    const close = text.indexOf('*/', at + 2);
    return close < 0 || close + 2 > limit ? limit : close + 2;
  }
  let i = at + 2;
  while (i < limit) {
    const c = text.charCodeAt(i);
    if (c === 10 || c === 13) {
      if (text.charCodeAt(i - 1) === 92 && i > at) i++;
      else return i;
    } else i++;
  }
  return limit;
}

/** Offset behind the preprocessor line whose `#` stands before `at`. */
export function directiveEnd(text: string, at: number, limit: number): number {
  let i = at;
  while (i < limit) {
    const c = text.charCodeAt(i);
    if (c === 92) {
      i += text.charCodeAt(i + 1) === 13 && text.charCodeAt(i + 2) === 10 ? 3 : 2;
    } else if (c === 10 || c === 13) return i;
    else if (c === 34 || c === 39) i = quotedEnd(text, i, limit);
    else if (c === 47 && (text.charCodeAt(i + 1) === 42 || text.charCodeAt(i + 1) === 47)) i = commentEnd(text, i, limit);
    else i++;
  }
  return limit;
}

/** Offset behind the number that begins at `at`: all that the preprocessor takes for one, `0x1p-3` and `1..2` too. */
function numberEnd(text: string, at: number, limit: number): number {
  let i = at + 1;
  for (; i < limit; i++) {
    const c = text.charCodeAt(i);
    if (c === 46 || isIdentPart(c)) continue;
    if (c !== 43 && c !== 45) break;
    const before = text.charCodeAt(i - 1) | 32;
    const hex = (text.charCodeAt(at + 1) | 32) === 120;
    if (!(before === 112 || (before === 101 && !hex))) break;
  }
  return i;
}

/** The preprocessor line whose `#` stands at `at`. @param token how many tokens stand before it */
function directiveAt(text: string, at: number, limit: number, token: number): Directive {
  let nameStart = at + 1;
  while (nameStart < limit && (text.charCodeAt(nameStart) === 32 || text.charCodeAt(nameStart) === 9)) nameStart++;
  let nameEnd = nameStart;
  while (nameEnd < limit && isIdentPart(text.charCodeAt(nameEnd))) nameEnd++;
  return { start: at, end: directiveEnd(text, nameEnd, limit), name: text.slice(nameStart, nameEnd), nameEnd, token };
}

/** Offset behind the comment or the spliced line end that begins at `at`; `at` where neither does. */
function trivialEnd(text: string, at: number, limit: number): number {
  const next = text.charCodeAt(at + 1);
  if (text.charCodeAt(at) === 47) return next === 42 || next === 47 ? commentEnd(text, at, limit) : at;
  if (next === 10) return at + 2;
  return next !== 13 ? at : text.charCodeAt(at + 2) === 10 ? at + 3 : at + 2;
}

const grown = <T extends Uint8Array | Int32Array | Uint16Array>(old: T, fresh: T): T => (fresh.set(old), fresh);

/**
 * Lexes `text` from `from` to `to`. With `plain` set no `#` begins a preprocessor line, which is how the inside of one
 * is lexed. Linear in the length of the text.
 */
export function lex(text: string, from = 0, to = text.length, plain = false): Lexed {
  let capacity = ((to - from) >> 2) + 64;
  let kind = new Uint8Array(capacity);
  let start = new Int32Array(capacity);
  let end = new Int32Array(capacity);
  let word = new Uint16Array(capacity);
  const directives: Directive[] = [];
  let count = 0;
  let lineStart = !plain;
  let i = from;
  while (i < to) {
    const c = text.charCodeAt(i);
    const cls = c < 128 ? (classes[c] as number) : isIdentPart(c) ? IDENT_START : SPACE;
    if (cls & SPACE) {
      if ((c === 10 || c === 13) && !plain) lineStart = true;
      i++;
      continue;
    }
    if (c === 47 || c === 92) {
      const behind = trivialEnd(text, i, to);
      if (behind > i) {
        i = behind;
        continue;
      }
    }
    if (c === 35 && lineStart) {
      const directive = directiveAt(text, i, to, count);
      directives.push(directive);
      i = directive.end;
      continue;
    }
    lineStart = false;
    if (count === capacity) {
      capacity *= 2;
      kind = grown(kind, new Uint8Array(capacity));
      start = grown(start, new Int32Array(capacity));
      end = grown(end, new Int32Array(capacity));
      word = grown(word, new Uint16Array(capacity));
    }
    start[count] = i;
    if (cls & IDENT_START) {
      let hash = hashStep(0, c);
      let j = i + 1;
      for (; j < to; j++) {
        const d = text.charCodeAt(j);
        if (d < 128 ? ((classes[d] as number) & IDENT_PART) === 0 : !isIdentPart(d)) break;
        hash = hashStep(hash, d);
      }
      kind[count] = IDENT;
      word[count] = wordId(text, i, j, hash);
      i = j;
    } else if (cls & DIGIT || (c === 46 && ((classes[text.charCodeAt(i + 1)] ?? 0) & DIGIT) !== 0)) {
      kind[count] = NUMBER;
      i = numberEnd(text, i, to);
    } else if (c === 34 || c === 39) {
      kind[count] = c === 34 ? STRING : CHAR;
      i = quotedEnd(text, i, to);
    } else {
      kind[count] = c < 128 ? c : 63;
      i++;
    }
    end[count] = i;
    count++;
  }
  return { text, kind, start, end, word, count, directives };
}
