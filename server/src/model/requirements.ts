/** Gathers what a unit needs of a kernel: each thing once a program, at its first place, guarded ones apart. */
import { keyText } from '../facts/programKey.js';
import type { FactBook, HelperFact, KfuncFact, Lifetime, ProgramKey, Timeline } from '../facts/factBook.types.js';
import type { FunctionView, IdentifierUse } from '../syntax/views.js';
import type { Span } from '../text/span.js';
import type { CallGraph } from './callGraph.js';
import { Collector, standing } from './collector.js';
import { isSame, type Guards } from './guards.js';
import { HandedOver } from './handedOver.js';
import { innerMap } from './innerMaps.js';
import type { LanguageNeeds } from './architecture.js';
import { arrivalOf } from './arrival.js';
import { callFlagRequirements, mapFlagRequirements } from './flagRequirements.js';
import { existence, languageRequirements, mapArchitecture, type Notebook } from './languageRequirements.js';
import { REWRITTEN } from './libbpfMacros.js';
import type { ContextAccess, EntityCall, MapDef, Program, Requirement } from './model.types.js';
import { existsUnder, places, type Reach } from './reach.js';
import type { UnitIndex } from './unitIndex.js';

type Answer = Lifetime | 'none';

const books = new WeakMap<FactBook, Availability>();

/** Asks the book, once for each entity and kind of program; answers are kept as long as the book. */
class Availability {
  private readonly memo = new Map<string, Map<string, Answer>>();
  private readonly lifetimes = new Map<string, Lifetime>();

  private constructor(private readonly facts: FactBook) {}

  static of(facts: FactBook): Availability {
    let known = books.get(facts);
    if (!known) books.set(facts, (known = new Availability(facts)));
    return known;
  }

  private answer(id: string, key: ProgramKey, ask: () => Answer): Answer {
    let answers = this.memo.get(id);
    if (!answers) this.memo.set(id, (answers = new Map<string, Answer>()));
    const kind = keyText(key);
    let answer = answers.get(kind);
    // Targets are free text: no input may fill the memory.
    if (!answer && answers.size > 5000) answers.clear();
    if (!answer) answers.set(kind, (answer = this.same(ask())));
    return answer;
  }

  /** One object for equal lifetimes, so that programs that need the same join in one requirement. */
  private same(answer: Answer): Answer {
    if (answer === 'none') return answer;
    const id = `${answer.since} ${answer.after} ${answer.max}`;
    const known = this.lifetimes.get(id);
    if (!known) this.lifetimes.set(id, answer);
    return known ?? answer;
  }

  /** Lifetime of a helper or kfunc for this kind of program; undefined where it is denied, so that it forces nothing. */
  entity(fact: HelperFact | KfuncFact, program: Program | null): Lifetime | undefined {
    const existence: Lifetime = fact.kind === 'helper' ? { since: fact.since } : fact.lifetime;
    if (!program || program.programType === null) return existence;
    const answer = this.answer(fact.name, program.key, () => lifetimeOf(this.facts.availability(fact, program.key), existence, arrivalOf(program, this.facts)));
    return answer === 'none' ? undefined : answer;
  }

  /** The same for a field of a context. */
  field(context: string, field: string, program: Program, mode: 'read' | 'write', existence: Lifetime | undefined): Lifetime | undefined {
    const answer = this.answer(`${mode} ${context}.${field}`, program.key, () => lifetimeOf(this.facts.fieldAccess(context, field, program.key, mode), existence, arrivalOf(program, this.facts)));
    return answer === 'none' ? undefined : answer;
  }
}

/**
 * The stretch in which it is allowed; where nothing is known of this kind of program, the thing's own existence counts.
 * What merely waited for the program type or attach type to come (`arrival`) forces nothing beyond them: its own age counts.
 */
function lifetimeOf(timeline: Timeline, existence: Lifetime | undefined, arrival: number): Answer {
  const allowed = timeline.allowed();
  if (allowed) return existence && allowed.since <= arrival && existence.since < allowed.since ? { ...existence, max: allowed.max } : allowed;
  if (timeline.deniedEverywhere()) return 'none';
  const unknown = timeline.segments.some((s) => s.status === 'unknown');
  return unknown && existence ? existence : 'none';
}

/** Everything that the requirements are gathered from. */
export interface RequirementSources {
  readonly index: UnitIndex;
  readonly facts: FactBook;
  readonly graph: CallGraph;
  readonly guards: Guards;
  readonly reach: Reach;
  readonly programs: readonly Program[];
  readonly maps: readonly MapDef[];
  readonly calls: readonly EntityCall[];
  /** The calls function by function. */
  readonly callGroups: readonly (readonly EntityCall[])[];
  readonly accesses: readonly ContextAccess[];
  readonly needs: LanguageNeeds;
  /** What the maps need, computed apart since rules ask for it at every edit. */
  readonly ofMaps: () => readonly Requirement[];
}

/**
 * Those of kind `language` whose place holds an offset of a file: also where the same thing is needed before, and without the cost of all.
 * @param fn the function around the offset, if there is one
 */
export function languageRequirementsAt(s: Omit<RequirementSources, 'calls' | 'accesses'>, path: string, offset: number, fn: FunctionView | undefined): readonly Requirement[] {
  const holds = ({ start, end }: Span): boolean => start <= offset && offset <= end;
  const node = fn && s.graph.byFunction.get(fn);
  if (!node) return s.ofMaps().filter((r) => r.kind === 'language' && r.path === path && holds(r.span));
  const collector = new Collector();
  const here: Notebook = {
    add(kind, feature, programs, at, lifetime, form) {
      if (kind === 'language' && at.path === path && holds(at.span)) collector.add(kind, feature, programs, at, lifetime, form);
    },
  };
  const { index, guards, reach, needs, facts, graph } = s;
  // Whether a program mixes tail calls with calls that stay shows in all of its functions.
  const nodes = node.entities.some(({ name }) => name === 'bpf_tail_call') ? graph.nodes : [node];
  languageRequirements({
    index, guards, reach, needs, facts, graph, nodes,
    programs: s.programs.filter((program) => program.fn === fn), calls: s.callGroups.find(([first]) => first?.fn === fn) ?? [],
  }, here);
  return collector.requirements();
}

/** All requirements of the unit, unsorted. */
export function findRequirements(s: RequirementSources): Requirement[] {
  const collector = new Collector();
  const availability = Availability.of(s.facts);
  for (const p of s.programs) programRequirements(p, s, collector);
  for (const c of s.calls) callRequirements(c, s, availability, collector);
  for (const a of s.accesses) fieldRequirements(a, s.facts, availability, collector);
  languageRequirements({ ...s, nodes: s.graph.nodes }, collector);
  return [...collector.requirements(), ...s.ofMaps()];
}

function programRequirements(program: Program, s: RequirementSources, collector: Collector): void {
  const { section, programType, attachType, path } = program;
  if (programType === null || !section.def) return;
  const at = { path, span: section.use.argumentSpan, ...existence(program, s) };
  const own = [program];
  const type = s.facts.programTypes.get(programType)?.lifetime;
  collector.add('section', programType, own, at, () => type);
  const attach = attachType === null ? undefined : s.facts.attachTypes.get(attachType);
  if (attach && !attach.optional) collector.add('attach-type', attach.name, own, at, () => attach.lifetime);
  const { name, lifetime } = section.def;
  collector.add('section', name, own, at, () => lifetime);
}

/** A static function that no program reaches is dropped by the compiler and needs nothing. */
function isKept(call: EntityCall): boolean {
  return call.programs.length > 0 || !(call.fn.isStatic || call.fn.isInline);
}

function callRequirements(call: EntityCall, { facts, index }: RequirementSources, availability: Availability, collector: Collector): void {
  if (!isKept(call)) return;
  const older = call.rewrittenBefore === undefined ? undefined : facts.helpers.get(REWRITTEN.get(call.name) ?? '');
  const fact = call.kind === 'helper' ? facts.helpers.get(call.name) : facts.kfuncs.get(call.name);
  if (!fact) return;
  collector.add(call.kind, call.name, call.programs, { path: call.path, span: call.call.nameSpan, ...standing(call) }, (program) => {
    // What the program's type refuses may be allowed to a callback that may sleep: that it exists is what is surely needed.
    const lifetime = availability.entity(fact, call.sleeping ? null : program);
    if (!older || lifetime?.since !== call.rewrittenBefore) return lifetime;
    return availability.entity(older, program) ?? lifetime;
  }, older === undefined ? '' : 'rewritten');
  callFlagRequirements(call, facts, index, collector, (program) => availability.entity(fact, program));
}

function fieldRequirements(a: ContextAccess, facts: FactBook, availability: Availability, collector: Collector): void {
  const mode = a.access.access;
  if (mode === 'none' || (mode === 'address' && !a.access.element)) return;
  const at = { path: a.path, span: a.access.fieldSpan, ...standing(a) };
  const context = a.programs[0]?.context;
  const field = context ? facts.contexts.get(context)?.fields.get(a.access.field) : undefined;
  if (!context || !field) return;
  for (const one of mode === 'readwrite' ? ['read', 'write'] as const : [mode === 'write' ? 'write' : 'read'] as const) {
    collector.add('field', `${context}.${field.name}`, a.programs, at, (program) => program ? availability.field(context, field.name, program, one, field.lifetime) : undefined);
  }
}

const usesOf = new WeakMap<readonly MapDef[], WeakMap<FunctionView, readonly IdentifierUse[]>>();

/** Where a function names a map; kept as long as the unit's maps are what they are. */
function mapUses(fn: FunctionView, maps: readonly MapDef[]): readonly IdentifierUse[] {
  let known = usesOf.get(maps);
  if (!known) usesOf.set(maps, (known = new WeakMap<FunctionView, readonly IdentifierUse[]>()));
  let uses = known.get(fn);
  if (!uses) {
    const names = namesOf(maps);
    known.set(fn, (uses = fn.identifiers.filter((use) => names.has(use.name))));
  }
  return uses;
}

const mapNames = new WeakMap<readonly MapDef[], ReadonlySet<string>>();

function namesOf(maps: readonly MapDef[]): ReadonlySet<string> {
  let names = mapNames.get(maps);
  if (!names) mapNames.set(maps, (names = new Set(maps.map((map) => map.name))));
  return names;
}

/** Who uses the maps of one definition, and whether freely. */
interface MapUser {
  readonly programs: Set<Program>;
  free: boolean;
  own: boolean;
  guard: string | undefined;
}

const placeOf = (map: MapDef): string => `${map.path}:${map.typeSpan.start}`;

/** Maps belong to the file; one whose uses are all guarded is guarded too, since the loader may leave it out or change it. */
export function mapRequirements(s: Omit<RequirementSources, 'ofMaps' | 'calls' | 'accesses'>): Requirement[] {
  const users = new Map<string, MapUser>();
  const shared = new Map<string, MapUser>();
  for (const map of s.maps) {
    // `struct {…} a SEC(".maps"), b SEC(".maps");`: what stands there once is needed once.
    const place = placeOf(map);
    const user = shared.get(place) ?? { programs: new Set(), free: false, own: false, guard: undefined };
    shared.set(place, user);
    users.set(map.name, user);
  }
  if (users.size === 0) return [];
  const handedOver = new HandedOver(s.guards, s.graph, s.index);
  for (const node of s.graph.nodes) {
    for (const use of mapUses(node.fn, s.maps)) {
      const user = users.get(use.name);
      if (!user) continue;
      for (const place of places(node, { conditions: use.conditions, at: use.span.start }, undefined, s.guards, s.reach)) {
        for (const p of place.programs) user.programs.add(p);
        const guard = place.guard ?? handedOver.guardOf(node, use);
        if (guard === undefined && place.programs.length > 0) user.free = true;
        else if (guard !== undefined) user.guard ??= guard;
        if (place.own) user.own = true;
      }
    }
  }
  const result: Requirement[] = [];
  for (const map of s.maps) {
    const lifetime = map.type === null ? undefined : s.facts.mapTypes.get(map.type)?.lifetime;
    if (map.type === null || !lifetime) continue;
    const user = users.get(map.name)!;
    if (!shared.delete(placeOf(map))) continue;
    const arm = map.variable.conditions.find((c) => c.kind === 'preprocessor' && s.guards.isOpen(c, map.path));
    const guard = arm ? `#if ${arm.text}` : user.free ? undefined : user.guard;
    const mine = guard !== undefined && (arm ? user.programs.size > 0 && [...user.programs].every((p) => existsUnder(p).some((c) => isSame(c, arm))) : user.own);
    const base: Requirement = { feature: map.type, kind: 'map-type', lifetime, path: map.path, span: map.typeSpan, programs: [], users: [...user.programs], ...(guard === undefined ? {} : { guard }), ...(mine ? { own: true } : {}) };
    const later = mapArchitecture(map, base, s.needs);
    result.push(base, ...(later ? [later] : []), ...mapFlagRequirements(map, base, s.facts, s.index), ...innerRequirements(map, base, s));
  }
  return result;
}

/** What the inner map of a map of maps needs beyond it, told of the value: places inside of it do not move with the text. */
function innerRequirements(map: MapDef, base: Requirement, { facts, index }: Pick<RequirementSources, 'facts' | 'index'>): Requirement[] {
  const inner = innerMap(map, index, facts);
  const lifetime = inner?.type ? facts.mapTypes.get(inner.type)?.lifetime : undefined;
  const span = map.attributes.find((a) => a.name === 'values')?.valueSpan;
  if (!inner?.type || !lifetime || !span) return [];
  const type: Requirement = { ...base, feature: inner.type, lifetime, span };
  return [...(lifetime.since > base.lifetime.since ? [type] : []), ...mapFlagRequirements(inner, type, facts, index).map((flag) => ({ ...flag, span }))];
}
