/** Makes `Condition` views out of source text: which identifiers it names, which calls it holds. */
import type { Span } from '../text/span.js';
import { IDENT, lex } from './lexer.js';
import { CONTROL, flagsOf, isKeyword } from './words.js';
import type { Condition } from './views.js';

const NO_CONDITIONS: readonly Condition[] = [];

/** The shared empty list. */
export function noConditions(): readonly Condition[] {
  return NO_CONDITIONS;
}

/**
 * Describes the text of a condition. `text` is as written, outer parentheses included or not; `where` is its place.
 * Texts longer than 4,000 characters (generated code) are described by their beginning.
 */
export function describeCondition(kind: Condition['kind'], text: string, where: Span, taken: boolean): Condition {
  const stripped = stripParentheses(text);
  const tokens = lex(stripped.length > 4000 ? stripped.slice(0, 4000) : stripped, 0, undefined, true);
  const identifiers: string[] = [];
  const calls: { name: string; args: readonly string[] }[] = [];
  for (let i = 0; i < tokens.count; i++) {
    if (tokens.kind[i] !== IDENT) continue;
    const flags = flagsOf(tokens.word[i] as number);
    if (isKeyword(flags) && (flags & CONTROL) === 0) continue;
    const before = tokens.start[i] as number;
    if (isMember(stripped, before)) continue;
    const name = stripped.slice(before, tokens.end[i]);
    if (name === 'defined' && kind === 'preprocessor') continue;
    identifiers.push(name);
    if (tokens.kind[i + 1] === 40) calls.push({ name, args: splitArguments(stripped, tokens.end[i + 1] as number) });
  }
  return { kind, span: where, text: stripped, identifiers, calls, taken };
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
  const args: string[] = [];
  let depth = 0;
  let begin = from;
  for (let i = 0; i < tokens.count; i++) {
    const k = tokens.kind[i] as number;
    if (k === 40 || k === 91 || k === 123) depth++;
    else if ((k === 41 || k === 93 || k === 125) && depth-- === 0) {
      const last = text.slice(begin, tokens.start[i]).trim();
      if (last !== '' || args.length > 0) args.push(last);
      return args;
    } else if (k === 44 && depth === 0) {
      args.push(text.slice(begin, tokens.start[i]).trim());
      begin = tokens.end[i] as number;
    }
  }
  const rest = text.slice(begin).trim();
  if (rest !== '') args.push(rest);
  return args;
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
