/** Looking things up by names that a stranger chose. */

/**
 * What a record itself has under a key: nothing for `constructor`, `__proto__` and whatever else every object inherits, unless somebody put it there.
 * Records are indexed by anything but constants through this alone; `test/layout/dictionaries.test.ts` holds that.
 */
export function entryOf<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
