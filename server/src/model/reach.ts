/** Which programs reach each function of a unit, and whether only under a guard; and with that, every call of a helper or kfunc. */
import type { Condition } from '../syntax/views.js';
import type { CallGraph, Edge, EntityTarget, GraphNode } from './callGraph.js';
import { spotOf, type Guards, type Spot } from './guards.js';
import { REWRITTEN } from './libbpfMacros.js';
import type { EntityCall, Place, Program } from './model.types.js';
import { Holder, NumberSet, spread, startsOf } from './programSets.js';
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

/** The programs that get to a function, by how they get there. */
interface Arrivals {
  /** Freely. */
  readonly plain: Holder;
  /** By any way. The same as `plain` as long as none is guarded. */
  all: Holder;
  /** Those of `plain`, and those that get there under their own `#if`s only. The same as `plain` where no program has any. */
  readonly own: Holder;
  guard: string | undefined;
}

/** Passes the programs on along the calls until nothing changes, so that cycles end and a shared function costs once. */
export class Reach {
  private readonly arrivals = new Map<GraphNode, Arrivals>();
  private readonly states = new Map<GraphNode, Reached>();
  private readonly listsOf = new WeakMap<NumberSet, readonly Program[]>();
  private readonly lists = new Map<string, readonly Program[]>();
  /** Programs whose type depends on an `#if` arm. */
  private readonly armed: readonly number[];
  /** Programs that an `#if` takes away. */
  private readonly conditional: readonly number[];
  private readonly wakeful: ReadonlyMap<GraphNode, NumberSet | undefined> | undefined;

  constructor(private readonly graph: CallGraph, private readonly guards: Guards, private readonly programs: readonly Program[]) {
    this.conditional = programs.flatMap((p, i) => (existsUnder(p).length > 0 ? [i] : []));
    this.armed = programs.flatMap((p, i) => (armsOf(p).length > 0 ? [i] : []));
    const starts = startsOf(graph, programs);
    for (const [node, own] of starts) {
      const to = this.arrivalsAt(node);
      for (const holder of new Set([to.plain, to.all, to.own])) holder.add(own);
    }
    spread(starts.keys(), (node) => node.callees.map((edge) => edge.node), (node, grown) => {
      for (const edge of node.callees) if (this.pass(edge)) grown(edge.node);
    });
    this.wakeful = wakefulPrograms(graph, guards, starts);
  }

  private arrivalsAt(node: GraphNode): Arrivals {
    let at = this.arrivals.get(node);
    if (!at) {
      const plain = new Holder();
      this.arrivals.set(node, (at = { plain, all: plain, own: this.conditional.length > 0 ? new Holder() : plain, guard: undefined }));
    }
    return at;
  }

  /** Lets the programs of the caller pass a call; true if the callee has got more by it. */
  private pass(edge: Edge): boolean {
    const { dead, guard } = this.guards.ofEdge(edge);
    const from = this.arrivals.get(edge.from);
    if (dead || !from) return false;
    const to = this.arrivalsAt(edge.node);
    const except = this.excluded(edge);
    const freely = guard === undefined && from.all === from.plain;
    if (!freely && to.all === to.plain) {
      to.all = new Holder();
      to.all.add(to.plain.set?.share());
    }
    let grown = guard === undefined && to.plain.add(from.plain.set?.without(except));
    if (to.own !== to.plain && to.own.add((guard === undefined ? from.own.set : this.underOwn(edge, from.own.set))?.without(except))) grown = true;
    if (to.all === to.plain) return grown;
    if (!to.all.add(from.all.set?.without(except))) return grown;
    to.guard ??= guard ?? from.guard;
    return true;
  }

  /** The same list object for the same set, in source order. */
  private list(set: NumberSet | undefined): readonly Program[] {
    if (set === undefined) return NO_PROGRAMS;
    let list = this.listsOf.get(set);
    if (list) return list;
    const id = set.id();
    list = this.lists.get(id);
    if (!list) this.lists.set(id, (list = Array.from(set.numbers(), (i) => this.programs[i]!)));
    this.listsOf.set(set.share(), list);
    return list;
  }

  /** Programs that cannot be in the same build as this call. */
  private excluded(edge: Edge): NumberSet | undefined {
    if (this.armed.length === 0 || !edge.call.conditions.some((c) => c.kind === 'preprocessor')) return undefined;
    return NumberSet.of(this.armed.filter((i) => excludes(armsOf(this.programs[i]!), edge.call.conditions)));
  }

  /** Programs out of `set` for which a guarded call is under their own `#if`s only. */
  private underOwn(edge: Edge, set: NumberSet | undefined): NumberSet | undefined {
    if (set === undefined || edge.guard !== undefined) return undefined;
    return NumberSet.of(this.conditional.filter((i) => set.has(i) && this.guards.verdict(edge.from, spotOf(edge.call, edge.node.fn.name), existsUnder(this.programs[i]!)).guard === undefined));
  }

  /** Programs that reach the function. */
  of(node: GraphNode): Reached {
    const known = this.states.get(node);
    const at = this.arrivals.get(node);
    if (known || !at) return known ?? UNREACHED;
    const { plain, all, own, guard } = at;
    const beyond = ({ set }: Holder): readonly Program[] => this.list(set?.without(plain.set));
    const state = { plain: this.list(plain.set), guarded: all === plain ? NO_PROGRAMS : beyond(all), own: own === plain ? NO_PROGRAMS : beyond(own), guard };
    this.states.set(node, state);
    return state;
  }

  /** Those of the programs that reach the function only as a callback which may sleep. */
  sleeping(node: GraphNode, programs: readonly Program[]): readonly Program[] {
    if (this.wakeful?.has(node) !== true) return NO_PROGRAMS;
    const wakeful = new Set(this.list(this.wakeful.get(node)));
    return programs.filter((p) => !wakeful.has(p));
  }

  /** What decides where programs get from a function, as a text to compare; empty where none gets to it. */
  passesOn(node: GraphNode): string {
    if (!this.arrivals.has(node)) return '';
    const hands = handsOn(this.graph, node) ? 'hands on\n' : '';
    return hands + node.callees.map((edge) => {
      const { dead, guard } = this.guards.ofEdge(edge);
      const arms = guard === undefined ? '' : edge.call.conditions.map((c) => `${c.kind} ${c.taken ? '' : '!'}${c.text}`).join('\t');
      return [edge.node.id, dead, guard, edge.guard, arms, this.excluded(edge)?.id(), startsSleeping(this.graph, edge)].join('\t');
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
export function places(node: GraphNode, spot: Spot, own: string | undefined, guards: Guards, reach: Reach): readonly Place[] {
  const { conditions } = spot;
  const verdict = guards.verdict(node, spot);
  if (verdict.dead) return NOWHERE;
  const reached = reach.of(node);
  const { preprocessor } = verdict;
  const plain = preprocessor ? Reach.compatible(reached.plain, conditions) : reached.plain;
  const guarded = preprocessor ? Reach.compatible(reached.guarded, conditions) : reached.guarded;
  const guard = own ?? verdict.guard;
  if (guard !== undefined) {
    const all = guarded.length === 0 ? plain : [...plain, ...guarded];
    const mine = own === undefined && preprocessor ? ownArms(node, spot, [...plain, ...reached.own], guards) : NO_PROGRAMS;
    return splitOwn(all, mine, guard, preprocessor);
  }
  if (guarded.length === 0) return [{ programs: plain, guard: undefined, preprocessor }];
  const asked = splitOwn(guarded, reached.own, reached.guard ?? '', preprocessor);
  return plain.length > 0 ? [{ programs: plain, guard: undefined, preprocessor }, ...asked] : asked;
}

/** Programs that exist only where the `#if`s before the place hold. */
function ownArms(node: GraphNode, spot: Spot, programs: readonly Program[], guards: Guards): readonly Program[] {
  return programs.filter((p) => {
    const given = existsUnder(p);
    return given.length > 0 && guards.verdict(node, spot, given).guard === undefined;
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
    for (const place of places(node, spotOf(target.call, target.via === undefined ? undefined : target.name), target.guard, guards, reach)) {
      const sleeping = reach.sleeping(node, place.programs);
      const wakeful = sleeping.length === 0 ? place.programs : place.programs.filter((p) => !sleeping.includes(p));
      if (wakeful.length > 0 || sleeping.length === 0) calls.push(entityCall(node, target, { ...place, programs: wakeful }, false));
      if (sleeping.length > 0) calls.push(entityCall(node, target, { ...place, programs: sleeping }, true));
    }
  }
  return calls;
}
