/** `ctx->` in kprobe and uprobe programs: the registers, by the architecture that the programs are for. */
import type { Unit } from '../../analysis.types.js';
import type { CompletionRole } from '../../syntax/views.js';
import { contextOf } from '../contextOf.js';
import { registerDeclaration, registersOf } from '../registers.js';
import type { CompletionResult } from './entry.js';

/** The fields of `struct pt_regs` behind a pointer to it; undefined behind anything else. */
export function completeRegisters(unit: Unit, offset: number, role: Extract<CompletionRole, { kind: 'member' }>): CompletionResult | undefined {
  if (contextOf(unit, offset, role.base, role.castType) !== 'pt_regs') return undefined;
  const registers = registersOf(unit);
  const several = new Set(registers.map(({ arch }) => arch)).size > 1;
  const entries = registers.filter(({ name }, i) => registers.findIndex((other) => other.name === name) === i).map(({ name, arch, field }, i) => ({
    label: name,
    kind: 'field' as const,
    aside: several ? arch : (field.role ?? field.type),
    detail: [registerDeclaration(field, name), ...(several ? [arch] : []), ...(field.role === undefined ? [] : [field.role])].join(', '),
    // What holds arguments and results is what people look for.
    order: `${field.role === undefined ? 1 : 0}${String(i).padStart(4, '0')}`,
    ref: { kind: 'field' as const, name: `pt_regs.${name}` },
  }));
  return entries.length === 0 ? undefined : { replace: role.replace, entries, incomplete: false };
}
