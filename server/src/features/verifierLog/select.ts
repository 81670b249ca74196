/** What of a log's registers and steps is worth showing: what the failing instruction and its message are about. */
import type { LogResult, PathStep, Register } from '../../verifier/verifier.types.js';

const MAX_STEPS = 24;
/** Where nothing says which registers matter. */
const MAX_REGISTERS = 6;

/** `R3` and the like in the failing instruction and in what the message captured. */
export function namedRegisters({ failing, messages }: LogResult): ReadonlySet<string> {
  const names = new Set<string>();
  // What an instruction writes was something else before it, and explains nothing.
  const read = (failing?.code ?? '').replace(/^[rw]\d{1,2} = /, '');
  for (const [, n] of read.matchAll(/\b[rw](\d{1,2})\b/g)) names.add(`R${n}`);
  for (const { captures } of messages) if (/^\d{1,2}$/.test(captures['reg'] ?? '')) names.add(`R${captures['reg']}`);
  if (failing?.code === 'exit') names.add('R0');
  if (/^call /.test(failing?.code ?? '')) for (const n of [1, 2, 3, 4, 5]) names.add(`R${n}`);
  names.delete('R10');
  return names;
}

/** The registers that matter, by name. */
export function shownRegisters(result: LogResult): readonly Register[] {
  const names = namedRegisters(result);
  const wanted = result.registers.filter(({ name }) => names.has(name));
  const shown = wanted.length > 0 ? wanted : result.registers.filter(({ name }) => name !== 'R10').slice(0, MAX_REGISTERS);
  return [...shown].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

/** Branches and calls, what changes a register that matters or is copied into one, and the failing instruction itself. */
export function shownSteps(result: LogResult): readonly PathStep[] {
  const { path } = result;
  const names = new Set(namedRegisters(result));
  const shown: PathStep[] = [];
  for (let i = path.length - 1; i >= 0 && shown.length < MAX_STEPS; i--) {
    const step = path[i]!;
    const target = /^[rw](\d{1,2}) /.exec(step.code)?.[1];
    const writes = target !== undefined && names.has(`R${target}`);
    if (writes) for (const [, n] of step.code.matchAll(/\b[rw](\d{1,2})\b/g)) if (n !== '10') names.add(`R${n}`);
    if (i === path.length - 1 || step.taken !== undefined || writes || (/^call /.test(step.code) && names.has('R0'))) shown.push(step);
  }
  return shown.reverse();
}
