/** Timelines of context fields: who may read and write them, release by release, from the tables of three kernels and the fields' versions. */
import type { Letter } from './letters.js';
import type { Release } from '../../server/src/facts/kernelVersion.js';
import type { ContextData } from '../../server/src/facts/types.gen.js';

export interface FieldHistory {
  readonly since: Release | undefined;
  readonly after: Release | undefined;
  /** The version may be one release off. */
  readonly hint: boolean;
}

type Kernels = NonNullable<ContextData['access']>[string]['kernels'];
export type Mode = 'read' | 'write';

/** One letter a release. `bounds` is the first release with such a program and attach type. */
export function fieldTimeline(field: string, mode: Mode, kernels: Kernels, history: FieldHistory, bounds: Release, releases: readonly Release[], toRelease: (version: string) => Release): Letter[] {
  const known = new Map<Release, Letter>(Object.entries(kernels).map(([version, table]) => [toRelease(version), permission(field, mode, table)]));
  const dates = [...known.keys()].sort((a, b) => a - b);
  return releases.map((release, i) => {
    const own = known.get(release);
    if (own) return own;
    const prev = dates.filter((date) => date < release).at(-1);
    const next = dates.find((date) => date > release);
    if (next === undefined) return 'u';
    const after = known.get(next) ?? 'u';
    if (prev === undefined) return before(release, i, after, history, bounds, releases);
    const earlier = known.get(prev) ?? 'u';
    if (earlier === after) return after;
    return earlier === 'x' && history.since !== undefined && history.since > prev && history.since <= next ? born(release, i, after, history, releases) : 'u';
  });
}

/** A field that the table does not name does not exist there. */
function permission(field: string, mode: Mode, table: Kernels[string]): Letter {
  if (table.rw?.includes(field)) return 'a';
  if (table.r?.includes(field)) return mode === 'read' ? 'a' : 'd';
  if (table.w?.includes(field)) return mode === 'write' ? 'a' : 'd';
  return table.none?.includes(field) ? 'd' : 'x';
}

/** Before the oldest table: the field's own version, and nothing about permission but what the oldest table allows. */
function before(release: Release, i: number, oldest: Letter, history: FieldHistory, bounds: Release, releases: readonly Release[]): Letter {
  const exists = born(release, i, oldest, history, releases);
  if (exists === 'x' || exists === 'u') return exists;
  if (release < bounds) return 'v';
  return oldest === 'a' ? 'a' : 'u';
}

/** `x` before the field's version, `then` from it on, unknown where the version is only nearly known. */
function born(release: Release, i: number, then: Letter, history: FieldHistory, releases: readonly Release[]): Letter {
  if (history.since === undefined) return 'u';
  if (release >= history.since) return then;
  if (history.after !== undefined) return release <= history.after ? 'x' : 'u';
  return history.hint && releases[i + 1] === history.since ? 'u' : 'x';
}
