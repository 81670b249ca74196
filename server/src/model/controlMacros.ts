/** Macros that decide what runs: `#define REQUIRE(x) if (!(x)) return 0`. Their uses in a function are put in as the preprocessor does. */
import type { DefineView } from '../syntax/views.js';
import { GUARD_NAMES } from './guardNames.js';
import { splitArguments, substitute } from './substitution.js';
import { closing, type Token } from './tokens.js';
import { MAX_MACRO_DEPTH, defineTokens, type UnitIndex } from './unitIndex.js';

/** A token of a function as the compiler gets it: one that is written there has its offset, one out of a macro's body the offset of the use. */
export interface FlowToken extends Token {
  readonly at?: number;
  readonly use?: number;
  /** The macro has other definitions. */
  readonly unsure?: true;
}

const DECIDING: ReadonlySet<string> = new Set(['if', 'else', 'switch', 'case', 'default', 'return', 'goto', 'break', 'continue']);
/** Words before a parenthesis that call nothing, and names that no macro's body is put in for. */
const KEYWORDS: ReadonlySet<string> = new Set([...DECIDING, 'for', 'while', 'do', 'sizeof', 'typeof', '__typeof__', 'offsetof', 'asm', '__asm__', '__attribute__', '_Static_assert']);
const COMPARING = /^[<>]=?$/;
/** Statements that a macro without parameters stands for. */
const STATEMENT = /\b(?:if|else|switch|case|default|return|goto|break|continue)\b/;
/** Macros in macros are put in this deep. */
const MAX_DEPTH = 8;
/** Tokens that macros may add to one function. */
const MAX_ADDED = 20_000;

/** The definition that is put in, and whether it is one of several. */
interface Chosen {
  readonly view: DefineView;
  readonly unsure: boolean;
}

/** Knows the macros of one unit that decide; answers are kept, names are looked into when they are asked for. */
export class ControlMacros {
  private readonly known = new Map<string, boolean>();
  private readonly chosen = new Map<string, Chosen>();
  private statements: RegExp | null | undefined;

  constructor(private readonly index: UnitIndex) {}

  /** Does the macro hold a condition or a jump, itself or through others? */
  has(name: string): boolean {
    return this.index.defines.has(name) && this.decides(name, 0);
  }

  /** Words without parentheses that stand for statements, of which the views of a function need not tell; null if the unit has none. */
  get words(): RegExp | null {
    if (this.statements === undefined) {
      const names = [...this.index.defines].filter(([name, list]) => !KEYWORDS.has(name) && list.some(({ view }) => view.params === undefined && (STATEMENT.test(view.body) || isUneven(view.body)))).map(([name]) => name.replace(/\$/g, '\\$&'));
      this.statements = names.length > 0 ? new RegExp(`\\b(?:${names.join('|')})\\b`) : null;
    }
    return this.statements;
  }

  private decides(name: string, depth: number): boolean {
    const before = this.known.get(name);
    if (before !== undefined) return before;
    if (KEYWORDS.has(name) || GUARD_NAMES.has(name) || depth > MAX_MACRO_DEPTH) return false;
    this.known.set(name, false);
    const decides = this.index.defines.get(name)?.some(({ view }) => this.bodyDecides(view, depth)) ?? false;
    this.known.set(name, decides);
    return decides;
  }

  private bodyDecides(view: DefineView, depth: number): boolean {
    const tokens = defineTokens(view);
    let asks = false;
    let compares = false;
    let calls = false;
    let braces = 0;
    for (const [i, { kind, value }] of tokens.entries()) {
      if (kind === 'word') {
        if (DECIDING.has(value) || (value !== view.name && this.index.defines.has(value) && this.decides(value, depth + 1))) return true;
        calls ||= tokens[i + 1]?.value === '(' && !KEYWORDS.has(value);
      } else if (kind === 'punct') {
        braces += value === '{' ? 1 : value === '}' ? -1 : 0;
        asks ||= value === '?' || value === '&&' || value === '||';
        compares ||= COMPARING.test(value);
      }
    }
    // `((a) < (b) ? (a) : (b))` runs nothing that its arguments do not.
    return braces !== 0 || (asks && (calls || !compares));
  }

  /** The tokens of a function's body with such macros put in; undefined where that gets too long. */
  expanded(tokens: readonly FlowToken[]): readonly FlowToken[] | undefined {
    const out: FlowToken[] = [];
    return this.expand(tokens, new Set(), { left: MAX_ADDED }, out) ? out : undefined;
  }

  private expand(tokens: readonly FlowToken[], open: Set<string>, budget: { left: number }, out: FlowToken[]): boolean {
    for (let i = 0; i < tokens.length; i++) {
      const t = tokens[i]!;
      const define = t.kind === 'word' && open.size < MAX_DEPTH && !open.has(t.value) && !isMember(tokens, i) && this.has(t.value) ? this.define(t.value) : undefined;
      const end = define?.view.params === undefined ? i : tokens[i + 1]?.value === '(' ? closing(tokens, i + 1) : tokens.length;
      if (!define || end >= tokens.length) {
        out.push(t);
        continue;
      }
      const { view, unsure } = define;
      const body: readonly FlowToken[] = substitute(defineTokens(view), view.params ?? [], splitArguments(tokens.slice(i + 2, end)), this.index);
      budget.left -= body.length;
      if (budget.left < 0) return false;
      const use = t.at ?? t.use;
      open.add(t.value);
      const whole = this.expand(body.map((b) => (b.at ?? b.use) === undefined ? { kind: b.kind, value: b.value, use, ...(unsure || t.unsure ? { unsure: true } : {}) } : b), open, budget, out);
      open.delete(t.value);
      if (!whole) return false;
      i = end;
    }
    return true;
  }

  /** The definition to put in: of several, which stand in `#if` arms, the first that decides. */
  private define(name: string): Chosen {
    let chosen = this.chosen.get(name);
    if (!chosen) {
      const all = this.index.defines.get(name)!;
      const { view } = all.find((d) => this.bodyDecides(d.view, 0)) ?? all[0]!;
      this.chosen.set(name, (chosen = { view, unsure: all.some((d) => d.view.body !== view.body) }));
    }
    return chosen;
  }
}

/** `#define END }`. */
function isUneven(body: string): boolean {
  return body.includes('{') !== body.includes('}');
}

function isMember(tokens: readonly FlowToken[], i: number): boolean {
  const before = tokens[i - 1]?.value;
  return before === '.' || before === '->';
}
