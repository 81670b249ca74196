/** Masks arguments that are no expressions: types, operators, statements, nothing at all. */
import { CHAR, IDENT, NUMBER, STRING } from './lexer.js';
import { CONTROL, NATIVE_TYPE_ARGS, QUALIFIER, TAG, TYPE, TYPEOF, flagsOf } from './words.js';
import type { Mask } from './mask.js';

/** `typeof(x)` where a type is expected becomes `int`. Returns the token to go on with. */
export function maskTypeof(m: Mask, i: number): number {
  const close = m.kind(i + 1) === 40 ? m.close(i + 1) : -1;
  if (close < 0) return i + 1;
  m.put(i, 'int');
  m.erase(i + 1, close + 1);
  return close + 1;
}

/** Masks the arguments of a call or macro whose name is token `open - 1`. */
export function maskArguments(m: Mask, open: number, close: number): void {
  const head = open - 1;
  const native = (flagsOf(m.tokens.word[head] as number) & NATIVE_TYPE_ARGS) !== 0;
  if (native) return maskOffsetof(m, head, open, close);
  let begin = open + 1;
  for (let i = begin; i <= close; i++) {
    const k = m.kind(i);
    if (k === 40 || k === 91 || k === 123) {
      const end = m.close(i);
      if (end >= 0 && end < close) i = end;
      continue;
    }
    if (k !== 44 && i !== close) continue;
    if (begin === i) maskEmpty(m, open, i, close);
    else maskArgument(m, begin, i);
    begin = i + 1;
  }
}

/** An empty argument: one of the commas around it goes. */
function maskEmpty(m: Mask, open: number, at: number, close: number): void {
  if (at === close && at - 1 === open) return;
  if (at !== close) m.erase(at);
  else m.erase(at - 1);
}

function maskArgument(m: Mask, begin: number, end: number): void {
  const first = m.kind(begin);
  const flags = first === IDENT ? flagsOf(m.tokens.word[begin] as number) : 0;
  if ((flags & (TYPE | TAG | QUALIFIER | TYPEOF)) !== 0) return maskType(m, begin, end, flags);
  if (m.kind(end - 1) === 42 && first === IDENT) {
    let star = end - 1;
    while (m.kind(star - 1) === 42) star--;
    m.erase(star, end);
    end = star;
  }
  if (first === 123 && !hasStatement(m, begin, end)) return replace(m, begin, end);
  if (!hasOperand(m, begin, end) || first === 46 || isStatement(m, begin, end)) {
    replace(m, begin, end);
    return;
  }
  // `M(u32 name)`, `printf(FMT_A FMT_B)`: the last word is enough
  for (let i = begin; i + 1 < end && first === IDENT && m.kind(i) === IDENT && m.kind(i + 1) === IDENT; i++) m.erase(i);
  if (first === 91) maskIndex(m, begin, end);
}

/** `struct x *` becomes `x`, every other type `0`. */
function maskType(m: Mask, begin: number, end: number, flags: number): void {
  if ((flags & TAG) !== 0 && m.kind(begin + 1) === IDENT && begin + 1 < end && m.tokens.word[begin + 1] === 0) {
    m.erase(begin);
    m.erase(begin + 2, end);
    return;
  }
  replace(m, begin, end);
}

function replace(m: Mask, begin: number, end: number): void {
  m.hidden.push({ where: m.spanOf(begin, end), at: m.tokens.start[begin] as number });
  m.put(begin, '0');
  m.erase(begin + 1, end);
}

function hasOperand(m: Mask, begin: number, end: number): boolean {
  for (let i = begin; i < end; i++) {
    const k = m.kind(i);
    if (k === IDENT || k === NUMBER || k === STRING || k === CHAR || k === 40 || k === 123 || k === 91) return true;
  }
  return false;
}

/** `M(array, [i])` becomes `M(array, (i))`. */
function maskIndex(m: Mask, begin: number, end: number): void {
  const close = m.close(begin);
  if (close !== end - 1) return replace(m, begin, end);
  m.put(begin, '(');
  m.put(close, ')');
}

/** True for `{ f(x); }`, false for `{ .a = 1 }`. */
function hasStatement(m: Mask, begin: number, end: number): boolean {
  for (let i = begin; i < end; i++) if (m.kind(i) === 59) return true;
  return false;
}

function isStatement(m: Mask, begin: number, end: number): boolean {
  if (m.kind(begin) === 123) return false;
  for (let i = begin; i < end; i++) {
    const k = m.kind(i);
    if (k === 59) return true;
    if (k === IDENT && (flagsOf(m.tokens.word[i] as number) & CONTROL) !== 0) return true;
    if (k === 40 || k === 123 || k === 91) {
      const close = m.close(i);
      if (close < 0 || close >= end) return false;
      i = close;
    }
  }
  return false;
}

/** `offsetof(T, a.b[0])`: the grammar takes one name as the member. */
function maskOffsetof(m: Mask, head: number, open: number, close: number): void {
  if (m.word(head) !== 'offsetof') return;
  let comma = -1;
  for (let i = open + 1; i < close; i++) {
    const k = m.kind(i);
    if (k === 40 || k === 123) i = Math.max(i, m.close(i));
    else if (k === 44) {
      comma = i;
      break;
    }
  }
  if (comma >= 0 && close > comma + 2) m.erase(comma + 2, close);
}
