/** What a section attaches to, as libbpf reads it (tools/lib/bpf/libbpf.c), and where the kernel's types tell of that. */
import type { KernelTypes } from '../../btf/kernelTypes.js';
import type { Model, Program } from '../../model/model.types.js';
import type { Span } from '../../text/span.js';

export interface AttachTarget {
  /** The function or tracepoint as written. */
  readonly name: string;
  /** How the kernel's types name it: `bpf_lsm_file_open`, `btf_trace_sched_switch`. */
  readonly btf: string;
  readonly kind: 'function' | 'typedef' | 'hook';
  /** Where the name stands in the section's string, if that is one literal. */
  readonly span: Span;
}

const TRACED = /^(?:fentry|fexit|fmod_ret)(?:\.s)?$/;
const PROBED = /^(?:kprobe|kretprobe)$/;
const NAME = /^[A-Za-z_]\w*$/;

/**
 * The target of a program whose section names one by itself. Undefined for patterns, offsets, modules' functions, other sections, and for what
 * the compiler renamed (`tcp_rcv.isra.0`): types have such functions under their first name, or not at all.
 */
export function attachTarget(program: Program): AttachTarget | undefined {
  const { def, extras, use, text } = program.section;
  if (!def || !NAME.test(extras) || text === undefined) return undefined;
  const { start, end } = use.argumentSpan;
  const span = end - start === text.length ? { start: end - extras.length, end } : use.argumentSpan;
  if (TRACED.test(def.name) || PROBED.test(def.name)) return { name: extras, btf: extras, kind: 'function', span };
  if (/^lsm(?:\.s|_cgroup)?$/.test(def.name)) return { name: extras, btf: `bpf_lsm_${extras}`, kind: 'hook', span };
  if (def.name === 'tp_btf') return { name: extras, btf: `btf_trace_${extras}`, kind: 'typedef', span };
  return undefined;
}

/** Is a kprobe's target: a function that is not in the types may still be one that the compiler renamed or that has no types. */
export function isProbe(program: Program): boolean {
  return PROBED.test(program.section.def?.name ?? '');
}

/** Whether it is built and loaded everywhere, as far as the text says: it is not optional, and under no `#if` that only the build decides. */
export function isEverywhere({ placesOf }: Model, { fn, section }: Program): boolean {
  return !section.optional && (placesOf?.(fn, section.use.conditions) ?? []).some(({ guard }) => guard === undefined);
}

/** Do the types know the target? */
export function knowsTarget(types: KernelTypes, { btf, kind }: AttachTarget): boolean {
  return kind === 'typedef' ? types.has('typedef', btf) : types.hasFunction(btf);
}
