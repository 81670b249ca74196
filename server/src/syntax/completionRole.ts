/** What is being typed at a cursor, from tokens alone: it must answer in code that no parser takes. */
import { span } from '../text/span.js';
import { lastBefore } from './callAround.js';
import { wordAt } from './cursorRole.js';
import { IDENT, STRING } from './lexer.js';
import { insideComment } from './suppressions.js';
import { designatorRole, mapRole, topLevelPlace } from './declarationPlace.js';
import { CONTROL, SECTION, TAG, flagsOf } from './words.js';
import type { SourceUnit } from './sourceUnit.js';
import type { FileTokens } from './fileTokens.js';
import type { CompletionRole } from './views.js';

const NONE: CompletionRole = { kind: 'none' };

/** The role of the cursor at `offset`. */
export function completionRole(unit: SourceUnit, offset: number): CompletionRole {
  const { tokens, text } = unit;
  if (tokens.directives.some((d) => offset > d.start && offset <= d.end)) return NONE;
  const before = lastBefore(tokens, offset);
  const cover = before >= 0 && (tokens.end[before] as number) >= offset ? before : -1;
  const literal = stringAt(tokens, before, offset);
  if (literal !== undefined) return literal;
  if (insideComment(text, before >= 0 ? Math.min(tokens.end[before] as number, offset) : 0, offset)) return NONE;
  if (unit.preprocessed.dropped.some((d) => offset > d.start && offset <= d.end)) return NONE;
  const word = wordAt(tokens, offset);
  if (word < 0 && cover >= 0 && tokens.kind[cover] !== IDENT && (tokens.end[cover] as number) > offset) return NONE;
  if (word < 0 && cover >= 0 && (tokens.kind[cover] as number) <= 4) return NONE;
  const left = word >= 0 ? word - 1 : before;
  const replace = word >= 0 ? span(tokens.start[word] as number, tokens.end[word] as number) : span(offset);
  const prefix = word >= 0 ? text.slice(replace.start, offset) : '';
  const member = memberRole(tokens, left, replace);
  if (member !== undefined) return member;
  if (tokens.kind[left] === IDENT && (flagsOf(tokens.word[left] as number) & TAG) !== 0) return NONE;
  if (isMapType(tokens, left)) return { kind: 'map-type', replace, prefix };
  if (tokens.kind[left] === 46) return designatorRole(tokens, left, replace, prefix) ?? NONE;
  if (inFunction(unit, offset)) return { kind: 'expression', returning: isReturned(tokens, left), ...(caseOf(tokens, left) ?? comparedWith(tokens, left)), replace, prefix };
  return mapRole(tokens, left, replace, prefix) ?? { kind: 'top-level', ...topLevelPlace(tokens, left), replace, prefix };
}

/** Inside of a literal: that of a SEC gets an answer, all others none. Undefined outside of literals. */
function stringAt(tokens: FileTokens, i: number, offset: number): CompletionRole | undefined {
  const k = tokens.kind[i];
  if (i < 0 || (k !== STRING && k !== 4)) return undefined;
  const start = tokens.start[i] as number;
  const end = tokens.end[i] as number;
  const { text } = tokens;
  const closed = end - start > 1 && text.charCodeAt(end - 1) === text.charCodeAt(start);
  if (offset <= start || offset > end || (closed && offset === end)) return undefined;
  if (k === STRING && isSectionArgument(tokens, i)) {
    const inner = span(start + 1, closed ? end - 1 : sectionEnd(text, start + 1, end));
    return { kind: 'section', replace: inner, prefix: text.slice(inner.start, offset) };
  }
  return NONE;
}

/** An unclosed section ends before a `)` or a blank, so that completing it does not eat the rest of the line. */
function sectionEnd(text: string, from: number, end: number): number {
  let i = from;
  while (i < end && text.charCodeAt(i) > 32 && text.charCodeAt(i) !== 41) i++;
  return i;
}

function isSectionArgument(tokens: FileTokens, i: number): boolean {
  let j = i - 1;
  while (j >= 0 && (tokens.kind[j] === STRING || (tokens.kind[j] === IDENT && tokens.kind[j - 1] !== 59))) {
    if (tokens.kind[j] === IDENT && tokens.kind[j + 1] === 40) return false;
    j--;
  }
  while (tokens.kind[j] === 40 && tokens.kind[j - 1] === 40) j--;
  if (tokens.kind[j] !== 40 || tokens.kind[j - 1] !== IDENT) return false;
  const name = tokens.text.slice(tokens.start[j - 1], tokens.end[j - 1]);
  return (flagsOf(tokens.word[j - 1] as number) & SECTION) !== 0 || name === 'section' || name === '__section__';
}

function memberRole(tokens: FileTokens, left: number, replace: { start: number; end: number }): CompletionRole | undefined {
  const k = tokens.kind[left];
  const arrow = k === 62 && tokens.kind[left - 1] === 45 && tokens.end[left - 1] === tokens.start[left];
  if (!arrow && k !== 46) return undefined;
  const end = left - (arrow ? 2 : 1);
  const kind = tokens.kind[end];
  if (!arrow && kind !== IDENT && kind !== 41 && kind !== 93) return undefined; // a designator
  if (kind === IDENT) {
    const p = tokens.kind[end - 1];
    const deeper = p === 46 || (p === 62 && tokens.kind[end - 2] === 45);
    const base = deeper ? '' : tokens.text.slice(tokens.start[end], tokens.end[end]);
    return { kind: 'member', base, arrow, replace };
  }
  const inner = kind === 41 ? castBase(tokens, end) : undefined;
  const role = { kind: 'member', base: inner?.base ?? '', arrow: arrow || inner?.pointer === true, replace } as const;
  return inner?.castType === undefined ? role : { ...role, castType: inner.castType };
}

/** Words behind which a parenthesis opens a value, no arguments. */
const BEFORE_VALUE: ReadonlySet<string> = new Set(['return', 'case', 'else', 'do', 'sizeof']);

/** `((struct x *)ctx)`, `(ctx)`, `(*ctx)` before a member operator. */
function castBase(tokens: FileTokens, close: number): { base: string; castType?: string; pointer?: boolean } | undefined {
  const open = tokens.match[close] as number;
  if (open < 0 || tokens.kind[close - 1] !== IDENT || (tokens.kind[open - 1] === IDENT && !BEFORE_VALUE.has(tokens.text.slice(tokens.start[open - 1], tokens.end[open - 1])))) return undefined;
  const base = tokens.text.slice(tokens.start[close - 1], tokens.end[close - 1]);
  if (close - open === 2) return { base };
  if (close - open === 3 && tokens.kind[open + 1] === 42) return { base, pointer: true };
  const cast = tokens.match[close - 2] as number;
  if (tokens.kind[close - 2] !== 41 || cast !== open + 1) return undefined;
  const castType = tokens.text.slice(tokens.end[cast], tokens.start[close - 2]).replace(/\*/g, ' ').replace(/\s+/g, ' ').trim();
  return { base, castType };
}

/** `__uint(type, |` and `.type = |` of a `struct bpf_map_def`. */
function isMapType(tokens: FileTokens, left: number): boolean {
  const say = (i: number): string => tokens.text.slice(tokens.start[i], tokens.end[i]);
  if (tokens.kind[left] === 44) return say(left - 1) === 'type' && tokens.kind[left - 2] === 40 && say(left - 3) === '__uint';
  return tokens.kind[left] === 61 && say(left - 1) === 'type' && tokens.kind[left - 2] === 46;
}

/** True if the offset lies in a function's body, closed or not. */
function inFunction(unit: SourceUnit, offset: number): boolean {
  const { tokens } = unit;
  for (const [index, chunk] of unit.chunks.entries()) {
    if (chunk.body < 0 || (tokens.start[chunk.body] as number) >= offset) continue;
    const close = tokens.match[chunk.body] as number;
    const next = unit.chunks[index + 1];
    const end = close >= 0 ? (tokens.start[close] as number) : next === undefined ? unit.text.length : (tokens.start[next.first] as number) - 1;
    if (offset <= end) return true;
  }
  return false;
}

/** Behind `return`, parentheses of its value and the `?` and `:` of a conditional one. */
function isReturned(tokens: FileTokens, left: number): boolean {
  for (let i = left, steps = 0; i >= 0 && steps < 200; steps++) {
    const k = tokens.kind[i] as number;
    if (k === IDENT && (flagsOf(tokens.word[i] as number) & CONTROL) !== 0) return tokens.text.slice(tokens.start[i], tokens.end[i]) === 'return';
    if (k === 40) i--;
    else if (k !== 63 && k !== 58) return false;
    else i = startOfOperand(tokens, i - 1, k);
  }
  return false;
}

/** From what stands before `?` or `:` back to what stands before the whole operand. */
function startOfOperand(tokens: FileTokens, from: number, operator: number): number {
  for (let i = from; i >= 0; i--) {
    const k = tokens.kind[i] as number;
    if (k === 59 || k === 123 || k === 40 || k === 44) return k === 40 ? i : -1;
    if (k === 41 || k === 93 || k === 125) i = (tokens.match[i] as number) >= 0 ? (tokens.match[i] as number) : i;
    else if (k === IDENT && (flagsOf(tokens.word[i] as number) & CONTROL) !== 0) return i;
    else if (k === 63 && operator === 58) return i;
  }
  return -1;
}

interface Compared {
  readonly compared?: { readonly base: string; readonly field: string };
}

/** `base->field == |` and `!=`. */
function comparedWith(tokens: FileTokens, left: number): Compared {
  const { kind } = tokens;
  if (kind[left] !== 61 || (kind[left - 1] !== 61 && kind[left - 1] !== 33)) return {};
  return memberAt(tokens, left - 2);
}

/** `base->field` that ends with the token `at`. */
function memberAt({ kind, text, start, end }: FileTokens, at: number): Compared {
  if (kind[at] !== IDENT || kind[at - 1] !== 62 || kind[at - 2] !== 45 || kind[at - 3] !== IDENT) return {};
  return { compared: { base: text.slice(start[at - 3], end[at - 3]), field: text.slice(start[at], end[at]) } };
}

/** Tokens that are looked through for the `switch` around a `case`. */
const MAX_SWITCH = 20_000;

/** `case |`: what the `switch` around it compares; undefined elsewhere. */
function caseOf(tokens: FileTokens, left: number): (Compared & { readonly label: true }) | undefined {
  const { kind, text, start, end, match } = tokens;
  const word = (i: number): string => (kind[i] === IDENT ? text.slice(start[i], end[i]) : '');
  if (word(left) !== 'case') return undefined;
  for (let i = left - 1, steps = 0; i >= 0 && steps < MAX_SWITCH; i--, steps++) {
    if ((kind[i] === 125 || kind[i] === 41) && (match[i] as number) >= 0) i = match[i] as number;
    else if (kind[i] === 123 && kind[i - 1] === 41 && word((match[i - 1] as number) - 1) === 'switch') return { label: true, ...memberAt(tokens, i - 2) };
  }
  return { label: true };
}
