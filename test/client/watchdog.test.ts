/** A server that hangs is noticed once; one that is slow, or a machine that slept, is not taken for it. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ASK_AFTER_MS, GRACE_MS, PATIENCE_MS, Watchdog } from '../../client/src/watchdog.js';

const LIMIT = ASK_AFTER_MS + PATIENCE_MS + GRACE_MS;

/** A server whose answers the test gives. */
function watched(): { readonly dog: Watchdog; readonly told: boolean[]; readonly asked: (() => void)[]; readonly refuse: (() => void)[] } {
  const told: boolean[] = [];
  const asked: (() => void)[] = [];
  const refuse: (() => void)[] = [];
  const dog = new Watchdog(() => new Promise<void>((resolve, reject) => {
    asked.push(resolve);
    refuse.push(() => reject(new Error('gone')));
  }), (hanging) => told.push(hanging));
  return { dog, told, asked, refuse };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('asks once for all that is typed, and not before there is something to do', async () => {
  const { dog, told, asked } = watched();
  await vi.advanceTimersByTimeAsync(LIMIT * 3);
  expect(asked).toHaveLength(0);
  for (let i = 0; i < 20; i++) {
    dog.stir();
    await vi.advanceTimersByTimeAsync(50);
  }
  await vi.advanceTimersByTimeAsync(ASK_AFTER_MS);
  expect(asked).toHaveLength(1);
  asked[0]!();
  await vi.advanceTimersByTimeAsync(LIMIT * 3);
  expect(told).toEqual([]);
  dog.stir();
  await vi.advanceTimersByTimeAsync(ASK_AFTER_MS);
  expect(asked).toHaveLength(2);
});

it('tells of a server that does not answer, once, and when it answers after all', async () => {
  const { dog, told, asked } = watched();
  dog.stir();
  await vi.advanceTimersByTimeAsync(LIMIT - 1);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toEqual([true]);
  dog.stir();
  await vi.advanceTimersByTimeAsync(LIMIT * 3);
  expect(told).toEqual([true]);
  asked[0]!();
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual([true, false]);
});

it('takes a refusal for an answer', async () => {
  const { dog, told, refuse } = watched();
  dog.stir();
  await vi.advanceTimersByTimeAsync(ASK_AFTER_MS);
  refuse[0]!();
  await vi.advanceTimersByTimeAsync(LIMIT * 2);
  expect(told).toEqual([]);
});

it('says nothing of a server that is gone, nor of the next for the sake of the last', async () => {
  const { dog, told, asked } = watched();
  dog.stir();
  await vi.advanceTimersByTimeAsync(ASK_AFTER_MS + PATIENCE_MS);
  dog.reset();
  await vi.advanceTimersByTimeAsync(LIMIT * 2);
  expect(told).toEqual([]);
  dog.stir();
  await vi.advanceTimersByTimeAsync(ASK_AFTER_MS);
  asked[0]!(); // the first server's, late
  await vi.advanceTimersByTimeAsync(LIMIT);
  expect(told).toEqual([true]);
});

it('does not take a machine that slept for a server that hangs', async () => {
  const { dog, told, asked } = watched();
  dog.stir();
  await vi.advanceTimersByTimeAsync(ASK_AFTER_MS + 10);
  vi.setSystemTime(Date.now() + 8 * 3_600_000);
  await vi.advanceTimersByTimeAsync(PATIENCE_MS + GRACE_MS);
  expect(told).toEqual([]);
  asked[0]!();
  await vi.advanceTimersByTimeAsync(LIMIT);
  expect(told).toEqual([]);
});

it('sees an answer that was in the queue behind the timer', async () => {
  const { dog, told, asked } = watched();
  dog.stir();
  await vi.advanceTimersByTimeAsync(ASK_AFTER_MS + PATIENCE_MS + GRACE_MS / 2);
  asked[0]!();
  await vi.advanceTimersByTimeAsync(LIMIT);
  expect(told).toEqual([]);
});
