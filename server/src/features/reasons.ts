/** The requirements behind a minimum kernel, one for each feature, for lists that people read. */
import type { Release } from '../facts/kernelVersion.js';
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
