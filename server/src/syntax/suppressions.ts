/** Finds comments that tell eBPF Lens to be silent. */
import { commentEnd, quotedEnd } from './lexer.js';
import type { SuppressionComment } from './views.js';

/** No comment silences anything without it. */
export const SILENCER = 'ebpf-lens';

/** Comments of the form `ebpf-lens: allow(rule, rule)`, in the order of the text. Strings are no comments. */
export function findSuppressions(text: string): SuppressionComment[] {
  const result: SuppressionComment[] = [];
  if (!text.includes(SILENCER)) return result;
  let i = 0;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    if (c === 34 || c === 39) i = quotedEnd(text, i, text.length);
    else if (c === 47 && (text.charCodeAt(i + 1) === 42 || text.charCodeAt(i + 1) === 47)) {
      const end = commentEnd(text, i, text.length);
      const body = text.slice(i, end);
      const rules = [...body.matchAll(/ebpf-lens:\s*allow\s*\(([^)]*)\)/g)].flatMap((m) => (m[1] as string).split(/[\s,]+/).filter((r) => r !== ''));
      if (rules.length > 0) result.push({ rules, span: { start: i, end } });
      i = end;
    } else i++;
  }
  return result;
}

/** True if `offset` stands inside of a comment: what is between the tokens around it says so. */
export function insideComment(text: string, from: number, offset: number): boolean {
  let i = from;
  while (i < offset) {
    const c = text.charCodeAt(i);
    if (c === 47 && (text.charCodeAt(i + 1) === 42 || text.charCodeAt(i + 1) === 47)) {
      const line = text.charCodeAt(i + 1) === 47;
      const end = commentEnd(text, i, text.length);
      if (offset < end || (line && offset === end)) return true;
      if (!line && offset === end && !text.slice(i, end).endsWith('*/')) return true;
      i = end;
    } else i++;
  }
  return false;
}
