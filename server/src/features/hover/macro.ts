/** Hover on a macro of libbpf's headers: `SEC`, `__uint`, `BPF_PROG`. */
import { describeMacro, MACROS } from '../describe/macro.js';
import type { HoverProvider } from './hover.js';
import { usedName } from './named.js';

export const hoverMacro: HoverProvider = (unit, role) => {
  const name = usedName(role);
  const macro = name === undefined ? undefined : MACROS.get(name);
  if (macro === undefined || role.kind === 'none') return undefined;
  // A macro that the file defines itself means what the file says.
  if (unit.model.main.defines.some((define) => define.name === macro.name)) return undefined;
  return { span: role.span, sections: describeMacro(macro) };
};
