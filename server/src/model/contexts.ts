/** Follows the context from each program's first parameter through locals and calls, and lists the accesses to its fields. */
import type { FactBook } from '../facts/factBook.types.js';
import type { FunctionView } from '../syntax/views.js';
import { WHOLE_FIELDS, asmAccesses, fieldAt, isNaked } from './asmContext.js';
import type { CallGraph, GraphNode } from './callGraph.js';
import type { Guards } from './guards.js';
import type { ContextAccess, Program } from './model.types.js';
import { Holder, NumberSet, spread } from './programSets.js';
import { places, type Reach } from './reach.js';
import { resolveName, type UnitIndex } from './unitIndex.js';

/** Name of the hidden context parameter of `BPF_PROG`, `BPF_KPROBE` and their kind (bpf_tracing.h). */
const HIDDEN = 'ctx';

/** `const struct xdp_md *` → `xdp_md`; `void` for untyped pointers; undefined for what is no pointer to one word. */
function structName(type: string, index: UnitIndex): string | undefined {
  const words = type.replace(/\*/g, ' ').split(/\s+/).filter((w) => w !== '' && !/^(?:const|volatile|struct|union|restrict|__restrict|register)$/.test(w) && !w.startsWith('__arg_'));
  const only = words.length === 1 ? words[0] : undefined;
  return only === undefined ? undefined : resolveName(only, index);
}

/** The variables of a function that hold what `start` held at the beginning, with the struct each is declared as. */
function aliases({ fn, path }: GraphNode, start: string, index: UnitIndex): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  const param = fn.params.find((p) => p.name === start);
  found.set(start, param ? structName(param.type, index) : undefined);
  const copies: (readonly [string, string])[] = [...fn.assignments];
  for (const l of fn.locals) if (l.init !== undefined) copies.push([l.name, l.init]);
  const locals = new Map<string, FunctionView['locals'][number] | undefined>();
  for (const l of fn.locals) locals.set(l.name, locals.has(l.name) ? undefined : l);
  for (let changed = true, rounds = 0; changed && rounds < 8; rounds++) {
    changed = false;
    for (const [to, from] of copies) {
      if (!found.has(from) || found.has(to)) continue;
      const local = locals.get(to);
      if (!local) continue;
      found.set(to, structName(local.type, index));
      changed = true;
    }
  }
  // A variable that is something else at another time is not followed.
  for (const [to, from] of fn.assignments) if (found.has(to) && !found.has(from)) found.delete(to);
  const text = index.files.get(path)?.text ?? '';
  const assigned = assignments(fn, found, text);
  for (const [to] of fn.assignments) if (assigned.has(to)) assigned.set(to, assigned.get(to)! - 1);
  for (const [name, others] of assigned) if (others > 0) found.delete(name);
  // Neither is a parameter whose name an inner block declares anew.
  if (fn.locals.some((l) => l.name === start)) found.delete(start);
  return found;
}

/** How often each of some variables is assigned anything, be it another variable or not; its initializer does not count. */
function assignments({ identifiers }: FunctionView, names: ReadonlyMap<string, unknown>, text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name, span } of identifiers) if (names.has(name) && /^\s*=(?!=)/.test(text.slice(span.end, span.end + 20))) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Name under which a program's function knows its context. */
function contextName(fn: FunctionView): string | undefined {
  return fn.wrapper === undefined ? fn.params[0]?.name : HIDDEN;
}

/** A function, the name of the parameter that is the context there, and for which programs. */
interface Entry {
  readonly node: GraphNode;
  readonly name: string;
  readonly programs: Holder;
  /** Variables that hold it, with the struct each is declared as. */
  names: ReadonlyMap<string, string | undefined>;
  /** Where it is handed on to. */
  passes: readonly (readonly [node: GraphNode, name: string])[];
  /** Accesses in it, once they are asked for. */
  accesses: readonly ContextAccess[] | undefined;
}

/** Where the context gets to in a unit, and what is accessed there; kept while only bodies change. */
export class ContextFlow {
  private readonly entries = new Map<string, Entry>();
  private readonly choosers = new WeakMap<NumberSet, Map<string, Chooser | undefined>>();
  /** Programs in assembly. An edit of bodies makes no others. */
  private readonly naked: readonly Program[];
  /** Where every function's accesses are as they were, the list is. */
  private all: readonly (readonly ContextAccess[])[] | undefined;

  constructor(private readonly graph: CallGraph, private readonly index: UnitIndex, private readonly facts: FactBook, private readonly programs: readonly Program[]) {
    this.naked = programs.filter((p) => isNaked(p.fn));
    const found = new Set<Entry>();
    const starts = programs.flatMap((p, i) => this.start(p, i, found) ?? []);
    const next = (entry: Entry): readonly Entry[] => entry.passes.map((to) => this.entry(...to));
    spread(starts, next, (entry, grown) => {
      for (const to of next(entry)) if (to.programs.add(entry.programs.set)) grown(to);
    });
  }

  private entry(node: GraphNode, name: string): Entry {
    const id = `${node.id} ${name}`;
    let entry = this.entries.get(id);
    if (!entry) {
      const names = aliases(node, name, this.index);
      this.entries.set(id, (entry = { node, name, programs: new Holder(), names, passes: passesOn(node, names), accesses: undefined }));
    }
    return entry;
  }

  /** Where the context of a program is at first, by the program's number. Makes entries of all places that it gets to from there. */
  private start(program: Program, number: number, found: Set<Entry>): Entry | undefined {
    const node = program.context !== null && this.facts.contexts.has(program.context) ? this.graph.byFunction.get(program.fn) : undefined;
    const name = node ? contextName(node.fn) : undefined;
    if (!node || name === undefined || name === '') return undefined;
    const queue: (readonly [GraphNode, string])[] = [[node, name]];
    for (let next = queue.pop(); next; next = queue.pop()) {
      const entry = this.entry(...next);
      if (found.has(entry)) continue;
      found.add(entry);
      queue.push(...entry.passes);
    }
    const entry = this.entry(node, name);
    entry.programs.add(NumberSet.of([number]));
    return entry;
  }

  /**
   * Takes note that functions have got other bodies in the graph.
   * @returns false where the context now gets elsewhere: then this object is of no use any more.
   */
  replaced(nodes: ReadonlySet<GraphNode>): boolean {
    for (const entry of this.entries.values()) {
      if (!nodes.has(entry.node)) continue;
      const before = entry.passes;
      entry.names = aliases(entry.node, entry.name, this.index);
      entry.passes = passesOn(entry.node, entry.names);
      entry.accesses = this.all = undefined;
      if (before.length !== entry.passes.length || before.some(([node, name], i) => node !== entry.passes[i]?.[0] || name !== entry.passes[i]?.[1])) return false;
    }
    return true;
  }

  /** All accesses to fields of contexts, with the programs whose context the base is, function by function. */
  accesses(guards: Guards, reach: Reach): readonly (readonly ContextAccess[])[] {
    if (this.all && this.naked.length === 0) return this.all;
    const result: (readonly ContextAccess[])[] = [];
    for (const entry of this.entries.values()) {
      entry.accesses ??= accessesIn(entry, (struct) => this.withContext(entry.programs.set, struct), this.index, guards, reach);
      if (entry.accesses.length > 0) result.push(entry.accesses);
    }
    for (const p of this.naked) {
      const own = inAssembly(p, this.index, this.facts);
      if (own.length > 0) result.push(own);
    }
    return (this.all = result);
  }

  /** Chooses from lists of programs those out of a set whose context is of a struct; undefined if there are none in the set. */
  private withContext(set: NumberSet | undefined, struct: string): Chooser | undefined {
    if (set === undefined) return undefined;
    let choosers = this.choosers.get(set);
    if (!choosers) this.choosers.set(set, (choosers = new Map<string, Chooser | undefined>()));
    if (!choosers.has(struct)) choosers.set(struct, chooserOf(Array.from(set.numbers(), (i) => this.programs[i]!).filter((p) => p.context === struct)));
    return choosers.get(struct);
  }

  /** Forgets the accesses, since programs get to functions by other ways. */
  reachChanged(): void {
    this.all = undefined;
    for (const entry of this.entries.values()) entry.accesses = undefined;
  }
}

type Chooser = (programs: readonly Program[]) => readonly Program[];

/** Chooses those that are wanted, as the same list for the same one: many functions have the same programs. */
function chooserOf(list: readonly Program[]): Chooser | undefined {
  if (list.length === 0) return undefined;
  const wanted = new Set(list);
  const chosen = new WeakMap<readonly Program[], readonly Program[]>();
  return (programs) => {
    let some = chosen.get(programs);
    if (!some) chosen.set(programs, (some = programs.filter((p) => wanted.has(p))));
    return some;
  };
}

/** The functions and parameters to which a function hands variables of these names. */
function passesOn(node: GraphNode, names: ReadonlyMap<string, unknown>): Entry['passes'] {
  const passes: [GraphNode, string][] = [];
  for (const edge of node.callees) {
    if (edge.callback || edge.call.name !== edge.node.fn.name || edge.node.fn.wrapper !== undefined) continue;
    edge.call.args.forEach((arg, i) => {
      if (arg.identifier === undefined || arg.addressOf || !names.has(arg.identifier)) return;
      const p = edge.node.fn.params[i];
      if (p && p.name !== '') passes.push([edge.node, p.name]);
    });
  }
  return passes;
}

function accessesIn({ node, names }: Entry, chooserFor: (struct: string) => Chooser | undefined, index: UnitIndex, guards: Guards, reach: Reach): readonly ContextAccess[] {
  const result: ContextAccess[] = [];
  for (const access of node.fn.fields) {
    if (access.base === '' || !names.has(access.base)) continue;
    const struct = access.castType === undefined ? names.get(access.base) : structName(access.castType, index);
    const choose = struct === undefined ? undefined : chooserFor(struct);
    if (choose === undefined) continue;
    for (const place of places(node, { conditions: access.conditions, at: access.fieldSpan.start }, undefined, guards, reach)) {
      const programs = choose(place.programs);
      if (programs.length === 0) continue;
      result.push({
        path: node.path, access, fn: node.fn, programs,
        ...(place.guard === undefined ? {} : { guard: place.guard }), ...(place.own ? { own: place.own } : {}),
      });
    }
  }
  return result;
}

/** Accesses that a program's own assembly makes, named by the field at their offset. */
function inAssembly(program: Program, index: UnitIndex, facts: FactBook): ContextAccess[] {
  const fact = program.context === null ? undefined : facts.contexts.get(program.context);
  const file = fact?.checked === true || fact?.name === WHOLE_FIELDS ? index.files.get(program.path) : undefined;
  if (!fact || !file) return [];
  return asmAccesses(program.fn, file, fact.name, fact).flatMap((a) => {
    const field = fieldAt(fact, a);
    if (!field) return [];
    const { offset, size } = a;
    return [{
      path: program.path, fn: program.fn, programs: [program],
      access: { base: '', baseSpan: a.span, field: field.name, fieldSpan: a.span, arrow: true, access: a.mode, element: field.element, conditions: [] },
      asm: field.shape === undefined ? { offset, size } : { offset, size, shape: field.shape },
    }];
  });
}
