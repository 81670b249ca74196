/** A hover in a log: what a register holds, or what a message means. */
import type { FactBook } from '../../facts/factBook.types.js';
import { MessageBook } from '../../verifier/messageBook.js';
import { paragraph, strong, code, type HoverInfo } from '../text/info.js';
import { filled } from './fill.js';
import { valueInWords } from './values.js';

const REGISTER = /\b(R\d{1,2}|fp-\d{1,4})(?:_[rwPRWD]+)?=/g;
const MAX_LINE = 20_000;

/** @param character offset in the line */
export function logHover(facts: FactBook, line: string, character: number): HoverInfo | undefined {
  if (line.length > MAX_LINE) return undefined;
  for (const m of line.matchAll(REGISTER)) {
    const end = valueEnd(line, m.index + m[0].length);
    if (character < m.index || character > end) continue;
    const words = valueInWords(line.slice(m.index + m[0].length, end));
    return words === undefined ? undefined : { span: { start: m.index, end }, sections: [paragraph(code(m[1]!), ` holds ${words}.`)] };
  }
  const text = line.trim();
  const match = /^\d+: [(R]|^;/.test(text) ? undefined : MessageBook.of(facts).find(text);
  if (match === undefined) return undefined;
  const start = line.length - line.trimStart().length;
  return { span: { start, end: start + text.length }, sections: [paragraph(strong(match.fact.title)), { kind: 'paragraph', line: filled(match.fact.means, match.captures) }] };
}

function valueEnd(line: string, start: number): number {
  let depth = 0;
  for (let i = start; i < line.length; i++) {
    if (line[i] === '(') depth++;
    else if (line[i] === ')') depth--;
    else if (line[i] === ' ' && depth <= 0) return i;
  }
  return line.length;
}
