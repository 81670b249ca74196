/** Answers from the small tables of the book: maps and the helpers that take them, ranges of return values, members of operations. */
import type { CallbackFact, Lifetime, OperationFact, ReturnRange } from './factBook.types.js';
import type { FactsJson } from './types.gen.js';

/** Each table is read once, into what is asked for. */
export class SmallTables {
  readonly #mapTypes: ReadonlyMap<string, readonly string[]>;
  readonly #helpers: ReadonlyMap<string, readonly string[]>;
  readonly #depends: ReadonlyMap<string, readonly string[]>;
  readonly #operations: ReadonlyMap<string, { readonly members: readonly OperationFact[]; readonly lifetime?: Lifetime }>;
  readonly #alternatives = new Map<string, string[]>();
  /** By program type; attach types in it. */
  readonly #ranges = new Map<string, { readonly attachType: string; readonly range: ReturnRange; readonly hooks?: ReadonlySet<string> }[]>();
  readonly callbacks = new Map<string, CallbackFact>();

  constructor(facts: Pick<FactsJson, 'mapHelpers' | 'returnRanges' | 'callbacks' | 'alternatives' | 'operations'>) {
    const { mapTypes, helpers, depends = {} } = facts.mapHelpers;
    this.#mapTypes = new Map(Object.entries(mapTypes));
    this.#helpers = new Map(Object.entries(helpers));
    this.#depends = new Map(Object.entries(depends));
    this.#operations = new Map(facts.operations.map((table) => [table.struct, table]));
    for (const group of facts.alternatives) {
      for (const name of group) this.#alternatives.set(name, [...(this.#alternatives.get(name) ?? []), ...group.filter((other) => other !== name)]);
    }
    for (const { programType, attachTypes, hooks, ...range } of facts.returnRanges) {
      const rows = this.#ranges.get(programType) ?? [];
      for (const attachType of attachTypes) rows.push({ attachType, range, ...(hooks ? { hooks: new Set(hooks) } : {}) });
      this.#ranges.set(programType, rows);
    }
    for (const { takenBy, ...fact } of facts.callbacks) for (const name of takenBy) this.callbacks.set(name, fact);
  }

  /** `check_map_func_compatibility()` asks the map's side first. */
  refusal(mapType: string, helper: string): 'map' | 'helper' | undefined {
    if (this.#depends.get(mapType)?.includes(helper)) return undefined;
    const helpers = this.#mapTypes.get(mapType);
    if (helpers && !helpers.includes(helper)) return 'map';
    const types = this.#helpers.get(helper);
    return types && !types.includes(mapType) ? 'helper' : undefined;
  }

  alternatives(name: string): readonly string[] {
    return this.#alternatives.get(name) ?? [];
  }

  operations(struct: string): readonly OperationFact[] | undefined {
    return this.#operations.get(struct)?.members;
  }

  operationsSince(struct: string): Lifetime | undefined {
    return this.#operations.get(struct)?.lifetime;
  }

  partners(name: string): readonly string[] | undefined {
    return this.#helpers.get(name) ?? this.#mapTypes.get(name);
  }

  /** Where the attach type is left to the loader, the widest range of those that it may choose. */
  returnRange(programType: string, attachType: string | null, hook?: string): ReturnRange | undefined {
    const rows = (this.#ranges.get(programType) ?? []).filter(({ hooks }) => hooks === undefined || (hook !== undefined && hooks.has(hook)));
    if (attachType !== null) return rows.find((row) => row.attachType === attachType)?.range;
    if (rows.length === 0 || programType === 'BPF_PROG_TYPE_TRACING' || programType === 'BPF_PROG_TYPE_KPROBE') return undefined;
    const ranges = rows.map((row) => row.range);
    return { min: Math.min(...ranges.map((r) => r.min)), max: Math.max(...ranges.map((r) => r.max)), since: Math.max(...ranges.map((r) => r.since)) };
  }
}
