/** Waiting for others with an end to it. */

const STEP_MS = 100;

/**
 * What a promise resolves to, or undefined if that takes longer than `ms`; the promise's own rejection goes on. Time in which this process was busy,
 * asleep or not given a processor counts for a step at most: an answer may have come that nobody had a turn to read.
 */
export function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    let left = ms;
    const step = Math.min(ms, STEP_MS);
    const timer = setInterval(() => {
      left -= step;
      if (left > 0) return;
      clearInterval(timer);
      resolve(undefined);
    }, step);
    promise.then(resolve, reject).finally(() => clearInterval(timer));
  });
}
