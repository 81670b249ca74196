/** Timelines: what a kernel says, release by release, decoded from the letters of facts.json. */
import type { Lifetime, Status, Timeline } from './factBook.types.js';
import type { Release } from './kernelVersion.js';

/**
 * One letter of facts.json. `x`: the thing does not exist; `d`: refused; `a`: allowed; `s`: only in programs that may
 * sleep; `u`: not known; `v`: not known because no such program was known there, so that others may be asked instead.
 */
export type Letter = 'x' | 'd' | 'a' | 's' | 'u' | 'v';

const STATUS: Readonly<Record<Letter, Status>> = { x: 'denied', d: 'denied', a: 'allowed', s: 'sleepable', u: 'unknown', v: 'unknown' };

interface Run { readonly from: Release; readonly letter: Letter }

/** A timeline over letters; `Status` is what others see of it. */
export class LetterTimeline implements Timeline {
  readonly runs: readonly Run[];
  readonly #releases: readonly Release[];
  #segments: readonly { from: Release; status: Status }[] | undefined;

  constructor(runs: readonly Run[], releases: readonly Release[]) {
    this.runs = runs;
    this.#releases = releases;
  }

  get segments(): readonly { from: Release; status: Status }[] {
    this.#segments ??= this.runs
      .map(({ from, letter }) => ({ from, status: STATUS[letter] }))
      .filter((segment, i, all) => segment.status !== all[i - 1]?.status);
    return this.#segments;
  }

  /** The letter on one release, of the last run if it is above the book's newest. */
  letterAt(release: Release): Letter {
    let letter: Letter = 'u';
    for (const run of this.runs) {
      if (run.from > release) break;
      letter = run.letter;
    }
    return letter;
  }

  /** Above the newest release nothing is known, but that nothing which is gone has come back. */
  at(release: Release): Status {
    const letter = this.letterAt(release);
    const newest = this.#releases[this.#releases.length - 1] ?? 0;
    return release > newest && letter !== 'x' ? 'unknown' : STATUS[letter];
  }

  allowed(): Lifetime | undefined {
    const runs = this.runs;
    const i = runs.findIndex((run) => run.letter === 'a');
    const first = runs[i];
    if (!first) return undefined;
    const after = runs[i - 1]?.letter === 'u' ? this.#previous(runs[i - 1]?.from ?? 0) : undefined;
    const last = runs.map((run) => run.letter).lastIndexOf('a');
    const lost = runs.slice(last + 1).some((run) => STATUS[run.letter] === 'denied');
    const max = lost ? this.#previous(runs[last + 1]?.from ?? 0) : undefined;
    return { since: first.from, ...(after === undefined ? {} : { after }), ...(max === undefined ? {} : { max }) };
  }

  /** Not existing is no refusal, and what the newest kernel says must be known: a thing never measured here is not denied everywhere. */
  deniedEverywhere(): boolean {
    const last = this.runs[this.runs.length - 1]?.letter;
    if (last === undefined || STATUS[last] !== 'denied') return false;
    return this.runs.some((run) => run.letter === 'd') && !this.runs.some((run) => run.letter === 'a' || run.letter === 's');
  }

  ranges(status: Status): readonly { from: Release; to?: Release }[] {
    return this.segments.flatMap((segment, i) => {
      if (segment.status !== status) return [];
      const next = this.segments[i + 1];
      const to = next && this.#previous(next.from);
      return [to === undefined ? { from: segment.from } : { from: segment.from, to }];
    });
  }

  #previous(release: Release): Release | undefined {
    let last: Release | undefined;
    for (const candidate of this.#releases) {
      if (candidate >= release) break;
      last = candidate;
    }
    return last;
  }
}

/** `x0d3019a6012` → runs. Throws on anything else. */
export function decodeRuns(text: string): Run[] {
  const runs = [...text.matchAll(/([xdasuv])(\d+)/g)].map((match) => ({ letter: match[1] as Letter, from: Number(match[2]) }));
  if (runs.map((run) => `${run.letter}${run.from}`).join('') !== text || runs[0]?.from !== 0) throw new Error(`facts: not a timeline: ${text}`);
  return runs;
}

/** One letter from several opinions on the same release. */
export type Combine = (letters: readonly Letter[]) => Letter;

/** Joins timelines release by release. */
export function combineTimelines(timelines: readonly LetterTimeline[], releases: readonly Release[], combine: Combine): LetterTimeline {
  const starts = [...new Set(timelines.flatMap((timeline) => timeline.runs.map((run) => run.from)))].sort((a, b) => a - b);
  const runs: Run[] = [];
  for (const from of starts) {
    const letter = combine(timelines.map((timeline) => timeline.letterAt(from)));
    if (runs[runs.length - 1]?.letter !== letter) runs.push({ from, letter });
  }
  return new LetterTimeline(runs, releases);
}

/** All that know something must say the same: refused (or not existing), allowed, or allowed if sleepable. */
export const agreement: Combine = (letters) => {
  const known = letters.filter((letter) => letter !== 'v');
  const first = known[0];
  if (first === undefined) return letters.length > 0 ? 'v' : 'u';
  if (known.every((letter) => letter === first)) return first;
  return known.every((letter) => letter === 'd' || letter === 'x') ? 'd' : 'u';
};
