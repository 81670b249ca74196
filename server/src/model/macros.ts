/** What a use of one of the unit's own macros calls: the callees in its body, through macros in macros, bounded. */
import type { CallView, DefineView } from '../syntax/views.js';
import type { Nature } from './conditionLogic.js';
import { fixedNames } from './fixedNames.js';
import { GUARD_NAMES } from './guardNames.js';
import { noteLimit } from './limits.js';
import { settledCondition } from './macroGuard.js';
import type { Token } from './tokens.js';
import { MAX_MACRO_DEPTH, defineTokens, type UnitIndex } from './unitIndex.js';

/** The callees of a macro. `guard` is set where its body asks the kernel first, or where definitions differ by `#if`. */
export interface MacroCalls {
  readonly names: readonly string[];
  /** Indices of the macro's parameters that its body calls as a function. */
  readonly calledParams: readonly number[];
  readonly guard: string | undefined;
  /** Set where `guard` is only that definitions differ by `#if`: whether one of them is a constant, or all are made of their arguments or other values. */
  readonly arms?: 'constant' | 'values';
}

const NONE: MacroCalls = { names: [], calledParams: [], guard: undefined };
/** A body that is the same for all arguments: `0`, `(1)`, `true`, nothing. */
const CONSTANT_BODY = /^[\s()]*(?:(?:\d\w*|true|false)[\s()]*)?$/;
/** A macro that calls more than this is generated code; the rest is dropped. */
const MAX_CALLS = 64;
const CONTROL = new Set(['if', 'while', 'for', 'switch', 'return', 'sizeof', 'typeof', '__typeof__', 'offsetof', 'defined', 'asm', '__asm__', '__attribute__', '_Static_assert']);

/** What is gathered while one macro is expanded. */
interface Gathered {
  readonly names: Set<string>;
  readonly params: Set<number>;
  /** What a body asks. */
  guard: string | undefined;
  /** Definitions that differ by `#if`. */
  differ: { readonly text: string; readonly arms: NonNullable<MacroCalls['arms']> } | undefined;
}

/** Expands the macros of one unit; each name is computed once, so nested doubling stays cheap. */
export class MacroExpander {
  private readonly memo = new Map<string, MacroCalls>();
  private readonly open = new Set<string>();

  private readonly fixed: ReadonlyMap<string, Nature>;

  constructor(private readonly index: UnitIndex) {
    this.fixed = fixedNames(index);
  }

  /** True if the unit defines `name` as a macro of its own. */
  has(name: string): boolean {
    return this.index.defines.has(name);
  }

  /** What a use of macro `name` calls; macro names in the result were expanded already. */
  calls(name: string): MacroCalls {
    const found = this.memo.get(name);
    if (found) return found;
    const definitions = this.index.defines.get(name);
    if (!definitions) return NONE;
    if (this.open.size > MAX_MACRO_DEPTH) {
      noteLimit(this.index, [...this.open][0]!, `nests more than ${MAX_MACRO_DEPTH} others`);
      return NONE;
    }
    const out: Gathered = { names: new Set(), params: new Set(), guard: undefined, differ: undefined };
    this.open.add(name);
    if (definitions.length > 1 && definitions.some((d) => d.view.body.trim() !== definitions[0]!.view.body.trim())) {
      out.differ = { text: `#define ${name} depends on #if`, arms: definitions.some((d) => CONSTANT_BODY.test(d.view.body)) ? 'constant' : 'values' };
    }
    for (const { view } of definitions) this.scan(view, out);
    this.open.delete(name);
    if (out.names.size >= MAX_CALLS) noteLimit(this.index, name, `calls more than ${MAX_CALLS} functions`);
    const guard = out.guard ?? out.differ?.text;
    const empty = out.names.size === 0 && out.params.size === 0 && !guard;
    const arms = out.guard === undefined && out.differ ? { arms: out.differ.arms } : {};
    const result = empty ? NONE : { names: [...out.names], calledParams: [...out.params], guard, ...arms };
    this.memo.set(name, result);
    return result;
  }

  private scan(view: DefineView, out: Gathered): void {
    const tokens = defineTokens(view);
    if (!view.params && tokens.length === 1 && tokens[0]!.kind === 'word') {
      this.callee(tokens[0]!.value, out);
      return;
    }
    const asked = settledCondition(tokens, this.fixed, this.index);
    if (asked !== undefined) out.guard ??= `${view.name}: ${asked}`;
    for (let i = 0; i < tokens.length; i++) {
      const t = tokens[i]!;
      if (t.kind !== 'word') continue;
      if (GUARD_NAMES.has(t.value)) out.guard ??= `${view.name}: ${t.value}`;
      if (!isCallee(tokens, i)) {
        if (this.isObjectMacro(t.value)) this.callee(t.value, out);
        continue;
      }
      const param = view.params?.indexOf(t.value) ?? -1;
      if (param >= 0) out.params.add(param);
      else this.callee(t.value, out);
    }
  }

  private isObjectMacro(name: string): boolean {
    return this.index.defines.get(name)?.some((d) => !d.view.params && d.view.body.includes('(')) ?? false;
  }

  private callee(name: string, out: Gathered): void {
    if (CONTROL.has(name) || out.names.size >= MAX_CALLS) return;
    if (this.open.has(name) || !this.index.defines.has(name)) {
      out.names.add(name);
      return;
    }
    const nested = this.calls(name);
    for (const n of nested.names) out.names.add(n);
    if (nested.arms === undefined) out.guard ??= nested.guard;
    else out.differ ??= { text: nested.guard!, arms: nested.arms };
  }
}

/** A word before `(` that is not pasted together with another. */
function isCallee(tokens: readonly Token[], i: number): boolean {
  const next = tokens[i + 1];
  if (next?.kind !== 'punct' || next.value !== '(') return false;
  const before = tokens[i - 1]?.value;
  return before !== '##' && before !== '->' && before !== '.' && before !== '#';
}

/** Names that a call of a macro calls, with the functions handed over as its arguments put in. */
export function calledThroughMacro(call: CallView, expander: MacroExpander): { names: readonly string[]; guard: string | undefined } {
  const { names, calledParams, guard } = expander.calls(call.name);
  if (calledParams.length === 0) return { names, guard };
  const handed = calledParams.map((i) => call.args[i]?.identifier).filter((n): n is string => n !== undefined);
  return { names: [...names, ...handed], guard };
}
