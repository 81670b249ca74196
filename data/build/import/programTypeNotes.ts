/** What no source holds as data about program types: a short title, the context struct, and from when programs may sleep. */
import type { CommonSource, ProgramTypeData } from '../../../server/src/facts/types.gen.js';

interface Note {
  readonly title: string;
  readonly context: string | null;
  readonly sleepable: ProgramTypeData['sleepable'];
  /** Attach types that the kernel takes and neither libbpf's sections nor the measurements name. */
  readonly attachTypes?: readonly string[];
}

const since = (version: string, ...sources: CommonSource[]): ProgramTypeData['sleepable'] => ({ since: version, sources });
const SOURCE_6_1: CommonSource = { source: 'kernel-source', ref: '6.1 kernel/bpf/verifier.c check_attach_btf_id()' };
const SOURCE_6_12: CommonSource = { source: 'kernel-source', ref: '6.12 kernel/bpf/verifier.c can_be_sleepable()' };
const FAULTABLE: CommonSource = { source: 'measured', ref: '7.1.13', note: 'tracepoint.s and raw_tracepoint.s load from 7.1 on' };

const packet = (title: string): Note => ({ title, context: '__sk_buff', sleepable: false });
const plain = (title: string, context: string | null): Note => ({ title, context, sleepable: false });

/** The contexts are the kernel's own pairs in include/linux/bpf_types.h. */
export const PROGRAM_TYPE_NOTES: Readonly<Record<string, Note>> = {
  BPF_PROG_TYPE_SOCKET_FILTER: packet('socket filter'),
  BPF_PROG_TYPE_KPROBE: {
    title: 'kprobe', context: 'pt_regs', attachTypes: ['BPF_PERF_EVENT'],
    sleepable: since('6.0', SOURCE_6_1, { source: 'libbpf', ref: '1.0', note: 'uprobe.s; only uprobes' }),
  },
  BPF_PROG_TYPE_SCHED_CLS: packet('tc classifier'),
  BPF_PROG_TYPE_SCHED_ACT: packet('tc action'),
  BPF_PROG_TYPE_TRACEPOINT: { title: 'tracepoint', context: null, attachTypes: ['BPF_PERF_EVENT'], sleepable: since('7.1', FAULTABLE) },
  BPF_PROG_TYPE_XDP: plain('XDP', 'xdp_md'),
  BPF_PROG_TYPE_PERF_EVENT: { title: 'perf event', context: 'bpf_perf_event_data', attachTypes: ['BPF_PERF_EVENT'], sleepable: false },
  BPF_PROG_TYPE_CGROUP_SKB: packet('cgroup packet filter'),
  BPF_PROG_TYPE_CGROUP_SOCK: plain('cgroup socket', 'bpf_sock'),
  BPF_PROG_TYPE_LWT_IN: packet('lightweight tunnel, in'),
  BPF_PROG_TYPE_LWT_OUT: packet('lightweight tunnel, out'),
  BPF_PROG_TYPE_LWT_XMIT: packet('lightweight tunnel, xmit'),
  BPF_PROG_TYPE_SOCK_OPS: plain('socket operations', 'bpf_sock_ops'),
  BPF_PROG_TYPE_SK_SKB: packet('socket map stream'),
  BPF_PROG_TYPE_CGROUP_DEVICE: plain('cgroup device', 'bpf_cgroup_dev_ctx'),
  BPF_PROG_TYPE_SK_MSG: plain('socket message', 'sk_msg_md'),
  BPF_PROG_TYPE_RAW_TRACEPOINT: { title: 'raw tracepoint', context: 'bpf_raw_tracepoint_args', sleepable: since('7.1', FAULTABLE) },
  BPF_PROG_TYPE_CGROUP_SOCK_ADDR: plain('cgroup socket address', 'bpf_sock_addr'),
  BPF_PROG_TYPE_LWT_SEG6LOCAL: packet('segment routing action'),
  BPF_PROG_TYPE_LIRC_MODE2: plain('infrared decoder', null),
  BPF_PROG_TYPE_SK_REUSEPORT: plain('reuseport selector', 'sk_reuseport_md'),
  BPF_PROG_TYPE_FLOW_DISSECTOR: packet('flow dissector'),
  BPF_PROG_TYPE_CGROUP_SYSCTL: plain('cgroup sysctl', 'bpf_sysctl'),
  BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE: plain('writable raw tracepoint', 'bpf_raw_tracepoint_args'),
  BPF_PROG_TYPE_CGROUP_SOCKOPT: plain('cgroup socket option', 'bpf_sockopt'),
  BPF_PROG_TYPE_TRACING: {
    title: 'BTF tracing', context: null,
    sleepable: since('5.10', { source: 'kernel-commit', ref: '1e6c62a8821557720a9b2ea9617359b264f2f67c' }, { source: 'measured', ref: '5.10.262', note: 'iter_task.s' }),
  },
  BPF_PROG_TYPE_STRUCT_OPS: {
    title: 'struct_ops member', context: null, attachTypes: ['BPF_STRUCT_OPS'],
    sleepable: since('6.3', { source: 'kernel-commit', ref: 'bpf: Allow BPF_PROG_TYPE_STRUCT_OPS programs to be sleepable', note: 'refused by the source of 6.1, allowed by that of 6.12' }, SOURCE_6_1, SOURCE_6_12),
  },
  BPF_PROG_TYPE_EXT: { title: 'program extension', context: null, sleepable: null },
  BPF_PROG_TYPE_LSM: { title: 'LSM hook', context: null, sleepable: since('5.10', { source: 'kernel-commit', ref: '1e6c62a8821557720a9b2ea9617359b264f2f67c' }) },
  BPF_PROG_TYPE_SK_LOOKUP: plain('socket lookup', 'bpf_sk_lookup'),
  BPF_PROG_TYPE_SYSCALL: { title: 'syscall', context: null, sleepable: since('5.14', { source: 'kernel-source', ref: '6.1 kernel/bpf/verifier.c', note: 'such programs can only be sleepable' }) },
  BPF_PROG_TYPE_NETFILTER: plain('netfilter', 'bpf_nf_ctx'),
};
