/** Waiting for others with an end to it. */

/** What a promise resolves to, or undefined if that takes longer than `ms`; the promise's own rejection goes on. */
export function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
