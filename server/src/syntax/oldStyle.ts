/** Definitions as before C89, with the types of the parameters behind the parentheses: `int f(ctx) struct xdp_md *ctx; { … }`. */
import { IDENT } from './lexer.js';
import type { FileTokens } from './fileTokens.js';
import type { Mask } from './mask.js';
import type { VariableDecl } from './views.js';

/** Words between two parentheses, with commas between them; none where anything else stands there. */
function namesBetween(tokens: FileTokens, open: number, close: number): readonly string[] {
  const names: string[] = [];
  for (let i = open + 1; i < close; i++) {
    const isName = (i - open) % 2 === 1;
    if (isName ? tokens.kind[i] !== IDENT || tokens.word[i] !== 0 : tokens.kind[i] !== 44) return [];
    if (isName) names.push(tokens.text.slice(tokens.start[i], tokens.end[i]));
  }
  return names;
}

/**
 * Token of the `{` of such a definition's body.
 * @param first the declaration's first token
 * @param semicolon its first `;`, which ends one of the parameters
 * @returns -1 where it is none
 */
export function oldStyleBody(tokens: FileTokens, first: number, semicolon: number): number {
  const { kind, match } = tokens;
  let close = semicolon - 1;
  while (close > first && kind[close] !== 41) {
    // Between the parentheses and the `;` stands one plain declaration.
    if (kind[close] === 61 || kind[close] === 125) return -1;
    close--;
  }
  const open = close > first ? (match[close] as number) : -1;
  if (open <= first || kind[open - 1] !== IDENT) return -1;
  const names = namesBetween(tokens, open, close);
  if (names.length === 0) return -1;
  for (let i = close + 1, last = -1; i < tokens.count; i++) {
    const k = kind[i] as number;
    if (k === 59) {
      if (last < 0 || !names.includes(tokens.text.slice(tokens.start[last], tokens.end[last]))) return -1;
      if (kind[i + 1] === 123) return i + 1;
      last = -1;
    } else if (k === IDENT) last = i;
    else if (k === 91) i = Math.max(i, match[i] as number);
    else if (k !== 42 && k !== 44) return -1;
  }
  return -1;
}

/** The parameters between `open` and `close`, with the types that stand behind them, before `to`; undefined where none do. */
export function oldStyleParameters(m: Mask, open: number, close: number, to: number): readonly VariableDecl[] | undefined {
  if (close < 0 || close + 1 >= to || m.kind(to - 1) !== 59 || m.kind(to) !== 123) return undefined;
  const types = typesOf(m, close + 1, to);
  const params: VariableDecl[] = [];
  for (let i = open + 1; i < close; i++) {
    if (m.kind(i) === IDENT) params.push({ name: m.word(i), nameSpan: m.spanOf(i), type: types.get(m.word(i)) ?? 'int' });
  }
  return params;
}

/** Name to type of the declarations in tokens `from` to before `to`. The mask may have taken words of theirs for a head's attributes. */
function typesOf(m: Mask, from: number, to: number): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  const words: string[] = [];
  let base: string | undefined;
  let stars = '';
  for (let i = from; i < to; i++) {
    const k = m.kind(i);
    if (k === IDENT) words.push(m.word(i));
    else if (k === 42) stars += '*';
    else if (k === 91) i = Math.max(i, m.close(i));
    else if (k === 44 || k === 59) {
      const name = words.pop();
      base ??= words.join(' ');
      if (name !== undefined) types.set(name, stars === '' ? base : `${base} ${stars}`);
      words.length = 0;
      stars = '';
      if (k === 59) base = undefined;
    }
  }
  return types;
}
