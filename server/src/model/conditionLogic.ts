/** The logic of a condition: which side of `&&`, `||` and `!` code must be on, and what that makes of the names in it. */
import type { Condition } from '../syntax/views.js';
import { constantOf } from './preprocessor.js';
import { closing, tokenize, type Token } from './tokens.js';
import { MAX_MACRO_DEPTH, defineTokens, type UnitIndex } from './unitIndex.js';

/**
 * `strong`: asks the running kernel; wherever it stands in a condition, the condition is a guard.
 * `pure`: fixed before the verifier runs; a guard only where it alone decides. `constant`: the compiler knows it. `impure`: the program
 * decides as it runs. `unknown`, of a name alone: nothing in sight gives it a meaning.
 */
export type Nature = 'strong' | 'pure' | 'constant' | 'impure' | 'unknown';

/** What a name is; `callee` tells `f(` from `f`. */
export type NatureOf = (word: string, callee: boolean) => Nature;

type Outcome = 'dead' | 'guard' | 'free';

const TRANSPARENT = new Set(['likely', 'unlikely', '__builtin_expect', 'READ_ONCE', 'bool', 'KERNEL_VERSION']);
const TYPE_WORD = /^(?:const|volatile|unsigned|signed|int|long|short|char|bool|struct|enum|union|void|sizeof|true|false|NULL|__?[us](?:8|16|32|64)|u(?:8|16|32|64)|size_t|pid_t|uid_t|uint\d+_t|int\d+_t)$/;
/** Enumerators, and macros of headers that are not in sight, are written in capitals. */
const CAPITALS = /^[A-Z][A-Z0-9_]*$/;

/** The same few thousand conditions come at every keystroke. */
const parsed = new Map<string, readonly Token[]>();
const MAX_PARSED = 4000;

function tokensOf(text: string): readonly Token[] {
  let tokens = parsed.get(text);
  if (!tokens) {
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(text, (tokens = tokenize(text)));
  }
  return tokens;
}

/** Tokens of macros that one question may read: macros of macros of macros would be read without end. */
const MAX_READ = 5_000;

/** Reads conditions by what the names in them are, which the caller knows. */
export class ConditionLogic {
  private left = 0;

  constructor(private readonly index: UnitIndex) {}

  /** What code under the condition is: never run, guarded, or free to run. */
  evaluate(condition: Condition, nature: NatureOf): Outcome {
    const tokens = tokensOf(condition.text);
    for (let i = 0; i < tokens.length; i++) {
      if (tokens[i]!.kind === 'word' && nature(tokens[i]!.value, isCallee(tokens, i)) === 'strong' && !isMember(tokens, i)) return 'guard';
    }
    if (condition.kind === 'switch') return this.natureOf(tokens, nature) === 'impure' ? 'free' : 'guard';
    const outcome = this.outcome(tokens, condition.taken, nature, 0);
    // `bpf_repeat(ROUNDS)`: nobody writes a loop to be none.
    return outcome === 'guard' && condition.kind === 'loop' && this.natureOf(tokens, nature) === 'constant' ? 'free' : outcome;
  }

  private outcome(all: readonly Token[], taken: boolean, nature: NatureOf, depth: number): Outcome {
    let tokens = strip(all);
    while (tokens[0]?.value === '!' && isUnary(tokens)) {
      taken = !taken;
      tokens = strip(tokens.slice(1));
    }
    if (depth > 16 || tokens.length === 0) return 'free';
    for (const op of ['||', '&&']) {
      const parts = split(tokens, op);
      if (parts.length < 2) continue;
      const outcomes = parts.map((p) => this.outcome(p, taken, nature, depth + 1));
      // Code under `a && b` needs both to hold; under `a || b`, or after neither of `a && b` made it leave, one is enough.
      const needsAll = (op === '&&') === taken;
      if (needsAll) return outcomes.includes('dead') ? 'dead' : outcomes.includes('guard') ? 'guard' : 'free';
      if (outcomes.every((o) => o === 'dead')) return 'dead';
      return outcomes.every((o) => o !== 'free') ? 'guard' : 'free';
    }
    const value = this.constant(tokens);
    if (value !== undefined) return (value !== 0) === taken ? 'free' : 'dead';
    return this.natureOf(tokens, nature) === 'impure' ? 'free' : 'guard';
  }

  private constant(tokens: readonly Token[]): number | undefined {
    const only = tokens.length === 1 ? tokens[0]!.value : undefined;
    return only === 'true' ? 1 : only === 'false' ? 0 : constantOf(tokens, this.index);
  }

  /** What an expression is, never `unknown`: `strong` if any name is, `pure` if it is made of pure names and constants only. */
  natureOf(tokens: readonly Token[], nature: NatureOf, depth = 0): Exclude<Nature, 'unknown'> {
    let result: Exclude<Nature, 'unknown'> = 'constant';
    if (depth === 0) this.left = MAX_READ;
    for (let i = 0; i < tokens.length; i++) {
      const t = tokens[i]!;
      if (t.kind !== 'word' || isMember(tokens, i) || TYPE_WORD.test(t.value) || TRANSPARENT.has(t.value)) continue;
      const n = nature(t.value, isCallee(tokens, i));
      if (n === 'strong') return 'strong';
      if (n === 'pure') result = result === 'constant' ? 'pure' : result;
      else if (n !== 'constant' && (isCallee(tokens, i) || !this.isConstantName(t.value, n, nature, depth))) result = 'impure';
    }
    return result;
  }

  /** True for an enumerator, and for a macro without parameters that is made of constants. */
  private isConstantName(name: string, known: Nature, nature: NatureOf, depth: number): boolean {
    const defined = this.index.defines.get(name);
    if (!defined) return known === 'unknown' && CAPITALS.test(name);
    return depth < MAX_MACRO_DEPTH && defined.every(({ view }) => {
      const tokens = defineTokens(view);
      this.left -= tokens.length;
      return view.params === undefined && this.left >= 0 && this.natureOf(tokens, nature, depth + 1) === 'constant';
    });
  }
}

function isCallee(tokens: readonly Token[], i: number): boolean {
  return tokens[i + 1]?.value === '(' && tokens[i + 1]!.kind === 'punct';
}

function isMember(tokens: readonly Token[], i: number): boolean {
  const before = tokens[i - 1]?.value;
  return before === '.' || before === '->';
}

/** Takes off parentheses around the whole, and `likely()` and its kind. */
function strip(tokens: readonly Token[]): readonly Token[] {
  for (;;) {
    if (tokens[0]?.value === '(' && closing(tokens, 0) === tokens.length - 1) tokens = tokens.slice(1, -1);
    else if (tokens[0] && /^(?:likely|unlikely)$/.test(tokens[0].value) && tokens[1]?.value === '(' && closing(tokens, 1) === tokens.length - 1) tokens = tokens.slice(2, -1);
    else return tokens;
  }
}

/** True if a leading `!` covers all that follows: no operator of lower precedence at top level. */
function isUnary(tokens: readonly Token[]): boolean {
  let depth = 0;
  for (let i = 1; i < tokens.length; i++) {
    const t = tokens[i]!;
    if (t.kind !== 'punct') continue;
    if (t.value === '(' || t.value === '[') depth++;
    else if (t.value === ')' || t.value === ']') depth--;
    else if (depth === 0 && /^(?:&&|\|\||==|!=|<=|>=|<|>|\?|\+|-|\*|\/|%|&|\||\^|<<|>>)$/.test(t.value) && i > 1) return false;
  }
  return true;
}

function split(tokens: readonly Token[], op: string): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const t of tokens) {
    if (t.kind === 'punct') {
      if (t.value === '(' || t.value === '[' || t.value === '{') depth++;
      else if (t.value === ')' || t.value === ']' || t.value === '}') depth--;
      else if (depth === 0 && t.value === op) {
        parts.push([]);
        continue;
      }
    }
    parts[parts.length - 1]!.push(t);
  }
  return parts;
}
