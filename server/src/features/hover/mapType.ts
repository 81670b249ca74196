/** Hover on `BPF_MAP_TYPE_…`: is it there on the target, and what is it. */
import { describeMapType } from '../describe/types.js';
import { formatRelease } from '../../facts/kernelVersion.js';
import { targetText } from '../verdict.js';
import type { InfoSection } from '../text/info.js';
import type { HoverProvider } from './hover.js';
import { usedName } from './named.js';

export const hoverMapType: HoverProvider = (unit, role) => {
  const fact = unit.facts.mapTypes.get(usedName(role) ?? '');
  if (fact === undefined || role.kind === 'none') return undefined;
  const late = unit.target !== undefined && fact.lifetime !== undefined && (fact.lifetime.after ?? fact.lifetime.since - 1) >= unit.target.min;
  const verdict: InfoSection[] = late
    ? [{ kind: 'verdict', answers: [{ answer: 'no', line: [`From Linux ${formatRelease(fact.lifetime!.since)}; your target ${targetText(unit.target!)} is too old`] }] }]
    : [];
  return { span: role.span, sections: [...verdict, ...describeMapType(fact)] };
};
