/** Hover on `BPF_MAP_TYPE_…`: is it there on the target, and what is it. */
import { describeMapType } from '../describe/types.js';
import type { HoverProvider } from './provider.js';
import { lateVerdict } from './late.js';
import { usedName } from './named.js';

export const hoverMapType: HoverProvider = (unit, role) => {
  const fact = unit.facts.mapTypes.get(usedName(role) ?? '');
  if (fact === undefined || role.kind === 'none') return undefined;
  return { span: role.span, sections: [...lateVerdict(unit, fact.lifetime, 'map-type', fact.name), ...describeMapType(fact)] };
};
