/** Masks function bodies: loop macros, asm, type arguments, statements without a semicolon. */
import { IDENT, NUMBER, STRING } from './lexer.js';
import { maskAsm } from './maskAsm.js';
import { maskArguments, maskTypeof } from './maskArguments.js';
import { maskEnumBase, maskUnnamedBits } from './maskHeader.js';
import { maskWord } from './maskWords.js';
import { cleanRun } from './runs.js';
import { ASM, CONTROL, LOOP, OPERATOR, QUALIFIER, STORAGE, TAG, TYPE, TYPEOF, flagsOf, isKeyword } from './words.js';
import type { Mask } from './mask.js';
import type { MaskContext } from './maskWords.js';

/** Stands for a name that is a whole condition. */
const ANY_CONDITION = 'if(1)';

/** Masks tokens `from` to before `to`, the inside of a function's body. */
export function maskBody(m: Mask, from: number, to: number, context: MaskContext): void {
  let before = 123;
  let beforeWord = 0;
  let initializers = 0;
  const isInitializer: boolean[] = [];
  let i = from;
  while (i < to) {
    if (m.isGone(i)) {
      i++;
      continue;
    }
    const k = m.kind(i);
    let next = i + 1;
    if (k === 123) {
      const initializer = initializers > 0 || opensInitializer(m, i, before);
      isInitializer.push(initializer);
      if (initializer) initializers++;
    } else if (k === 125 && isInitializer.pop() === true) initializers--;
    if (k === IDENT && !isMember(m, i)) {
      const flags = flagsOf(m.tokens.word[i] as number);
      const opening = initializers === 0 && beginsStatement(before, beforeWord);
      next = maskIdentifier(m, i, flags, opening, before, context);
      if (m.isGone(i) && next > i && m.kind(i) === IDENT && (flags & (LOOP | TYPEOF | ASM)) === 0 && !m.loopMacros.has(m.tokens.start[i] as number)) {
        i = next;
        continue;
      }
      beforeWord = flags;
    } else if (k === 58) maskUnnamedBits(m, i, true);
    else if (k === STRING) next = maskAfterString(m, i);
    else if (k === 46 && m.kind(i + 1) === 46 && m.kind(i + 2) === 46) next = maskRange(m, i);
    before = k;
    i = next;
  }
}

/** True for the braces of a compound literal or an initializer, false for a block's. */
function opensInitializer(m: Mask, brace: number, before: number): boolean {
  if (before === 61 || before === 44) return true;
  if (before !== 41) return false;
  const open = m.tokens.match[brace - 1] as number;
  return open > m.first && m.kind(open - 1) !== IDENT;
}

/** True after `->` and `.`. */
function isMember(m: Mask, i: number): boolean {
  const p = m.kind(i - 1);
  return p === 46 || (p === 62 && m.kind(i - 2) === 45 && m.tokens.end[i - 2] === m.tokens.start[i - 1]);
}

function beginsStatement(before: number, beforeWord: number): boolean {
  if (before === 59 || before === 123 || before === 125 || before === 58 || before === 41) return true;
  return before === IDENT && (beforeWord & CONTROL) !== 0;
}

function maskIdentifier(m: Mask, i: number, flags: number, opening: boolean, before: number, context: MaskContext): number {
  if (flags !== 0) {
    const next = maskWord(m, i, 1, context);
    if (next !== i) return next;
    if ((flags & ASM) !== 0) return maskAsm(m, i);
    if ((flags & TYPEOF) !== 0) return maskTypeof(m, i);
    if ((flags & TAG) !== 0) maskEnumBase(m, i);
    if ((flags & (STORAGE | TAG | TYPE | QUALIFIER)) !== 0) return opening && before !== 41 ? Math.max(cleanRun(m, i, 0, 1, context), i + 1) : i + 1;
    if ((flags & CONTROL) !== 0) return i + 1;
  } else if (context.classOf(m.word(i)) === 'attribute' && context.define(m.word(i))?.params === undefined && m.kind(i + 1) !== 59) {
    m.erase(i);
    return i + 1;
  }
  const open = i + 1;
  if (m.kind(open) === 40) return maskCall(m, i, open, flags, opening, before, context);
  if (opening && headsStatement(m, i, flags, context)) {
    m.put(i, ANY_CONDITION);
    return open;
  }
  if (opening && m.kind(open) === 58 && m.kind(open + 1) === 125 && before !== 58) {
    m.erase(i, i + 2); // a label needs a statement
    return i + 2;
  }
  const nextFlags = m.kind(open) === IDENT ? flagsOf(m.tokens.word[open] as number) : 0;
  if (before === 42 && m.kind(open) === IDENT && nextFlags === 0) return Math.max(cleanRun(m, i, 42, 1, context), i + 1); // `*x __free(y) = …`
  if (opening && (nextFlags & CONTROL) !== 0) {
    m.erase(i); // `__pragma_unroll for (…)`
    return open;
  }
  if (opening && m.kind(open) === IDENT && before !== 41) return Math.max(cleanRun(m, i, 0, 1, context), i + 1);
  return i + 1;
}

/** `IF_NEW {` and `IF_NEW f();`: a word that a macro makes a condition. What it says is the macro's business, so its name becomes the condition. */
function headsStatement(m: Mask, i: number, flags: number, context: MaskContext): boolean {
  const next = m.kind(i + 1);
  if (flags !== 0 || (m.tokens.end[i] as number) - (m.tokens.start[i] as number) < ANY_CONDITION.length || next === 59) return false;
  const name = m.word(i);
  if (context.classOf(name) !== 'loop') return next === 123;
  const define = context.define(name);
  return define?.params === undefined && define?.body.startsWith('if') === true;
}

/** An identifier followed by `(`: a call, a declarator, or a macro that is neither. */
function maskCall(m: Mask, i: number, open: number, flags: number, opening: boolean, before: number, context: MaskContext): number {
  const close = m.close(open);
  if (close < 0) return open;
  const declarator = before === IDENT && !opening && !isKeyword(flagsOf(m.tokens.word[i - 1] as number) & (CONTROL | OPERATOR));
  if (declarator && !m.isGone(i - 1) && m.kind(i - 1) === IDENT) return open;
  const after = m.kind(close + 1);
  if (opening && isLoop(m, i, flags, after, context)) {
    m.loopMacros.set(m.tokens.start[i] as number, i);
    const isLong = (m.tokens.end[i] as number) - (m.tokens.start[i] as number) >= 'while'.length;
    m.put(i, isLong && !hasElse(m, open, close) ? 'while' : 'if');
    if (close === open + 1) m.loopMacros.delete(m.tokens.start[i] as number);
  } else if (after === STRING) {
    m.erase(i, close + 1);
    return close + 1;
  } else if (opening && before !== 41 && (after === IDENT || after === 125)) endStatement(m, i, close);
  else if (opening && before !== 41 && after === NUMBER) endStatement(m, i, close);
  maskArguments(m, open, close);
  return open;
}

function isLoop(m: Mask, i: number, flags: number, after: number, context: MaskContext): boolean {
  if ((flags & LOOP) !== 0 || after === 123) return true;
  if (flags !== 0 || after === 59) return false;
  const name = m.word(i);
  return context.classOf(name) === 'loop' || (after === IDENT && /for_?each|repeat/i.test(name));
}

/** `IF_HAVE(x) { … } else { … }` is no loop. One of a number is left: of what macros make of that, its value says nothing. */
function hasElse(m: Mask, open: number, close: number): boolean {
  if (m.kind(close + 1) !== 123 || (m.kind(open + 1) === NUMBER && close === open + 2)) return false;
  const end = m.close(close + 1);
  return end >= 0 && m.kind(end + 1) === IDENT && m.word(end + 1) === 'else';
}

/** A macro used as a statement without `;`. */
function endStatement(m: Mask, i: number, close: number): void {
  if (m.insertAfter(close, ';')) return;
  m.hidden.push({ where: m.spanOf(i, close + 1), at: m.tokens.start[close] as number });
  m.erase(i, close);
  m.put(close, ';');
}

/** `"…" MACRO(x)`: the macro is a string too. */
function maskAfterString(m: Mask, i: number): number {
  let name = i + 1;
  while (m.kind(name) === IDENT && m.kind(name + 1) === IDENT) name++;
  if (m.kind(name) !== IDENT || m.kind(name + 1) !== 40) return i + 1;
  const close = m.close(name + 1);
  if (close < 0) return i + 1;
  m.erase(name, close + 1);
  return close + 1;
}

/** `case 1 ... 5:` becomes `case 1 + 5:`; in brackets the grammar knows ranges. */
function maskRange(m: Mask, i: number): number {
  for (let j = i - 1; j > m.first && j > i - 40; j--) {
    const k = m.kind(j);
    if (k === 91 || k === 40 || k === 59 || k === 123) return i + 3;
    if (k === IDENT && m.word(j) === 'case') {
      m.put(i, '+');
      m.erase(i + 1, i + 3);
      return i + 3;
    }
  }
  return i + 3;
}
