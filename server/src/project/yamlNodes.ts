/** What the nodes of a YAML text are, in words and places. */
import { isMap, isScalar, isSeq, type ParsedNode } from 'yaml';
import type { Span } from '../text/span.js';

/** A value for a message, cut so that a hostile one cannot fill the screen. */
export const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** True for a value that is left empty, or says `null`. */
export function isNothing(node: unknown): boolean {
  return isScalar(node) && (node.value === null || (node.type === 'PLAIN' && /^(?:|~|null)$/i.test(String(node.value))));
}

/** What a node is, for messages. */
export function kindOf(node: unknown): string {
  if (node === undefined || node === null || isNothing(node)) return 'nothing';
  if (isMap(node)) return 'a mapping';
  return isSeq(node) ? 'a list' : 'a single value';
}

/** Where a node's value stands, comments behind it left out; undefined for what is not in the text. */
export function spanOf(node: ParsedNode | null | undefined): Span | undefined {
  const range = node?.range;
  return range ? { start: range[0], end: Math.max(range[1], range[0]) } : undefined;
}
