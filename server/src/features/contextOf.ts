/** Which context struct a variable points to, from declarations alone, so that half-typed code has an answer too. */
import type { Unit } from '../analysis.types.js';
import type { FunctionView, VariableDecl } from '../syntax/views.js';
import { functionAt } from './programs.js';

/** libbpf's macros whose hidden context is `struct pt_regs` (bpf_tracing.h, usdt.bpf.h). */
export const TAKES_REGISTERS = /^BPF_(KPROBE|KRETPROBE|UPROBE|URETPROBE|KSYSCALL|KPROBE_SYSCALL|USDT)$/;

/**
 * Name of the context struct (without `struct`) that `base` points to in the function around `offset`.
 * @param castType the type of a cast right around the base, which then decides alone
 */
export function contextOf(unit: Unit, offset: number, base: string, castType?: string): string | undefined {
  if (castType !== undefined) return contextByType(unit, castType);
  const fn = functionAt(unit, offset);
  if (fn === undefined) return base === '' ? undefined : declaredBefore(unit, offset, base);
  return contextOfVariable(unit, fn, base, new Set()) ?? declaredBefore(unit, offset, base, fn.span.start);
}

function contextOfVariable(unit: Unit, fn: FunctionView, name: string, seen: Set<string>): string | undefined {
  if (seen.has(name)) return undefined;
  seen.add(name);
  const variable = [...fn.locals].reverse().find((local) => local.name === name) ?? fn.params.find((param) => param.name === name);
  if (variable !== undefined) return contextByType(unit, variable.type) ?? contextOfUntyped(unit, fn, variable, seen);
  // The hidden `ctx` of BPF_PROG is an array of numbers, that of BPF_KPROBE and its kind the registers (bpf_tracing.h).
  return name === 'ctx' && fn.wrapper !== undefined && TAKES_REGISTERS.test(fn.wrapper) ? 'pt_regs' : undefined;
}

/** `typeof(ctx) c = ctx` and `__auto_type c = ctx` take the type of what they start as. */
function contextOfUntyped(unit: Unit, fn: FunctionView, variable: VariableDecl, seen: Set<string>): string | undefined {
  const inferred = /^(__auto_type|auto|(__)?typeof(__)?\b)/.test(variable.type);
  return inferred && variable.init !== undefined ? contextOfVariable(unit, fn, variable.init, seen) : undefined;
}

/** The struct's name if the type, qualifiers and stars aside, is a context struct, or that of the registers. */
export function contextByType(unit: Unit, type: string): string | undefined {
  const name = type.replace(/\b(const|volatile|struct|restrict|__ctx|__arg_ctx|__uptr)\b/g, ' ').replace(/[*\s]+/g, ' ').trim();
  return name === 'pt_regs' || unit.facts.contexts.has(name) ? name : undefined;
}

/** Last resort where the parser could not make out a function: the nearest `struct X *base` above the cursor. */
function declaredBefore(unit: Unit, offset: number, base: string, from = 0): string | undefined {
  if (!/^[A-Za-z_]\w*$/.test(base)) return undefined;
  const before = unit.model.main.text.slice(Math.max(from, offset - 20_000), offset);
  const matches = [...before.matchAll(new RegExp(`\\bstruct\\s+(\\w+)\\s*\\*\\s*${base}\\b`, 'g'))];
  const last = matches[matches.length - 1]?.[1];
  return last === undefined ? undefined : contextByType(unit, last);
}
