/** Whether a helper or kfunc may sleep, as hooks show that can do either. */
import type { FactBook, HelperFact, KfuncFact } from './factBook.types.js';
import type { Release } from './kernelVersion.js';

/** True if some program that may not sleep is told on that release that only sleepable ones may call it. */
export function maySleep(facts: FactBook, fact: HelperFact | KfuncFact, release: Release): boolean {
  return facts.sections.some(({ programType, attachType, sleepable, frags, legacy }) =>
    !sleepable && !legacy && facts.availability(fact, { programType, attachType, sleepable, frags }).at(release) === 'sleepable');
}
