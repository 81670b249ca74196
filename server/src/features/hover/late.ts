/** The first line of a hover on something that the target's first kernels lack. */
import type { Unit } from '../../analysis.types.js';
import type { Lifetime } from '../../facts/factBook.types.js';
import { formatRelease } from '../../facts/kernelVersion.js';
import type { InfoSection } from '../text/info.js';
import { targetText } from '../verdict.js';

/** `From Linux 5.8; your target 5.4 is too old`; nothing if the target has it, may have it, or there is none. */
export function lateVerdict(unit: Unit, lifetime: Lifetime | undefined): readonly InfoSection[] {
  const { target } = unit;
  if (target === undefined || lifetime === undefined || (lifetime.after ?? lifetime.since - 1) < target.min) return [];
  const since = lifetime.after === undefined ? `From Linux ${formatRelease(lifetime.since)}` : `From a release after Linux ${formatRelease(lifetime.after)}`;
  return [{ kind: 'verdict', answers: [{ answer: 'no', line: [`${since}; your target ${targetText(target)} is too old`] }] }];
}
