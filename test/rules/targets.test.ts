/** Several targets at once: what lies between them is neither judged nor named. */
import { expect, test } from 'vitest';
import type { Target } from '../../server/src/rules/rule.js';
import { adjacent, targetId } from '../../server/src/rules/support/judge.js';
import { spread } from '../../server/src/rules/support/words.js';

const target = (...releases: number[]): Target => ({ min: releases[0] ?? 0, max: releases.at(-1) ?? 0, releases });

test.each([
  [5004, 5005, true],
  [5019, 6000, true],
  [4020, 5000, true],
  [5010, 6001, false],
  [5004, 5006, false],
  [5004, 7000, false],
])('%i and %i are neighbours: %s', (a, b, wanted) => expect(adjacent(a, b)).toBe(wanted));

test('answers are kept apart for targets with the same ends', () => {
  expect(targetId(undefined)).toBe('');
  expect(targetId(target(5004, 5005, 5006))).not.toBe(targetId(target(5004, 5006)));
  expect(targetId(target(5004, 5005, 6001))).not.toBe(targetId(target(5004, 6000, 6001)));
  expect(targetId(target(5004, 5005))).toBe(targetId(target(5004, 5005)));
});

test('a message does not name what two targets leave out', () => {
  const all = [5004, 5005, 5006, 6001, 6002];
  expect(spread({ target: target(...all) }, all)).toBe('Linux 5.4 to 5.6 and 6.1 to 6.2');
  expect(spread({ target: target(...all) }, [5004, 5006])).toBe('Linux 5.4 and 5.6');
  expect(spread({ target: target(5019, 6000) }, [5019, 6000])).toBe('Linux 5.19 to 6.0');
});
