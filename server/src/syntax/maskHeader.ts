/** Masks declarations: everything at file level outside of function bodies. */
import { IDENT } from './lexer.js';
import { maskAsm } from './maskAsm.js';
import { maskTypeof } from './maskArguments.js';
import { maskWord, takeAttribute } from './maskWords.js';
import { cleanRun, looksLikeAttribute } from './runs.js';
import { ASM, KNOWN_TYPE, PROGRAM, QUALIFIER, STORAGE, TAG, TYPE, TYPEOF, flagsOf } from './words.js';
import type { Mask } from './mask.js';
import type { MaskContext } from './maskWords.js';

/** Masks tokens `from` to before `to` of a declaration; `body` tells that a function's body follows. */
export function maskHeader(m: Mask, from: number, to: number, body: boolean, context: MaskContext): void {
  maskKnownWords(m, from, to, context);
  if (!body && maskLoneMacro(m, from, to)) return;
  maskLeadingMacros(m, from, to, body, context);
  if (body || m.kind(to - 1) === 59) maskWrapper(m, from, to, body, context);
  maskRuns(m, from, to, context);
}

function maskKnownWords(m: Mask, from: number, to: number, context: MaskContext): void {
  let depth = 0;
  let i = from;
  while (i < to) {
    const k = m.kind(i);
    if (k === 123) depth++;
    else if (k === 125) depth--;
    else if (k === 58 && depth > 0) maskUnnamedBits(m, i, false);
    else if (k === IDENT && !m.isGone(i)) {
      const next = maskWord(m, i, depth, context);
      if (next !== i) {
        i = next;
        continue;
      }
      const flags = flagsOf(m.tokens.word[i] as number);
      if ((flags & ASM) !== 0) {
        i = eraseAsm(m, i);
        continue;
      }
      if ((flags & TYPEOF) !== 0) {
        i = maskTypeof(m, i);
        continue;
      }
      if ((flags & TAG) !== 0) maskEnumBase(m, i);
      if (flags === 0 && depth > 0) eraseMemberMacro(m, i);
    }
    i++;
  }
}

/** `DECLARE_HASHTABLE(name, 5);` among the members of a struct. */
function eraseMemberMacro(m: Mask, i: number): void {
  const before = m.kind(i - 1);
  if (m.kind(i + 1) !== 40 || (before !== 59 && before !== 123 && before !== 125)) return;
  const close = m.close(i + 1);
  if (close >= 0 && m.kind(close + 1) === 59) m.erase(i, close + 2);
}

/** `M(…)`, with or without `;`, and assertions: no declaration as far as the grammar is concerned. */
function maskLoneMacro(m: Mask, from: number, to: number): boolean {
  const i = m.nextKept(from);
  if (m.kind(i) !== IDENT || m.kind(i + 1) !== 40 || m.tokens.word[i] !== 0) return false;
  const close = m.close(i + 1);
  const after = close < 0 ? to : m.nextKept(close + 1);
  if (close < 0 || (after < to && m.kind(after) !== 59)) return false;
  m.erase(i, close + 1);
  return true;
}

/** `u64 : 12;`, a member without a name. With `strict` only words that must be types count: the rest may be a label. */
export function maskUnnamedBits(m: Mask, colon: number, strict: boolean): void {
  let i = colon - 1;
  while (m.kind(i) === IDENT) {
    if ((flagsOf(m.tokens.word[i] as number) & (TYPE | QUALIFIER)) === 0 && i < colon - 1) return;
    i--;
  }
  const before = m.kind(i);
  if (i === colon - 1 || (before !== 59 && before !== 123)) return;
  const typed = (flagsOf(m.tokens.word[colon - 1] as number) & (TYPE | KNOWN_TYPE)) !== 0;
  if (!typed && (strict || i !== colon - 2)) return;
  let end = colon;
  while (end < m.last && m.kind(end) !== 59 && m.kind(end) !== 125) end++;
  if (m.kind(end) === 59) m.erase(i + 1, end + 1);
}

/** `enum x : __u64 {` loses its base type, which the grammar does not know. */
export function maskEnumBase(m: Mask, i: number): void {
  if (m.word(i) !== 'enum') return;
  const colon = m.kind(i + 1) === 58 ? i + 1 : i + 2;
  if (m.kind(colon) !== 58 || (colon === i + 2 && m.kind(i + 1) !== IDENT)) return;
  let end = colon + 1;
  while (m.kind(end) === IDENT) end++;
  if (m.kind(end) === 123) m.erase(colon, end);
}

/** `asm("…")` of a declaration, or an asm statement at file level. */
function eraseAsm(m: Mask, i: number): number {
  let j = i + 1;
  while (m.kind(j) === IDENT) j++;
  const close = m.kind(j) === 40 ? m.close(j) : -1;
  if (close < 0) return i + 1;
  maskAsm(m, i);
  m.erase(i, close + 1);
  return close + 1;
}

/** `M(…)` before a declaration, and `static M(…) int f`. */
function maskLeadingMacros(m: Mask, from: number, to: number, body: boolean, context: MaskContext): void {
  let leading = true;
  let typed = false;
  let i = m.nextKept(from);
  while (i < to) {
    if (m.kind(i) !== IDENT) return;
    const flags = flagsOf(m.tokens.word[i] as number);
    const open = m.nextKept(i + 1);
    if (flags === 0 && m.kind(open) === 40 && open < to) {
      const close = m.close(open);
      const after = close < 0 ? to : m.nextKept(close + 1);
      if (close < 0 || after >= to || m.kind(after) !== IDENT) return;
      // `int f(void) __attr;` ends here, `static M(x) int f(…)` goes on
      if (!leading && ((typed && looksLikeAttribute(m, after)) || !declares(m, after, to, body))) return;
      takeAttribute(m, i, close + 1, 0, context);
      i = after;
      continue;
    }
    if ((flags & STORAGE) === 0) leading = false;
    if (flags === 0 || (flags & (TYPE | TAG)) !== 0) typed = true;
    i = open;
  }
}

/** True if a declarator follows: a parameter list before a body, or a name before `;`, `=` or `[`. */
function declares(m: Mask, from: number, to: number, body: boolean): boolean {
  for (let i = from; i < to; i++) {
    const k = m.kind(i);
    if (k === 40) return true;
    if (k !== IDENT && k !== 42) return !body && i > from + 1;
  }
  return false;
}

/**
 * Heads written with a macro. `BPF_PROG(name, int a)` becomes `name(int a)`: the macro and its parenthesis are blanked and the
 * first comma opens the parameters. `M(name)(ctx)` becomes `name (ctx)`.
 */
function maskWrapper(m: Mask, from: number, to: number, body: boolean, context: MaskContext): void {
  let open = -1;
  let first = -1;
  for (let i = m.nextKept(from); i < to; i = m.nextKept(i + 1)) {
    const k = m.kind(i);
    if (k === 61 || k === 123) return;
    if (k === 40) {
      if (open >= 0 && m.kind(i - 1) === 41) return maskDoubleWrapper(m, first, open, i, from);
      if (open < 0 && m.kind(i - 1) === IDENT) open = i;
      if (first < 0) first = i - 1;
      const close = m.close(i);
      if (close < 0) return;
      i = close;
    }
  }
  if (open < 0 || m.kind(open + 1) !== IDENT) return;
  const macro = open - 1;
  const name = open + 1;
  const close = m.close(open);
  const flags = flagsOf(m.tokens.word[macro] as number);
  const word = m.word(macro);
  const known = (flags & PROGRAM) !== 0 || context.classOf(word) === 'program';
  if (!known && !(body && /^[A-Z][A-Z0-9_]*$/.test(word))) return;
  if (close < 0 || m.tokens.word[name] !== 0) return;
  const comma = name + 1;
  if (m.kind(comma) !== 44 && comma !== close) return;
  if (m.kind(comma) === 44) {
    m.erase(open);
    m.put(comma, '(');
    m.wrapper = { macro: word, name, params: [comma + 1, close] };
    giveType(m, macro, from);
  } else {
    m.wrapper = { macro: word, name, params: [close, close] };
    if (!isTyped(m, macro, from)) m.put(macro, 'int f');
  }
}

function maskDoubleWrapper(m: Mask, head: number, open: number, second: number, from: number): void {
  const close = m.close(open);
  const end = m.close(second);
  if (close < 0 || end < 0 || m.kind(open + 1) === 42 || m.kind(head) !== IDENT) return;
  let name = close - 1;
  while (name > open && m.kind(name) !== IDENT) name--;
  if (name === open) return;
  const macro = m.word(head);
  m.annotations.push({ name: macro, span: m.spanOf(head, close + 1), args: [m.raw(open + 1, close)] });
  m.erase(open, name);
  m.erase(name + 1, close + 1);
  m.wrapper = { macro, name, params: [second + 1, end] };
  giveType(m, head, from);
}

/** Blanks the macro's name, or makes it `int` where no type stands before it. */
function giveType(m: Mask, macro: number, from: number): void {
  if (isTyped(m, macro, from)) m.erase(macro);
  else m.put(macro, 'int');
}

function isTyped(m: Mask, macro: number, from: number): boolean {
  for (let i = m.nextKept(from); i < macro; i = m.nextKept(i + 1)) {
    if ((flagsOf(m.tokens.word[i] as number) & STORAGE) === 0) return true;
  }
  return false;
}

/** Cleans rows of identifiers at file level, in parameter lists and in struct members. */
function maskRuns(m: Mask, from: number, to: number, context: MaskContext): void {
  let depth = 0;
  let parens = 0;
  let before = 0;
  let initializer = 0;
  let i = m.nextKept(from);
  while (i < to) {
    const k = m.kind(i);
    if (k === 123) {
      depth++;
      if (before === 61 || initializer > 0) initializer++;
    } else if (k === 125) {
      depth--;
      if (initializer > 0) initializer--;
    } else if (k === 40) parens++;
    else if (k === 41) parens--;
    else if (k === 61 && depth === 0) return; // what follows is an expression
    if (k === IDENT && initializer === 0) {
      const start = before === 41 && (parens > 0 || depth > 0) ? -1 : before;
      const opening = before === 59 || before === 123 || before === 40 || before === 44 ? 0 : start;
      const next = start === -1 ? i + 1 : cleanRun(m, i, opening, depth, context);
      before = IDENT;
      i = m.nextKept(Math.max(next, i + 1));
      continue;
    }
    before = k;
    i = m.nextKept(i + 1);
  }
}
