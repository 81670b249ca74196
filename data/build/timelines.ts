/**
 * Computes, release by release, what a kernel says to a call: measurements first, version tables where they end, unknown
 * where neither speaks. The rules are written down in data/GUIDELINES.md.
 */
import type { Letter } from './letters.js';
import type { Release } from '../../server/src/facts/kernelVersion.js';
import type { CommonListing, ConfigsData } from '../../server/src/facts/types.gen.js';

/** What is known of one helper or kfunc. All versions as releases. */
export interface EntityHistory {
  readonly since: Release;
  /** Last release known not to have it; the ones between this and `since` are unknown. */
  readonly after?: Release | undefined;
  readonly max?: Release | undefined;
  readonly gone?: Release | undefined;
  /** Letter a measured kernel: does it know the thing. Empty if it was not measured. */
  readonly known: string;
  readonly listed: readonly (Omit<CommonListing, 'since' | 'until'> & { readonly since?: Release | undefined; readonly until?: Release | undefined })[];
  /** Configuration → letters. */
  readonly rows: ReadonlyMap<string, string>;
}

/** One measured configuration with what bounds it. */
export interface ConfigBounds {
  readonly name: string;
  readonly config: ConfigsData[string];
  /** First release that can have such a program at all. */
  readonly since: Release;
  /** First release in which a program of this type may sleep; undefined: never. */
  readonly maySleepSince: Release | undefined;
}

/** Releases, and at which of them a kernel was measured. */
export interface Axis {
  readonly releases: readonly Release[];
  /** Position in `measured`, or -1, by position in `releases`. */
  readonly measuredAt: readonly number[];
}

export function makeAxis(releases: readonly Release[], measured: readonly Release[]): Axis {
  return { releases, measuredAt: releases.map((release) => measured.indexOf(release)) };
}

/** Does it exist: `x` no, `u` not known, `a` yes (as far as any table or measurement says). */
export function existence(entity: EntityHistory, axis: Axis): Letter[] {
  return axis.releases.map((release, i) => {
    if (release < entity.since) return entity.after !== undefined && release > entity.after ? 'u' : 'x';
    if (entity.gone !== undefined && release >= entity.gone) return 'x';
    if (entity.max !== undefined && release > entity.max) return 'u';
    const at = axis.measuredAt[i] ?? -1;
    return at >= 0 && entity.known[at] === '.' ? 'u' : 'a';
  });
}

/** One letter a release for a configuration. */
export function availability(entity: EntityHistory, exists: readonly Letter[], bounds: ConfigBounds, axis: Axis): Letter[] {
  const row = entity.rows.get(bounds.name) ?? '';
  const cells = axis.releases.map((release, i) => cell(row[axis.measuredAt[i] ?? -1] ?? '', exists[i] ?? 'u', release, bounds));
  const table = tableVersion(entity, bounds);
  const ended = endedListings(entity, bounds, cells, axis);
  return axis.releases.map((release, i) => {
    const exist = exists[i];
    if (exist === 'x' || exist === 'u') return exist;
    const own = cells[i];
    if (own) return own;
    if (ended.some(({ from, to }) => from <= release && release < to)) return 'a';
    const measuredHere = (axis.measuredAt[i] ?? -1) >= 0;
    const letter = between(i, cells, release, axis, table, bounds);
    return letter === 'd' && measuredHere ? notRefused(i, axis, bounds) : letter;
  });
}

/** A kernel that was measured but gave no answer here is never said to refuse. */
function notRefused(i: number, axis: Axis, bounds: ConfigBounds): Letter {
  return bounds.config.live[axis.measuredAt[i] ?? -1] === 'y' ? 'u' : 'v';
}

/** A measured cell's meaning; undefined where nothing was measured. */
function cell(letter: string, exists: Letter, release: Release, bounds: ConfigBounds): Letter | undefined {
  if (exists === 'x') return letter === '' ? undefined : 'x';
  switch (letter) {
    case 'y': return 'a';
    case 'n': return 'd';
    case 's': return maySleep(bounds, release) ? 's' : 'd';
    case 'c': case 'd': case 'x': case '.': return 'u';
    default: return undefined;
  }
}

function maySleep(bounds: ConfigBounds, release: Release): boolean {
  return bounds.maySleepSince !== undefined && release >= bounds.maySleepSince;
}

interface TableVersion { readonly release: Release; readonly explicit: boolean }

/** A release on which nothing was measured: what its measured neighbours and the version table say. */
function between(i: number, cells: readonly (Letter | undefined)[], release: Release, axis: Axis, table: TableVersion | undefined, bounds: ConfigBounds): Letter {
  const definite = (letter: Letter | undefined): boolean => letter !== undefined && letter !== 'u';
  let p = i - 1;
  while (p >= 0 && !definite(cells[p])) p -= 1;
  let n = i + 1;
  while (n < cells.length && !definite(cells[n])) n += 1;
  const prev = cells[p];
  const next = cells[n];
  const nextRelease = axis.releases[n] ?? Infinity;
  if (next === undefined) return 'u';
  if (prev !== undefined && refuses(prev) && refuses(next)) return 'd';
  if (prev !== undefined && prev === next) return next;
  if (prev !== undefined && !refuses(prev)) return next === 'x' ? prev : 'u';
  if (prev === undefined && next === 'd' && table?.explicit && table.release > nextRelease && release >= bounds.since) return 'd';
  const fits = table !== undefined && table.release <= nextRelease && (prev === undefined || table.release > (axis.releases[p] ?? 0) || prev === 'x');
  if (refuses(next) || !fits || table === undefined) return noAnswer(i, axis, bounds);
  if (release >= table.release) return next === 's' && !maySleep(bounds, release) ? 'u' : next;
  if (table.explicit && release >= bounds.since) return 'd';
  return prev === 'd' && release >= bounds.since ? 'd' : noAnswer(i, axis, bounds);
}

function refuses(letter: Letter): boolean {
  return letter === 'd' || letter === 'x';
}

/** Unknown; `v` if there are no such programs yet, so that others may be asked instead. */
function noAnswer(i: number, axis: Axis, bounds: ConfigBounds): Letter {
  if ((axis.releases[i] ?? 0) < bounds.since) return 'v';
  for (let k = i; k < axis.releases.length; k += 1) {
    const at = axis.measuredAt[k] ?? -1;
    if (at >= 0) return bounds.config.live[at] === 'y' ? 'u' : 'v';
  }
  return 'u';
}

const TRAMPOLINE = new Set(['BPF_TRACE_FENTRY', 'BPF_TRACE_FEXIT', 'BPF_MODIFY_RETURN', 'BPF_TRACE_FSESSION']);

/** The first release from which the version tables allow it here; undefined where they say nothing. */
function tableVersion(entity: EntityHistory, bounds: ConfigBounds): TableVersion | undefined {
  let best: TableVersion | undefined;
  for (const listing of entity.listed) {
    if (listing.until !== undefined || !speaksOf(listing, bounds)) continue;
    const release = Math.max(entity.since, bounds.since, listing.since ?? 0);
    const explicit = listing.since !== undefined && listing.since === release;
    if (!best || release < best.release) best = { release, explicit };
  }
  return best;
}

function speaksOf(listing: EntityHistory['listed'][number], { config: { programType, attachType, target } }: ConfigBounds): boolean {
  if (!listing.programTypes.includes(programType) && !listing.programTypes.includes('*')) return false;
  if (listing.attachTypes && (attachType === null || !listing.attachTypes.includes(attachType))) return false;
  if (listing.targets && !listing.targets.some((struct) => target?.startsWith(`${struct}.`))) return false;
  return !listing.trampoline || (attachType !== null && TRAMPOLINE.has(attachType));
}

/**
 * The stretches, `to` excluded, in which the version tables allow what they say was taken away again, but those that a measurement
 * contradicts. Without them a thing that came and went between two measured kernels (HID programs that were traced, 6.3 to 6.10) seems
 * to have been refused all the time.
 */
function endedListings(entity: EntityHistory, bounds: ConfigBounds, cells: readonly (Letter | undefined)[], axis: Axis): readonly { readonly from: Release; readonly to: Release }[] {
  return entity.listed.flatMap((listing) => {
    if (listing.until === undefined || !speaksOf(listing, bounds)) return [];
    const from = Math.max(entity.since, bounds.since, listing.since ?? 0);
    const to = listing.until;
    return axis.releases.some((release, i) => from <= release && release < to && refuses(cells[i] ?? 'u')) ? [] : [{ from, to }];
  });
}
