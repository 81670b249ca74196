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

/** True if `inner` lies wholly inside `outer`. */
export function contains(outer: Span, inner: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}
