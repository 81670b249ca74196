/** Our words about a message, with what the log said put into their holes. */
import type { Captures } from '../../verifier/verifier.types.js';
import { code, type Inline, type Line } from '../text/info.js';
import { entryOf } from '../../text/entryOf.js';

/** Longer pieces of a log are cut in a sentence. */
const MAX = 120;

/**
 * Prose with backticks for code and `{name}` for captures. What comes out of the log is never markup: it is put in as text, and the
 * renderers escape that.
 */
export function filled(text: string, captures: Captures): Line {
  return text.trim().split('`').flatMap((part, i): Inline[] => {
    const words = fillText(part, captures);
    if (words === '') return [];
    return [i % 2 === 1 ? code(words) : words];
  });
}

/** The same as plain text; a capture that this form of the message does not have is an ellipsis. */
export function fillText(text: string, captures: Captures): string {
  return text.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const value = entryOf(captures, name) ?? '…';
    return value.length > MAX ? `${value.slice(0, MAX)}…` : value === '' ? '…' : value;
  });
}
