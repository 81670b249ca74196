/** Small look-ups over token arrays that the views share. */
import type { Mask } from './mask.js';
import type { ArgView } from './views.js';
import { plainIdentifier } from './declarators.js';

/** The token that covers `offset`, or the last one before it; -1 if there is none in the mask's chunk. */
export function tokenAt(m: Mask, offset: number): number {
  const { start } = m.tokens;
  let low = m.first;
  let high = m.last - 1;
  if (high < low || (start[low] as number) > offset) return -1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((start[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Arguments between the parenthesis at token `open` and its partner (or the chunk's end, where that is missing). */
export function readArguments(m: Mask, open: number): ArgView[] {
  const partner = m.close(open);
  const close = partner < 0 ? endOfOpenCall(m, open) : partner;
  const args: ArgView[] = [];
  let begin = open + 1;
  for (let i = begin; i <= close; i++) {
    if (i < close) {
      const k = m.kind(i);
      if (k === 40 || k === 91 || k === 123) {
        const end = m.close(i);
        if (end >= 0 && end < close) i = end;
        continue;
      }
      if (k !== 44) continue;
    }
    if (i > begin) {
      const where = m.spanOf(begin, i);
      const plain = plainIdentifier(m, begin, i);
      const text = m.tokens.text.slice(where.start, where.end);
      args.push(plain === undefined ? { span: where, text } : plain.addressOf ? { span: where, text, identifier: plain.name, addressOf: true } : { span: where, text, identifier: plain.name });
    }
    begin = i + 1;
  }
  return args;
}

/** A call that lacks its `)` ends at the next `;` or brace. */
function endOfOpenCall(m: Mask, open: number): number {
  let i = open + 1;
  while (i < m.last) {
    const k = m.kind(i);
    if (k === 59 || k === 123 || k === 125) break;
    i++;
  }
  return i;
}
