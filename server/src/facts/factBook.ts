/** Loads facts.json into the read-only book that everything else asks. */
import { Availability } from './availability.js';
import type { MatrixRef } from './availability.js';
import { ContextAccess } from './contextAccess.js';
import type {
  AttachTypeFact, CallbackFact, ConstantFact, ConstantOwner, ContextFact, FactBook, HelperFact, KfuncFact, Lifetime, MacroFact, MacroNeed, MapLimits, MapTypeFact, MeasuredKernel, OperationFact, ProgramKey, ProgramTypeFact, RegistersFact, ReturnRange, SectionDefFact, Source, Timeline,
} from './factBook.types.js';
import { entriesOf, partsOf, readFacts, type FactsParts } from './factsText.js';
import { LazyMap } from './lazyMap.js';
import { SmallTables } from './tables.js';
import type { KernelsByName } from './kernel.js';
import type { Release } from './kernelVersion.js';
import { loadTopics } from './topics.js';
import type { Topics } from './topics.js';
import { without } from './without.js';
import type { FactsConstant, FactsContext, FactsHelper, FactsJson, FactsKfunc, FactsMacro, FactsProgramType } from './types.gen.js';
import { entryOf } from '../text/entryOf.js';

/** Parts that must be lists for the rest to make sense. */
const LISTS = ['releases', 'measured', 'gplLicenses', 'configs', 'timelines', 'matrices', 'helpers', 'kfuncs', 'programTypes', 'attachTypes', 'mapTypes', 'sections', 'contexts', 'constants', 'macros', 'features', 'drivers', 'linkTypes', 'distributions', 'concepts', 'verifierMessages'] as const;

/**
 * Makes a book of facts.json.
 * @param facts its text, of which most is left unread until it is asked for, or what was parsed of it
 * @param kernelsBehind looks kernels up that the book does not name: files, and the running one
 * @throws an Error that says what is wrong if this is no facts.json of this version.
 */
export function loadFactBook(facts: unknown, kernelsBehind?: (target: string, facts: FactBook) => KernelsByName): FactBook {
  const { json, lists } = typeof facts === 'string' ? readFacts(facts) : { json: facts };
  checkShape(json);
  return new JsonFactBook(lists === undefined ? partsOf(json) : { ...json, ...lists }, kernelsBehind);
}

function checkShape(json: unknown): asserts json is FactsJson {
  if (typeof json !== 'object' || json === null) throw new Error('facts: not a JSON object');
  const facts = json as Record<string, unknown>;
  if (facts['version'] !== 1) throw new Error(`facts: version ${String(facts['version'])} is not the one this build reads (1)`);
  for (const key of LISTS) if (!Array.isArray(facts[key])) throw new Error(`facts: ${key} is missing or no list`);
  if ((facts['releases'] as unknown[]).length === 0) throw new Error('facts: releases is empty');
}

class JsonFactBook implements FactBook {
  readonly releases: readonly Release[];
  readonly measured: readonly MeasuredKernel[];
  readonly gplLicenses: readonly string[];
  readonly helpers: ReadonlyMap<string, HelperFact>;
  readonly kfuncs: ReadonlyMap<string, KfuncFact>;
  readonly programTypes: ReadonlyMap<string, ProgramTypeFact>;
  readonly attachTypes: ReadonlyMap<string, AttachTypeFact>;
  readonly mapTypes: ReadonlyMap<string, MapTypeFact>;
  readonly contexts: ReadonlyMap<string, ContextFact>;
  readonly registers: ReadonlyMap<string, RegistersFact>;
  readonly constants: ReadonlyMap<string, ConstantFact>;
  readonly macros: ReadonlyMap<string, MacroFact>;
  readonly features: Topics['features'];
  readonly drivers: Topics['drivers'];
  readonly linkTypes: Topics['linkTypes'];
  readonly distributions: Topics['distributions'];
  readonly concepts: Topics['concepts'];
  readonly verifierMessages: Topics['verifierMessages'];
  readonly mapLimits: ReadonlyMap<string, MapLimits>;
  readonly callbacks: ReadonlyMap<string, CallbackFact>;
  readonly sections: readonly SectionDefFact[];
  readonly #tables: SmallTables;
  readonly #availability: Availability;
  readonly #contextAccess: ContextAccess;
  /** Of helpers and kfuncs that were asked for. */
  readonly #refs = new Map<string, MatrixRef>();
  readonly #gpl = new Map<string, FactsHelper['gpl']>();

  readonly kernelsBehind?: (target: string) => KernelsByName;

  constructor(facts: FactsParts, kernelsBehind?: (target: string, facts: FactBook) => KernelsByName) {
    if (kernelsBehind) this.kernelsBehind = (target) => kernelsBehind(target, this);
    this.releases = facts.releases;
    this.measured = facts.measured;
    this.gplLicenses = facts.gplLicenses;
    this.helpers = new LazyMap(facts.helpers, (raw) => {
      this.#refs.set(`helper ${raw.name}`, { kind: 'helper', exists: raw.exists, matrix: raw.matrix });
      this.#gpl.set(raw.name, raw.gpl);
      return helperFact(raw);
    });
    this.kfuncs = new LazyMap(facts.kfuncs, (raw) => {
      this.#refs.set(`kfunc ${raw.name}`, { kind: 'kfunc', exists: raw.exists, matrix: raw.matrix });
      return kfuncFact(raw);
    });
    this.programTypes = new LazyMap(entriesOf(facts.programTypes), programTypeFact);
    this.attachTypes = new LazyMap(entriesOf(facts.attachTypes), (type) => ({ ...type, kind: 'attach-type' as const, sources: sources(type.sources) }));
    this.mapTypes = new LazyMap(entriesOf(facts.mapTypes), (type) => ({ ...type, kind: 'map-type' as const, sources: sources(type.sources) }));
    this.contexts = new LazyMap(entriesOf(facts.contexts), contextFact);
    this.registers = new Map(facts.registers.map((one) => [one.arch, one]));
    this.constants = new LazyMap(facts.constants, constantFact);
    this.macros = new LazyMap(facts.macros, macroFact);
    ({ features: this.features, drivers: this.drivers, linkTypes: this.linkTypes, distributions: this.distributions, concepts: this.concepts, verifierMessages: this.verifierMessages } = loadTopics(facts, sources));
    this.mapLimits = new Map(Object.entries(facts.mapLimits));
    this.#tables = new SmallTables(facts);
    this.callbacks = this.#tables.callbacks;
    this.sections = facts.sections.map((section) => ({ ...section, kind: 'section' as const }));
    this.#availability = new Availability(facts);
    this.#contextAccess = new ContextAccess(facts, this.#availability, this.programTypes);
  }

  availability(fact: HelperFact | KfuncFact, key: ProgramKey): Timeline {
    const id = `${fact.kind} ${fact.name}`;
    if (!this.#refs.has(id)) (fact.kind === 'helper' ? this.helpers : this.kfuncs).get(fact.name);
    const ref = this.#refs.get(id);
    if (!ref) throw new Error(`facts: ${fact.name} is not of this book`);
    return this.#availability.answer(ref, key);
  }

  /** Every kfunc demands one: kernel/bpf/verifier.c, "cannot call kernel function from non-GPL compatible program". */
  gplOnly(fact: HelperFact | KfuncFact, key: ProgramKey): boolean | undefined {
    if (fact.kind === 'kfunc') return true;
    const gpl = this.#gpl.get(fact.name);
    if (gpl === undefined || gpl === null) return undefined;
    if (typeof gpl === 'boolean') return gpl;
    return entryOf(gpl, `${key.programType}|${key.attachType}`) ?? entryOf(gpl, key.programType ?? '') ?? gpl['*'];
  }

  fieldAccess(context: string, field: string, key: ProgramKey, mode: 'read' | 'write'): Timeline {
    return this.#contextAccess.answer(context, field, key, mode);
  }

  mapHelperRefusal(mapType: string, helper: string): 'map' | 'helper' | undefined {
    return this.#tables.refusal(mapType, helper);
  }

  alternatives(name: string): readonly string[] {
    return this.#tables.alternatives(name);
  }

  mapPartners(name: string): readonly string[] | undefined {
    return this.#tables.partners(name);
  }

  returnRange(programType: string, attachType: string | null, hook?: string): ReturnRange | undefined {
    return this.#tables.returnRange(programType, attachType, hook);
  }

  operations(struct: string): readonly OperationFact[] | undefined {
    return this.#tables.operations(struct);
  }

  operationsSince(struct: string): Lifetime | undefined {
    return this.#tables.operationsSince(struct);
  }

  typeMaySleep(programType: string, release?: Release): boolean | undefined {
    const type = this.programTypes.get(programType);
    if (!type?.sleepableKnown) return undefined;
    if (type.sleepableSince === undefined) return false;
    return release === undefined || release >= type.sleepableSince;
  }
}

function byName<T extends { readonly name: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map(list.map((entry) => [entry.name, entry]));
}

function sources(list: readonly (readonly string[])[]): readonly Source[] {
  return list.map(([source = '', ref]) => (ref === undefined ? { source } : { source, ref }));
}

function helperFact(data: FactsHelper): HelperFact {
  return {
    ...without(data, 'gpl', 'exists', 'matrix'),
    kind: 'helper',
    params: data.params.map(([type = '', name = '']) => ({ type, name })),
    sources: sources(data.sources),
    capabilities: data.capabilities ?? [],
    kernelConfig: data.kernelConfig ?? [],
    prefer: data.prefer ?? [],
  };
}

function kfuncFact(data: FactsKfunc): KfuncFact {
  return { ...without(data, 'exists', 'matrix'), kind: 'kfunc', sources: sources(data.sources), flagsBefore: data.flagsBefore ?? [] };
}

function programTypeFact(data: FactsProgramType): ProgramTypeFact {
  return { ...data, kind: 'program-type', sources: sources(data.sources) };
}

function contextFact(data: FactsContext): ContextFact {
  return { ...without(data, 'access'), kind: 'context', fields: byName(data.fields) };
}

function constantFact(data: FactsConstant): ConstantFact {
  const belongs = data.belongs.map(([kind = '', name = '', param]) => ({ kind: kind as ConstantOwner['kind'], name, ...(param === undefined ? {} : { param }) }));
  return { ...data, kind: 'constant', sources: sources(data.sources), belongs };
}

function macroFact(data: FactsMacro): MacroFact {
  const needs = (data.needs ?? []).map(([kind = '', name = '', when]) => ({ kind: kind as MacroNeed['kind'], name, ...(when === undefined ? {} : { when }) }));
  return { ...data, kind: 'macro', needs };
}
