/** Offsets into a text and edits over them: the only coordinates the core knows. */

/** A half-open range of UTF-16 offsets: `start` is inside, `end` is not. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Replaces `span` of the old text by `newText`. */
export interface TextEdit {
  readonly span: Span;
  readonly newText: string;
}

/** Makes a span; `end` defaults to `start` (an empty span, a caret). */
export function span(start: number, end: number = start): Span {
  return { start, end };
}

/** True if `offset` lies in the span or touches its end, which is where a cursor after a word stands. */
export function touches(s: Span, offset: number): boolean {
  return offset >= s.start && offset <= s.end;
}

/** Of `items`, sorted by where they start, those that start in `[start, end)`. */
export function startingIn<T>(items: readonly T[], start: number, end: number, startOf: (item: T) => number): readonly T[] {
  if (items.length === 0) return items;
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startOf(items[middle] as T) < start) low = middle + 1;
    else high = middle;
  }
  let last = low;
  while (last < items.length && startOf(items[last] as T) < end) last++;
  return items.slice(low, last);
}

/** True if `inner` lies wholly inside `outer`. */
export function contains(outer: Span, inner: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

/** Sorts by place what is in order already in nearly every case, for which a sort would copy it. */
export function sortByPlace<T>(list: T[], startOf: (item: T) => number): void {
  for (let i = 1; i < list.length; i++) {
    if (startOf(list[i - 1] as T) <= startOf(list[i] as T)) continue;
    list.sort((a, b) => startOf(a) - startOf(b));
    return;
  }
}
