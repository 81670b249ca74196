/** Hover on an attach type, `BPF_XDP_DEVMAP`. */
import { describeAttachType } from '../describe/types.js';
import type { HoverProvider } from './provider.js';
import { usedName } from './named.js';

export const hoverAttachType: HoverProvider = (unit, role) => {
  const fact = unit.facts.attachTypes.get(usedName(role) ?? '');
  return fact && role.kind !== 'none' ? { span: role.span, sections: describeAttachType(unit.facts, fact) } : undefined;
};
