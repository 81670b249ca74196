/** The rules by which letters and version tables become timelines, each on made-up letters (data/GUIDELINES.md, "How an answer is made"). */
import { describe, expect, it } from 'vitest';
import { fieldTimeline } from '../../data/build/contextTimelines.js';
import { encode, runLengths } from '../../data/build/letters.js';
import { availability, existence, makeAxis } from '../../data/build/timelines.js';
import type { ConfigBounds, EntityHistory } from '../../data/build/timelines.js';
import { LetterTimeline, agreement, combineTimelines, decodeRuns } from '../../server/src/facts/timeline.js';

/** Releases 1 to 9; kernels were measured on 3, 5 and 8. */
const RELEASES = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const axis = makeAxis(RELEASES, [3, 5, 8]);
const XDP: ConfigBounds = { name: 'c', config: { programType: 'BPF_PROG_TYPE_XDP', attachType: null, live: 'yyy' }, since: 1, maySleepSince: undefined };

interface Case { since?: number; after?: number; max?: number; gone?: number; known?: string; row: string; listed?: EntityHistory['listed']; bounds?: Partial<ConfigBounds> }

function line({ since = 1, known = 'yyy', row, listed = [], bounds = {}, ...rest }: Case): string {
  const entity: EntityHistory = { since, known, listed, rows: new Map([['c', row]]), ...rest };
  return encode(availability(entity, existence(entity, axis), { ...XDP, ...bounds }, axis), RELEASES);
}

const inXdp = (since?: number): EntityHistory['listed'] => [{ programTypes: ['BPF_PROG_TYPE_XDP'], since }];

describe('a call', () => {
  const cases: readonly [string, Case, string][] = [
    ['does not exist before its version, and what kernels agree on holds between them', { since: 2, row: 'yyy', listed: inXdp() }, 'x0a2u9'],
    ['is unknown before the first measurement where no table lists the type', { since: 2, row: 'yyy' }, 'x0u2a3u9'],
    ['is refused before the release that its listing names', { since: 1, row: 'yyy', listed: inXdp(2) }, 'd0a2u9'],
    ['is allowed from the release that the table names in a gap', { row: 'nyy', listed: inXdp(4) }, 'd0a4u9'],
    ['is unknown in a gap for which no table names a release', { row: 'nny', listed: inXdp() }, 'u0d3u6a8u9'],
    ['is not what a contradicted table says', { row: 'nyy', listed: inXdp(2) }, 'u0d3u4a5u9'],
    ['is unknown in a gap after which it is refused', { row: 'yyn' }, 'u0a3u6d8u9'],
    ['is unknown on a kernel with a further condition', { row: 'yyc', listed: inXdp() }, 'a0u6'],
    ['is never refused by a kernel that gave no answer', { row: 'n?n' }, 'u0d3u5d6u9'],
    ['is allowed by the table where a kernel gave no answer', { row: '?yy', listed: inXdp() }, 'a0u9'],
    ['asks others where there was no such kind of program', { row: '-yy', bounds: { config: { ...XDP.config, live: '-yy' }, since: 4 } }, 'v0u4a5u9'],
    ['is refused between kernels that lacked it and kernels that refuse it', { since: 4, known: '.yy', row: 'xnn' }, 'x0d4u9'],
    ['is allowed for as long as a table lists what ended between them', { since: 4, known: '.yy', row: 'x?n', listed: [{ programTypes: ['BPF_PROG_TYPE_XDP'], until: 7 }] }, 'x0a4d7u9'],
    ['is not what a table lists that a kernel contradicts before its end', { since: 4, known: '.yy', row: 'xnn', listed: [{ programTypes: ['BPF_PROG_TYPE_XDP'], until: 7 }] }, 'x0d4u9'],
    ['is unknown where its version is only known to lie in a range', { since: 5, after: 3, known: '.yy', row: 'xyy', listed: inXdp() }, 'x0u4a5u9'],
    ['ends where it was removed', { max: 6, gone: 7, known: 'yy.', row: 'yyx', listed: inXdp() }, 'a0x7'],
    ['is unknown between its last release and the first without it', { max: 5, gone: 8, known: 'yy.', row: 'yyx', listed: inXdp() }, 'a0u6x8'],
    ['is unknown on a kernel that lacks what the table says is there', { since: 2, known: 'y.y', row: 'yxy', listed: inXdp() }, 'x0a2u5a6u9'],
    ['is refused where only sleepable programs may and the type never sleeps', { row: 'nss' }, 'u0d3u9'],
    ['is sleepable from the release on which the type may sleep', { row: 'sss', bounds: { maySleepSince: 6 } }, 'u0d3u6s8u9'],
    ['is listed for every type by a star', { since: 2, row: 'yyy', listed: [{ programTypes: ['*'] }] }, 'x0a2u9'],
    ['is not listed for another attach type', { since: 2, row: 'yyy', listed: [{ programTypes: ['BPF_PROG_TYPE_XDP'], attachTypes: ['BPF_XDP_DEVMAP'] }] }, 'x0u2a3u9'],
  ];
  for (const [what, given, expected] of cases) it(what, () => expect(line(given)).toBe(expected));
});

describe('a context field', () => {
  const read = (kernels: Parameters<typeof fieldTimeline>[2], history: Partial<Parameters<typeof fieldTimeline>[3]> = {}, mode: 'read' | 'write' = 'read'): string =>
    encode(fieldTimeline('f', mode, kernels, { since: undefined, after: undefined, hint: false, ...history }, 1, RELEASES, Number), RELEASES);

  it('is what tables agree on between them', () => expect(read({ 3: { r: ['f'] }, 8: { r: ['f'] } }, { since: 2 })).toBe('x0a2u9'));
  it('is refused for writing where it is read-only', () => expect(read({ 3: { r: ['f'] }, 8: { rw: ['f'] } }, { since: 2 }, 'write')).toBe('x0u2d3u4a8u9'));
  it('comes with its version between a table without and a table with it', () => expect(read({ 3: {}, 8: { r: ['f'] } }, { since: 6 })).toBe('x0a6u9'));
  it('leaves a release of slack where the version is a hint', () => expect(read({ 3: {}, 8: { r: ['f'] } }, { since: 6, hint: true })).toBe('x0u5a6u9'));
  it('is unknown in the gap without a version', () => expect(read({ 3: {}, 8: { r: ['f'] } })).toBe('u0x3u4a8u9'));
});

describe('a timeline', () => {
  const timeline = (text: string): LetterTimeline => new LetterTimeline(decodeRuns(text), RELEASES);

  it('shows stretches of equal status as one', () => {
    expect(timeline('x0d2v4u5a6').segments).toEqual([{ from: 0, status: 'denied' }, { from: 4, status: 'unknown' }, { from: 6, status: 'allowed' }]);
    expect(timeline('x0a4d6').ranges('allowed')).toEqual([{ from: 4, to: 5 }]);
    expect(timeline('x0a4').ranges('allowed')).toEqual([{ from: 4 }]);
  });

  it('says from when it is allowed, and how exactly that is known', () => {
    expect(timeline('x0a4').allowed()).toEqual({ since: 4 });
    expect(timeline('x0u2a4').allowed(), 'unknown in between').toEqual({ since: 4, after: 1 });
    expect(timeline('x0v2a4').allowed(), 'no such programs in between').toEqual({ since: 4 });
    expect(timeline('x0a4u5a6x8').allowed()).toEqual({ since: 4, max: 7 });
    expect(timeline('x0d4').allowed()).toBeUndefined();
  });

  it('is denied everywhere only where a kernel refused, none allowed, and the newest is known', () => {
    expect(timeline('x0d4').deniedEverywhere()).toBe(true);
    expect(timeline('x0u4').deniedEverywhere(), 'never measured').toBe(false);
    expect(timeline('x0d4u8').deniedEverywhere(), 'not known on the newest').toBe(false);
    expect(timeline('x0d4s8').deniedEverywhere()).toBe(false);
  });

  it('refuses text that is none', () => {
    expect(() => decodeRuns('x0q4')).toThrow('facts: not a timeline: x0q4');
    expect(() => decodeRuns('')).toThrow('not a timeline');
    expect(() => decodeRuns('a4')).toThrow('not a timeline');
  });

  it('joins by agreement of those that know something', () => {
    const join = (...texts: string[]): string => combineTimelines(texts.map(timeline), RELEASES, agreement).runs.map((run) => `${run.letter}${run.from}`).join('');
    expect(join('d0a4', 'd0a6')).toBe('d0u4a6');
    expect(join('v0a4', 'd0a6')).toBe('d0u4a6');
    expect(join('x0d2', 'd0')).toBe('d0');
    expect(runLengths([3, 3, 3, 4])).toBe('3*3,4');
  });
});
