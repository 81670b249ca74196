/** What stands under a cursor: the views answer first, then the tokens around it. */
import { touches } from '../text/span.js';
import { IDENT, lex } from './lexer.js';
import { insideComment } from './suppressions.js';
import { ATTRIBUTE, CONTROL, KNOWN_TYPE, LOOP, MAP_FIELD, OPERATOR, PROGRAM, QUALIFIER, SECTION, STORAGE, TAG, TYPE, TYPEOF, flagsOf } from './words.js';
import type { Span } from '../text/span.js';
import type { SourceUnit } from './sourceUnit.js';
import type { Lexed } from './lexer.js';
import type { Block } from './block.types.js';
import type { CursorRole } from './views.js';

const NONE: CursorRole = { kind: 'none' };

/** The role of what stands at `offset`; a cursor at a word's end belongs to the word. */
export function cursorRole(unit: SourceUnit, blocks: readonly Block[], offset: number): CursorRole {
  const block = blockAt(blocks, offset);
  for (const directive of unit.tokens.directives) {
    if (offset > directive.start && offset <= directive.end) return directiveRole(unit.text, directive, offset);
  }
  const token = wordAt(unit.tokens, offset);
  if (block !== undefined) {
    const section = sectionRole(block, offset);
    if (section !== undefined) return section;
  }
  if (token < 0) return asmRole(blocks, offset) ?? NONE;
  if (insideComment(unit.text, token > 0 ? (unit.tokens.end[token - 1] as number) : 0, unit.tokens.start[token] as number)) return NONE;
  const where = { start: unit.tokens.start[token] as number, end: unit.tokens.end[token] as number };
  const found = block?.fn === undefined ? undefined : functionRole(block, where);
  return found ?? tokenRole(unit.tokens, token, where, block);
}

/** Number of the first block that ends at or behind `offset`. */
function firstReaching(blocks: readonly Block[], offset: number): number {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blocks[middle] as Block).end < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function blockAt(blocks: readonly Block[], offset: number): Block | undefined {
  const block = blocks[firstReaching(blocks, offset)];
  return block !== undefined && block.start <= offset ? block : undefined;
}

/** Index of the identifier that the offset touches, -1 if there is none. */
export function wordAt(tokens: Lexed, offset: number): number {
  let low = 0;
  let high = tokens.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tokens.start[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  for (const i of [low, low - 1]) {
    if (i >= 0 && i < tokens.count && tokens.kind[i] === IDENT && (tokens.start[i] as number) <= offset && (tokens.end[i] as number) >= offset) return i;
  }
  return -1;
}

function sectionRole(block: Block, offset: number): CursorRole | undefined {
  for (const use of [...block.sections, ...(block.fn?.sections ?? [])]) {
    if (!touches(use.span, offset)) continue;
    const part = use.parts.find((p) => touches(p.span, offset));
    if (part === undefined) continue;
    return { kind: 'section', span: part.span, use };
  }
  return undefined;
}

const same = (a: Span, b: Span): boolean => a.start === b.start && a.end === b.end;

function functionRole(block: Block, where: Span): CursorRole | undefined {
  const { fn } = block;
  if (fn === undefined) return undefined;
  for (const access of fn.fields) if (same(access.fieldSpan, where)) return { kind: 'field', span: where, name: access.field, access };
  for (const call of fn.calls) {
    if (same(call.nameSpan, where)) return { kind: 'callee', span: where, name: call.name };
  }
  for (const type of block.types) if (same(type, where)) return undefined; // the tokens know the tag
  for (const use of fn.identifiers) if (same(use.span, where)) return { kind: 'identifier', span: where, name: use.name };
  return undefined;
}

/** A name in assembly stands inside of a string, where no token is a word. */
function asmRole(blocks: readonly Block[], offset: number): CursorRole | undefined {
  for (let i = firstReaching(blocks, offset); i < blocks.length && (blocks[i] as Block).start <= offset; i++) {
    for (const call of (blocks[i] as Block).fn?.calls ?? []) if (call.form === 'asm' && touches(call.nameSpan, offset)) return { kind: 'callee', span: call.nameSpan, name: call.name };
  }
  return undefined;
}

function tokenRole(tokens: Lexed, i: number, where: Span, block: Block | undefined): CursorRole {
  const flags = flagsOf(tokens.word[i] as number);
  const name = tokens.text.slice(where.start, where.end);
  if ((flags & (SECTION | MAP_FIELD | PROGRAM | ATTRIBUTE | LOOP)) !== 0) return { kind: 'macro', span: where, name };
  if ((flags & KNOWN_TYPE) !== 0) return { kind: 'type', span: where, name };
  if ((flags & (CONTROL | TYPE | TAG | QUALIFIER | STORAGE | OPERATOR | TYPEOF)) !== 0) return NONE;
  const before = tokens.kind[i - 1];
  const beforeFlags = before === IDENT ? flagsOf(tokens.word[i - 1] as number) : 0;
  if ((beforeFlags & TAG) !== 0) return { kind: 'type', span: where, name };
  if (block === undefined) return { kind: 'identifier', span: where, name };
  for (const a of block.annotations) if (a.span.start === where.start) return { kind: 'macro', span: where, name };
  if (block.fn?.wrapper === name && tokens.kind[i + 1] === 40) return { kind: 'macro', span: where, name };
  for (const a of block.mapAttributes) {
    if (a.nameSpan.start === where.start) return NONE;
    if (where.start >= a.valueSpan.start && where.end <= a.valueSpan.end) return { kind: 'identifier', span: where, name };
  }
  if (isMember(tokens, i)) return memberRole(tokens, i, where, name);
  if (block.types.some((t) => same(t, where)) || isTypePosition(tokens, i)) return { kind: 'type', span: where, name };
  if (isMemberDeclarator(tokens, i, block)) return NONE;
  if (tokens.kind[i + 1] === 40 && before !== IDENT && before !== 42) return { kind: 'callee', span: where, name };
  return { kind: 'identifier', span: where, name };
}

function isMember(tokens: Lexed, i: number): boolean {
  const before = tokens.kind[i - 1];
  return before === 46 || (before === 62 && tokens.kind[i - 2] === 45);
}

/** A member that no view has: a designator, or an access in code that is not in the tree. */
function memberRole(tokens: Lexed, i: number, where: Span, name: string): CursorRole {
  const arrow = tokens.kind[i - 1] === 62;
  const base = i - (arrow ? 3 : 2);
  if (tokens.kind[base] !== IDENT) return NONE;
  const baseSpan = { start: tokens.start[base] as number, end: tokens.end[base] as number };
  const plain = !isMember(tokens, base);
  return {
    kind: 'field', span: where, name,
    access: { base: plain ? tokens.text.slice(baseSpan.start, baseSpan.end) : '', baseSpan, field: name, fieldSpan: where, arrow, access: 'none', element: false, conditions: [] },
  };
}

/** `foo_t x`, `foo_t *x`: a word before another word, or before stars and a word in a declaration. */
function isTypePosition(tokens: Lexed, i: number): boolean {
  const next = tokens.kind[i + 1];
  if (next === IDENT) return (flagsOf(tokens.word[i + 1] as number) & (SECTION | ATTRIBUTE)) === 0;
  if (next !== 42) return false;
  const before = tokens.kind[i - 1];
  const opens = before === undefined || before === 59 || before === 123 || before === 125 || before === 40 || before === 44;
  const qualified = before === IDENT && (flagsOf(tokens.word[i - 1] as number) & (QUALIFIER | STORAGE)) !== 0;
  return opens || qualified;
}

/** The name of a member in a struct at file level. */
function isMemberDeclarator(tokens: Lexed, i: number, block: Block): boolean {
  if (block.fn !== undefined) return false;
  const next = tokens.kind[i + 1];
  if (next !== 59 && next !== 91 && next !== 58 && next !== 44) return false;
  let depth = 0;
  for (let j = i + 1; j < tokens.count && (tokens.start[j] as number) < block.end; j++) {
    const k = tokens.kind[j];
    if (k === 123) depth++;
    else if (k === 125 && --depth < 0) {
      const before = tokens.kind[i - 1];
      return before === IDENT || before === 42 || before === 44;
    }
  }
  return false;
}

/** Words in the body of a `#define` and in conditions; paths and names of macros have no role. */
function directiveRole(text: string, directive: { nameEnd: number; end: number; name: string }, offset: number): CursorRole {
  if (!/^(?:define|if|elif|ifdef|ifndef|elifdef|elifndef)$/.test(directive.name) || offset < directive.nameEnd) return NONE;
  const tokens = lex(text, directive.nameEnd, directive.end, true);
  const i = wordAt(tokens, offset);
  if (i < 0) return NONE;
  const where = { start: tokens.start[i] as number, end: tokens.end[i] as number };
  if (directive.name === 'define' && i === 0) return NONE;
  const name = text.slice(where.start, where.end);
  const flags = flagsOf(tokens.word[i] as number);
  if ((flags & (CONTROL | TYPE | TAG | QUALIFIER | STORAGE | OPERATOR | TYPEOF)) !== 0) return NONE;
  if ((flags & (SECTION | MAP_FIELD | PROGRAM | ATTRIBUTE | LOOP)) !== 0) return { kind: 'macro', span: where, name };
  if (i > 0 && tokens.kind[i - 1] === IDENT && (flagsOf(tokens.word[i - 1] as number) & TAG) !== 0) return { kind: 'type', span: where, name };
  if (isMember(tokens, i)) return NONE;
  if (tokens.kind[i + 1] === 40) return { kind: 'callee', span: where, name };
  return { kind: 'identifier', span: where, name };
}
