/**
 * Brings a cut-up text up to date after an edit without lexing it again: only the chunks around the edit are. Everything
 * else, tokens, preprocessor lines and conditions, is moved in place, so that typing costs what it touches.
 */
import { splitChunks } from './chunks.js';
import { fileTokens } from './fileTokens.js';
import { lex } from './lexer.js';
import { unrolledBefore } from './sourceUnit.js';
import type { Span } from '../text/span.js';
import type { Chunk } from './chunks.js';
import type { FileTokens } from './fileTokens.js';
import type { Directive } from './lexer.js';
import type { Preprocessed } from './preprocessor.js';
import type { SourceUnit } from './sourceUnit.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An edit as two texts show it: `[start, oldEnd)` of the old one became `[start, newEnd)` of the new one. */
export interface Change {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

/** A patched unit: chunks `first` to before `first + removed` of the old one became `added` ones. The old one is not to be used any more. */
export interface Patched {
  readonly unit: SourceUnit;
  readonly first: number;
  readonly removed: number;
  readonly added: number;
}

/** The smallest edit that makes `after` of `before`, found by comparing halves: whole stretches compare much faster than characters do. */
export function changeBetween(before: string, after: string): Change {
  const limit = Math.min(before.length, after.length);
  const start = longest(limit, (from, to) => before.slice(from, to) === after.slice(from, to));
  const tail = longest(limit - start, (from, to) => before.slice(before.length - to, before.length - from) === after.slice(after.length - to, after.length - from));
  return { start, oldEnd: before.length - tail, newEnd: after.length - tail };
}

/** The largest length up to `limit` for which all is the same; `same` tells it of a stretch whose beginning is known to be. */
function longest(limit: number, same: (from: number, to: number) => boolean): number {
  let low = 0;
  let high = limit;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (same(low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Patches `old` to the new text. Undefined, and nothing has changed, where the edit may reach further than the chunks
 * around it: brackets that do not match, preprocessor lines, comments or strings that do not end.
 */
export function patchUnit(old: SourceUnit, text: string, change: Change): Patched | undefined {
  const region = old.tokens.whole && old.chunkContext.droppedSections.length === 0 ? regionOf(old, change) : undefined;
  if (region === undefined) return undefined;
  const { tokens } = old;
  const delta = change.newEnd - change.oldEnd;
  const from = tokens.start[region.first] as number;
  const to = (tokens.end[region.last - 1] as number) + delta;
  const lexed = lex(text, from, to);
  const ends = lexed.count > 0 && lexed.end[lexed.count - 1] === to && lexed.kind[lexed.count - 1] === tokens.kind[region.last - 1];
  if (!ends || tokens.count + lexed.count - (region.last - region.first) > tokens.kind.length) return undefined;
  if (!sameDirectives(old, change, from, to, lexed.directives)) return undefined;
  const inner = fileTokens(lexed, []);
  if (!inner.whole) return undefined;
  const chunks = splitChunks(inner, old.maskContext.classOf);
  const end = chunks[chunks.length - 1] as Chunk;
  if (inner.kind[inner.count - 1] === 125 && end.body < 0) return undefined;

  const grown = lexed.count - (region.last - region.first);
  const patched = spliceTokens(tokens, text, inner, region, delta);
  moveDirectives(old, change, delta, grown);
  for (let i = region.lastChunk; i < old.chunks.length; i++) shiftChunk(old.chunks[i] as Mutable<Chunk>, grown);
  for (const chunk of chunks) shiftChunk(chunk, region.first);
  const all = [...old.chunks.slice(0, region.firstChunk), ...chunks, ...old.chunks.slice(region.lastChunk)];
  const chunkContext = { ...old.chunkContext, unrolledBefore: (offset: number) => unrolledBefore(text, offset) };
  return { unit: { ...old, text, tokens: patched, chunks: all, chunkContext }, first: region.firstChunk, removed: region.lastChunk - region.firstChunk, added: chunks.length };
}

/** Whole chunks around the edit, by number and by token; ends exclusive. */
interface Region {
  firstChunk: number;
  lastChunk: number;
  first: number;
  last: number;
}

/** The chunks that the edit lies in, such that it leaves their first and last tokens alone and what is before and behind ends or begins for certain. */
function regionOf({ tokens, chunks }: SourceUnit, { start, oldEnd }: Change): Region | undefined {
  if (chunks.length === 0) return undefined;
  let low = 0;
  let high = chunks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tokens.start[(chunks[middle] as Chunk).first] as number) < start) low = middle;
    else high = middle - 1;
  }
  let first = low;
  while (first >= 0 && (tokens.end[(chunks[first] as Chunk).first] as number) >= start) first--;
  while (first > 0 && !endsForCertain(tokens, chunks[first - 1] as Chunk)) first--;
  let last = low;
  while (last < chunks.length && ((tokens.start[(chunks[last] as Chunk).last - 1] as number) < oldEnd || !endsForCertain(tokens, chunks[last] as Chunk))) last++;
  if (first < 0 || last >= chunks.length) return undefined;
  return { firstChunk: first, lastChunk: last + 1, first: (chunks[first] as Chunk).first, last: (chunks[last] as Chunk).last };
}

/** True if the chunk ends where it does whatever follows: at a semicolon, or at the brace of a function's body. */
function endsForCertain(tokens: FileTokens, chunk: Chunk): boolean {
  const kind = tokens.kind[chunk.last - 1];
  return kind === 59 || (kind === 125 && chunk.body >= 0);
}

/** Lines that decide what of the text is compiled, or at least whether. */
const CONDITIONAL = /^(?:if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)$/;

/** True if the preprocessor lines of the region are none that enclose code, and the edit left them alone. */
function sameDirectives(old: SourceUnit, { start, oldEnd, newEnd }: Change, from: number, to: number, now: readonly Directive[]): boolean {
  const delta = newEnd - oldEnd;
  let n = 0;
  for (let i = firstFrom(old.tokens.directives, from); i < old.tokens.directives.length; i++) {
    const d = old.tokens.directives[i] as Directive;
    if (d.start >= to - delta) break;
    const other = now[n++];
    const moved = d.start >= oldEnd ? delta : 0;
    if (other === undefined || CONDITIONAL.test(d.name) || (d.start < oldEnd && d.end >= start)) return false;
    if (other.start !== d.start + moved || other.end !== d.end + moved) return false;
  }
  return n === now.length;
}

/** Index of the first that starts at or behind `offset`. */
function firstFrom(items: readonly Span[], offset: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle] as Span).start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts the region's new tokens in the place of the old ones and moves those behind. The arrays are those of before. */
function spliceTokens(tokens: FileTokens, text: string, inner: FileTokens, region: Region, delta: number): FileTokens {
  const { first, last } = region;
  const { kind, start, end, word, match, restart } = tokens;
  const to = first + inner.count;
  const grown = to - last;
  const count = tokens.count + grown;
  if (grown !== 0) for (const array of [kind, start, end, word, match, restart]) array.copyWithin(to, last, tokens.count);
  if (delta !== 0) {
    for (let i = to; i < count; i++) {
      start[i]! += delta;
      end[i]! += delta;
    }
  }
  if (grown !== 0) for (let i = to; i < count; i++) if (match[i]! >= 0) match[i]! += grown;
  kind.set(inner.kind.subarray(0, inner.count), first);
  start.set(inner.start.subarray(0, inner.count), first);
  end.set(inner.end.subarray(0, inner.count), first);
  word.set(inner.word.subarray(0, inner.count), first);
  restart.fill(0, first, to);
  for (let i = 0; i < inner.count; i++) {
    const partner = inner.match[i] as number;
    match[first + i] = partner < 0 ? -1 : partner + first;
  }
  if (grown < 0) {
    for (const array of [kind, start, end, word, restart]) array.fill(0, count, tokens.count);
    match.fill(-1, count, tokens.count);
  }
  return { ...tokens, text, count };
}

function shiftChunk(chunk: Mutable<Chunk>, by: number): void {
  chunk.first += by;
  chunk.last += by;
  if (chunk.body >= 0) chunk.body += by;
}

/** Moves preprocessor lines, what was read from them, and the conditions that they make. */
function moveDirectives({ tokens, preprocessed, chunkContext }: SourceUnit, { oldEnd }: Change, delta: number, grown: number): void {
  const { directives } = tokens;
  for (let i = firstFrom(directives, oldEnd); i < directives.length; i++) {
    const d = directives[i] as Mutable<Directive>;
    d.start += delta;
    d.end += delta;
    d.nameEnd += delta;
    d.token += grown;
  }
  if (delta === 0) return;
  for (const d of preprocessed.defines) {
    if (d.span.start < oldEnd) continue;
    for (const s of [d.span, d.nameSpan, d.bodySpan]) moveSpan(s, delta);
  }
  for (const i of preprocessed.includes) if (i.span.start >= oldEnd) moveSpan(i.span, delta);
  for (const list of [preprocessed.dropped, chunkContext.holes, chunkContext.alternatives]) {
    for (let i = firstFrom(list, oldEnd); i < list.length; i++) moveSpan(list[i] as Span, delta);
  }
  for (const s of conditionSpans(preprocessed)) if (s.start >= oldEnd) moveSpan(s, delta);
  const { starts } = preprocessed.arms;
  for (let i = 1; i < starts.length; i++) if ((starts[i] as number) >= oldEnd) starts[i]! += delta;
}

function moveSpan(s: Span, delta: number): void {
  const place = s as Mutable<Span>;
  place.start += delta;
  place.end += delta;
}

const spansOfConditions = new WeakMap<Preprocessed, ReadonlySet<Span>>();

/** The places of a text's `#if` conditions, each once: they are the text's own and not those of the code under them. */
export function conditionSpans(preprocessed: Preprocessed): ReadonlySet<Span> {
  let spans = spansOfConditions.get(preprocessed);
  if (spans === undefined) {
    const found = new Set<Span>();
    for (const list of new Set(preprocessed.arms.lists)) for (const condition of list) found.add(condition.span);
    spansOfConditions.set(preprocessed, (spans = found));
  }
  return spans;
}
