/** What a program's function looks like in each section: headers, parameters, and the value that changes nothing. */
import type { SectionDefFact } from '../../facts/factBook.types.js';
import { entryOf } from '../../text/entryOf.js';

export interface Shape {
  /** In the order of their `#include`s. */
  readonly headers: readonly string[];
  /** Everything in front of the body. */
  readonly head: string;
  /** What it returns; absent for a function without a value. */
  readonly result: string;
  /** What that means. */
  readonly meaning: string;
  /** Definitions behind the function, as struct_ops needs them. */
  readonly tail?: string;
}

const UAPI = ['linux/bpf.h', 'bpf/bpf_helpers.h'];
const KERNEL = ['vmlinux.h', 'bpf/bpf_helpers.h'];
const TRACING = [...KERNEL, 'bpf/bpf_tracing.h'];

/** Types whose context is a struct of the kernel's UAPI header, so that `vmlinux.h` is not needed. */
const UAPI_TYPES = /^BPF_PROG_TYPE_(?:CGROUP_\w+|FLOW_DISSECTOR|LWT_\w+|SCHED_\w+|SK_\w+|SOCKET_FILTER|SOCK_OPS|XDP|EXT|LIRC_MODE2|RAW_TRACEPOINT|RAW_TRACEPOINT_WRITABLE|SYSCALL)$/;

/** Parameters of the functions, hooks and tracepoints that are offered as examples; those of others the author knows. */
const PARAMETERS: Readonly<Record<string, string>> = {
  do_unlinkat: 'int dfd, struct filename *name',
  tcp_connect: 'struct sock *sk',
  file_open: 'struct file *file',
  socket_bind: 'struct socket *sock, struct sockaddr *address, int addrlen',
  sched_switch: 'bool preempt, struct task_struct *prev, struct task_struct *next',
  __x64_sys_getpgid: 'struct pt_regs *regs',
  openat: 'int dfd, const char *filename, int flags',
};

/** Results by program type: the value and what it means. */
const RESULTS: Readonly<Record<string, readonly [string, string]>> = {
  BPF_PROG_TYPE_XDP: ['XDP_PASS', 'let the packet go on to the network stack'],
  BPF_PROG_TYPE_EXT: ['XDP_PASS', 'what the function that is replaced would return'],
  BPF_PROG_TYPE_SCHED_CLS: ['0', 'TC_ACT_OK: let the packet go on'],
  BPF_PROG_TYPE_SCHED_ACT: ['0', 'TC_ACT_OK: let the packet go on'],
  BPF_PROG_TYPE_SK_SKB: ['SK_PASS', 'let the data go on'],
  BPF_PROG_TYPE_SK_MSG: ['SK_PASS', 'let the message go on'],
  BPF_PROG_TYPE_SK_LOOKUP: ['SK_PASS', 'go on with the usual look-up'],
  BPF_PROG_TYPE_SK_REUSEPORT: ['SK_PASS', 'take the socket that was selected, or the usual one'],
  BPF_PROG_TYPE_SOCKET_FILTER: ['ctx->len', 'keep the whole packet'],
  BPF_PROG_TYPE_SOCK_OPS: ['1', 'the reply is taken'],
  BPF_PROG_TYPE_FLOW_DISSECTOR: ['BPF_OK', 'the keys are filled in'],
  BPF_PROG_TYPE_LWT_IN: ['BPF_OK', 'go on with the route'],
  BPF_PROG_TYPE_LWT_OUT: ['BPF_OK', 'go on with the route'],
  BPF_PROG_TYPE_LWT_XMIT: ['BPF_OK', 'go on with the route'],
  BPF_PROG_TYPE_LWT_SEG6LOCAL: ['BPF_OK', 'go on with the next segment'],
  BPF_PROG_TYPE_NETFILTER: ['1', 'NF_ACCEPT'],
  BPF_PROG_TYPE_LSM: ['0', 'permit it'],
};

/**
 * @param context of the section's program type, without `struct`; null where it has none
 * @param name of the function
 * @param target what follows the section's slash; '' if nothing does
 */
export function shapeOf(def: SectionDefFact, context: string | null, name: string, target: string): Shape {
  const [result, meaning] = resultOf(def);
  const base = { result, meaning };
  if (def.programType === 'BPF_PROG_TYPE_STRUCT_OPS') return structOps(def, name);
  if (def.programType === 'BPF_PROG_TYPE_KPROBE') return { ...base, ...probe(def, name, target) };
  if (def.name.startsWith('iter')) return { ...base, headers: TRACING, head: `int ${name}(struct bpf_iter__${target} *ctx)` };
  if (def.programType === 'BPF_PROG_TYPE_TRACING' || def.programType === 'BPF_PROG_TYPE_LSM') {
    const known = def.name.includes('.multi') ? '' : (entryOf(PARAMETERS, target) ?? '');
    // At a function's end its return value follows its parameters.
    const returned = known !== '' && /^(?:fexit|fmod_ret)/.test(def.name) ? ', int ret' : '';
    return { ...base, headers: TRACING, head: `int BPF_PROG(${[name, ...(known === '' ? [] : [known + returned])].join(', ')})` };
  }
  const headers = UAPI_TYPES.test(def.programType) ? UAPI : KERNEL;
  return { ...base, headers, head: `int ${name}(${contextType(def, context)} *ctx)` };
}

function contextType({ programType }: SectionDefFact, context: string | null): string {
  if (programType === 'BPF_PROG_TYPE_EXT') return 'struct xdp_md';
  if (programType === 'BPF_PROG_TYPE_LIRC_MODE2') return 'unsigned int';
  return context === null ? 'void' : `struct ${context}`;
}

function resultOf(def: SectionDefFact): readonly [string, string] {
  if (def.name === 'sk_skb/stream_parser') return ['ctx->len', 'the message ends where the data does'];
  if (def.name === 'lsm_cgroup' || /^BPF_PROG_TYPE_CGROUP/.test(def.programType)) return ['1', 'permit it'];
  if (def.name.startsWith('netkit') || def.name.startsWith('tcx')) return ['0', `${def.name.startsWith('tcx') ? 'TCX' : 'NETKIT'}_PASS: let the packet go on`];
  return entryOf(RESULTS, def.programType) ?? ['0', ''];
}

function probe({ name: section }: SectionDefFact, name: string, target: string): Pick<Shape, 'headers' | 'head'> {
  if (section.startsWith('usdt')) return { headers: [...TRACING, 'bpf/usdt.bpf.h'], head: `int BPF_USDT(${name})` };
  if (/^(?:kret|uret)/.test(section)) return { headers: TRACING, head: `int BPF_KRETPROBE(${name}, long ret)` };
  const known = entryOf(PARAMETERS, target);
  const args = known === undefined || section.includes('.') ? name : `${name}, ${known}`;
  // BPF_KSYSCALL reads the arguments by BPF_CORE_READ.
  if (section === 'ksyscall') return { headers: [...KERNEL, 'bpf/bpf_core_read.h', 'bpf/bpf_tracing.h'], head: `int BPF_KSYSCALL(${args})` };
  return { headers: TRACING, head: `int BPF_KPROBE(${args})` };
}

/** A table of members that the kernel takes: congestion control needs three, a HID report descriptor's fix-up may sleep. */
function structOps(def: SectionDefFact, name: string): Shape {
  if (def.sleepable) {
    return {
      headers: TRACING, head: `int BPF_PROG(${name}, struct hid_bpf_ctx *hctx)`, result: '0', meaning: 'leave the descriptor as it is',
      tail: `SEC(".struct_ops.link")\nstruct hid_bpf_ops ${name}_ops = {\n\t.hid_rdesc_fixup = (void *)${name},\n};\n`,
    };
  }
  return {
    headers: TRACING, head: `__u32 BPF_PROG(${name}, struct sock *sk)`, result: '2', meaning: 'segments: the least threshold that there is',
    tail:
      `SEC("struct_ops/undo_cwnd")\n__u32 BPF_PROG(${name}_undo, struct sock *sk)\n{\n\treturn 2;\n}\n\n` +
      `SEC("struct_ops/cong_avoid")\nvoid BPF_PROG(${name}_avoid, struct sock *sk, __u32 ack, __u32 acked)\n{\n}\n\n` +
      `SEC(".struct_ops")\nstruct tcp_congestion_ops ${name}_ops = {\n\t.ssthresh = (void *)${name},\n\t.undo_cwnd = (void *)${name}_undo,\n\t.cong_avoid = (void *)${name}_avoid,\n\t.name = "bpf_example",\n};\n`,
  };
}

/** The only target that a struct_ops section is written for. */
export const STRUCT_OPS_TARGET = { plain: 'ssthresh', sleepable: 'hid_rdesc_fixup' } as const;
