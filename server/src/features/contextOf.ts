/** Which context struct a variable points to, from declarations alone, so that half-typed code has an answer too. */
import type { Unit } from '../analysis.types.js';
import type { FunctionView, VariableDecl } from '../syntax/views.js';
import { functionAt } from './programs.js';

/** Wrappers whose hidden `ctx` is `struct pt_regs *` (bpf_tracing.h, usdt.bpf.h); in the others it is an array of numbers. */
const PT_REGS_WRAPPERS = new Set(['BPF_KPROBE', 'BPF_KRETPROBE', 'BPF_UPROBE', 'BPF_URETPROBE', 'BPF_KSYSCALL', 'BPF_KPROBE_SYSCALL', 'BPF_USDT']);

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
  if (fn.wrapper !== undefined && name === 'ctx') return PT_REGS_WRAPPERS.has(fn.wrapper) ? contextByType(unit, 'struct pt_regs') : undefined;
  return undefined;
}

/** `typeof(ctx) c = ctx` and `__auto_type c = ctx` take the type of what they start as. */
function contextOfUntyped(unit: Unit, fn: FunctionView, variable: VariableDecl, seen: Set<string>): string | undefined {
  const inferred = /^(__auto_type|auto|(__)?typeof(__)?\b)/.test(variable.type);
  return inferred && variable.init !== undefined ? contextOfVariable(unit, fn, variable.init, seen) : undefined;
}

/** The struct's name if the type, qualifiers and stars aside, is a context struct. */
export function contextByType(unit: Unit, type: string): string | undefined {
  const name = type.replace(/\b(const|volatile|struct|restrict|__ctx|__arg_ctx|__uptr)\b/g, ' ').replace(/[*\s]+/g, ' ').trim();
  if (unit.facts.contexts.has(name)) return name;
  return name === 'pt_regs' && unit.facts.contexts.has('bpf_user_pt_regs_t') ? 'bpf_user_pt_regs_t' : undefined;
}

/** Last resort where the parser could not make out a function: the nearest `struct X *base` above the cursor. */
function declaredBefore(unit: Unit, offset: number, base: string, from = 0): string | undefined {
  if (!/^[A-Za-z_]\w*$/.test(base)) return undefined;
  const before = unit.model.main.text.slice(Math.max(from, offset - 20_000), offset);
  const matches = [...before.matchAll(new RegExp(`\\bstruct\\s+(\\w+)\\s*\\*\\s*${base}\\b`, 'g'))];
  const last = matches[matches.length - 1]?.[1];
  return last === undefined ? undefined : contextByType(unit, last);
}
