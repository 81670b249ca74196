/** Waiting with an end: for the others' time, not for our own. */
import { expect, it } from 'vitest';
import { within } from '../../server/src/lsp/within.js';

const never = new Promise<never>(() => undefined);

it('gives what comes in time, and undefined for what does not', async () => {
  expect(await within(60_000, Promise.resolve('there'))).toBe('there');
  expect(await within(150, never)).toBeUndefined();
  expect(await within(0, never)).toBeUndefined();
  await expect(within(60_000, Promise.reject(new Error('no')))).rejects.toThrow('no');
});

it('reads what came while this process was busy', async () => {
  // A turn of the event loop later, as what comes from a pipe: timers that are over have theirs first.
  const answer = within(1_000, new Promise((resolve) => setImmediate(() => setImmediate(() => resolve('there')))));
  for (const end = Date.now() + 1_200; Date.now() < end; );
  expect(await answer).toBe('there');
});
