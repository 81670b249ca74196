/** The blocks of a text's chunks, made or taken over from those of the text before an edit. */
import { startingIn } from '../text/span.js';
import { makeBlock } from './block.js';
import { moveInPlace } from './moveInPlace.js';
import { changeBetween, conditionSpans } from './patch.js';
import { ownStrings } from './ownStrings.js';
import { shiftBlock } from './shift.js';
import type { Span } from '../text/span.js';
import type { Chunk } from './chunks.js';
import type { Change, Patched } from './patch.js';
import type { Block } from './block.types.js';
import type { SourceUnit } from './sourceUnit.js';
import type { Condition, FileView, FunctionView } from './views.js';

/** Blocks of all chunks; those of the old text are taken over where text and surroundings are the same. */
export function makeBlocks(unit: SourceUnit, old: SourceUnit | undefined, oldBlocks: readonly Block[]): Block[] {
  const reuse = old !== undefined && old.signature === unit.signature ? oldBlocks : [];
  const take = takeOver(unit, reuse, old === undefined ? NOTHING : changeBetween(old.text, unit.text));
  return unit.chunks.map(take);
}

/** The same after a patch: only chunks of the patched stretch are looked at, those behind it move. */
export function patchBlocks({ unit, first, removed, added }: Patched, oldBlocks: readonly Block[], change: Change): Block[] {
  const take = takeOver(unit, oldBlocks.slice(first, first + removed), change);
  const blocks = oldBlocks.slice(0, first);
  for (let i = first; i < first + added; i++) blocks.push(take(unit.chunks[i] as Chunk));
  const delta = change.newEnd - change.oldEnd;
  const spans = conditionSpans(unit.preprocessed);
  for (let i = first + removed; i < oldBlocks.length; i++) {
    const block = oldBlocks[i] as Block;
    blocks.push(delta === 0 ? block : moved(unit, block, delta, spans));
  }
  return blocks;
}

function moved(unit: SourceUnit, block: Block, delta: number, spans: ReadonlySet<Span>): Block {
  if (block.conditions.length > 0) {
    // A block that was taken over by text holds the conditions of an earlier unit.
    const conditions = unit.chunkContext.conditionsAt(block.start + delta);
    if (conditions !== block.conditions) return shiftBlock(block, delta, conditions);
  }
  moveInPlace(block, delta, spans);
  return block;
}

const NOTHING: Change = { start: 0, oldEnd: 0, newEnd: Infinity };

/** Gives the block of a chunk: one of `oldBlocks` where text and surroundings are the same, else a new one. */
function takeOver(unit: SourceUnit, oldBlocks: readonly Block[], change: Change): (chunk: Chunk) => Block {
  const delta = change.newEnd - change.oldEnd;
  const byStart = new Map<number, Block>();
  for (const block of oldBlocks) byStart.set(block.start, block);
  return (chunk) => {
    const start = unit.tokens.start[chunk.first] as number;
    const end = unit.tokens.end[chunk.last - 1] as number;
    const before = boundary(unit, chunk.last, end) <= change.start;
    const behind = !before && start >= change.newEnd;
    const by = behind ? delta : 0;
    const candidate = before || behind ? byStart.get(start - by) : undefined;
    const conditions = unit.chunkContext.conditionsAt(start);
    const drops = dropsIn(unit, start, end);
    if (candidate !== undefined && candidate.end === end - by && candidate.body === chunk.body >= 0 && candidate.drops === drops && sameConditions(candidate.conditions, conditions)) {
      if (by === 0 && samePlaces(candidate.conditions, conditions)) return candidate;
      return conditions.length === 0 && moveInPlace(candidate, by) ? candidate : shiftBlock(candidate, by, conditions);
    }
    const block = makeBlock(unit, chunk, start, end, conditions, drops);
    if (change !== NOTHING) ownStrings(block);
    return block;
  };
}

/** A chunk depends on its own text and on the token after it. */
function boundary(unit: SourceUnit, last: number, end: number): number {
  return last < unit.tokens.count ? (unit.tokens.end[last] as number) : end;
}

/** Where dropped `#if` arms lie in a chunk: the rest of their `#if` may stand outside of it. */
function dropsIn(unit: SourceUnit, start: number, end: number): string {
  if (unit.preprocessed.dropped.length === 0) return '';
  let key = '';
  for (const d of startingIn(unit.preprocessed.dropped, start, end, (x) => x.start)) key += `${d.start - start}-${d.end - start}${d.dead ? 'x' : ''} `;
  return key;
}

function samePlaces(a: readonly Condition[], b: readonly Condition[]): boolean {
  return a.every((c, i) => c.span.start === b[i]?.span.start && c.span.end === b[i]?.span.end);
}

function sameConditions(a: readonly Condition[], b: readonly Condition[]): boolean {
  return a.length === b.length && a.every((c, i) => c.text === b[i]?.text && c.taken === b[i]?.taken);
}

/** What the blocks of a file hold, in source order. */
export type BlockViews = Pick<FileView, 'functions' | 'variables' | 'problems'> & { readonly macroUses: NonNullable<FileView['macroUses']>; readonly mapStructs: NonNullable<FileView['mapStructs']> };

/** The views of all blocks. */
export function viewsOf(blocks: readonly Block[]): BlockViews {
  return { functions: blocks.flatMap(functionsOf), variables: blocks.flatMap((b) => b.variables), problems: blocks.flatMap((b) => b.problems), macroUses: blocks.flatMap((b) => b.macroUses), mapStructs: blocks.flatMap((b) => b.mapStructs) };
}

const functionsOf = (b: Block): readonly FunctionView[] => (b.fn === undefined ? b.made : [...b.made, b.fn]);

/** The same after a patch: a list of which no item changed stays the same object. */
export function patchViews(before: FileView, oldBlocks: readonly Block[], blocks: readonly Block[], { first, removed, added }: Patched): BlockViews {
  // Blocks that moved by being copied are new objects all over the file.
  const copied = blocks.length - oldBlocks.length !== added - removed || blocks.some((b, i) => i >= first + added && b !== oldBlocks[i - added + removed]);
  if (copied) return viewsOf(blocks);
  const old = viewsOf(oldBlocks.slice(first, first + removed));
  const now = viewsOf(blocks.slice(first, first + added));
  const patched = <T>(list: readonly T[], out: readonly T[], inner: readonly T[], held: (b: Block) => number): readonly T[] => {
    if (out.length === inner.length && out.every((item, i) => item === inner[i])) return list;
    let at = 0;
    for (let i = 0; i < first; i++) at += held(blocks[i] as Block);
    return [...list.slice(0, at), ...inner, ...list.slice(at + out.length)];
  };
  return {
    functions: patched(before.functions, old.functions, now.functions, (b) => b.made.length + (b.fn === undefined ? 0 : 1)),
    variables: patched(before.variables, old.variables, now.variables, (b) => b.variables.length),
    problems: patched(before.problems, old.problems, now.problems, (b) => b.problems.length),
    macroUses: patched(before.macroUses ?? [], old.macroUses, now.macroUses, (b) => b.macroUses.length),
    mapStructs: patched(before.mapStructs ?? [], old.mapStructs, now.mapStructs, (b) => b.mapStructs.length),
  };
}
