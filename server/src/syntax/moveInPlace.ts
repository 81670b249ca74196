/** Moves the views of an unchanged chunk without copying them: typing above a thousand functions must not make garbage of them all. */
import type { Span } from '../text/span.js';
import type { Block } from './shift.js';

interface MutableSpan {
  start: number;
  end: number;
}

/** Every span of a block, the block itself included, each once; null where the block shares some with its surroundings. */
const spansOf = new WeakMap<Block, readonly MutableSpan[] | null>();

/**
 * Moves `block` by `delta` characters, in place, so that its views keep their identity and what is remembered about them.
 * The file's earlier view is no longer to be used then, as `SourceFile.update` says.
 * @returns false, and nothing moved, where `#if` conditions tie the block to text outside of it.
 */
export function moveInPlace(block: Block, delta: number): boolean {
  let spans = spansOf.get(block);
  if (spans === undefined) spansOf.set(block, (spans = collectSpans(block)));
  if (spans === null) return false;
  for (const s of spans) {
    s.start += delta;
    s.end += delta;
  }
  return true;
}

function collectSpans(block: Block): readonly MutableSpan[] | null {
  if (block.conditions.length > 0 || block.drops !== '') return null;
  const found: MutableSpan[] = [];
  const seen = new Set<object>();
  const pending: object[] = [block];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (isSpan(next)) found.push(next as unknown as MutableSpan);
    else if ((next as { kind?: unknown }).kind === 'preprocessor') return null;
    for (const value of Object.values(next)) if (typeof value === 'object' && value !== null) pending.push(value as object);
  }
  return found;
}

function isSpan(value: object): value is Span {
  return typeof (value as Partial<Span>).start === 'number' && typeof (value as Partial<Span>).end === 'number';
}
