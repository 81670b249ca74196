/** Writes tokens as a person would: `!bpf_core_type_exists(struct x) && n > 1`. */
import type { Token } from './tokens.js';

const TIGHT_BEFORE: ReadonlySet<string> = new Set([')', ']', ',', ';', '.', '->', '(', '[', '++', '--']);
const TIGHT_BEHIND: ReadonlySet<string> = new Set(['(', '[', '.', '->', '!', '~']);
const SPACED_WORDS: ReadonlySet<string> = new Set(['if', 'while', 'for', 'switch', 'return', 'sizeof']);
const PREFIXES: ReadonlySet<string> = new Set(['-', '+', '*', '&']);

/** True if the token ends an operand, so that an operator behind it has two. */
function endsOperand(t: Token | undefined): boolean {
  return t !== undefined && (t.kind !== 'punct' || t.value === ')' || t.value === ']');
}

function isTight(tokens: readonly Token[], i: number): boolean {
  const [before, t] = [tokens[i - 1]!, tokens[i]!];
  if (before.kind === 'punct' && TIGHT_BEHIND.has(before.value)) return true;
  if (before.kind === 'punct' && PREFIXES.has(before.value) && !endsOperand(tokens[i - 2])) return true;
  if (t.kind !== 'punct' || !TIGHT_BEFORE.has(t.value)) return false;
  return t.value !== '(' || (before.kind === 'word' && !SPACED_WORDS.has(before.value)) || before.value === ')';
}

/** Tokens as a text that reads the same; what strings say is left out. */
export function joined(tokens: readonly Token[]): string {
  return tokens.map((t, i) => `${i === 0 || isTight(tokens, i) ? '' : ' '}${t.kind === 'string' ? '""' : t.value}`).join('');
}
