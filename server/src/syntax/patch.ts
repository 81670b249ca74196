/**
 * Brings a cut-up text up to date after an edit without lexing it again: only the chunks around the edit are. Everything
 * else, tokens, preprocessor lines and conditions, is moved in place, so that typing costs what it touches.
 */
import { splitChunks } from './chunks.js';
import { fileTokens, loneBrackets } from './fileTokens.js';
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

/** A definition whose brackets do not match is read together with no more than this many chunks behind it. */
const MAX_SWALLOWED = 4;

/**
 * Patches `old` to the new text. Undefined, and nothing has changed, where the edit may reach further than the chunks around it:
 * preprocessor lines, comments that do not end, brackets left open in two places, or such that nothing behind them ends.
 */
export function patchUnit(old: SourceUnit, text: string, change: Change): Patched | undefined {
  const region = old.chunkContext.droppedSections.length === 0 ? regionOf(old, change) : undefined;
  if (region === undefined) return undefined;
  const { tokens } = old;
  const delta = change.newEnd - change.oldEnd;
  let inner = regionTokens(old, text, region, change);
  for (let more = 0; inner !== undefined && inner.open > 0; more++) {
    if (more === MAX_SWALLOWED || !takeNext(old, region)) return undefined;
    inner = regionTokens(old, text, region, change);
  }
  if (inner === undefined) return undefined;
  const brackets = decidesArms(old, inner, region) ? undefined : bracketsAfter(tokens, inner, region);
  if (brackets === undefined) return undefined;
  const chunks = splitChunks(inner, old.maskContext.classOf);
  const end = chunks[chunks.length - 1] as Chunk;
  if (inner.kind[inner.count - 1] === 125 && !endsForCertain(inner, end)) return undefined;

  const grown = inner.count - (region.last - region.first);
  const patched = { ...spliceTokens(tokens, text, inner, region, delta), ...brackets };
  moveDirectives(old, change, delta, grown);
  for (let i = region.lastChunk; i < old.chunks.length; i++) shiftChunk(old.chunks[i] as Mutable<Chunk>, grown);
  for (const chunk of chunks) shiftChunk(chunk, region.first);
  const all = [...old.chunks.slice(0, region.firstChunk), ...chunks, ...old.chunks.slice(region.lastChunk)];
  const chunkContext = { ...old.chunkContext, unrolledBefore: (offset: number) => unrolledBefore(text, offset) };
  return { unit: { ...old, text, tokens: patched, chunks: all, chunkContext }, first: region.firstChunk, removed: region.lastChunk - region.firstChunk, added: chunks.length };
}

/** The region's tokens in the new text; undefined where they reach further than before, or preprocessor lines are concerned. */
function regionTokens(old: SourceUnit, text: string, { first, last }: Region, change: Change): FileTokens | undefined {
  const { tokens } = old;
  const from = tokens.start[first] as number;
  const to = (tokens.end[last - 1] as number) + change.newEnd - change.oldEnd;
  const lexed = lex(text, from, to);
  const ends = lexed.count > 0 && lexed.end[lexed.count - 1] === to && lexed.kind[lexed.count - 1] === tokens.kind[last - 1];
  if (!ends || tokens.count + lexed.count - (last - first) > tokens.kind.length) return undefined;
  return sameDirectives(old, change, from, to, lexed.directives) ? fileTokens(lexed, []) : undefined;
}

/** True if brackets without a partner stand under an `#if`, before the edit or after it: which of its arms stay hangs on them. */
function decidesArms({ tokens, preprocessed }: SourceUnit, inner: FileTokens, { first, last }: Region): boolean {
  const before = loneBrackets(tokens, first, last);
  const lone = before.opening + before.closing + inner.lone.opening + inner.lone.closing;
  return lone > 0 && preprocessed.conditionsAt(tokens.start[first] as number).length > 0;
}

/** What of a text's brackets is told as a whole. */
type Brackets = Pick<FileTokens, 'lone' | 'guessed' | 'neutral'>;

/**
 * The brackets of the whole text after the edit; undefined where that is not certain. They are matched from the left with a stack, which
 * is empty before and behind the region. So what is around it is read as before, unless guessing begins or ends, or a lone bracket gets
 * a partner: neither matters where the text is neutral and the other brackets have theirs.
 */
function bracketsAfter(tokens: FileTokens, inner: FileTokens, { first, last }: Region): Brackets | undefined {
  const before = loneBrackets(tokens, first, last);
  const around = { opening: tokens.lone.opening - before.opening, closing: tokens.lone.closing - before.closing };
  const lone = { opening: around.opening + inner.lone.opening, closing: around.closing + inner.lone.closing };
  const neutral = tokens.neutral && inner.neutral;
  if (!tokens.guessed && !inner.guessed) return { lone, guessed: false, neutral };
  if (!tokens.neutral) return undefined;
  if (tokens.guessed && !tokens.restart.subarray(first, last).includes(1)) {
    const whole = !inner.guessed && inner.neutral && inner.lone.opening + inner.lone.closing === 0;
    return whole && around.closing === 0 ? { lone, guessed: true, neutral } : undefined;
  }
  if (!inner.guessed) return { lone, guessed: false, neutral };
  return around.opening + around.closing === 0 ? { lone, guessed: true, neutral } : undefined;
}

/** Whole chunks around the edit, by number and by token; ends exclusive. */
interface Region {
  firstChunk: number;
  lastChunk: number;
  first: number;
  last: number;
}

/**
 * The chunks that the edit lies in, such that it leaves their first and last tokens alone and what is before and behind ends or begins for
 * certain, with no bracket open. Undefined where there are none.
 */
function regionOf(unit: SourceUnit, { start, oldEnd }: Change): Region | undefined {
  const { tokens, chunks } = unit;
  const broken = brokenStretch(unit);
  if (chunks.length === 0 || broken === undefined) return undefined;
  const at = chunkBefore(unit, start);
  let first = at;
  while (first >= 0 && (tokens.end[(chunks[first] as Chunk).first] as number) >= start) first--;
  if (first < 0) return undefined;
  let last = at;
  while (last < chunks.length && (tokens.start[(chunks[last] as Chunk).last - 1] as number) < oldEnd) last++;
  if (first <= broken.last && last >= broken.first) {
    first = Math.min(first, broken.first);
    last = Math.max(last, broken.last);
  }
  while (first > 0 && !endsForCertain(tokens, chunks[first - 1] as Chunk)) first--;
  while (last < chunks.length && !endsForCertain(tokens, chunks[last] as Chunk)) last++;
  if (last >= chunks.length) return undefined;
  return { firstChunk: first, lastChunk: last + 1, first: (chunks[first] as Chunk).first, last: (chunks[last] as Chunk).last };
}

/** Index of the last chunk that starts before `offset`, or 0. */
function chunkBefore({ tokens, chunks }: SourceUnit, offset: number): number {
  let low = 0;
  let high = chunks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tokens.start[(chunks[middle] as Chunk).first] as number) < offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** No chunk at all. */
const NOWHERE = { first: Infinity, last: -1 };

/**
 * The chunks, by number, from the first lone opening bracket to the definition that begins in spite of it: they are read as one.
 * Undefined where there is more than one such definition, or none.
 */
function brokenStretch(unit: SourceUnit): { readonly first: number; readonly last: number } | undefined {
  const { tokens } = unit;
  if (!tokens.guessed) return NOWHERE;
  if (!tokens.neutral || tokens.open > 0) return undefined;
  const { kind, match, start, restart } = tokens;
  const last = restart.indexOf(1);
  let first = 0;
  while (first < last && (match[first] !== -1 || (kind[first] !== 40 && kind[first] !== 91 && kind[first] !== 123))) first++;
  return { first: chunkBefore(unit, (start[first] as number) + 1), last: chunkBefore(unit, (start[last] as number) + 1) };
}

/** Adds the next chunk to the region, and those behind it that do not end for certain; false where there is none. */
function takeNext({ tokens, chunks }: SourceUnit, region: Region): boolean {
  let last = region.lastChunk;
  while (last < chunks.length && !endsForCertain(tokens, chunks[last] as Chunk)) last++;
  if (last >= chunks.length) return false;
  region.lastChunk = last + 1;
  region.last = (chunks[last] as Chunk).last;
  return true;
}

/** True if the chunk ends where it does whatever follows: at a semicolon, or at the brace of a function's body. */
function endsForCertain(tokens: FileTokens, { last, body }: Chunk): boolean {
  if (last < tokens.count && tokens.restart[last] === 1) return false;
  const kind = tokens.kind[last - 1];
  return kind === 59 || (kind === 125 && body >= 0 && tokens.match[last - 1] === body);
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
  restart.set(inner.restart.subarray(0, inner.count), first);
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
