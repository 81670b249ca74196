/**
 * The fact book as one kernel's: lifetimes and answers at that kernel's release are what is known of the kernel itself. Other
 * releases stay mainline's, so that messages can still say since when something is upstream.
 */
import type { FactBook, HelperFact, KfuncFact, Lifetime, ProgramKey, Status, Timeline } from './factBook.types.js';
import { hasThing, type Kernel, type KernelThing } from './kernel.js';
import type { Release } from './kernelVersion.js';

const books = new WeakMap<FactBook, WeakMap<Kernel, FactBook>>();

/** One book for each kernel, as long as both live: answers are kept by book. */
export function kernelBook(facts: FactBook, kernel: Kernel): FactBook {
  let ofFacts = books.get(facts);
  if (!ofFacts) books.set(facts, (ofFacts = new WeakMap<Kernel, FactBook>()));
  let book = ofFacts.get(kernel);
  if (!book) ofFacts.set(kernel, (book = makeBook(facts, kernel)));
  return book;
}

function makeBook(facts: FactBook, kernel: Kernel): FactBook {
  const adjusted = <V extends { readonly name: string; readonly lifetime?: Lifetime }>(map: ReadonlyMap<string, V>, kind: KernelThing): ReadonlyMap<string, V> =>
    new AdjustedMap(map, (fact) => {
      const lifetime = fact.lifetime && lifetimeOn(kernel, fact.lifetime, hasThing(kernel, kind, fact.name, facts));
      return lifetime === fact.lifetime ? fact : { ...fact, lifetime };
    });
  const overlay: Partial<FactBook> = {
    helpers: new AdjustedMap(facts.helpers, (fact) => {
      const { since } = lifetimeOn(kernel, { since: fact.since }, hasThing(kernel, 'helper', fact.name, facts));
      return since === fact.since ? fact : { ...fact, since };
    }),
    kfuncs: adjusted(facts.kfuncs, 'kfunc'),
    mapTypes: adjusted(facts.mapTypes, 'map-type'),
    programTypes: adjusted(facts.programTypes, 'program-type'),
    attachTypes: adjusted(facts.attachTypes, 'attach-type'),
    constants: adjusted(facts.constants, 'constant'),
    features: new AdjustedMap(facts.features, (fact) => ({ ...fact, lifetime: lifetimeOn(kernel, fact.lifetime, undefined) })),
    availability: (fact, key) => callsOn(facts, kernel, fact, key),
    gplOnly: (fact, key) => facts.gplOnly(originalOf(facts, fact), key),
    fieldAccess: (context, field, key, mode) => {
      const born = facts.contexts.get(context)?.fields.get(field)?.lifetime?.since ?? 0;
      return timelineOn(facts.fieldAccess(context, field, key, mode), kernel, born, hasThing(kernel, 'field', `${context}.${field}`, facts));
    },
  };
  // Everything else is the book's own; its methods need it as `this`.
  return new Proxy(facts, {
    get(target, name) {
      if (Object.hasOwn(overlay, name)) return overlay[name as keyof FactBook];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/**
 * When this kernel got something. `has` is what its types say; where they say nothing, what came after its own release is there
 * if its BPF is known to be of a later one, and not known (`after`) if nobody says which.
 */
export function lifetimeOn({ release, bpf, backports }: Kernel, life: Lifetime, has: boolean | undefined): Lifetime {
  if (has === true) return life.since > release || (life.max !== undefined && life.max < release) ? { since: Math.min(life.since, release) } : life;
  // What mainline is only known not to have had before some release, this kernel is known not to have.
  if (has === false) return life.since > release && life.after !== undefined && life.after < release ? { ...life, after: release } : life;
  if (life.since <= release) return life;
  if (life.since <= bpf) return { since: release, ...(life.max === undefined ? {} : { max: life.max }) };
  return backports ? { ...life, after: release - 1 } : life;
}

function originalOf<F extends HelperFact | KfuncFact>(facts: FactBook, fact: F): F {
  return ((fact.kind === 'helper' ? facts.helpers.get(fact.name) : facts.kfuncs.get(fact.name)) ?? fact) as F;
}

function callsOn(facts: FactBook, kernel: Kernel, fact: HelperFact | KfuncFact, key: ProgramKey): Timeline {
  const original = originalOf(facts, fact);
  const born = original.kind === 'helper' ? original.since : original.lifetime.since;
  return timelineOn(facts.availability(original, key), kernel, born, hasThing(kernel, fact.kind, fact.name, facts));
}

function timelineOn(under: Timeline, kernel: Kernel, born: Release, has: boolean | undefined): Timeline {
  const own = statusOn(under, kernel, born, has);
  const at = (release: Release): Status => (release === kernel.release ? own : under.at(release));
  return {
    at,
    segments: under.segments,
    allowed: () => under.allowed(),
    deniedEverywhere: () => under.deniedEverywhere() && own === 'denied',
    ranges: (status) => under.ranges(status),
  };
}

/**
 * What the kernel says. That something is there is seen in its types; who may use it is not, so mainline's answer counts where the
 * kernel's own release and the one whose BPF it has agree, and of a thing that was brought back the answer when it was new.
 */
function statusOn(under: Timeline, { release, bpf, backports }: Kernel, born: Release, has: boolean | undefined): Status {
  if (has === false) return 'denied';
  const own = under.at(release);
  const later = under.at(bpf);
  // Brought back as a whole: what later kernels allow, this one does, also where mainline's of its age had no such program. What they took away may still be there.
  const status = own === later || own === 'denied' || own === 'unknown' ? later : 'unknown';
  if (status !== 'denied') return status;
  if (has === true && born > bpf) return under.at(born);
  return backports && !under.deniedEverywhere() ? 'unknown' : status;
}

/** A map whose values are adjusted when they are asked for, once. */
class AdjustedMap<V extends object> implements ReadonlyMap<string, V> {
  readonly #known = new Map<string, V>();

  constructor(private readonly under: ReadonlyMap<string, V>, private readonly adjust: (value: V) => V) {}

  get size(): number {
    return this.under.size;
  }

  get(name: string): V | undefined {
    const known = this.#known.get(name);
    if (known) return known;
    const original = this.under.get(name);
    if (!original) return undefined;
    const value = this.adjust(original);
    this.#known.set(name, value);
    return value;
  }

  has(name: string): boolean {
    return this.under.has(name);
  }

  keys(): MapIterator<string> {
    return this.under.keys();
  }

  *entries(): MapIterator<[string, V]> {
    for (const name of this.under.keys()) yield [name, this.get(name)!];
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(use: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [name, value] of this.entries()) use(value, name, this);
  }
}
