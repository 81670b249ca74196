/** Gathers what a unit needs of a kernel: each thing once a program, at its first place, guarded ones apart. */
import type { FactBook, HelperFact, KfuncFact, Lifetime, ProgramKey, Timeline } from '../facts/factBook.types.js';
import type { Span } from '../text/span.js';
import type { CallGraph } from './callGraph.js';
import type { Guards } from './guards.js';
import { BPF_CALLS, GLOBAL_DATA, globalData, isNeverInlined, usedNames } from './language.js';
import { REWRITTEN } from './libbpfMacros.js';
import type { ContextAccess, EntityCall, MapDef, Program, Requirement, RequirementKind } from './model.types.js';
import { places, type Reach } from './reach.js';
import type { UnitIndex } from './unitIndex.js';

/** What the collector is told of one use. */
interface Use {
  readonly feature: string;
  readonly kind: RequirementKind;
  readonly lifetime: Lifetime;
  readonly path: string;
  readonly span: Span;
  readonly guard: string | undefined;
}

/** Text of a program's key, for memos. */
function keyText(key: ProgramKey): string {
  return `${key.programType} ${key.attachType} ${key.sleepable} ${key.frags} ${key.target ?? ''}`;
}

/** Keeps for each program and feature the first free place, or else the first guarded one, and joins programs at one place. */
class Collector {
  private readonly first = new Map<Program | null, Map<string, Use>>();

  add(program: Program | null, use: Use): void {
    let uses = this.first.get(program);
    if (!uses) this.first.set(program, (uses = new Map<string, Use>()));
    const id = `${use.kind} ${use.feature}`;
    const known = uses.get(id);
    if (!known || (known.guard !== undefined && use.guard === undefined)) uses.set(id, use);
  }

  requirements(): Requirement[] {
    const joined = new Map<string, Requirement & { readonly programs: Program[] }>();
    for (const [program, uses] of this.first) {
      for (const use of uses.values()) {
        const { since, after, max } = use.lifetime;
        const id = `${use.kind} ${use.feature} ${use.path} ${use.span.start} ${since} ${after} ${max} ${use.guard ?? ''}`;
        const same = joined.get(id);
        if (same) {
          if (program) same.programs.push(program);
        } else {
          const { guard, ...rest } = use;
          joined.set(id, { ...rest, programs: program ? [program] : [], ...(guard === undefined ? {} : { guard }) });
        }
      }
    }
    return [...joined.values()];
  }
}

type Answer = Lifetime | 'none';

/** Asks the book, once for each entity and kind of program. */
class Availability {
  private readonly memo = new Map<string, Answer>();

  constructor(private readonly facts: FactBook) {}

  /** Lifetime of a helper or kfunc for this kind of program; `none` where it is denied, so that it forces nothing. */
  entity(fact: HelperFact | KfuncFact, key: ProgramKey | null): Answer {
    const existence: Lifetime = fact.kind === 'helper' ? { since: fact.since } : fact.lifetime;
    if (!key || key.programType === null) return existence;
    const id = `${fact.kind} ${fact.name} ${keyText(key)}`;
    let answer = this.memo.get(id);
    if (!answer) this.memo.set(id, (answer = lifetimeOf(this.facts.availability(fact, key), existence)));
    return answer;
  }

  field(context: string, field: string, key: ProgramKey, mode: 'read' | 'write', existence: Lifetime | undefined): Answer {
    const id = `field ${context}.${field} ${mode} ${keyText(key)}`;
    let answer = this.memo.get(id);
    if (!answer) this.memo.set(id, (answer = lifetimeOf(this.facts.fieldAccess(context, field, key, mode), existence)));
    return answer;
  }
}

/** The stretch in which it is allowed; where nothing is known of this kind of program, the thing's own existence counts. */
function lifetimeOf(timeline: Timeline, existence: Lifetime | undefined): Answer {
  const allowed = timeline.allowed();
  if (allowed) return allowed;
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
  readonly accesses: readonly ContextAccess[];
}

/** All requirements of the unit, unsorted. */
export function findRequirements(s: RequirementSources): Requirement[] {
  const collector = new Collector();
  const availability = new Availability(s.facts);
  for (const p of s.programs) programRequirements(p, s, collector);
  for (const c of s.calls) callRequirements(c, s.facts, availability, collector);
  for (const a of s.accesses) fieldRequirements(a, s.facts, availability, collector);
  languageRequirements(s, collector);
  return [...collector.requirements(), ...mapRequirements(s)];
}

function programRequirements(program: Program, s: RequirementSources, collector: Collector): void {
  const { section, programType, attachType, path } = program;
  if (programType === null || !section.def) return;
  const node = s.graph.byFunction.get(program.fn);
  const guard = node ? s.guards.verdict(node, section.use.conditions).guard : undefined;
  const at = { path, span: section.use.argumentSpan, guard };
  const type = s.facts.programTypes.get(programType)?.lifetime;
  if (type) collector.add(program, { ...at, feature: programType, kind: 'section', lifetime: type });
  const attach = attachType === null ? undefined : s.facts.attachTypes.get(attachType);
  if (attach?.lifetime && !attach.optional) collector.add(program, { ...at, feature: attach.name, kind: 'attach-type', lifetime: attach.lifetime });
  if (section.def.lifetime) collector.add(program, { ...at, feature: section.def.name, kind: 'section', lifetime: section.def.lifetime });
}

/** A static function that no program reaches is dropped by the compiler and needs nothing. */
function isKept(call: EntityCall): boolean {
  return call.programs.length > 0 || !(call.fn.isStatic || call.fn.isInline);
}

function callRequirements(call: EntityCall, facts: FactBook, availability: Availability, collector: Collector): void {
  if (!isKept(call)) return;
  const older = call.rewrittenBefore === undefined ? undefined : facts.helpers.get(REWRITTEN.get(call.name) ?? '');
  const fact = call.kind === 'helper' ? facts.helpers.get(call.name) : facts.kfuncs.get(call.name);
  if (!fact) return;
  for (const program of call.programs.length > 0 ? call.programs : [null]) {
    const key = program?.key ?? null;
    let lifetime = availability.entity(fact, key);
    const fallback = older ? availability.entity(older, key) : 'none';
    if (lifetime !== 'none' && fallback !== 'none' && lifetime.since === call.rewrittenBefore) lifetime = fallback;
    if (lifetime === 'none') continue;
    collector.add(program, { feature: call.name, kind: call.kind, lifetime, path: call.path, span: call.call.nameSpan, guard: call.guard });
  }
}

function fieldRequirements(a: ContextAccess, facts: FactBook, availability: Availability, collector: Collector): void {
  const mode = a.access.access;
  if (mode === 'none' || (mode === 'address' && !a.access.element)) return;
  for (const program of a.programs) {
    const context = program.context;
    const field = context === null ? undefined : facts.contexts.get(context)?.fields.get(a.access.field);
    if (context === null || !field) continue;
    for (const one of mode === 'readwrite' ? ['read', 'write'] as const : [mode === 'write' ? 'write' : 'read'] as const) {
      const lifetime = availability.field(context, field.name, program.key, one, field.lifetime);
      if (lifetime === 'none') continue;
      collector.add(program, { feature: `${context}.${field.name}`, kind: 'field', lifetime, path: a.path, span: a.access.fieldSpan, guard: a.guard });
    }
  }
}

function languageRequirements(s: RequirementSources, collector: Collector): void {
  const globals = globalData(s.index);
  for (const node of s.graph.nodes) {
    const reached = s.reach.of(node);
    if (reached.plain.length === 0 && reached.guarded.length === 0) continue;
    for (const edge of node.callees) {
      if (edge.callback || !isNeverInlined(edge.node.fn)) continue;
      for (const place of places(node, edge.call.conditions, edge.guard, s.guards, s.reach)) {
        for (const p of place.programs) collector.add(p, { ...BPF_CALLS, kind: 'language', path: node.path, span: edge.call.nameSpan, guard: place.guard });
      }
    }
    if (globals.size === 0) continue;
    const seen = new Set<string>();
    for (const use of usedNames(node)) {
      if (!globals.has(use.name) || (seen.has(use.name) && use.conditions.length > 0)) continue;
      seen.add(use.name);
      for (const place of places(node, use.conditions, undefined, s.guards, s.reach)) {
        for (const p of place.programs) collector.add(p, { ...GLOBAL_DATA, kind: 'language', path: node.path, span: use.span, guard: place.guard });
      }
    }
  }
}

/** Maps belong to the file; one whose uses are all guarded is guarded too, since the loader may leave it out or change it. */
function mapRequirements(s: RequirementSources): Requirement[] {
  const users = new Map<string, { readonly programs: Set<Program>; free: boolean; guard: string | undefined }>();
  for (const map of s.maps) users.set(map.name, { programs: new Set(), free: false, guard: undefined });
  if (users.size === 0) return [];
  for (const node of s.graph.nodes) {
    for (const use of node.fn.identifiers) {
      const user = users.get(use.name);
      if (!user) continue;
      for (const place of places(node, use.conditions, undefined, s.guards, s.reach)) {
        for (const p of place.programs) user.programs.add(p);
        if (place.guard === undefined && place.programs.length > 0) user.free = true;
        else if (place.guard !== undefined) user.guard ??= place.guard;
      }
    }
  }
  const result: Requirement[] = [];
  for (const map of s.maps) {
    const lifetime = map.type === null ? undefined : s.facts.mapTypes.get(map.type)?.lifetime;
    if (map.type === null || !lifetime) continue;
    const user = users.get(map.name)!;
    const arm = map.variable.conditions.find((c) => c.kind === 'preprocessor' && s.guards.isOpen(c, map.path));
    const guard = arm ? `#if ${arm.text}` : user.free ? undefined : user.guard;
    result.push({ feature: map.type, kind: 'map-type', lifetime, path: map.path, span: map.typeSpan, programs: [], users: [...user.programs], ...(guard === undefined ? {} : { guard }) });
  }
  return result;
}
