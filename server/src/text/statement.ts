/** Where the statement around an offset starts: a small lexer over a function's body that knows comments, strings and parentheses. */
import type { Span } from './span.js';

const TOKEN = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'|#[^\n]*(?:\\\r?\n[^\n]*)*|\s+|[\s\S]/gy;

/**
 * @param body the function's body, braces included
 * @returns the offset of the first character of the statement that holds `offset`, comments before it not counted
 */
export function statementStart(text: string, body: Span, offset: number): number {
  TOKEN.lastIndex = body.start + 1;
  let depth = 0;
  let fresh = true;
  let start = body.start + 1;
  for (let m = TOKEN.exec(text); m !== null && m.index <= offset; m = TOKEN.exec(text)) {
    const token = m[0];
    if (isBlank(token)) continue;
    if (fresh) start = m.index;
    fresh = depth === 0 && (token === ';' || token === '{' || token === '}');
    if (token === '(') depth++;
    else if (token === ')') depth = Math.max(0, depth - 1);
  }
  return start;
}

/** Space, comments and directives are between statements, not in them. */
const isBlank = (token: string): boolean => /^\s/.test(token) || token.startsWith('/*') || token.startsWith('//') || (token.startsWith('#') && token.length > 1);
