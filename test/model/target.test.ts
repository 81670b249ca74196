/** Targets as users write them, compared as kernel versions. */
import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../server/src/model/target.js';

const RELEASES = [5004, 5009, 5010, 5015, 6001];

describe('reading a target', () => {
  it('takes one release', () => {
    expect(parseTarget('5.15', RELEASES)).toEqual({ target: { min: 5015, max: 5015, releases: [5015] } });
  });

  it('takes a range with both ends and the releases within, 5.9 before 5.10', () => {
    expect(parseTarget('5.9..5.15', RELEASES)).toEqual({ target: { min: 5009, max: 5015, releases: [5009, 5010, 5015] } });
  });

  it('takes distribution names, and releases that the book does not know', () => {
    expect(parseTarget('6.1.0-18-amd64', RELEASES)).toEqual({ target: { min: 6001, max: 6001, releases: [6001] } });
    expect(parseTarget('5.14..9.9', RELEASES)).toEqual({ target: { min: 5014, max: 9009, releases: [5014, 5015, 6001, 9009] } });
  });

  it('takes several, and leaves out what lies between them', () => {
    expect(parseTarget('6.1, 5.4..5.10', RELEASES)).toEqual({ target: { min: 5004, max: 6001, releases: [5004, 5009, 5010, 6001] } });
    expect(parseTarget('5.15,5.9..5.15', RELEASES)).toEqual(parseTarget('5.9..5.15', RELEASES));
  });

  it.each([',', '5.4,', ',5.4', '5.4,five', '', 'five', '5', '5.15..', '..6.1', '5.4..6.1..6.8', '5.4-6.1'])('says what is wrong with "%s"', (text) => {
    expect(parseTarget(text, RELEASES)).toHaveProperty('error');
  });

  it('says that a range is the wrong way round', () => {
    expect(parseTarget('6.8..5.4', RELEASES)).toEqual({ error: '"6.8..5.4" ends before it begins: write 5.4..6.8' });
  });
});
