/** Hover on `ctx` where a macro of libbpf declared it: the parameter that BPF_PROG and BPF_KPROBE keep beside those they unpack. */
import { TAKES_REGISTERS } from '../contextOf.js';
import { functionAt } from '../programs.js';
import { code, paragraph } from '../text/info.js';
import type { HoverProvider } from './provider.js';

/** Macros whose functions get an array of the hook's arguments. */
const ARRAY = /^BPF_PROG2?$/;

export const hoverHiddenContext: HoverProvider = (unit, role, offset) => {
  if (role.kind !== 'identifier' || role.name !== 'ctx') return undefined;
  const fn = functionAt(unit, offset);
  if (fn?.wrapper === undefined || [...fn.params, ...fn.locals].some((variable) => variable.name === 'ctx')) return undefined;
  const array = ARRAY.test(fn.wrapper);
  if (!array && !TAKES_REGISTERS.test(fn.wrapper)) return undefined;
  return {
    span: role.span,
    sections: [
      { kind: 'code', code: array ? 'unsigned long long *ctx' : 'struct pt_regs *ctx' },
      paragraph(
        'The context of the program, which ',
        code(fn.wrapper),
        array ? ' keeps beside the arguments that it unpacks: the arguments of the hook, one in each element.' : ' keeps beside the arguments that it unpacks: the registers at the probed place.',
      ),
    ],
  };
};
