/** Where the statement around an offset starts: a small lexer over a function's body that knows comments, strings and parentheses. */
import type { Span } from './span.js';

const TOKEN = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'|#[^\n]*(?:\\\r?\n[^\n]*)*|\s+|[\s\S]/gy;

/** The statements of one function, as far as they were asked for: findings in it ask one after the other. */
interface Statements {
  readonly text: string;
  readonly from: number;
  /** Where each begins, ascending. */
  readonly starts: number[];
  next: number;
  depth: number;
  fresh: boolean;
}
let last: Statements | undefined;

/**
 * @param body the function's body, braces included
 * @returns the offset of the first character of the statement that holds `offset`, comments before it not counted
 */
export function statementStart(text: string, body: Span, offset: number): number {
  const from = body.start + 1;
  if (last?.from !== from || last.text !== text) last = { text, from, starts: [], next: from, depth: 0, fresh: true };
  readOn(last, offset);
  return lastUpTo(last.starts, offset) ?? from;
}

function readOn(known: Statements, offset: number): void {
  const { text, starts } = known;
  let { depth, fresh } = known;
  TOKEN.lastIndex = known.next;
  while (TOKEN.lastIndex <= offset) {
    const m = TOKEN.exec(text);
    if (m === null) break;
    known.next = TOKEN.lastIndex;
    const token = m[0];
    if (isBlank(token)) continue;
    if (fresh) starts.push(m.index);
    fresh = depth === 0 && (token === ';' || token === '{' || token === '}');
    if (token === '(') depth++;
    else if (token === ')') depth = Math.max(0, depth - 1);
  }
  Object.assign(known, { depth, fresh });
}

function lastUpTo(starts: readonly number[], offset: number): number | undefined {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return starts[low - 1];
}

/** Space, comments and directives are between statements, not in them. */
const isBlank = (token: string): boolean => /^\s/.test(token) || token.startsWith('/*') || token.startsWith('//') || (token.startsWith('#') && token.length > 1);
