/** The warm-up runs in steps, stops when it is not wanted any more, and fails in silence but for the log. */
import { describe, expect, it } from 'vitest';
import type { FactBook } from '../../server/src/facts/factBook.types.js';
import { warmUp } from '../../server/src/lsp/warmUp.js';
import { loadTestFacts } from '../support/facts.js';
import { startParser } from '../support/unit.js';

/** Runs it until `wanted` was asked `times` times; gives the errors. */
async function run(facts: FactBook, times: number): Promise<{ asked: number; errors: unknown[] }> {
  let asked = 0;
  const errors: unknown[] = [];
  await new Promise<void>((resolve) => {
    const wanted = (): boolean => {
      asked++;
      if (asked < times) return true;
      resolve();
      return false;
    };
    warmUp(facts, wanted, (error) => {
      errors.push(error);
      resolve();
    });
  });
  // A turn for steps that should not come.
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { asked, errors };
}

describe('the warm-up', () => {
  it('analyses its text without an error, and stops when a document is open', async () => {
    await startParser();
    expect(await run(await loadTestFacts(), 12)).toEqual({ asked: 12, errors: [] });
  });

  it('tells what it threw and does no more', async () => {
    await startParser();
    const { asked, errors } = await run({} as FactBook, 12);
    expect(asked).toBe(1);
    expect(errors).toHaveLength(1);
  });
});
