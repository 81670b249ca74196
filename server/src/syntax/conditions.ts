/** Makes `Condition` views out of source text: which identifiers it names, which calls it holds. */
import type { Span } from '../text/span.js';
import { IDENT, lex } from './lexer.js';
import { CONTROL, flagsOf, isKeyword } from './words.js';
import type { Lexed } from './lexer.js';
import type { Condition } from './views.js';

const NO_CONDITIONS: readonly Condition[] = [];

/** Conditions that are told of one place. Hardly anybody writes more; without a limit, lists of lists of a long chain of them would fill the memory. */
const MAX_CONDITIONS = 64;

/** A list with one condition more. Of a very long one the outermost and the nearest stay. */
export function withCondition(list: readonly Condition[], condition: Condition): readonly Condition[] {
  const half = MAX_CONDITIONS / 2;
  return list.length < MAX_CONDITIONS ? [...list, condition] : [...list.slice(0, half), ...list.slice(half + 1), condition];
}

/** Characters of a condition that are looked at: more is generated code, or a chain in which each operator's left side is a condition. */
export const MAX_DESCRIBED = 4000;

/** The shared empty list. */
export function noConditions(): readonly Condition[] {
  return NO_CONDITIONS;
}

/**
 * Describes a condition given as text of its own, as those of `#if` lines are. `where` is its place in the file.
 * Texts longer than `MAX_DESCRIBED` are described by their beginning.
 */
export function describeCondition(kind: Condition['kind'], text: string, where: Span, taken: boolean): Condition {
  const stripped = stripParentheses(text);
  const tokens = lex(stripped.length > MAX_DESCRIBED ? stripped.slice(0, MAX_DESCRIBED) : stripped, 0, undefined, true);
  return describeTokens(kind, tokens, 0, tokens.count, stripped, where, taken);
}

/** Describes the condition in tokens `from` to before `to`, whose text is `text`. */
export function describeTokens(kind: Condition['kind'], tokens: Lexed, from: number, to: number, text: string, where: Span, taken: boolean): Condition {
  const identifiers: string[] = [];
  const calls: { name: string; args: readonly string[] }[] = [];
  for (let i = from; i < to; i++) {
    if (tokens.kind[i] !== IDENT) continue;
    const flags = flagsOf(tokens.word[i] as number);
    if (isKeyword(flags) && (flags & CONTROL) === 0) continue;
    const before = tokens.start[i] as number;
    if (isMember(tokens.text, before)) continue;
    const name = tokens.text.slice(before, tokens.end[i]);
    if (name === 'defined' && kind === 'preprocessor') continue;
    identifiers.push(name);
    if (i + 1 < to && tokens.kind[i + 1] === 40) calls.push({ name, args: argumentTexts(tokens, i + 2, to, tokens.end[i + 1] as number) });
  }
  return { kind, span: where, text, identifiers, calls, taken };
}

/** Raw texts of the arguments in tokens `from` up to the `)` that ends them, or to before `to`; `begin` is where the first one starts. */
function argumentTexts(tokens: Lexed, from: number, to: number, begin: number): readonly string[] {
  const { text } = tokens;
  const args: string[] = [];
  let depth = 0;
  let at = begin;
  let end = at;
  for (let i = from; i < to; i++) {
    const k = tokens.kind[i] as number;
    end = tokens.start[i] as number;
    if (k === 40 || k === 91 || k === 123) depth++;
    else if ((k === 41 || k === 93 || k === 125) && depth-- === 0) break;
    else if (k === 44 && depth === 0) {
      args.push(text.slice(at, end).trim());
      at = tokens.end[i] as number;
    }
    end = tokens.end[i] as number;
  }
  const last = text.slice(at, Math.max(at, end)).trim();
  if (last !== '' || args.length > 0) args.push(last);
  return args;
}

/** True if the identifier at `at` is a member's name: after `->` or a `.`. */
function isMember(text: string, at: number): boolean {
  let i = at - 1;
  while (i >= 0 && text.charCodeAt(i) <= 32) i--;
  const c = text.charCodeAt(i);
  return c === 46 || (c === 62 && text.charCodeAt(i - 1) === 45);
}

/** Raw texts of the arguments of a call whose `(` ends at `from`, trimmed; an unclosed call ends with the text. */
export function splitArguments(text: string, from: number): readonly string[] {
  const tokens = lex(text, from, undefined, true);
  return argumentTexts(tokens, 0, tokens.count, from);
}

/** Takes off parentheses that enclose the whole text, and blanks around it. */
export function stripParentheses(text: string): string {
  let result = text.trim();
  for (let round = 0; round < 8 && result.startsWith('(') && result.endsWith(')'); round++) {
    let depth = 0;
    let whole = true;
    for (let i = 0; i < result.length - 1; i++) {
      const c = result.charCodeAt(i);
      if (c === 40) depth++;
      else if (c === 41 && --depth === 0) {
        whole = false;
        break;
      }
    }
    if (!whole) break;
    result = result.slice(1, -1).trim();
  }
  return result;
}
