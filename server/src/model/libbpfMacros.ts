/**
 * What libbpf's own macros call, since its headers are never read. Sources: bpf_helpers.h, bpf_core_read.h, bpf_tracing.h
 * and bpf_usdt… of libbpf 1.5 to 1.8; a macro that only shapes code (`SEC`, `barrier`, `container_of`) has no row.
 */

/** Calls behind one use of a macro. `args` is the number of arguments, `first` the text of the first. */
type Expansion = readonly string[] | ((args: number, first: string) => readonly string[]);

const READ_KERNEL = ['bpf_probe_read_kernel'] as const;
const NONE: readonly string[] = [];
const READ_USER = ['bpf_probe_read_user'] as const;

/** The iterators that `bpf_for_each(type, …)` names; each is three kfuncs. */
const iterator = (type: string): readonly string[] =>
  /^[a-z]\w*$/.test(type) ? [`bpf_iter_${type}_new`, `bpf_iter_${type}_next`, `bpf_iter_${type}_destroy`] : [];
const NUMBERS = iterator('num');

/** `PT_REGS_PARM1_CORE(x)` and the like read through bpf_core_read; `_SYSCALL` ones without CORE too, on some architectures only. */
const PT_REGS_CORE = /^PT_REGS_(?:PARM[1-8]|RET|FP|RC|SP|IP)_CORE(?:_SYSCALL)?$/;

const TABLE: ReadonlyMap<string, Expansion> = new Map<string, Expansion>([
  // bpf_helpers.h: up to three arguments after the format go to bpf_trace_printk, more to bpf_trace_vprintk.
  ['bpf_printk', (args: number) => [args > 4 ? 'bpf_trace_vprintk' : 'bpf_trace_printk']],
  ['__bpf_printk', ['bpf_trace_printk']],
  ['__bpf_vprintk', ['bpf_trace_vprintk']],
  ['BPF_SEQ_PRINTF', ['bpf_seq_printf']],
  ['BPF_SNPRINTF', ['bpf_snprintf']],
  ['bpf_tail_call_static', ['bpf_tail_call']],
  ['bpf_stream_printk', ['bpf_stream_vprintk']],
  ['bpf_for', NUMBERS],
  ['bpf_repeat', NUMBERS],
  ['bpf_for_each', (_: number, first: string) => iterator(first)],
  // bpf_core_read.h
  ['bpf_core_read', READ_KERNEL],
  ['bpf_core_read_str', ['bpf_probe_read_kernel_str']],
  ['bpf_core_read_user', READ_USER],
  ['bpf_core_read_user_str', ['bpf_probe_read_user_str']],
  ['BPF_CORE_READ', READ_KERNEL],
  ['BPF_CORE_READ_INTO', READ_KERNEL],
  ['BPF_CORE_READ_STR_INTO', ['bpf_probe_read_kernel_str']],
  ['BPF_CORE_READ_USER', READ_USER],
  ['BPF_CORE_READ_USER_INTO', READ_USER],
  ['BPF_CORE_READ_USER_STR_INTO', ['bpf_probe_read_user_str']],
  ['BPF_CORE_READ_BITFIELD_PROBED', READ_KERNEL],
  ['__CORE_BITFIELD_PROBE_READ', READ_KERNEL],
  ['BPF_PROBE_READ', READ_KERNEL],
  ['BPF_PROBE_READ_INTO', READ_KERNEL],
  ['BPF_PROBE_READ_STR_INTO', ['bpf_probe_read_kernel_str']],
  ['BPF_PROBE_READ_USER', READ_USER],
  ['BPF_PROBE_READ_USER_INTO', READ_USER],
  ['BPF_PROBE_READ_USER_STR_INTO', ['bpf_probe_read_user_str']],
  ['bpf_core_cast', ['bpf_rdonly_cast']],
  // usdt.bpf.h is read like any other header when it is there; these are what it calls.
  ['bpf_usdt_arg', ['bpf_probe_read_user']],
]);

/** Names of the entities that a use of libbpf's macro `name` calls; empty if it is none of them. */
export function libbpfMacroCalls(name: string, args: readonly { readonly text: string }[]): readonly string[] {
  const row = TABLE.get(name);
  if (row) return typeof row === 'function' ? row(args.length, args[0]?.text.trim() ?? '') : row;
  return name.startsWith('PT_REGS_') && PT_REGS_CORE.test(name) ? READ_KERNEL : NONE;
}

/**
 * Helpers for which libbpf (`bpf_object__sanitize_prog`) and cilium/ebpf (`fixupProbeReadKernel`) put an older one on kernels
 * before 5.5, so that a macro that uses them needs no newer kernel.
 */
export const REWRITTEN: ReadonlyMap<string, string> = new Map([
  ['bpf_probe_read_kernel', 'bpf_probe_read'],
  ['bpf_probe_read_user', 'bpf_probe_read'],
  ['bpf_probe_read_kernel_str', 'bpf_probe_read_str'],
  ['bpf_probe_read_user_str', 'bpf_probe_read_str'],
]);

/** Headers of libbpf itself, whose contents the tables above stand for: they are not read. */
export const KNOWN_HEADERS: ReadonlySet<string> = new Set([
  'vmlinux.h', 'bpf_helpers.h', 'bpf_helper_defs.h', 'bpf_tracing.h', 'bpf_core_read.h', 'bpf_endian.h',
]);
