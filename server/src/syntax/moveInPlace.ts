/** Moves the views of an unchanged chunk without copying them: typing above a thousand functions must not make garbage of them all. */
import type { Span } from '../text/span.js';
import type { Block, MutableSpan, Spans } from './block.types.js';

const NO_SPANS: ReadonlySet<Span> = new Set();

/**
 * Moves `block` by `delta` characters, in place, so that its views keep their identity and what is remembered about them.
 * The file's earlier view is no longer to be used then, as `SourceFile.update` says.
 * @param moved places of `#if` conditions that are moved already; undefined where the conditions around are new objects.
 * @returns false, and nothing moved, where `#if` conditions tie the block to text outside of it and those are new.
 */
export function moveInPlace(block: Block, delta: number, moved?: ReadonlySet<Span>): boolean {
  let known = block.spans;
  if (known === undefined || (known.tied && moved !== undefined && known.without !== moved)) block.spans = known = collectSpans(block, moved ?? NO_SPANS);
  if (known.tied && moved === undefined) return false;
  for (const s of known.spans) {
    s.start += delta;
    s.end += delta;
  }
  const own = block as MutableSpan;
  own.start += delta;
  own.end += delta;
  return true;
}

function collectSpans(block: Block, without: ReadonlySet<Span>): Spans {
  let tied = block.conditions.length > 0 || block.drops !== '';
  const spans: MutableSpan[] = [];
  const seen = new Set<object>();
  const pending: object[] = [block];
  block.spans = undefined;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    // The block is moved by itself: all others are of one shape, and moving them takes a tenth of the time as long as they are.
    if (next !== block && isSpan(next)) {
      if (without.has(next)) continue;
      spans.push(next as unknown as MutableSpan);
    } else if ((next as { kind?: unknown }).kind === 'preprocessor') tied = true;
    for (const key in next) {
      const value = (next as Record<string, unknown>)[key];
      if (typeof value === 'object' && value !== null) pending.push(value);
    }
  }
  return { spans, tied, without };
}

function isSpan(value: object): value is Span {
  return typeof (value as Partial<Span>).start === 'number' && typeof (value as Partial<Span>).end === 'number';
}
