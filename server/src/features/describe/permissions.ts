/** In which program types a helper or kfunc may be called, and from which kernel on: computed once for each fact. */
import type { FactBook, HelperFact, KfuncFact, Lifetime, ProgramTypeFact } from '../../facts/factBook.types.js';
import { formatRelease } from '../../facts/kernelVersion.js';
import { attachTitle } from '../programs.js';
import { versionRange } from '../verdict.js';
import type { Line } from '../text/info.js';

/** One program type that may call it. */
export interface Permission {
  readonly type: ProgramTypeFact;
  readonly lifetime: Lifetime;
  readonly sleepableOnly: boolean;
  /** Attach types with which it is allowed, where it is not allowed with all of them. */
  readonly onlyWith: readonly string[];
}

const cache = new WeakMap<FactBook, Map<string, readonly Permission[]>>();

/** Program types that may call it on some kernel, earliest first. */
export function permissions(facts: FactBook, fact: HelperFact | KfuncFact): readonly Permission[] {
  let known = cache.get(facts);
  if (known === undefined) cache.set(facts, (known = new Map()));
  let list = known.get(fact.name);
  if (list === undefined) known.set(fact.name, (list = compute(facts, fact)));
  return list;
}

function compute(facts: FactBook, fact: HelperFact | KfuncFact): readonly Permission[] {
  const out: Permission[] = [];
  for (const type of facts.programTypes.values()) {
    const permission = permissionOf(facts, fact, type, false) ?? permissionOf(facts, fact, type, true);
    if (permission !== undefined) out.push(permission);
  }
  return out.sort((a, b) => a.lifetime.since - b.lifetime.since || (a.type.title < b.type.title ? -1 : 1));
}

function permissionOf(facts: FactBook, fact: HelperFact | KfuncFact, type: ProgramTypeFact, sleepable: boolean): Permission | undefined {
  const attachTypes: readonly (string | null)[] = type.attachTypes.length > 0 ? type.attachTypes : [null];
  const allowed = attachTypes.flatMap((attachType) => {
    const key = { programType: type.name, attachType, sleepable, frags: false };
    const lifetime = facts.availability(fact, key).allowed();
    return lifetime === undefined ? [] : [{ attachType, lifetime }];
  });
  if (allowed.length === 0) return undefined;
  const lifetime = allowed.map((a) => a.lifetime).reduce((a, b) => (b.since < a.since ? b : a));
  const onlyWith = allowed.length === attachTypes.length ? [] : allowed.flatMap((a) => a.attachType ?? []);
  return { type, lifetime, sleepableOnly: sleepable, onlyWith };
}

const MAX_NAMED = 9;

/** `all 31 program types`, or the types in short: those that could from the start, then those that came later. */
export function permissionsLine(facts: FactBook, fact: HelperFact | KfuncFact): Line | undefined {
  const list = permissions(facts, fact);
  if (list.length === 0) return undefined;
  const first = list[0]!.lifetime.since;
  const whole = list.length >= facts.programTypes.size - 2 && list.length > MAX_NAMED;
  if (whole) return [list.length === facts.programTypes.size ? 'all program types' : `${list.length} of ${facts.programTypes.size} program types`];
  const named = list.slice(0, list.length > MAX_NAMED ? MAX_NAMED - 1 : MAX_NAMED).map((p) => brief(p, first));
  const more = list.length - named.length;
  return [`${named.join(' · ')}${more > 0 ? ` · and ${more} more` : ''}`];
}

function brief(permission: Permission, first: number): string {
  const notes: string[] = [];
  if (permission.lifetime.since !== first) notes.push(formatRelease(permission.lifetime.since));
  if (permission.sleepableOnly) notes.push('sleepable');
  const { onlyWith } = permission;
  if (onlyWith.length > 0) notes.push(onlyWith.length > 2 ? 'some attach types' : onlyWith.map((a) => attachTitle(permission.type.name, a) || a).join(', '));
  return permission.type.title + (notes.length > 0 ? ` (${notes.join('; ')})` : '');
}

/** Rows of the matrix that `explain` prints: program type, since, under which condition. */
export function permissionRows(facts: FactBook, fact: HelperFact | KfuncFact): readonly (readonly string[])[] {
  return permissions(facts, fact).map((p) => [
    p.type.name,
    versionRange(p.lifetime),
    [p.sleepableOnly ? 'only where it may sleep' : '', p.onlyWith.length > 0 ? `only with ${p.onlyWith.join(', ')}` : ''].filter(Boolean).join('; '),
  ]);
}
