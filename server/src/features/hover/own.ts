/** Names that the file itself defines: they are not the kernel's, whatever they are called. */
import type { Unit } from '../../analysis.types.js';

/** True if a function of this name has a body in the unit. */
export function isUserFunction(unit: Unit, name: string): boolean {
  const { names } = unit.model;
  if (names !== undefined) return names.functions.has(name);
  for (const file of unit.model.files.values()) {
    if (file.functions.some((fn) => fn.name === name && fn.bodySpan !== undefined)) return true;
  }
  return false;
}
