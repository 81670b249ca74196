/** The requirements behind a minimum kernel, one for each feature, for lists that people read. */
import { formatRelease, type Release } from '../facts/kernelVersion.js';
import type { Requirement } from '../model/model.types.js';

export interface Reason {
  readonly feature: string;
  readonly since: Release;
  readonly guarded: boolean;
  /** The requirement at the first place. */
  readonly first: Requirement;
  readonly places: number;
}

/** Keeps the order of `requirements` (highest first); a feature that is used both guarded and not counts as not guarded. */
export function reasonsByFeature(requirements: readonly Requirement[]): readonly Reason[] {
  const byFeature = new Map<string, Requirement[]>();
  for (const requirement of requirements) {
    const id = `${requirement.kind} ${requirement.feature} ${requirement.lifetime.since}`;
    const list = byFeature.get(id);
    if (list) list.push(requirement);
    else byFeature.set(id, [requirement]);
  }
  return [...byFeature.values()].map((list) => {
    const free = list.filter((r) => r.guard === undefined);
    const first = free[0] ?? list[0]!;
    return { feature: first.feature, since: first.lifetime.since, guarded: free.length === 0, first, places: list.length };
  });
}

/** When a requirement came: absent on `after`, there on `since`, and nothing is known between. */
interface Arrival {
  readonly since: Release;
  readonly after?: Release | undefined;
}

/**
 * Where the least kernel is only known as the end of a range, what the beginning is: `, or an earlier one after 5.10`; '' where it is exact.
 * @param arrivals of all requirements that count
 */
export function earlierToo(version: Release | undefined, arrivals: readonly Arrival[]): string {
  const deciding = arrivals.filter(({ since }) => since === version);
  if (version === undefined || deciding.length === 0 || deciding.some(({ after }) => after === undefined)) return '';
  const after = Math.max(...deciding.map((one) => one.after!));
  const others = Math.max(0, ...arrivals.map(({ since }) => since).filter((since) => since < version));
  return others > after ? `, or an earlier one from ${formatRelease(others)} on` : `, or an earlier one after ${formatRelease(after)}`;
}
