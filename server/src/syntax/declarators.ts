/** Reads names and types out of declarations by their tokens, so that broken code around them does no harm. */
import { span } from '../text/span.js';
import { IDENT } from './lexer.js';
import { CONTROL, OPERATOR, QUALIFIER, STORAGE, TAG, TYPE, TYPEOF, flagsOf } from './words.js';
import type { Mask } from './mask.js';
import type { VariableDecl } from './views.js';

/** A declarator: its name's token, its type, and the tokens of its initializer (`from` is -1 where it has none). */
export interface Declarator {
  readonly name: number;
  readonly type: string;
  readonly init: readonly [from: number, to: number];
}

/** Tokens from `from` to before `to` that the mask left in the text. */
export function keptTokens(m: Mask, from: number, to: number): number[] {
  const kept: number[] = [];
  for (let i = from; i < to; i++) {
    if (!m.isGone(i) || (m.kind(i) === IDENT && (flagsOf(m.tokens.word[i] as number) & TYPEOF) !== 0)) kept.push(i);
  }
  return kept;
}

/** Type text of tokens: spaces folded, storage words left out, stars together behind a space. Braces are skipped. */
export function typeText(m: Mask, tokens: readonly number[]): string {
  let out = '';
  let depth = 0;
  let starred = false;
  for (const i of tokens) {
    const k = m.kind(i);
    if (k === 123) depth++;
    else if (k === 125) depth--;
    else if (depth === 0 && k === IDENT) {
      const flags = flagsOf(m.tokens.word[i] as number);
      if ((flags & STORAGE) !== 0) continue;
      const close = (flags & TYPEOF) !== 0 && m.kind(i + 1) === 40 ? m.close(i + 1) : -1;
      out += (out === '' ? '' : ' ') + (close < 0 ? m.word(i) : m.raw(i, close + 1));
      starred = false;
    } else if (depth === 0 && k === 42) {
      out += starred ? '*' : ' *';
      starred = true;
    }
  }
  return out;
}

/** Index in `tokens` of the bracket that closes the one at `index`; the last index where it is missing. */
export function skipGroup(m: Mask, tokens: readonly number[], index: number): number {
  const close = m.tokens.match[tokens[index] as number] as number;
  if (close < 0) return tokens.length - 1;
  let i = index;
  while (i + 1 < tokens.length && (tokens[i] as number) < close) i++;
  return i;
}

/** Declarators of a declaration in tokens `from` to before `to` (the `;` may be among them). */
export function readDeclarators(m: Mask, from: number, to: number): Declarator[] {
  const tokens = keptTokens(m, from, to);
  const result: Declarator[] = [];
  let base: number[] | undefined;
  let begin = 0;
  let init = -1;
  let name = -1;
  let pointerName = -1;
  const finish = (end: number): void => {
    const found = pointerName >= 0 ? pointerName : name;
    if (found >= 0) {
      const before = tokens.slice(begin, found).filter((t) => m.kind(t) !== 40);
      const own = base === undefined ? before : [...base, ...before];
      base ??= before.filter((t) => m.kind(t) !== 42);
      const token = tokens[found] as number;
      const last = end < tokens.length ? (tokens[end] as number) : to;
      result.push({ name: token, type: typeText(m, own), init: init < 0 ? [-1, -1] : [init, last] });
    }
    begin = end + 1;
    init = name = pointerName = -1;
  };
  for (let j = 0; j < tokens.length; j++) {
    const t = tokens[j] as number;
    const k = m.kind(t);
    if (k === 59) {
      finish(j);
      break;
    }
    if (k === 44) finish(j);
    else if (k === 61 && init < 0) init = t + 1;
    else if (k === 40 || k === 91 || k === 123) {
      if (k === 40 && init < 0 && name <= typeAt(m, tokens, begin) && pointerName < 0 && m.kind(tokens[j + 1] ?? -1) === 42) {
        let p = j + 1;
        while (p < tokens.length && (m.kind(tokens[p] as number) === 42 || isQualifier(m, tokens[p] as number))) p++;
        if (m.kind(tokens[p] ?? -1) === IDENT) pointerName = p;
      }
      if (k === 123 && init < 0) name = -1;
      j = skipGroup(m, tokens, j);
    } else if (k === IDENT && init < 0 && pointerName < 0) {
      const flags = flagsOf(m.tokens.word[t] as number);
      if ((flags & (STORAGE | QUALIFIER | TYPE | TAG | CONTROL | OPERATOR | TYPEOF)) === 0) {
        const tagged = j > 0 && (flagsOf(m.tokens.word[tokens[j - 1] as number] as number) & TAG) !== 0;
        if (!tagged && (j > begin || base !== undefined)) name = j;
      }
    }
    if (j === tokens.length - 1) finish(tokens.length);
  }
  return result;
}

/** Where the type of the declaration that begins there stands: `__u32` of `static __u32 (*name)(void)` is no name. */
function typeAt(m: Mask, tokens: readonly number[], begin: number): number {
  let i = begin;
  while (i < tokens.length && m.kind(tokens[i] as number) === IDENT && (flagsOf(m.tokens.word[tokens[i] as number] as number) & (STORAGE | QUALIFIER)) !== 0) i++;
  return i;
}

function isQualifier(m: Mask, i: number): boolean {
  return m.kind(i) === IDENT && (flagsOf(m.tokens.word[i] as number) & QUALIFIER) !== 0;
}

/** Parameters in tokens `from` to before `to`. `()` and `(void)` have none; a parameter without name has an empty one. */
export function readParameters(m: Mask, from: number, to: number): VariableDecl[] {
  const result: VariableDecl[] = [];
  let begin = from;
  for (let i = from; i <= to; i++) {
    if (i < to) {
      const k = m.kind(i);
      if (k === 40 || k === 91 || k === 123) {
        const close = m.close(i);
        if (close >= 0 && close < to) i = close;
        continue;
      }
      if (k !== 44) continue;
    }
    const parameter = readParameter(m, begin, i);
    if (parameter !== undefined) result.push(parameter);
    begin = i + 1;
  }
  return result;
}

function readParameter(m: Mask, from: number, to: number): VariableDecl | undefined {
  const tokens = keptTokens(m, from, to);
  const first = tokens[0];
  if (first === undefined || m.kind(first) === 46) return undefined;
  if (tokens.length === 1 && m.word(first) === 'void') return undefined;
  let name = -1;
  let words = 0;
  for (let j = 0; j < tokens.length; j++) {
    const t = tokens[j] as number;
    const k = m.kind(t);
    if (k === 40 || k === 91) {
      if (k === 40 && m.kind(tokens[j + 1] ?? -1) === 42) {
        const inner = tokens.find((x, at) => at > j && m.kind(x) === IDENT);
        if (inner !== undefined) return variable(m, inner, tokens.slice(0, tokens.indexOf(inner)));
      }
      break;
    }
    if (k === IDENT) {
      const flags = flagsOf(m.tokens.word[t] as number);
      const tagged = j > 0 && (flagsOf(m.tokens.word[tokens[j - 1] as number] as number) & TAG) !== 0;
      if ((flags & (QUALIFIER | STORAGE)) === 0 && ++words > 1 && (flags & (TYPE | TAG)) === 0 && !tagged) name = j;
    } else if (k === 42 && words === 0) words = 1;
  }
  if (name < 0) {
    const end = m.tokens.end[tokens[tokens.length - 1] as number] as number;
    return { name: '', nameSpan: span(end), type: typeText(m, tokens) };
  }
  return variable(m, tokens[name] as number, tokens.slice(0, name));
}

function variable(m: Mask, name: number, type: readonly number[]): VariableDecl {
  return { name: m.word(name), nameSpan: m.spanOf(name), type: typeText(m, type) };
}

/** The identifier that tokens `from` to before `to` boil down to, casts, parentheses and `&` stripped. */
export function plainIdentifier(m: Mask, from: number, to: number): { name: string; token: number; addressOf: boolean; castType?: string } | undefined {
  let begin = from;
  let end = to;
  let addressOf = false;
  let castType: string | undefined;
  for (let round = 0; round < 20 && begin < end; round++) {
    const k = m.kind(begin);
    if (end - begin === 1) {
      if (k !== IDENT || (flagsOf(m.tokens.word[begin] as number) & (TYPE | TAG | CONTROL | OPERATOR | STORAGE)) !== 0) return undefined;
      return { name: m.word(begin), token: begin, addressOf, castType };
    }
    if (k === 38 && !addressOf) {
      addressOf = true;
      begin++;
    } else if (k === 40) {
      const close = m.close(begin);
      if (close < 0 || close >= end) return undefined;
      if (close === end - 1) {
        begin++;
        end--;
      } else {
        castType ??= m.raw(begin + 1, close).replace(/\*/g, ' ').replace(/\s+/g, ' ').trim();
        begin = close + 1;
      }
    } else return undefined;
  }
  return undefined;
}
