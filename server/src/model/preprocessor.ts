/** Decides `#if` conditions as far as the unit's own texts do: code that is surely not compiled is not there, the rest is a guard. */
import type { Condition } from '../syntax/views.js';
import { arithmetic } from './arithmetic.js';
import { integerValue, tokenize, type Token } from './tokens.js';
import { MAX_MACRO_DEPTH, defineTokens, type UnitIndex } from './unitIndex.js';

/** `yes`: compiled for certain; `no`: never; `maybe`: the build decides. */
export type Compiled = 'yes' | 'no' | 'maybe';

/** What clang defines when it compiles for BPF. */
const BUILT_IN: ReadonlyMap<string, number> = new Map([['__bpf__', 1], ['__BPF__', 1], ['__clang__', 1], ['__STDC__', 1], ['__LP64__', 1]]);
/** What it never defines there. */
const NOT_DEFINED: ReadonlySet<string> = new Set(['__cplusplus', '__KERNEL__', '_MSC_VER', '_WIN32', '_WIN64', '__APPLE__', '__FreeBSD__']);

type Value = number | undefined;

/** Evaluates with three values: a number, or undefined for what only the build knows. */
class Evaluator {
  private at = 0;

  constructor(private readonly tokens: readonly Token[], private readonly symbols: Symbols, private readonly depth: number) {}

  whole(): Value {
    const value = this.ternary();
    return this.at >= this.tokens.length ? value : undefined;
  }

  private peek(): string | undefined {
    return this.tokens[this.at]?.value;
  }

  private take(text: string): boolean {
    if (this.peek() !== text) return false;
    this.at++;
    return true;
  }

  private ternary(): Value {
    const condition = this.binary(0);
    if (!this.take('?')) return condition;
    const a = this.ternary();
    if (!this.take(':')) return undefined;
    const b = this.ternary();
    return condition === undefined ? undefined : condition !== 0 ? a : b;
  }

  private static readonly LEVELS: readonly (readonly string[])[] = [
    ['||'], ['&&'], ['|'], ['^'], ['&'], ['==', '!='], ['<', '>', '<=', '>='], ['<<', '>>'], ['+', '-'], ['*', '/', '%'],
  ];

  private binary(level: number): Value {
    const ops = Evaluator.LEVELS[level];
    if (!ops) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const op = this.peek();
      if (op === undefined || this.tokens[this.at]!.kind !== 'punct' || !ops.includes(op)) return left;
      this.at++;
      left = apply(op, left, this.binary(level + 1));
    }
  }

  private unary(): Value {
    if (this.take('!')) {
      const v = this.unary();
      return v === undefined ? undefined : v === 0 ? 1 : 0;
    }
    if (this.take('-')) {
      const v = this.unary();
      return v === undefined ? undefined : -v;
    }
    if (this.take('+')) return this.unary();
    return this.primary();
  }

  private primary(): Value {
    const token = this.tokens[this.at];
    if (!token) return undefined;
    this.at++;
    if (token.value === '(' && token.kind === 'punct') {
      const v = this.ternary();
      return this.take(')') ? v : undefined;
    }
    if (token.kind === 'number') return integerValue(token.value);
    if (token.kind !== 'word') return undefined;
    if (token.value === 'defined') {
      const open = this.take('(');
      const name = this.tokens[this.at++]?.value ?? '';
      if (open) this.take(')');
      return this.symbols.defined(name);
    }
    if (this.peek() === '(') {
      this.skipArguments();
      return undefined;
    }
    return this.symbols.value(token.value, this.depth);
  }

  private skipArguments(): void {
    let depth = 0;
    for (; this.at < this.tokens.length; this.at++) {
      const t = this.tokens[this.at]!.value;
      if (t === '(') depth++;
      else if (t === ')' && --depth === 0) {
        this.at++;
        return;
      }
    }
  }
}

function apply(op: string, a: Value, b: Value): Value {
  if (op === '&&') return a === 0 || b === 0 ? 0 : a === undefined || b === undefined ? undefined : 1;
  if (op === '||') return (a !== undefined && a !== 0) || (b !== undefined && b !== 0) ? 1 : a === undefined || b === undefined ? undefined : 0;
  if (a === undefined || b === undefined) return undefined;
  switch (op) {
    case '==': return a === b ? 1 : 0;
    case '!=': return a !== b ? 1 : 0;
    case '<': return a < b ? 1 : 0;
    case '>': return a > b ? 1 : 0;
    case '<=': return a <= b ? 1 : 0;
    case '>=': return a >= b ? 1 : 0;
    default: return arithmetic(op, a, b);
  }
}

/** So many lines above a definition its `#ifndef` is looked for: comments may stand between. */
const MAX_ABOVE = 100;

/** `#ifndef X`, `#define X 0`: what is defined there is a default, in whose place the build may put anything. */
function isDefault(text: string, start: number, name: string): boolean {
  let end = text.lastIndexOf('\n', start - 1);
  for (let lines = 0; end > 0 && lines < MAX_ABOVE; lines++) {
    const from = text.lastIndexOf('\n', end - 1) + 1;
    const directive = /^\s*#\s*(\w+)\b(.*)/.exec(text.slice(from, end));
    end = from - 1;
    if (!directive || directive[1] === 'define') continue;
    const asked = directive[2]!.match(/\w+/g) ?? [];
    return directive[1] === 'ifndef' ? asked[0] === name : directive[1] === 'if' && /^\s*!\s*defined\b/.test(directive[2]!) && asked[1] === name;
  }
  return false;
}

/** Tokens of macros that one question may read: macros of macros of macros would be read without end. */
const MAX_READ = 5_000;

/** What is known of macro names at one place of one file. */
class Symbols {
  private left = MAX_READ;

  constructor(private readonly index: UnitIndex, private readonly path: string, private readonly offset: number) {}

  /** 1, 0, or undefined: set elsewhere or by the compiler's command line. */
  defined(name: string): Value {
    if (BUILT_IN.has(name)) return 1;
    if (NOT_DEFINED.has(name)) return 0;
    const all = this.index.defines.get(name);
    if (!all) return undefined;
    const here = all.filter((d) => d.path === this.path);
    if (here.some((d) => d.view.span.start < this.offset)) return 1;
    // Only defined below: an include guard, or a default under `#ifndef X`.
    if (here.length > 0 && here.length === all.length) return 0;
    return here.length > 0 ? undefined : 1;
  }

  value(name: string, depth: number): Value {
    const builtIn = BUILT_IN.get(name);
    if (builtIn !== undefined) return builtIn;
    const all = this.index.defines.get(name);
    if (!all || depth > MAX_MACRO_DEPTH) return undefined;
    let result: Value;
    for (const { path, view } of all) {
      if (view.params || isDefault(this.index.files.get(path)?.text ?? '', view.span.start, name)) return undefined;
      const tokens = defineTokens(view);
      this.left -= tokens.length;
      const value = this.left < 0 ? undefined : new Evaluator(tokens, this, depth + 1).whole();
      if (value === undefined || (result !== undefined && result !== value)) return undefined;
      result = value;
    }
    return result;
  }
}

/** The value of an expression of C that is made of numbers and of macros whose values are known; undefined for any other. */
export function constantOf(tokens: readonly Token[], index: UnitIndex): number | undefined {
  return new Evaluator(tokens, new Symbols(index, '', 0), 0).whole();
}

/** `#if`, `ifdef X`, `elifndef X` or a bare expression → a bare expression. */
function expressionOf(text: string): string {
  const m = /^\s*(?:#\s*)?(ifdef|ifndef|elifdef|elifndef|if|elif)\b([\s\S]*)$/.exec(text);
  if (!m) return text;
  const rest = m[2]!.trim();
  if (m[1] === 'ifdef' || m[1] === 'elifdef') return `defined(${rest})`;
  if (m[1] === 'ifndef' || m[1] === 'elifndef') return `!defined(${rest})`;
  return rest;
}

/**
 * Whether code under a preprocessor condition is compiled.
 * @param path file that the condition stands in.
 */
export function compiled(condition: Condition, path: string, index: UnitIndex): Compiled {
  const tokens = tokenize(expressionOf(condition.text));
  const value = new Evaluator(tokens, new Symbols(index, path, condition.span.start), 0).whole();
  if (value === undefined) return 'maybe';
  return (value !== 0) === condition.taken ? 'yes' : 'no';
}

/** The strongest statement about several conditions: `no` if any says so, else `maybe` if any does. */
export function compiledUnder(conditions: readonly Condition[], path: string, index: UnitIndex): Compiled {
  let result: Compiled = 'yes';
  for (const c of conditions) {
    if (c.kind !== 'preprocessor') continue;
    const one = compiled(c, path, index);
    if (one === 'no') return 'no';
    if (one === 'maybe') result = 'maybe';
  }
  return result;
}
