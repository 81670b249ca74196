/** After random edits of real programs a session says what a fresh analysis says, over thousands of sequences. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { createSession } from '../../server/src/analysis.js';
import type { Input } from '../../server/src/analysis.types.js';
import type { FactBook } from '../../server/src/facts/factBook.types.js';
import { DEFAULT_SETTINGS } from '../../server/src/settings/parseSettings.js';
import { loadTestFacts } from '../support/facts.js';
import { startParser } from '../support/unit.js';
import { expectSame } from '../support/unitSaid.js';
import { breathe, change, changed, FULL, realFiles, runs, tell } from './support.js';

let facts: FactBook;
beforeAll(async () => {
  await startParser();
  facts = await loadTestFacts();
});

const input = (text: string): Input => ({ main: 'a.bpf.c', files: new Map([['a.bpf.c', text]]) });
const settings = [DEFAULT_SETTINGS, { ...DEFAULT_SETTINGS, targetKernel: '5.4..6.8' }];

it.each([
  ['small', 120, 1_300, runs(10_000, 40_000)],
  ['larger', 40, 12_000, runs(150, 6_000)],
] as const)('random edits of %s real files', async (name, count, length, parameters) => {
  const files = realFiles(count, length);
  let edits = 0;
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(files.length - 1), fc.constantFrom(...settings), fc.array(change, { minLength: 1, maxLength: 4 }), async (which, wanted, changes) => {
      if (compared % 100 === 0) await breathe();
      let { text } = files[which]!;
      const session = createSession(facts);
      session.analyze(input(text), wanted);
      for (const [i, c] of changes.entries()) {
        text = changed(text, c);
        const unit = session.analyze(input(text), wanted);
        edits++;
        if (!FULL && i < changes.length - 1) continue;
        const fresh = createSession(facts);
        expectSame(unit, fresh.analyze(input(text), wanted), [text.length >> 2, text.length >> 1]);
        fresh.dispose();
        compared++;
      }
      session.dispose();
    }),
    parameters,
  );
  expect(compared).toBeGreaterThanOrEqual(parameters.numRuns);
  tell(`edits of ${name} files`, { files: files.length, sequences: parameters.numRuns, edits, 'comparisons with a fresh analysis': compared });
}, 3_600_000);
