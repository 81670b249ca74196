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

const NO_PROGRAMS: readonly Program[] = [];
const UNREACHED: Reached = { plain: NO_PROGRAMS, guarded: NO_PROGRAMS, guard: undefined };
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

/** Sets of programs as bits: those that reach a function freely, and all that reach it. */
interface Bits {
  readonly plain: Uint32Array;
  readonly all: Uint32Array;
  guard: string | undefined;
}

/** Adds `from` (without the bits of `except`) to `to`; true if that changed it. */
function merge(to: Uint32Array, from: Uint32Array, except: Uint32Array | undefined): boolean {
  let changed = false;
  for (let i = 0; i < to.length; i++) {
    const next = to[i]! | (except ? from[i]! & ~except[i]! : from[i]!);
    if (next >>> 0 !== to[i]) {
      to[i] = next;
      changed = true;
    }
  }
  return changed;
}

/** Passes the programs on along the calls until nothing changes, so that cycles end and a shared function costs once. */
export class Reach {
  private readonly states = new Map<GraphNode, Reached>();
  private readonly edges = new Map<Edge, { readonly dead: boolean; readonly guard: string | undefined }>();
  private readonly lists = new Map<string, readonly Program[]>();
  /** Programs whose type depends on an `#if` arm. */
  private readonly armed: readonly number[];

  constructor(graph: CallGraph, private readonly guards: Guards, private readonly programs: readonly Program[]) {
    const words = Math.ceil(programs.length / 32);
    const bits = new Map<GraphNode, Bits>();
    const at = (node: GraphNode): Bits => {
      let b = bits.get(node);
      if (!b) bits.set(node, (b = { plain: new Uint32Array(words), all: new Uint32Array(words), guard: undefined }));
      return b;
    };
    this.armed = programs.flatMap((p, i) => (armsOf(p).length > 0 ? [i] : []));
    const queue: GraphNode[] = [];
    const queued = new Set<GraphNode>();
    const push = (node: GraphNode): void => {
      if (queued.has(node)) return;
      queued.add(node);
      queue.push(node);
    };
    programs.forEach((program, i) => {
      const start = graph.byFunction.get(program.fn);
      if (!start) return;
      const b = at(start);
      b.plain[i >> 5]! |= 1 << (i & 31);
      b.all[i >> 5]! |= 1 << (i & 31);
      push(start);
    });
    for (let node = queue.pop(); node; node = queue.pop()) {
      queued.delete(node);
      const from = at(node);
      for (const edge of node.callees) {
        const { dead, guard } = this.edge(edge);
        if (dead) continue;
        const to = at(edge.node);
        const except = this.excluded(edge);
        const freely = guard === undefined && merge(to.plain, from.plain, except);
        if (merge(to.all, from.all, except)) {
          to.guard ??= guard ?? from.guard;
          push(edge.node);
        } else if (freely) push(edge.node);
      }
    }
    for (const [node, b] of bits) {
      const guarded = b.all.map((w, i) => w & ~b.plain[i]!);
      this.states.set(node, { plain: this.list(b.plain), guarded: this.list(guarded), guard: b.guard });
    }
  }

  /** The same list object for the same set, in source order. */
  private list(set: Uint32Array): readonly Program[] {
    let id = '';
    for (let i = 0; i < set.length; i++) if (set[i] !== 0) id += `${i}:${set[i]!} `;
    let list = this.lists.get(id);
    if (!list) this.lists.set(id, (list = [...this.members(set)]));
    return list;
  }

  private* members(set: Uint32Array): Generator<Program> {
    for (let i = 0; i < set.length; i++) {
      if (set[i] === 0) continue;
      for (let bit = 0; bit < 32; bit++) if ((set[i]! >>> bit) & 1) yield this.programs[i * 32 + bit]!;
    }
  }

  /** Programs that cannot be in the same build as this call. */
  private excluded(edge: Edge): Uint32Array | undefined {
    if (this.armed.length === 0 || !edge.call.conditions.some((c) => c.kind === 'preprocessor')) return undefined;
    const set = new Uint32Array(Math.ceil(this.programs.length / 32));
    for (const i of this.armed) if (excludes(armsOf(this.programs[i]!), edge.call.conditions)) set[i >> 5]! |= 1 << (i & 31);
    return set;
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

  /** Programs out of a list that can be built together with code under these conditions. */
  static compatible(programs: readonly Program[], conditions: readonly Condition[]): readonly Program[] {
    if (!programs.some((p) => armsOf(p).length > 0)) return programs;
    return programs.filter((p) => !excludes(armsOf(p), conditions));
  }
}

/** One way in which a thing counts. */
export interface Place {
  readonly programs: readonly Program[];
  readonly guard: string | undefined;
  readonly preprocessor: boolean;
}

const NOWHERE: readonly Place[] = [];

/** Where one thing in a function counts: split by programs that get there freely and those that pass a guard. */
export function places(node: GraphNode, conditions: readonly Condition[], own: string | undefined, guards: Guards, reach: Reach): readonly Place[] {
  const verdict = guards.verdict(node, conditions);
  if (verdict.dead) return NOWHERE;
  const reached = reach.of(node);
  const { preprocessor } = verdict;
  const plain = preprocessor ? Reach.compatible(reached.plain, conditions) : reached.plain;
  const guarded = preprocessor ? Reach.compatible(reached.guarded, conditions) : reached.guarded;
  const guard = own ?? verdict.guard;
  if (guard !== undefined) return [{ programs: guarded.length === 0 ? plain : [...plain, ...guarded], guard, preprocessor }];
  if (guarded.length === 0) return [{ programs: plain, guard: undefined, preprocessor }];
  const asked = { programs: guarded, guard: reached.guard ?? '', preprocessor };
  return plain.length > 0 ? [{ programs: plain, guard: undefined, preprocessor }, asked] : [asked];
}

function entityCall(node: GraphNode, target: EntityTarget, place: Place): EntityCall {
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
