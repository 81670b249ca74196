/** The question that the body of a macro asks before it does anything, where its answer is settled before the program is loaded. */
import { ConditionLogic, type Nature } from './conditionLogic.js';
import { joined } from './tokenText.js';
import { closing, type Token } from './tokens.js';
import type { UnitIndex } from './unitIndex.js';

/** What may stand behind the last statement of a macro's body: `} while (0)`. */
const ENDING = new Set([';', '}', ')', '(', 'while', '0']);

/** Index behind the statement that starts at `at`, with its `else`. */
function behindStatement(tokens: readonly Token[], at: number): number {
  let i = at;
  if (tokens[i]?.value === '{') i = closing(tokens, i) + 1;
  else {
    while (i < tokens.length && tokens[i]!.value !== ';') i = /^[({[]$/.test(tokens[i]!.value) ? Math.max(closing(tokens, i), i) + 1 : i + 1;
    i++;
  }
  return tokens[i]?.value === 'else' ? behindStatement(tokens, i + 1) : i;
}

/**
 * The condition under which all of a macro's body is: that of `if (trace) bpf_printk(…)`, of `do { if (debug && x) { … } } while (0)`, of
 * `(debug ? f() : 0)` and `debug && f()`.
 * @param fixed names that are settled before loading; nothing else makes a condition count
 * @returns its text, undefined where the body asks nothing, or nothing that is settled
 */
export function settledCondition(tokens: readonly Token[], fixed: ReadonlyMap<string, Nature>, index: UnitIndex): string | undefined {
  if (fixed.size === 0 || !tokens.some((t) => t.kind === 'word' && fixed.has(t.value))) return undefined;
  let at = 0;
  while (tokens[at] !== undefined && (/^[({]$/.test(tokens[at]!.value) || tokens[at]!.value === 'do')) at++;
  let from = at;
  let to: number;
  if (tokens[at]?.value === 'if') {
    const close = closing(tokens, at + 1);
    if (close < 0 || !tokens.slice(behindStatement(tokens, close + 1)).every((t) => ENDING.has(t.value))) return undefined;
    from = at + 2;
    to = close;
  } else {
    to = tokens.findIndex((t, i) => i > at && t.kind === 'punct' && (t.value === '?' || t.value === '&&'));
    if (to < 0 || tokens.some((t) => t.value === ';' || t.value === '||')) return undefined;
  }
  const text = joined(tokens.slice(from, to));
  const span = { start: 0, end: 0 };
  const nature = (word: string): Nature => fixed.get(word) ?? 'unknown';
  const outcome = new ConditionLogic(index).evaluate({ kind: 'if', span, text, identifiers: [], calls: [], taken: true }, nature);
  return outcome === 'guard' ? text : undefined;
}
