/** Who calls whom in a unit, and which helpers and kfuncs each function calls, macros and callbacks followed. */
import type { FactBook } from '../facts/factBook.types.js';
import type { CallView, FunctionView, IdentifierUse } from '../syntax/views.js';
import { isAnotherFunction } from './kfuncPrototype.js';
import { isKnownHeader, isSystemHeader } from './knownHeaders.js';
import { libbpfMacroCalls } from './libbpfMacros.js';
import { MacroExpander, calledThroughMacro } from './macros.js';
import type { FunctionNode } from './model.types.js';
import { scopeOf } from './scope.js';
import type { Located, UnitIndex } from './unitIndex.js';

/** A helper or kfunc that a function calls. `via` is the macro that hides the call, `guard` what that macro asks first. */
export interface EntityTarget {
  readonly kind: 'helper' | 'kfunc';
  readonly name: string;
  readonly call: CallView;
  readonly via: string | undefined;
  readonly guard: string | undefined;
}

/** A call from one function of the unit to another. */
export interface Edge {
  readonly from: GraphNode;
  readonly node: GraphNode;
  readonly call: CallView;
  /** The function is handed over, not called here. */
  readonly callback: boolean;
  readonly guard: string | undefined;
}

export interface GraphNode extends FunctionNode {
  readonly id: number;
  readonly callees: readonly Edge[];
  readonly callers: readonly Edge[];
  readonly entities: readonly EntityTarget[];
}

interface MutableNode extends GraphNode {
  fn: FunctionView;
  readonly callees: Edge[];
  readonly callers: Edge[];
  readonly entities: EntityTarget[];
}

export interface CallGraph {
  readonly nodes: readonly GraphNode[];
  readonly byFunction: ReadonlyMap<FunctionView, GraphNode>;
  readonly expander: MacroExpander;
  /**
   * Puts a function in the place of one that differs from it in its body only. Calls keep the order that a graph built anew has.
   * Undefined if `old` has no place.
   */
  replace(old: FunctionView, now: FunctionView): GraphNode | undefined;
  /** True if the helper or kfunc runs the callback that it is given where that may sleep, whatever the program may do. */
  letsCallbackSleep(name: string): boolean;
}

const byNumber = new WeakMap<FactBook, ReadonlyMap<number, string>>();

/** Helpers by number; built once for each book. */
function helperNumbers(facts: FactBook): ReadonlyMap<number, string> {
  let numbers = byNumber.get(facts);
  if (!numbers) byNumber.set(facts, (numbers = new Map([...facts.helpers.values()].map(({ id, name }) => [id, name]))));
  return numbers;
}

/** `static void *(*bpf_x)(…) = (void *) BPF_FUNC_y` or `= (void *) 6` → `bpf_y`: how bpf_helper_defs.h and old sources declare helpers. */
function helperVariable(name: string, index: UnitIndex, facts: FactBook): string | undefined {
  for (const { path, view } of index.variables.get(name) ?? []) {
    const text = index.files.get(path)?.text.slice(view.span.start, Math.min(view.span.end, view.span.start + 1000)) ?? '';
    const m = /\bBPF_FUNC_(\w+)/.exec(text);
    if (m) return `bpf_${m[1]!}`;
    const number = /\)\s*=\s*\(\s*void\s*\*\s*(?:const\s*)?\)\s*(\d+)\s*;?$/.exec(text);
    if (number) return helperNumbers(facts).get(Number(number[1]));
  }
  return undefined;
}

/** True if a header is included whose text is not part of the unit. */
export function hasUnseenHeader(index: UnitIndex): boolean {
  const seen = new Set([...index.files.keys()].map((p) => p.slice(p.lastIndexOf('/') + 1)));
  for (const file of index.files.values()) {
    for (const { path } of file.includes) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      if (!isSystemHeader(path) && !isKnownHeader(path) && !seen.has(name)) return true;
    }
  }
  return false;
}

interface Entity {
  readonly kind: 'helper' | 'kfunc';
  readonly name: string;
}

class Graph implements CallGraph {
  readonly nodes: MutableNode[] = [];
  readonly byFunction = new Map<FunctionView, MutableNode>();
  private readonly byName = new Map<string, MutableNode[]>();
  private readonly entities = new Map<string, Entity | null>();
  readonly expander: MacroExpander;
  private readonly callMacros: ReadonlySet<string>;
  private unseen: boolean | undefined;

  constructor(private readonly index: UnitIndex, private readonly facts: FactBook) {
    this.expander = new MacroExpander(index);
    for (const [name, list] of index.functions) this.byName.set(name, list.map((f) => this.node(f)));
    const macros = new Set<string>();
    for (const [name, list] of index.defines) {
      if (list.some((d) => !d.view.params && /\w\s*\(/.test(d.view.body))) macros.add(name);
    }
    this.callMacros = macros;
    for (const node of this.nodes) this.connect(node);
  }

  private node({ view, path }: Located<FunctionView>): MutableNode {
    const node: MutableNode = { id: this.nodes.length, fn: view, path, callees: [], callers: [], entities: [] };
    this.nodes.push(node);
    this.byFunction.set(view, node);
    return node;
  }

  private connect(node: MutableNode): void {
    const asking = this.askingMacros(node.fn);
    for (const call of node.fn.calls) this.call(node, call, asking.find(({ span }) => span.start < call.span.start && call.span.end <= span.end)?.guard);
    if (this.callMacros.size > 0) for (const use of node.fn.identifiers) this.identifier(node, use);
    for (const a of node.fn.annotations) {
      if (a.name === '__exception_cb' && a.args[0]) this.handOver(node, a.args[0].trim(), callOf({ name: a.name, span: a.span, conditions: [] }));
    }
  }

  replace(old: FunctionView, now: FunctionView): GraphNode | undefined {
    const node = this.byFunction.get(old);
    if (!node) return undefined;
    this.byFunction.delete(old);
    this.byFunction.set(now, node);
    for (const { callers } of targetsOf(node)) callers.splice(0, callers.length, ...callers.filter((e) => e.from !== node));
    node.fn = now;
    node.callees.length = 0;
    node.entities.length = 0;
    this.connect(node);
    for (const { callers } of targetsOf(node)) callers.sort((a, b) => a.from.id - b.from.id);
    return node;
  }

  /** Uses of macros that ask the kernel first: what stands in their arguments is run under that. `IF_HAS(struct x, f());` */
  private askingMacros(fn: FunctionView): readonly { readonly span: CallView['span']; readonly guard: string }[] {
    return fn.calls.flatMap(({ name, span }) => {
      const guard = this.expander.has(name) ? this.expander.calls(name).guard : undefined;
      return guard === undefined || guard.startsWith('#define ') ? [] : [{ span, guard }];
    });
  }

  private call(node: MutableNode, call: CallView, asked: string | undefined): void {
    for (const arg of call.args) {
      if (arg.identifier !== undefined && this.byName.has(arg.identifier)) this.handOver(node, arg.identifier, call);
    }
    if (this.expander.has(call.name)) {
      const { names, guard } = calledThroughMacro(call, this.expander);
      for (const name of names) this.resolve(node, name, call, name === call.name ? undefined : call.name, guard ?? asked);
      return;
    }
    this.resolve(node, call.name, call, undefined, asked);
  }

  /** An object-like macro whose body calls something: `#define NOW bpf_ktime_get_ns()`. */
  private identifier(node: MutableNode, use: IdentifierUse): void {
    if (!this.callMacros.has(use.name)) return;
    const { names, guard } = this.expander.calls(use.name);
    for (const name of names) this.resolve(node, name, callOf(use), use.name, guard);
  }

  private handOver(node: MutableNode, name: string, call: CallView): void {
    const targets = this.byName.get(name);
    if (!targets || isLocal(node.fn, name)) return;
    for (const target of targets) this.edge(node, target, call, true, undefined);
  }

  private edge(from: MutableNode, node: MutableNode, call: CallView, callback: boolean, guard: string | undefined): void {
    const edge: Edge = { from, node, call, callback, guard };
    from.callees.push(edge);
    node.callers.push(edge);
  }

  private resolve(node: MutableNode, name: string, call: CallView, via: string | undefined, guard: string | undefined): void {
    const own = this.byName.get(name);
    if (own) {
      if (isLocal(node.fn, name)) return;
      for (const target of own) this.edge(node, target, call, false, guard);
      return;
    }
    const entity = this.entity(name);
    if (entity) {
      node.entities.push({ kind: entity.kind, name: entity.name, call, via, guard: guard ?? (entity.kind === 'kfunc' ? this.maybeMacro(name) : undefined) });
      return;
    }
    for (const called of libbpfMacroCalls(name, call.args)) {
      const known = this.entity(called);
      if (known) node.entities.push({ kind: known.kind, name: known.name, call, via: via ?? name, guard });
    }
  }

  /**
   * `bpf_obj_new` and its kind were macros over `bpf_obj_new_impl` in headers that projects copy, and are kfuncs since; scx's
   * headers wrap most of sched_ext's kfuncs and test for them. Where such a header may be included, and the kfunc is not
   * declared, one cannot tell which it is.
   */
  private maybeMacro(name: string): string | undefined {
    if (this.index.prototypes.has(name)) return undefined;
    this.unseen ??= hasUnseenHeader(this.index);
    return this.unseen ? `${name} may be wrapped by a header that is not in sight` : undefined;
  }

  letsCallbackSleep(name: string): boolean {
    return this.facts.callbacks.get(name)?.sleeps?.may === 'always';
  }

  private entity(name: string): Entity | undefined {
    let known = this.entities.get(name);
    if (known === undefined) this.entities.set(name, (known = this.findEntity(name) ?? null));
    return known ?? undefined;
  }

  private findEntity(name: string): Entity | undefined {
    if (this.facts.helpers.has(name)) return { kind: 'helper', name };
    if (this.index.variables.has(name)) {
      const alias = helperVariable(name, this.index, this.facts);
      if (alias !== undefined && this.facts.helpers.has(alias)) return { kind: 'helper', name: alias };
    }
    const kfunc = this.facts.kfuncs.get(name);
    if (!kfunc || isAnotherFunction((this.index.prototypes.get(name) ?? []).map(({ view }) => view), kfunc)) return undefined;
    return { kind: 'kfunc', name };
  }
}

/** What it calls or hands over, each once. */
function targetsOf(node: MutableNode): ReadonlySet<MutableNode> {
  return new Set(node.callees.map((edge) => edge.node as MutableNode));
}

function isLocal(fn: FunctionView, name: string): boolean {
  const scope = scopeOf(fn);
  return scope.params.has(name) || scope.locals.has(name);
}

/** The use of a name as if it were a call without arguments. */
function callOf(use: IdentifierUse): CallView {
  return { name: use.name, nameSpan: use.span, span: use.span, args: [], form: 'direct', conditions: use.conditions };
}

/** Builds the graph of all functions with a body. */
export function buildCallGraph(index: UnitIndex, facts: FactBook): CallGraph {
  return new Graph(index, facts);
}
