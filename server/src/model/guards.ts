/**
 * Decides under which conditions code runs only where it is allowed. A guard asks the running kernel (CO-RE, weak
 * symbols, its version), or is fixed before loading (`const volatile`, `__kconfig`, constant arguments, `#if`), so
 * that the verifier never sees the code where the answer is no.
 */
import type { Condition, FunctionView } from '../syntax/views.js';
import type { CallGraph, Edge, GraphNode } from './callGraph.js';
import { ConditionLogic, type Nature } from './conditionLogic.js';
import { GUARD_NAMES } from './guardNames.js';
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

const FREE: Verdict = { dead: false, guard: undefined, preprocessor: false };
const DEAD: Verdict = { dead: true, guard: undefined, preprocessor: false };
const CONSTANT = /^(?:\(?-?\d\w*\)?|true|false|NULL|[A-Z][A-Z0-9_]*|sizeof.*)$/;
const NONE: readonly Condition[] = [];
const MAX_DEPTH = 6;
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
  private readonly globals = new Map<string, Nature>();
  private readonly locals = new WeakMap<FunctionView, Map<string, Nature>>();
  private readonly functions = new Map<GraphNode, Nature>();
  private readonly constants = new Map<GraphNode, ReadonlySet<string>>();
  private readonly macros = new Map<string, Nature>();
  private readonly material = new WeakMap<FunctionView, boolean>();
  private readonly logic: ConditionLogic;
  private readonly byName = new Map<string, GraphNode[]>();
  private depth = 0;

  constructor(private readonly index: UnitIndex, private readonly graph: CallGraph) {
    this.logic = new ConditionLogic(index);
    for (const node of graph.nodes) {
      const list = this.byName.get(node.fn.name);
      if (list) list.push(node);
      else this.byName.set(node.fn.name, [node]);
    }
    this.collectGlobals();
  }

  /** Weak ksyms ask the kernel; kconfig variables and `const volatile` globals are fixed when the program is loaded. */
  private collectGlobals(): void {
    for (const [name, list] of this.index.variables) {
      for (const { view } of list) {
        const words = view.annotations.map((a) => a.name);
        if (words.includes('__ksym') && words.includes('__weak')) this.globals.set(name, 'strong');
        else if (words.includes('__kconfig') || (view.isConst && view.isVolatile)) this.globals.set(name, 'pure');
      }
    }
    for (const [name, list] of this.index.prototypes) {
      if (list.some(({ view }) => view.annotations.some((a) => a.name === '__weak') && (view.isExtern || view.annotations.some((a) => a.name === '__ksym')))) {
        this.globals.set(name, 'strong');
      }
    }
  }

  /**
   * What the conditions of a place in `node`'s function say together, those around the function included.
   * @param given `#if` conditions that are known to hold.
   */
  verdict(node: GraphNode, conditions: readonly Condition[], given: readonly Condition[] = NONE): Verdict {
    const outer = node.fn.conditions;
    if (outer.length === 0 && conditions.length === 0) return FREE;
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
    return guard === undefined && !preprocessor ? FREE : { dead: false, guard, preprocessor };
  }

  /** The same of a call between two functions, what its macro asks included. */
  ofEdge(edge: Edge): Verdict {
    let known = this.edges.get(edge);
    if (!known) {
      const verdict = this.verdict(edge.from, edge.call.conditions);
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
    const natures = nodes.map((node) => this.functions.get(node));
    const params = [...callees].map((node) => [node, this.constants.get(node)] as const);
    for (const node of nodes) this.functions.delete(node);
    for (const node of callees) this.constants.delete(node);
    return nodes.every((node, i) => natures[i] === undefined || this.functionNature(node) === natures[i]) && params.every(([node, known]) => known === undefined || sameNames(known, this.constantParams(node)));
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
    const scope = scopeOf(node.fn);
    for (const word of words) {
      if (GUARD_NAMES.has(word) || this.globals.has(word) || this.byName.has(word) || this.graph.expander.has(word)) return true;
      if (scope.params.has(word) ? this.constantParams(node).has(word) : scope.locals.has(word) && this.hasMaterial(node)) return true;
    }
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
      return this.macroNature(word);
    }
    const fn = node.fn;
    const scope = scopeOf(fn);
    if (scope.params.has(word)) return this.constantParams(node).has(word) ? 'pure' : 'impure';
    if (scope.locals.has(word)) return this.hasMaterial(node) ? this.localNature(node, word) : 'impure';
    return this.globals.get(word) ?? this.macroNature(word);
  }

  private macroNature(word: string): Nature {
    if (!this.graph.expander.has(word)) return 'impure';
    let known = this.macros.get(word);
    if (!known) this.macros.set(word, (known = this.macroBodyNature(word)));
    return known;
  }

  /** What the body of a macro names, through the macros that it uses. */
  private macroBodyNature(word: string, depth = 0): Nature {
    if (this.graph.expander.calls(word).guard !== undefined) return 'strong';
    const definitions = this.index.defines.get(word) ?? [];
    let pure = false;
    for (const { view } of definitions) {
      for (const t of defineTokens(view)) {
        if (t.kind !== 'word') continue;
        const global = this.globals.get(t.value);
        if (global === 'strong') return 'strong';
        if (global === 'pure') pure = true;
        if (global !== undefined || depth >= MAX_DEPTH || t.value === word || !this.graph.expander.has(t.value)) continue;
        const inner = this.macros.get(t.value) ?? this.macroBodyNature(t.value, depth + 1);
        if (inner === 'strong') return 'strong';
        if (inner === 'pure') pure = true;
      }
    }
    return pure ? 'pure' : 'impure';
  }

  /** Does the function name anything that could make one of its locals a guard? Spares the search in most functions. */
  private hasMaterial(node: GraphNode): boolean {
    const fn = node.fn;
    let found = this.material.get(fn);
    if (found === undefined) {
      const guardish = (name: string): boolean => GUARD_NAMES.has(name) || this.globals.has(name) || this.macroNature(name) !== 'impure';
      found = fn.calls.some((c) => guardish(c.name) || this.byName.get(c.name)?.some((n) => this.functionNature(n) !== 'impure'))
        || fn.identifiers.some((i) => guardish(i.name)) || this.constantParams(node).size > 0;
      this.material.set(fn, found);
    }
    return found;
  }

  /** A local is what is assigned to it: a guard if one assignment asks the kernel, pure if all are. */
  private localNature(node: GraphNode, name: string): Nature {
    let known = this.locals.get(node.fn);
    if (!known) this.locals.set(node.fn, (known = new Map()));
    const found = known.get(name);
    if (found) return found;
    known.set(name, 'impure');
    if (this.depth >= MAX_DEPTH) return 'impure';
    this.depth++;
    let result: Nature | undefined;
    for (const value of this.assignedTo(node, name)) {
      const one = this.logic.natureOf(value, (w, callee) => this.nature(node, w, callee));
      if (one === 'strong') {
        result = 'strong';
        break;
      }
      result = one === 'constant' ? result : result === 'impure' ? 'impure' : one;
    }
    this.depth--;
    known.set(name, result ?? 'impure');
    return result ?? 'impure';
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
      const asked = /\bif\s*\(([^;{}]*)\)\s*\{?\s*$/.exec(body.slice(Math.max(0, at - 300), at));
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
    const known = this.functions.get(node);
    if (known) return known;
    this.functions.set(node, 'impure');
    const fn = node.fn;
    if (this.depth >= MAX_DEPTH || fn.returnType.trim() === 'void' || fn.bodySpan!.end - fn.bodySpan!.start > 4000) return 'impure';
    this.depth++;
    const result = this.hasMaterial(node) ? this.returnsOf(node) : 'impure';
    this.depth--;
    this.functions.set(node, result);
    return result;
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
    const known = this.constants.get(node);
    if (known) return known;
    const result = new Set<string>();
    this.constants.set(node, result);
    const fn = node.fn;
    if (!(fn.isStatic || fn.isInline) || fn.wrapper !== undefined) return result;
    for (const edge of node.callers) {
      if (edge.callback || edge.call.name !== fn.name) continue;
      fn.params.forEach((p, i) => {
        const arg = edge.call.args[i];
        if (!arg || result.has(p.name)) return;
        if (CONSTANT.test(arg.text.trim()) || this.isFixed(edge.from, arg.identifier) || this.isAnswer(edge.from, arg.text)) result.add(p.name);
      });
    }
    return result;
  }

  /** An argument that asks the kernel, or holds what was asked: `go(bpf_core_type_exists(struct x))`. */
  private isAnswer(caller: GraphNode, text: string): boolean {
    if (this.depth >= MAX_DEPTH || !this.hasMaterial(caller)) return false;
    this.depth++;
    const nature = this.logic.natureOf(tokenize(text), (w, callee) => this.nature(caller, w, callee));
    this.depth--;
    return nature === 'strong' || nature === 'pure';
  }

  private isFixed(caller: GraphNode, name: string | undefined): boolean {
    if (name === undefined) return false;
    if (this.globals.has(name)) return true;
    return caller.fn.params.some((p) => p.name === name) && this.constantParams(caller).has(name);
  }
}
