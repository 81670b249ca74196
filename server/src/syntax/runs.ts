/** Finds words in a declaration that can only be attributes: C allows one type and one name in a row of identifiers. */
import { IDENT } from './lexer.js';
import { maskWord, takeAttribute } from './maskWords.js';
import { ATTRIBUTE, CONTROL, KNOWN_TYPE, QUALIFIER, STORAGE, TAG, TYPE, flagsOf } from './words.js';
import type { Mask } from './mask.js';
import type { MaskContext } from './maskWords.js';

/** True for names that look like attribute macros: `__word`, `ALL_CAPS`. */
export function looksLikeAttribute(m: Mask, i: number): boolean {
  const id = m.tokens.word[i] as number;
  if (id !== 0) return false;
  const word = m.word(i);
  return /^__[a-z]/.test(word) || /^[A-Z][A-Z0-9_]+$/.test(word);
}

/**
 * Cleans the row of identifiers that begins at `first` (a kept token). `before` is the kind of the kept token before it,
 * 0 at the start of a declaration. Returns the first token after the row and what was taken with it.
 */
export function cleanRun(m: Mask, first: number, before: number, depth: number, context: MaskContext): number {
  const names: number[] = [];
  let hasType = before === 42 || before === 125 || before === 93;
  let i = first;
  let length = 0;
  while (i < m.last && (m.isGone(i) || m.kind(i) === IDENT)) {
    if (m.isGone(i)) {
      i++;
      continue;
    }
    const flags = flagsOf(m.tokens.word[i] as number);
    if ((flags & CONTROL) !== 0) return length === 0 ? i + 1 : i;
    if ((flags & ATTRIBUTE) !== 0) {
      const next = maskWord(m, i, depth, context);
      i = Math.max(next, i + 1);
      continue;
    }
    length++;
    if ((flags & TAG) !== 0) {
      hasType = true;
      const next = m.nextKept(i + 1);
      if (m.kind(next) === IDENT) {
        i = next + 1;
        continue;
      }
    } else if ((flags & (TYPE | KNOWN_TYPE)) !== 0) hasType = true;
    else if ((flags & (STORAGE | QUALIFIER)) === 0) names.push(i);
    i++;
  }
  const next = i < m.last ? m.kind(i) : 0;
  const grouped = next === 40;
  // `int f(void) __foo`: after a parameter list there is no name any more
  if (before === 41) {
    for (const n of names) {
      const last = n === names[names.length - 1] && grouped ? m.close(i) : -1;
      takeAttribute(m, n, last < 0 ? n + 1 : last + 1, depth, context);
      if (last >= 0) return last + 1;
    }
    return i;
  }
  if (names.length < (hasType ? 2 : 3) && !(next === 42 && names.length > (hasType ? 0 : 1))) return i;
  return dropExtras(m, names, hasType, i, next, depth, context);
}

function dropExtras(m: Mask, names: number[], hasType: boolean, after: number, next: number, depth: number, context: MaskContext): number {
  let rest = names;
  let typed = hasType;
  let end = after;
  if (next !== 42) {
    const last = rest[rest.length - 1] as number;
    const previous = rest[rest.length - 2];
    const lastIsAttribute = looksLikeAttribute(m, last) && previous !== undefined && !looksLikeAttribute(m, previous) && (typed || rest.length > 2);
    if (lastIsAttribute) {
      const close = next === 40 ? m.close(after) : -1;
      end = takeAttribute(m, last, close < 0 ? last + 1 : close + 1, depth, context);
      if (end < after) end = after;
      rest = rest.slice(0, -1);
      for (let n = rest[rest.length - 1] as number; rest.length > 1 && looksLikeAttribute(m, n); n = rest[rest.length - 1] as number) {
        takeAttribute(m, n, n + 1, depth, context);
        rest = rest.slice(0, -1);
      }
    }
    rest = rest.slice(0, -1); // the declarator's name
  }
  if (!typed) {
    let type = rest.length - 1;
    for (let j = rest.length - 1; j >= 0; j--) {
      if (!looksLikeAttribute(m, rest[j] as number)) {
        type = j;
        break;
      }
    }
    rest = rest.filter((_, j) => j !== type);
    typed = true;
  }
  for (const n of rest) if ((flagsOf(m.tokens.word[n] as number) & KNOWN_TYPE) === 0) takeAttribute(m, n, n + 1, depth, context);
  return end;
}
