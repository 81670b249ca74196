/**
 * Frees views from the text that they were read from. A string that V8 cuts out of a long one is a window that keeps all of it, so that views of
 * functions that were typed in one after the other would keep as many versions of the whole file.
 */
import type { Block } from './block.types.js';

/** Shorter strings are copied when they are cut out (V8's `SlicedString::kMinLength`). */
const COPIED = 13;

/** Gives a block's views strings of their own; their values stay the same. */
export function ownStrings(block: Block): void {
  const seen = new Set<object>();
  const pending: object[] = [block];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const parts = next as Record<string, unknown>;
    for (const key in parts) {
      const value = parts[key];
      if (typeof value === 'string') {
        if (value.length >= COPIED) parts[key] = copied(value);
      } else if (typeof value === 'object' && value !== null) pending.push(value);
    }
  }
}

/** The same string in a place of its own. */
function copied(value: string): string {
  // A joined string is written out before it is cut, and the window is then one on that.
  return `${value} `.slice(0, -1);
}
