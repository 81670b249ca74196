/** Follows the context from each program's first parameter through locals and calls, and lists the accesses to its fields. */
import type { FactBook } from '../facts/factBook.types.js';
import type { FunctionView } from '../syntax/views.js';
import { WHOLE_FIELDS, asmAccesses, fieldAt } from './asmContext.js';
import type { CallGraph, GraphNode } from './callGraph.js';
import type { Guards } from './guards.js';
import type { ContextAccess, Program } from './model.types.js';
import { Reach } from './reach.js';
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
function aliases(fn: FunctionView, start: string, index: UnitIndex): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  const param = fn.params.find((p) => p.name === start);
  found.set(start, param ? structName(param.type, index) : undefined);
  const copies: (readonly [string, string])[] = [...fn.assignments];
  for (const l of fn.locals) if (l.init !== undefined) copies.push([l.name, l.init]);
  for (let changed = true, rounds = 0; changed && rounds < 8; rounds++) {
    changed = false;
    for (const [to, from] of copies) {
      if (!found.has(from) || found.has(to)) continue;
      const local = fn.locals.filter((l) => l.name === to);
      if (local.length !== 1) continue;
      found.set(to, structName(local[0]!.type, index));
      changed = true;
    }
  }
  // A variable that is something else at another time is not followed.
  for (const [to, from] of fn.assignments) if (found.has(to) && !found.has(from)) found.delete(to);
  // Neither is a parameter whose name an inner block declares anew.
  if (fn.locals.some((l) => l.name === start)) found.delete(start);
  return found;
}

/** Name under which a program's function knows its context. */
function contextName(fn: FunctionView): string | undefined {
  return fn.wrapper === undefined ? fn.params[0]?.name : HIDDEN;
}

/** Pairs of a function and the name of the parameter that is the context there. */
interface Entry {
  readonly node: GraphNode;
  readonly name: string;
  readonly programs: Set<Program>;
}

class Follower {
  readonly entries = new Map<string, Entry>();
  private readonly known = new Map<string, ReadonlyMap<string, string | undefined>>();

  constructor(private readonly graph: CallGraph, private readonly index: UnitIndex) {}

  aliasesOf(node: GraphNode, name: string): ReadonlyMap<string, string | undefined> {
    const id = `${node.id} ${name}`;
    let found = this.known.get(id);
    if (!found) this.known.set(id, (found = aliases(node.fn, name, this.index)));
    return found;
  }

  follow(program: Program): void {
    const start = this.graph.byFunction.get(program.fn);
    const name = start ? contextName(start.fn) : undefined;
    if (!start || name === undefined || name === '') return;
    const queue: (readonly [GraphNode, string])[] = [[start, name]];
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [node, param] = next;
      const id = `${node.id} ${param}`;
      let entry = this.entries.get(id);
      if (!entry) this.entries.set(id, (entry = { node, name: param, programs: new Set() }));
      if (entry.programs.has(program)) continue;
      entry.programs.add(program);
      const names = this.aliasesOf(node, param);
      for (const edge of node.callees) {
        if (edge.callback || edge.call.name !== edge.node.fn.name || edge.node.fn.wrapper !== undefined) continue;
        edge.call.args.forEach((arg, i) => {
          if (arg.identifier === undefined || arg.addressOf || !names.has(arg.identifier)) return;
          const p = edge.node.fn.params[i];
          if (p && p.name !== '') queue.push([edge.node, p.name]);
        });
      }
    }
  }
}

/** All accesses to fields of contexts, with the programs whose context the base is. */
export function contextAccesses(graph: CallGraph, index: UnitIndex, facts: FactBook, guards: Guards, reach: Reach, programs: readonly Program[]): ContextAccess[] {
  const follower = new Follower(graph, index);
  for (const p of programs) if (p.context !== null && facts.contexts.has(p.context)) follower.follow(p);
  const result: ContextAccess[] = [];
  for (const { node, name, programs: own } of follower.entries.values()) {
    const names = follower.aliasesOf(node, name);
    for (const access of node.fn.fields) {
      if (access.base === '' || !names.has(access.base)) continue;
      const struct = access.castType === undefined ? names.get(access.base) : structName(access.castType, index);
      if (struct === undefined) continue;
      const matching = [...own].filter((p) => p.context === struct);
      if (matching.length === 0) continue;
      const verdict = guards.verdict(node, access.conditions);
      if (verdict.dead) continue;
      const { guarded, guard } = reach.of(node);
      const fits = Reach.compatible(matching, access.conditions);
      const plain = verdict.guard === undefined ? fits.filter((p) => !guarded.includes(p)) : [];
      const asked = verdict.guard === undefined ? fits.filter((p) => guarded.includes(p)) : fits;
      if (plain.length > 0) result.push({ path: node.path, access, fn: node.fn, programs: plain });
      if (asked.length > 0) result.push({ path: node.path, access, fn: node.fn, programs: asked, guard: verdict.guard ?? guard ?? '' });
    }
  }
  for (const p of programs) result.push(...inAssembly(p, index, facts));
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
