/** The entries of the book as rows for other tools: name, versions, and who may call what. */
import type { FactBook, HelperFact, KfuncFact, Lifetime } from '../facts/factBook.types.js';
import { formatRelease, type Release } from '../facts/kernelVersion.js';
import { entries, type Entry, type EntryKind } from './reference/entries.js';

/** One entry. */
export interface FactRow {
  readonly kind: EntryKind;
  readonly name: string;
  /** First release known to have it; null where no version is known. */
  readonly since: string | null;
  /** The last release known not to have it, where that is not the one before. */
  readonly after?: string;
  /** The last release that has it. */
  readonly max?: string;
  /** First libbpf release that knows it, for what is libbpf's. */
  readonly libbpf?: string;
  readonly summary: string;
  /** Types of program that may call it, on the release that was asked for or on some; helpers and kfuncs only. */
  readonly programTypes?: readonly string[];
  /** With a release: false where it is not known whether that one has it. */
  readonly known?: boolean;
}

/**
 * @param kinds those wanted; all if empty
 * @param release leaves out what this one is known not to have
 */
export function factRows(facts: FactBook, kinds: readonly EntryKind[], release?: Release): readonly FactRow[] {
  return entries(facts).flatMap((entry) => {
    if (kinds.length > 0 && !kinds.includes(entry.kind)) return [];
    const { lifetime, libbpf } = versionsOf(facts, entry);
    const presence = release === undefined ? undefined : presenceOf(lifetime, release);
    if (presence === 'absent') return [];
    const callee = entry.kind === 'helper' ? facts.helpers.get(entry.name) : entry.kind === 'kfunc' ? facts.kfuncs.get(entry.name) : undefined;
    return [
      {
        kind: entry.kind,
        name: entry.name,
        since: lifetime === undefined ? null : formatRelease(lifetime.since),
        ...(lifetime?.after === undefined ? {} : { after: formatRelease(lifetime.after) }),
        ...(lifetime?.max === undefined ? {} : { max: formatRelease(lifetime.max) }),
        ...(libbpf === undefined ? {} : { libbpf }),
        summary: entry.summary,
        ...(callee === undefined ? {} : { programTypes: callers(facts, callee, release) }),
        ...(presence === undefined ? {} : { known: presence === 'present' }),
      },
    ];
  });
}

interface Versions {
  readonly lifetime?: Lifetime;
  readonly libbpf?: string;
}

const VERSIONS: Readonly<Partial<Record<EntryKind, (facts: FactBook, name: string) => Versions | undefined>>> = {
  helper: (facts, name) => given(facts.helpers.get(name), ({ since }) => ({ lifetime: { since } })),
  kfunc: (facts, name) => given(facts.kfuncs.get(name), ({ lifetime }) => ({ lifetime })),
  'program-type': (facts, name) => facts.programTypes.get(name),
  section: (facts, name) => given(facts.sections.find((def) => def.name === name), ({ lifetime, libbpf, programType }) => versions(lifetime ?? facts.programTypes.get(programType)?.lifetime, libbpf)),
  'map-type': (facts, name) => facts.mapTypes.get(name),
  'attach-type': (facts, name) => facts.attachTypes.get(name),
  macro: (facts, name) => given(facts.macros.get(name), ({ kernel, libbpf }) => versions(kernel, libbpf)),
  constant: (facts, name) => facts.constants.get(name),
  feature: (facts, name) => facts.features.get(name),
  'link-type': (facts, name) => facts.linkTypes.get(name),
  driver: (facts, name) => given(facts.drivers.get(name), ({ native }) => ({ lifetime: native.lifetime })),
};

function versionsOf(facts: FactBook, { kind, name }: Entry): Versions {
  return VERSIONS[kind]?.(facts, name) ?? {};
}

function versions(lifetime: Lifetime | undefined, libbpf: string): Versions {
  return { ...(lifetime === undefined ? {} : { lifetime }), libbpf };
}

function given<T>(fact: T | undefined, make: (fact: T) => Versions): Versions | undefined {
  return fact === undefined ? undefined : make(fact);
}

/** Between two releases of which one is known to lack it and one to have it nothing is known. */
function presenceOf(lifetime: Lifetime | undefined, release: Release): 'present' | 'absent' | 'unknown' {
  if (lifetime === undefined) return 'unknown';
  const { since, after, max } = lifetime;
  if (release >= since) return max !== undefined && release > max ? 'absent' : 'present';
  return after !== undefined && release > after ? 'unknown' : 'absent';
}

/** Types of which some program is known to be allowed to call it. */
function callers(facts: FactBook, callee: HelperFact | KfuncFact, release: Release | undefined): readonly string[] {
  const allowed = (programType: string, attachType: string | null, sleepable: boolean): boolean => {
    const timeline = facts.availability(callee, { programType, attachType, sleepable, frags: false });
    return release === undefined ? timeline.allowed() !== undefined : timeline.at(release) === 'allowed';
  };
  return [...facts.programTypes.values()].flatMap(({ name, attachTypes }) => {
    const attaches = attachTypes.length > 0 ? attachTypes : [null];
    return attaches.some((attach) => allowed(name, attach, false) || allowed(name, attach, true)) ? [name] : [];
  });
}
