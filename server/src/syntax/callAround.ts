/** The call whose argument list is open at a cursor, from tokens alone: strings, comments and nested brackets hide their commas. */
import { span } from '../text/span.js';
import type { Span } from '../text/span.js';
import type { FileTokens } from './fileTokens.js';
import { CHAR, IDENT, STRING } from './lexer.js';
import { insideComment } from './suppressions.js';
import type { SourceUnit } from './sourceUnit.js';
import type { CallAround } from './views.js';
import { ATTRIBUTE, CONTROL, OPERATOR, SECTION, STORAGE, TAG, TYPE, TYPEOF, flagsOf } from './words.js';

/** So many tokens, groups of brackets counted as one, may stand between a call's parenthesis and the cursor. */
const MAX_STEPS = 2000;

/**
 * The innermost call around `offset` that has a name. None in comments, preprocessor lines and dropped `#if` arms; what an
 * argument holds in brackets, casts or compound literals belongs to that argument.
 */
export function callAround(unit: SourceUnit, offset: number): CallAround | undefined {
  const { tokens } = unit;
  if (tokens.directives.some((d) => offset > d.start && offset <= d.end)) return undefined;
  if (unit.preprocessed.dropped.some((d) => offset > d.start && offset <= d.end)) return undefined;
  const last = lastBefore(tokens, offset);
  if (last < 0) return undefined;
  const literal = tokens.kind[last] === STRING || tokens.kind[last] === CHAR;
  if (insideComment(unit.text, Math.min(tokens.end[last] as number, offset), offset) && !(literal && (tokens.end[last] as number) >= offset)) return undefined;
  const open = openParenthesis(tokens, last);
  return open < 0 ? undefined : viewOf(tokens, open, offset);
}

/** The last token that starts before `offset`, -1 if none does. */
export function lastBefore(tokens: FileTokens, offset: number): number {
  let low = 0;
  let high = tokens.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens.start[middle] as number) < offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const wordFlags = (tokens: FileTokens, i: number): number => (tokens.kind[i] === IDENT ? flagsOf(tokens.word[i] as number) : 0);

/** Index of the parenthesis that opens the call around what follows token `from`; -1 where no call is open. */
function openParenthesis(tokens: FileTokens, from: number): number {
  let i = from;
  for (let steps = 0; i >= 0 && steps < MAX_STEPS; steps++) {
    const k = tokens.kind[i] as number;
    if (k === 41 || k === 93 || k === 125) {
      const partner = tokens.match[i] as number;
      if (partner < 0) return -1;
      i = partner - 1;
      continue;
    }
    if (k === 59 || tokens.restart[i] === 1) return -1;
    if (k === IDENT && (wordFlags(tokens, i) & (CONTROL | STORAGE)) !== 0) return -1;
    if (k === 123 && !isInExpression(tokens, i)) return -1;
    if (k === 40) {
      const callee = calleeOf(tokens, i);
      if (callee !== 'group') return callee === 'call' ? i : -1;
    }
    i--;
  }
  return -1;
}

/** A brace of a compound literal, a statement expression or an initializer in them, not of a body. */
function isInExpression(tokens: FileTokens, brace: number): boolean {
  const k = tokens.kind[brace - 1];
  if (k === 40 || k === 44 || k === 61 || k === 123) return true;
  if (k !== 41) return false;
  const open = tokens.match[brace - 1] as number;
  return open > 0 && tokens.kind[open - 1] !== IDENT;
}

/** What a parenthesis opens: a call, a group inside of an expression, or something in which there are no arguments. */
function calleeOf(tokens: FileTokens, paren: number): 'call' | 'group' | 'none' {
  if (tokens.kind[paren - 1] !== IDENT) return 'group';
  const flags = wordFlags(tokens, paren - 1);
  if ((flags & (OPERATOR | TYPEOF | TYPE | TAG)) !== 0) return 'group';
  return (flags & (CONTROL | ATTRIBUTE | SECTION)) === 0 ? 'call' : 'none';
}

function viewOf(tokens: FileTokens, open: number, offset: number): CallAround {
  const callee = open - 1;
  const args = argumentSpans(tokens, open);
  const before = tokens.kind[callee - 1];
  const member = before === 46 || (before === 62 && tokens.kind[callee - 2] === 45);
  const active = args.commas.filter((at) => at < offset).length;
  return {
    name: tokens.text.slice(tokens.start[callee], tokens.end[callee]),
    nameSpan: span(tokens.start[callee] as number, tokens.end[callee] as number),
    afterWord: before === IDENT && (wordFlags(tokens, callee - 1) & (CONTROL | OPERATOR)) === 0,
    member,
    open: tokens.end[open] as number,
    args: args.spans,
    active,
  };
}

/** The arguments behind a parenthesis, as far as they are typed: an unclosed list ends with its statement. */
function argumentSpans(tokens: FileTokens, open: number): { readonly spans: readonly Span[]; readonly commas: readonly number[] } {
  const close = tokens.match[open] as number;
  const limit = close < 0 ? tokens.count : close;
  const spans: Span[] = [];
  const commas: number[] = [];
  let from = tokens.end[open] as number;
  let end = from;
  let i = open + 1;
  for (let steps = 0; i < limit && steps < MAX_STEPS; i++, steps++) {
    const k = tokens.kind[i] as number;
    if (close < 0 && (k === 59 || k === 125 || k === 41 || tokens.restart[i] === 1 || (wordFlags(tokens, i) & CONTROL) !== 0)) break;
    if (k === 44) {
      spans.push(span(from, tokens.start[i] as number));
      commas.push(tokens.start[i] as number);
      from = tokens.end[i] as number;
    } else if (k === 40 || k === 91 || k === 123) {
      // What follows a bracket that is not closed yet belongs to it.
      i = (tokens.match[i] as number) >= 0 ? (tokens.match[i] as number) : limit - 1;
    }
    end = tokens.end[i] as number;
  }
  spans.push(span(from, Math.max(from, close < 0 ? end : (tokens.start[close] as number))));
  return { spans, commas };
}
