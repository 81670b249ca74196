/** Releases of the target that surely lack something, by its lifetime. */
import type { Lifetime } from '../../facts/factBook.types.js';
import type { Release } from '../../facts/kernelVersion.js';
import type { RuleContext } from '../rule.js';
import { from, spread } from './words.js';

/** Members of the target that are known not to have it yet: before the first release, or up to the last known without it. */
export function lacking(context: RuleContext, lifetime: Lifetime): readonly Release[] {
  const { since, after } = lifetime;
  return (context.target?.releases ?? []).filter((release) => (after === undefined ? release < since : release <= after));
}

/** "it is upstream since Linux 5.8, and Linux 5.4 to 5.7 lack it" */
export function lackedBy(context: RuleContext, lifetime: Lifetime, members: readonly Release[]): string {
  const who = spread(context, members);
  return `upstream since ${from(lifetime)}, and ${who} ${members.length > 1 ? 'lack' : 'lacks'} it`;
}
