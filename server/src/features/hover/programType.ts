/** Hover on `BPF_PROG_TYPE_…`. */
import { describeProgramType } from '../describe/types.js';
import type { HoverProvider } from './provider.js';
import { usedName } from './named.js';

export const hoverProgramType: HoverProvider = (unit, role) => {
  const fact = unit.facts.programTypes.get(usedName(role) ?? '');
  return fact && role.kind !== 'none' ? { span: role.span, sections: describeProgramType(unit.facts, fact) } : undefined;
};
