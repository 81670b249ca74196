/** Ends of texts, against the regular expressions that say the same and take longer. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { before, lastWord, withoutEnd } from '../../server/src/text/ends.js';
import { threadTime } from '../support/threadTime.js';

const text = fc.array(fc.constantFrom('_', '__', '___', '/', ' ', '\t', '\n', 'a', 'b1', 'uL', '.', '-', '🐝'), { maxLength: 12 }).map((parts) => parts.join(''));

it('are what regular expressions find', () => {
  fc.assert(fc.property(text, (t) => {
    expect(withoutEnd(t, '/')).toBe(t.replace(/\/+$/, ''));
    expect(withoutEnd(t, '_')).toBe(t.replace(/_+$/, ''));
    expect(withoutEnd(t, 'uUlL')).toBe(t.replace(/[uUlL]+$/, ''));
    expect(before(t, '___')).toBe(t.replace(/___[^]*$/, ''));
    expect(lastWord(t)).toBe(/(\w+)\s*$/.exec(t)?.[1] ?? '');
  }), { numRuns: 2_000 });
});

it('take time that grows with the text', () => {
  const long = `${'_'.repeat(400_000)}x`;
  const spent = threadTime(() => expect([withoutEnd(long, '_').length, before(long.slice(0, 2), '___'), lastWord(`${' '.repeat(400_000)}-`)]).toEqual([400_001, '__', '']));
  expect(spent).toBeLessThan(1_000);
});
