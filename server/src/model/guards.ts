/**
 * Decides under which conditions code runs only where it is allowed. A guard asks the running kernel (CO-RE, weak
 * symbols, its version), or is fixed before loading (`const volatile`, `__kconfig`, constant arguments, `#if`), so
 * that the verifier never sees the code where the answer is no.
 */
import type { CallView, Condition, FunctionView } from '../syntax/views.js';
import { answerOf, Asking, type Answer } from './boundedAnswers.js';
import { hasUnseenHeader, type CallGraph, type Edge, type GraphNode } from './callGraph.js';
import { ConditionLogic, type Nature } from './conditionLogic.js';
import { fixedNames } from './fixedNames.js';
import { GUARD_NAMES } from './guardNames.js';
import { MacroFlow } from './macroFlow.js';
import { compiled } from './preprocessor.js';
import { scopeOf } from './scope.js';
import { tokenize, type Token } from './tokens.js';
import { defineTokens, type UnitIndex } from './unitIndex.js';

/** What a list of conditions says about the code under them. */
export interface Verdict {
  /** Never compiled or never run. */
  readonly dead: boolean;
  /** The guard's text. */
  readonly guard: string | undefined;
  /** The build decides whether the code is there. */
  readonly preprocessor: boolean;
}

/** A place in a function. */
export interface Spot {
  /** As they are written around it. */
  readonly conditions: readonly Condition[];
  /** Where its token begins in the file; macros lay conditions on tokens. */
  readonly at?: number;
  /** What the macro that is used there calls, where that is asked about. */
  readonly callee?: string;
}

/** The place of a call, or of one that the macro called there makes. */
export function spotOf({ conditions, nameSpan, name }: CallView, callee = name): Spot {
  return callee === name ? { conditions, at: nameSpan.start } : { conditions, at: nameSpan.start, callee };
}

const FREE: Verdict = { dead: false, guard: undefined, preprocessor: false };
const DEAD: Verdict = { dead: true, guard: undefined, preprocessor: false };
const CONSTANT = /^(?:\(?-?\d\w*\)?|true|false|NULL|[A-Z][A-Z0-9_]*|sizeof.*)$/;
/** How macros that ask for a setting are called; what the kernel's own headers have says nothing of settings. */
const SETTING = /^(?:[A-Z][A-Z0-9_]*_)?(?:CONFIG|CONF|ENABLED?|FEATURE|FLAG|OPTION|SETTING|HAS|HAVE|SUPPORTS?|USE|CFG)(?:_[A-Z0-9_]*)?$/;
/** How functions that ask for what a kernel has are called. */
const ASKING = /^(?!_|bpf_)(?:[a-z0-9]+_)*?(?:has|have|supports?|supported|features?|available|exists?)(?:_[a-z0-9_]*)?$/;
/** How enumerators are called. */
const ENUMERATOR = /^[A-Z][A-Z0-9_]*$/;
const NONE: readonly Condition[] = [];
const MAX_MACRO_DEPTH = 6;
/** How far a question may lead from function to function. */
const MAX_DEPTH = 10;
const NO_PARAMS: ReadonlySet<string> = new Set();
const MAX_BODY = 20_000;

function short(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length > 100 ? `${flat.slice(0, 97)}…` : flat;
}

/** True for the same side of the same `#if`, in another place. */
export function isSame(a: Condition, b: Condition): boolean {
  return a.kind === b.kind && a.taken === b.taken && a.text === b.text;
}

function sameNames(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((name) => b.has(name));
}

/** Answers for one unit; keeps what it found out about conditions, locals and functions. */
export class Guards {
  private readonly verdicts = new WeakMap<Condition, Verdict>();
  private readonly edges = new WeakMap<Edge, Verdict>();
  private readonly globals: ReadonlyMap<string, Nature>;
  private readonly locals = new WeakMap<FunctionView, Map<string, Answer<Nature>>>();
  private readonly functions = new Map<GraphNode, Answer<Nature>>();
  private readonly constants = new Map<GraphNode, Answer<ReadonlySet<string>>>();
  private readonly macros = new Map<string, Answer<Nature>>();
  private readonly material = new WeakMap<FunctionView, Answer<boolean>>();
  /** Whether a function answers by one of its parameters. */
  private readonly returnsParam = new WeakMap<FunctionView, boolean>();
  private readonly asking = new Asking(MAX_DEPTH);
  private readonly askingMacros = new Asking(MAX_MACRO_DEPTH);
  private readonly logic: ConditionLogic;
  private readonly flow: MacroFlow;
  /** Whether a header is missing, once somebody asked. */
  private unseen: boolean | undefined;
  private readonly byName = new Map<string, GraphNode[]>();

  constructor(private readonly index: UnitIndex, private readonly graph: CallGraph) {
    this.logic = new ConditionLogic(index);
    this.flow = new MacroFlow(index, graph.expander);
    for (const node of graph.nodes) {
      const list = this.byName.get(node.fn.name);
      if (list) list.push(node);
      else this.byName.set(node.fn.name, [node]);
    }
    this.globals = fixedNames(index);
  }

  /**
   * What the conditions of a place in `node`'s function say together, those around the function and those of macros included.
   * @param given `#if` conditions that are known to hold.
   */
  verdict(node: GraphNode, { conditions, at, callee }: Spot, given: readonly Condition[] = NONE): Verdict {
    const outer = node.fn.conditions;
    const byMacros = at === undefined ? NONE : this.conditionsByMacros(node, at, callee);
    if (outer.length === 0 && conditions.length === 0 && byMacros.length === 0) return FREE;
    let guard: string | undefined;
    let preprocessor = false;
    for (let i = 0; i < outer.length + conditions.length; i++) {
      const condition = i < outer.length ? outer[i]! : conditions[i - outer.length]!;
      if (given.length > 0 && condition.kind === 'preprocessor' && given.some((g) => isSame(g, condition))) continue;
      const v = this.one(node, condition);
      if (v.dead) return DEAD;
      guard ??= v.guard;
      preprocessor ||= v.preprocessor;
    }
    for (const condition of byMacros) {
      const v = this.one(node, condition);
      if (v.dead && !this.flow.isUnsure(node, condition)) return DEAD;
      guard ??= v.dead ? short(condition.text) : v.guard;
    }
    return guard === undefined && !preprocessor ? FREE : { dead: false, guard, preprocessor };
  }

  /** Conditions that macros lay on the token at an offset of a function, or on what is called by the macro that is used there. */
  conditionsByMacros(node: GraphNode, at: number, callee?: string): readonly Condition[] {
    return this.flow.at(node, at, callee);
  }

  /** The same of a call between two functions, what its macro asks included. */
  ofEdge(edge: Edge): Verdict {
    let known = this.edges.get(edge);
    if (!known) {
      const verdict = this.verdict(edge.from, spotOf(edge.call, edge.node.fn.name));
      this.edges.set(edge, (known = edge.guard === undefined ? verdict : { ...verdict, guard: edge.guard }));
    }
    return known;
  }

  /**
   * Takes note that functions have got other bodies in the graph.
   * @param callees what they call now, and what they called before.
   * @returns false where that may change what is known about other functions: then this object is of no use any more.
   */
  replaced(nodes: readonly GraphNode[], callees: ReadonlySet<GraphNode>): boolean {
    const checks: { readonly left: number; holds(): boolean }[] = [];
    const check = <V>(known: Answer<V> | undefined, ask: () => V, isSame: (a: V, b: V) => boolean): void => {
      for (const left of known?.depths() ?? []) {
        const holds = (): boolean => {
          const { value, whole } = this.asking.askAt(left, ask);
          return (whole || left < known!.height) && isSame(value, known!.at(left)!);
        };
        checks.push({ left, holds });
      }
    };
    for (const node of nodes) check(this.functions.get(node), () => this.functionNature(node), Object.is);
    for (const node of callees) check(this.constants.get(node), () => this.constantParams(node), sameNames);
    for (const node of nodes) this.functions.delete(node);
    for (const node of callees) this.constants.delete(node);
    // What is asked at some depth rests on what was asked at lower ones.
    return checks.sort((a, b) => a.left - b.left).every(({ holds }) => holds());
  }

  /** True if only the build knows whether code under this `#if` is there. */
  isOpen(condition: Condition, path: string): boolean {
    return compiled(condition, path, this.index) === 'maybe';
  }

  private one(node: GraphNode, condition: Condition): Verdict {
    const known = this.verdicts.get(condition);
    if (known) return known;
    const verdict = condition.kind === 'preprocessor' ? this.preprocessor(node, condition) : this.runtime(node, condition);
    this.verdicts.set(condition, verdict);
    return verdict;
  }

  private preprocessor(node: GraphNode, condition: Condition): Verdict {
    const state = compiled(condition, node.path, this.index);
    if (state === 'no') return DEAD;
    return state === 'yes' ? FREE : { dead: false, guard: `#if ${short(condition.text.replace(/^\s*#\s*(?:el)?if\s+/, ''))}`, preprocessor: true };
  }

  /** Spares most conditions the reading: one that names only parameters, plain locals and fields decides nothing. */
  private mayDecide(node: GraphNode, condition: Condition): boolean {
    const words = condition.identifiers;
    if (words.length === 0) return true;
    if (condition.calls.some((c) => this.maybeSetting(c.name))) return true;
    const scope = scopeOf(node.fn);
    for (const word of words) {
      if (GUARD_NAMES.has(word) || this.globals.has(word) || this.byName.has(word) || this.graph.expander.has(word)) return true;
      if (scope.params.has(word) ? this.constantParams(node).has(word) : scope.locals.has(word) && this.hasMaterial(node)) return true;
    }
    if (words.every((word) => ENUMERATOR.test(word) && !scope.params.has(word) && !scope.locals.has(word))) return true;
    return /(?:^|[^\w.])(?:0|1|true|false)(?:$|[^\w.])/.test(condition.text) && /^[\s(!]*(?:\d+|true|false)\b|(?:&&|\|\|)/.test(condition.text);
  }

  private runtime(node: GraphNode, condition: Condition): Verdict {
    if (!this.mayDecide(node, condition)) return FREE;
    const nature = (word: string, callee: boolean): Nature => this.nature(node, word, callee);
    const verdict = this.logic.evaluate(condition, nature);
    if (verdict === 'dead') return DEAD;
    return verdict === 'guard' ? { dead: false, guard: short(condition.text), preprocessor: false } : FREE;
  }

  /** What a name in a condition of this function is. */
  private nature(node: GraphNode, word: string, callee: boolean): Nature {
    if (GUARD_NAMES.has(word)) return 'strong';
    if (callee) {
      const own = this.byName.get(word);
      if (own) return own.some((n) => this.functionNature(n) === 'strong') ? 'strong' : this.functionNature(own[0]!);
      return this.maybeSetting(word) ? 'pure' : this.macroNature(word);
    }
    const fn = node.fn;
    const scope = scopeOf(fn);
    if (scope.params.has(word)) return this.constantParams(node).has(word) ? 'pure' : 'impure';
    if (scope.locals.has(word)) return this.hasMaterial(node) ? this.localNature(node, word) : 'impure';
    const fixed = this.globals.get(word);
    if (fixed !== undefined || this.graph.expander.has(word)) return fixed ?? this.macroNature(word);
    return this.index.variables.has(word) || this.byName.has(word) ? 'impure' : 'unknown';
  }

  /** `if (CONFIG(ITER_NUM))`, `if (has_ringbuf())`: what is in a header that is not in sight may ask for what user space sets, or the kernel has. */
  private maybeSetting(word: string): boolean {
    return (SETTING.test(word) || ASKING.test(word)) && !this.graph.expander.has(word) && (this.unseen ??= hasUnseenHeader(this.index));
  }

  /** What the body of a macro names, through the macros that it uses. */
  private macroNature(word: string): Nature {
    if (!this.graph.expander.has(word)) return 'impure';
    return this.askingMacros.ask(answerOf(this.macros, word), 1, 'impure', () => {
      const { guard, arms } = this.graph.expander.calls(word);
      if (guard !== undefined && arms !== 'values') return 'strong';
      let pure = guard !== undefined;
      for (const { view } of this.index.defines.get(word) ?? []) {
        for (const t of defineTokens(view)) {
          if (t.kind !== 'word' || t.value === word) continue;
          const nature = this.globals.get(t.value) ?? this.macroNature(t.value);
          if (nature === 'strong') return 'strong';
          if (nature === 'pure') pure = true;
        }
      }
      return pure ? 'pure' : 'impure';
    });
  }

  /** Does the function name anything that could make one of its locals a guard? Spares the search in most functions. */
  private hasMaterial(node: GraphNode): boolean {
    return this.namesGuard(node) || this.constantParams(node).size > 0;
  }

  /** Does the function name a guard, or a function that answers as one? */
  private namesGuard(node: GraphNode): boolean {
    const { fn } = node;
    return this.asking.ask(answerOf(this.material, fn), 0, false, () => {
      const guardish = (name: string): boolean => GUARD_NAMES.has(name) || this.globals.has(name) || this.macroNature(name) !== 'impure';
      return fn.calls.some((c) => guardish(c.name) || (this.byName.get(c.name)?.some((n) => this.functionNature(n) !== 'impure') ?? this.maybeSetting(c.name)))
        || fn.identifiers.some((i) => guardish(i.name));
    });
  }

  /** A local is what is assigned to it: a guard if one assignment asks the kernel, pure if all are. */
  private localNature(node: GraphNode, name: string): Nature {
    let known = this.locals.get(node.fn);
    if (!known) this.locals.set(node.fn, (known = new Map()));
    return this.asking.ask(answerOf(known, name), 1, 'impure', () => {
      let result: Nature | undefined;
      for (const value of this.assignedTo(node, name)) {
        const one = this.logic.natureOf(value, (w, callee) => this.nature(node, w, callee));
        if (one === 'strong') return 'strong';
        result = one === 'constant' ? result : result === 'impure' ? 'impure' : one;
      }
      return result ?? 'impure';
    });
  }

  private assignedTo(node: GraphNode, name: string): Token[][] {
    const body = this.bodyOf(node);
    const values: Token[][] = [];
    let from = 0;
    while (values.length < 16) {
      const at = body.indexOf(name, from);
      if (at < 0) break;
      from = at + name.length;
      if (/\w/.test(body[at - 1] ?? ' ') || body[at - 1] === '.' || body[at - 1] === '>') continue;
      const m = /^(?:\.\w+){0,4}\s*[|&]?=(?!=)/.exec(body.slice(from, from + 100));
      if (!m) continue;
      // `if (exists) has = true;`: what is assigned is what was asked.
      const asked = /\bif\s*\(([^;{}]*)\)\s*(?:\{\s*)?$/.exec(body.slice(Math.max(0, at - 300), at));
      if (asked) values.push(tokenize(asked[1]!));
      const end = body.indexOf(';', from);
      values.push(tokenize(body.slice(from + m[0].length, end < 0 ? from + 400 : Math.min(end, from + 2000))));
    }
    return values;
  }

  private bodyOf(node: GraphNode): string {
    const s = node.fn.bodySpan!;
    return this.index.files.get(node.path)?.text.slice(s.start, Math.min(s.end, s.start + MAX_BODY)) ?? '';
  }

  /** A function that only answers a question: all that it returns is constant or a guard, and a guard is in it. */
  private functionNature(node: GraphNode): Nature {
    const { fn } = node;
    return this.asking.ask(answerOf(this.functions, node), 1, 'impure', () => {
      if (fn.returnType.trim() === 'void' || fn.bodySpan!.end - fn.bodySpan!.start > 4000) return 'impure';
      return this.namesGuard(node) || (this.answersByParam(node) && this.constantParams(node).size > 0) ? this.returnsOf(node) : 'impure';
    });
  }

  /** Asked before its callers are: most functions then need not know them, which would ask in circles. */
  private answersByParam(node: GraphNode): boolean {
    const { params } = scopeOf(node.fn);
    if (params.size === 0) return false;
    let known = this.returnsParam.get(node.fn);
    if (known === undefined) {
      known = this.bodyOf(node).split(/\breturn\b/).slice(1).some((rest) => rest.split(';', 1)[0]!.match(/\w+/g)?.some((word) => params.has(word)));
      this.returnsParam.set(node.fn, known);
    }
    return known;
  }

  private returnsOf(node: GraphNode): Nature {
    const tokens = tokenize(this.bodyOf(node));
    let best: Nature = 'constant';
    for (let i = 0; i < tokens.length; i++) {
      if (tokens[i]!.value !== 'return' || tokens[i]!.kind !== 'word') continue;
      let end = i + 1;
      while (end < tokens.length && tokens[end]!.value !== ';') end++;
      const one = this.logic.natureOf(tokens.slice(i + 1, end), (w, callee) => this.nature(node, w, callee));
      if (one === 'impure') return 'impure';
      if (one === 'strong' || (one === 'pure' && best === 'constant')) best = one;
      i = end;
    }
    if (best !== 'constant') return best;
    // Only constants come back: the conditions decide, and they must hold a guard.
    return tokens.some((t) => t.kind === 'word' && (GUARD_NAMES.has(t.value) || this.globals.get(t.value) === 'strong')) ? 'strong' : 'impure';
  }

  /** Parameters of a static function that some caller gives a constant: after inlining, code that tests them is decided. */
  private constantParams(node: GraphNode): ReadonlySet<string> {
    const { fn } = node;
    if (!(fn.isStatic || fn.isInline) || fn.wrapper !== undefined || fn.params.length === 0) return NO_PARAMS;
    return this.asking.ask(answerOf(this.constants, node), 1, NO_PARAMS, () => {
      const result = new Set<string>();
      for (const edge of node.callers) {
        if (edge.callback || edge.call.name !== fn.name) continue;
        fn.params.forEach((p, i) => {
          const arg = edge.call.args[i];
          if (!arg || result.has(p.name)) return;
          if (CONSTANT.test(arg.text.trim()) || this.isFixed(edge.from, arg.identifier) || this.isAnswer(edge.from, arg.text)) result.add(p.name);
        });
      }
      return result;
    });
  }

  /** An argument that asks the kernel, or holds what was asked: `go(bpf_core_type_exists(struct x))`. */
  private isAnswer(caller: GraphNode, text: string): boolean {
    if (!this.hasMaterial(caller)) return false;
    const nature = this.logic.natureOf(tokenize(text), (w, callee) => this.nature(caller, w, callee));
    return nature === 'strong' || nature === 'pure';
  }

  private isFixed(caller: GraphNode, name: string | undefined): boolean {
    if (name === undefined) return false;
    if (this.globals.has(name)) return true;
    return caller.fn.params.some((p) => p.name === name) && this.constantParams(caller).has(name);
  }
}
