/** Hover on `struct pt_regs` and on its fields. */
import { contextOf } from '../contextOf.js';
import { architecturesOf, describeRegister, describeRegisters } from '../registers.js';
import type { HoverProvider } from './provider.js';

export const hoverRegister: HoverProvider = (unit, role, offset) => {
  if (role.kind === 'type') {
    const sections = role.name === 'pt_regs' ? describeRegisters(architecturesOf(unit).slice(0, 1)) : [];
    return sections.length === 0 ? undefined : { span: role.span, sections };
  }
  if (role.kind !== 'field' || contextOf(unit, offset, role.access.base, role.access.castType) !== 'pt_regs') return undefined;
  const here = describeRegister(unit.facts, role.name, architecturesOf(unit));
  const sections = here.length > 0 ? here : describeRegister(unit.facts, role.name);
  return sections.length === 0 ? undefined : { span: role.span, sections };
};
