/** Which programs reach each function of a unit, and whether only under a guard; and with that, every call of a helper or kfunc. */
import type { Condition } from '../syntax/views.js';
import type { CallGraph, Edge, EntityTarget, GraphNode } from './callGraph.js';
import type { Guards } from './guards.js';
import { REWRITTEN } from './libbpfMacros.js';
import type { EntityCall, Program } from './model.types.js';

/** Programs that reach a function: `plain` ones by a way without a guard, `guarded` ones only by ways with one. */
export interface Reached {
  readonly plain: readonly Program[];
  readonly guarded: readonly Program[];
  /** Text of a guard on the way of the guarded ones. */
  readonly guard: string | undefined;
}

interface MutableReached {
  readonly plain: Program[];
  readonly guarded: Program[];
  guard: string | undefined;
}

const UNREACHED: Reached = { plain: [], guarded: [], guard: undefined };
/** libbpf and cilium/ebpf rewrite the split probe_read helpers on kernels before 5.5. */
const SPLIT_PROBE_READ = 5005;

/** True if code under `inner` cannot be in the same build as code under `outer`: the same `#if`, the other arm. */
function excludes(outer: readonly Condition[], inner: readonly Condition[]): boolean {
  for (const o of outer) {
    if (o.kind !== 'preprocessor') continue;
    for (const i of inner) {
      if (i.kind === 'preprocessor' && i.taken !== o.taken && i.text === o.text) return true;
    }
  }
  return false;
}

const NO_CONDITIONS: readonly Condition[] = [];

/** `#if` conditions that a program's existence with this type depends on, beyond those of its function. */
function armsOf(program: Program): readonly Condition[] {
  return program.section.use.conditions.length > 0 ? program.section.use.conditions : NO_CONDITIONS;
}

/** Walks the graph from every program; cycles end because a function is entered at most twice, guarded and plain. */
export class Reach {
  private readonly states = new Map<GraphNode, MutableReached>();
  private readonly edges = new Map<Edge, { readonly dead: boolean; readonly guard: string | undefined }>();

  constructor(private readonly graph: CallGraph, private readonly guards: Guards, programs: readonly Program[]) {
    for (const program of programs) this.walk(program);
  }

  /** Programs that reach the function. */
  of(node: GraphNode): Reached {
    return this.states.get(node) ?? UNREACHED;
  }

  private edge(edge: Edge): { readonly dead: boolean; readonly guard: string | undefined } {
    let known = this.edges.get(edge);
    if (!known) {
      const v = this.guards.verdict(edge.from, edge.call.conditions);
      known = { dead: v.dead, guard: edge.guard ?? v.guard };
      this.edges.set(edge, known);
    }
    return known;
  }

  private walk(program: Program): void {
    const start = this.graph.byFunction.get(program.fn);
    if (!start) return;
    const arms = armsOf(program);
    // What each function was entered with: undefined for plain, else the guard's text.
    const entered = new Map<GraphNode, string | undefined>([[start, undefined]]);
    const queue: GraphNode[] = [start];
    for (let node = queue.pop(); node; node = queue.pop()) {
      const way = entered.get(node);
      for (const edge of node.callees) {
        if (arms.length > 0 && excludes(arms, edge.call.conditions)) continue;
        const { dead, guard } = this.edge(edge);
        if (dead) continue;
        const text = way ?? guard;
        const seen = entered.has(edge.node);
        if (seen && (entered.get(edge.node) === undefined || text !== undefined)) continue;
        entered.set(edge.node, text);
        queue.push(edge.node);
      }
    }
    for (const [node, guard] of entered) {
      let state = this.states.get(node);
      if (!state) this.states.set(node, (state = { plain: [], guarded: [], guard: undefined }));
      if (guard === undefined) state.plain.push(program);
      else {
        state.guarded.push(program);
        state.guard ??= guard;
      }
    }
  }

  /** Programs out of a list that can be built together with code under these conditions. */
  static compatible(programs: readonly Program[], conditions: readonly Condition[]): readonly Program[] {
    if (!programs.some((p) => armsOf(p).length > 0)) return programs;
    return programs.filter((p) => !excludes(armsOf(p), conditions));
  }
}

/** Where one thing in a function counts: split by programs that get there freely and those that pass a guard. */
export function* places(node: GraphNode, conditions: readonly Condition[], own: string | undefined, guards: Guards, reach: Reach):
Generator<{ readonly programs: readonly Program[]; readonly guard: string | undefined; readonly preprocessor: boolean }> {
  const verdict = guards.verdict(node, conditions);
  if (verdict.dead) return;
  const reached = reach.of(node);
  const { preprocessor } = verdict;
  const plain = Reach.compatible(reached.plain, conditions);
  const guarded = Reach.compatible(reached.guarded, conditions);
  const guard = own ?? verdict.guard;
  if (guard !== undefined) {
    yield { programs: guarded.length === 0 ? plain : [...plain, ...guarded], guard, preprocessor };
    return;
  }
  if (plain.length > 0 || guarded.length === 0) yield { programs: plain, guard: undefined, preprocessor };
  if (guarded.length > 0) yield { programs: guarded, guard: reached.guard, preprocessor };
}

function entityCall(node: GraphNode, target: EntityTarget, place: { programs: readonly Program[]; guard: string | undefined; preprocessor: boolean }): EntityCall {
  const rewritten = target.via !== undefined && REWRITTEN.has(target.name);
  return {
    kind: target.kind, name: target.name, path: node.path, call: target.call, fn: node.fn,
    programs: place.programs, preprocessor: place.preprocessor,
    ...(place.guard === undefined ? {} : { guard: place.guard }),
    ...(target.via === undefined ? {} : { via: target.via }),
    ...(rewritten ? { rewrittenBefore: SPLIT_PROBE_READ } : {}),
  };
}

/** Every call of a helper or kfunc in the unit, function by function; one that some programs reach only under a guard comes twice. */
export function entityCalls(graph: CallGraph, guards: Guards, reach: Reach): EntityCall[] {
  const calls: EntityCall[] = [];
  for (const node of graph.nodes) {
    const seen = new Set<string>();
    for (const target of node.entities) {
      // A macro that calls the same helper in several arms is one call.
      const id = target.via === undefined ? '' : `${target.call.span.start} ${target.name}`;
      if (id !== '' && seen.has(id)) continue;
      seen.add(id);
      for (const place of places(node, target.call.conditions, target.guard, guards, reach)) calls.push(entityCall(node, target, place));
    }
  }
  return calls;
}
