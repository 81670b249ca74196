/** Which programs reach each function of a unit, and whether only under a guard; and with that, every call of a helper or kfunc. */
import type { Condition } from '../syntax/views.js';
import type { CallGraph, Edge, EntityTarget, GraphNode } from './callGraph.js';
import type { Guards } from './guards.js';
import { REWRITTEN } from './libbpfMacros.js';
import type { EntityCall, Place, Program } from './model.types.js';
import { handsOn, startsSleeping, wakefulPrograms } from './sleepingCallbacks.js';

/** Programs that reach a function: `plain` ones by a way without a guard, `guarded` ones only by ways with one. */
export interface Reached {
  readonly plain: readonly Program[];
  readonly guarded: readonly Program[];
  /** Those of the guarded ones before which stand only the `#if`s that they exist under themselves. */
  readonly own: readonly Program[];
  /** Text of a guard on the way of the guarded ones. */
  readonly guard: string | undefined;
}

const NO_PROGRAMS: readonly Program[] = [];
const UNREACHED: Reached = { plain: NO_PROGRAMS, guarded: NO_PROGRAMS, own: NO_PROGRAMS, guard: undefined };
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

/** `#if` conditions without which there is no such program: around its function, and around its section. */
export function existsUnder(program: Program): readonly Condition[] {
  const arms = armsOf(program);
  const outer = program.fn.conditions;
  return outer.length === 0 ? arms : arms.length === 0 ? outer : [...outer, ...arms];
}

/** Sets of programs as bits: those that reach a function freely, and all that reach it. */
interface Bits {
  readonly plain: Uint32Array;
  readonly all: Uint32Array;
  /** With those that reach it under their own `#if`s only; the same as `plain` where no program has any. */
  readonly own: Uint32Array;
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
  private readonly lists = new Map<string, readonly Program[]>();
  /** Programs whose type depends on an `#if` arm. */
  private readonly armed: readonly number[];
  /** Programs that an `#if` takes away. */
  private readonly conditional: readonly number[];
  private readonly wakeful: ReadonlyMap<GraphNode, ReadonlySet<Program>> | undefined;

  constructor(graph: CallGraph, private readonly guards: Guards, private readonly programs: readonly Program[]) {
    const words = Math.ceil(programs.length / 32);
    const bits = new Map<GraphNode, Bits>();
    const at = (node: GraphNode): Bits => {
      let b = bits.get(node);
      if (!b) {
        const plain = new Uint32Array(words);
        bits.set(node, (b = { plain, all: new Uint32Array(words), own: this.conditional.length > 0 ? new Uint32Array(words) : plain, guard: undefined }));
      }
      return b;
    };
    this.conditional = programs.flatMap((p, i) => (existsUnder(p).length > 0 ? [i] : []));
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
      b.own[i >> 5]! |= 1 << (i & 31);
      push(start);
    });
    for (let node = queue.pop(); node; node = queue.pop()) {
      queued.delete(node);
      const from = at(node);
      for (const edge of node.callees) {
        const { dead, guard } = guards.ofEdge(edge);
        if (dead) continue;
        const to = at(edge.node);
        const except = this.excluded(edge);
        const freely = guard === undefined && merge(to.plain, from.plain, except);
        const owned = to.own !== to.plain && merge(to.own, guard === undefined ? from.own : this.underOwn(edge, from.own), except);
        if (merge(to.all, from.all, except)) {
          to.guard ??= guard ?? from.guard;
          push(edge.node);
        } else if (freely || owned) push(edge.node);
      }
    }
    for (const [node, b] of bits) {
      const guarded = b.all.map((w, i) => w & ~b.plain[i]!);
      const own = b.own === b.plain ? NO_PROGRAMS : this.list(b.own.map((w, i) => w & ~b.plain[i]!));
      this.states.set(node, { plain: this.list(b.plain), guarded: this.list(guarded), own, guard: b.guard });
    }
    this.wakeful = wakefulPrograms(graph, guards, programs);
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

  /** Programs out of `set` for which a guarded call is under their own `#if`s only. */
  private underOwn(edge: Edge, set: Uint32Array): Uint32Array {
    const result = new Uint32Array(set.length);
    if (edge.guard !== undefined) return result;
    for (const i of this.conditional) {
      if (((set[i >> 5]! >>> (i & 31)) & 1) === 0) continue;
      if (this.guards.verdict(edge.from, edge.call.conditions, existsUnder(this.programs[i]!)).guard === undefined) result[i >> 5]! |= 1 << (i & 31);
    }
    return result;
  }

  /** Programs that reach the function. */
  of(node: GraphNode): Reached {
    return this.states.get(node) ?? UNREACHED;
  }

  /** Those of the programs that reach the function only as a callback which may sleep. */
  sleeping(node: GraphNode, programs: readonly Program[]): readonly Program[] {
    const wakeful = this.wakeful?.get(node);
    return wakeful ? programs.filter((p) => !wakeful.has(p)) : NO_PROGRAMS;
  }

  /** What decides where programs get from a function, as a text to compare; empty where none gets to it. */
  passesOn(node: GraphNode): string {
    if (!this.states.has(node)) return '';
    const hands = handsOn(node) ? 'hands on\n' : '';
    return hands + node.callees.map((edge) => {
      const { dead, guard } = this.guards.ofEdge(edge);
      const arms = guard === undefined ? '' : edge.call.conditions.map((c) => `${c.kind} ${c.taken ? '' : '!'}${c.text}`).join('\t');
      return [edge.node.id, dead, guard, edge.guard, arms, this.excluded(edge)?.join(), startsSleeping(edge)].join('\t');
    }).join('\n');
  }

  /** Programs out of a list that can be built together with code under these conditions. */
  static compatible(programs: readonly Program[], conditions: readonly Condition[]): readonly Program[] {
    if (!programs.some((p) => armsOf(p).length > 0)) return programs;
    return programs.filter((p) => !excludes(armsOf(p), conditions));
  }
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
  if (guard !== undefined) {
    const all = guarded.length === 0 ? plain : [...plain, ...guarded];
    const mine = own === undefined && preprocessor ? ownArms(node, conditions, [...plain, ...reached.own], guards) : NO_PROGRAMS;
    return splitOwn(all, mine, guard, preprocessor);
  }
  if (guarded.length === 0) return [{ programs: plain, guard: undefined, preprocessor }];
  const asked = splitOwn(guarded, reached.own, reached.guard ?? '', preprocessor);
  return plain.length > 0 ? [{ programs: plain, guard: undefined, preprocessor }, ...asked] : asked;
}

/** Programs that exist only where the `#if`s before the place hold. */
function ownArms(node: GraphNode, conditions: readonly Condition[], programs: readonly Program[], guards: Guards): readonly Program[] {
  return programs.filter((p) => {
    const given = existsUnder(p);
    return given.length > 0 && guards.verdict(node, conditions, given).guard === undefined;
  });
}

function splitOwn(programs: readonly Program[], own: readonly Program[], guard: string, preprocessor: boolean): readonly Place[] {
  if (own.length === 0) return [{ programs, guard, preprocessor }];
  const mine = programs.filter((p) => own.includes(p));
  const others = programs.filter((p) => !own.includes(p));
  const places: Place[] = mine.length > 0 ? [{ programs: mine, guard, preprocessor, own: true }] : [];
  return others.length > 0 || mine.length === 0 ? [...places, { programs: others, guard, preprocessor }] : places;
}

function entityCall(node: GraphNode, target: EntityTarget, place: Place, sleeping: boolean): EntityCall {
  const rewritten = target.via !== undefined && REWRITTEN.has(target.name);
  return {
    kind: target.kind, name: target.name, path: node.path, call: target.call, fn: node.fn,
    programs: place.programs, preprocessor: place.preprocessor,
    ...(place.guard === undefined ? {} : { guard: place.guard }),
    ...(place.own ? { own: place.own } : {}),
    ...(sleeping ? { sleeping } : {}),
    ...(target.via === undefined ? {} : { via: target.via }),
    ...(rewritten ? { rewrittenBefore: SPLIT_PROBE_READ } : {}),
  };
}

/** Every call of a helper or kfunc in one function; one that some programs reach only under a guard, or only where they may sleep, comes twice. */
export function entityCalls(node: GraphNode, guards: Guards, reach: Reach): readonly EntityCall[] {
  const calls: EntityCall[] = [];
  const seen = new Set<string>();
  for (const target of node.entities) {
    // A macro that calls the same helper in several arms is one call.
    const id = target.via === undefined ? '' : `${target.call.span.start} ${target.name}`;
    if (id !== '' && seen.has(id)) continue;
    seen.add(id);
    for (const place of places(node, target.call.conditions, target.guard, guards, reach)) {
      const sleeping = reach.sleeping(node, place.programs);
      const wakeful = sleeping.length === 0 ? place.programs : place.programs.filter((p) => !sleeping.includes(p));
      if (wakeful.length > 0 || sleeping.length === 0) calls.push(entityCall(node, target, { ...place, programs: wakeful }, false));
      if (sleeping.length > 0) calls.push(entityCall(node, target, { ...place, programs: sleeping }, true));
    }
  }
  return calls;
}
