/** The first line of a hover on something that the target's first kernels lack. */
import type { Unit } from '../../analysis.types.js';
import type { Lifetime } from '../../facts/factBook.types.js';
import type { KernelThing } from '../../facts/kernel.js';
import { formatRelease } from '../../facts/kernelVersion.js';
import type { InfoSection } from '../text/info.js';
import { lackingPart, targetText } from '../verdict.js';

/** `From Linux 5.8; your target 5.4 is too old`; nothing if the target has it, may have it, or there is none. */
export function lateVerdict(unit: Unit, lifetime: Lifetime | undefined, kind?: KernelThing, name?: string): readonly InfoSection[] {
  const target = lackingPart(unit, lifetime, kind, name);
  if (target === undefined || lifetime === undefined) return [];
  const since = lifetime.after === undefined ? `From Linux ${formatRelease(lifetime.since)}` : `From a release after Linux ${formatRelease(lifetime.after)}`;
  return [{ kind: 'verdict', answers: [{ answer: 'no', line: [`${since}; your target ${targetText(target)} is too old`] }] }];
}
