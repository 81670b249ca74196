/** What programs without named verdicts return: numbers and their meaning, from the kernel's callers of each kind of program. */
import type { FactBook } from '../../facts/factBook.types.js';
import type { Program } from '../../model/model.types.js';
import { orderOf, type CompletionEntry } from './entry.js';

/** Value and meaning, the usual one first. */
type Values = readonly (readonly [value: string, meaning: string])[];

const ALLOW: Values = [['1', 'allow'], ['0', 'refuse with EPERM']];
const GO_ON: Values = [['1', 'go on, the only value']];
const BIND: Values = [...ALLOW, ['3', 'allow, a low port without the capability too']];
const SESSION: Values = [['0', 'run at the return too'], ['1', 'do not run at the return']];
const NOTHING: Values = [['0', 'the only value']];
const USUAL: Values = [['0', 'the usual answer']];

/**
 * Sources: include/linux/bpf-cgroup.h and kernel/bpf/cgroup.c for cgroups, kernel/bpf/bpf_lsm.c, kernel/bpf/trampoline.c for fmod_ret,
 * kernel/bpf/bpf_iter.c, kernel/trace/bpf_trace.c for kprobes and sessions, kernel/events/core.c for perf events,
 * tcp_call_bpf() of include/net/tcp.h, net/core/skmsg.c and net/core/filter.c for sockets.
 */
const BY_ATTACH_TYPE: ReadonlyMap<string, Values> = new Map<string, Values>([
  ['BPF_CGROUP_INET_EGRESS', [['1', 'send'], ['0', 'drop'], ['3', 'send, and signal congestion'], ['2', 'drop, and signal congestion']]],
  ['BPF_CGROUP_INET_INGRESS', [['1', 'let pass'], ['0', 'drop']]],
  ['BPF_CGROUP_INET_SOCK_RELEASE', [['1', 'go on']]],
  ...['UDP4_RECVMSG', 'UDP6_RECVMSG', 'UNIX_RECVMSG', 'INET4_GETPEERNAME', 'INET6_GETPEERNAME', 'UNIX_GETPEERNAME', 'INET4_GETSOCKNAME', 'INET6_GETSOCKNAME', 'UNIX_GETSOCKNAME'].map(
    (name) => [`BPF_CGROUP_${name}`, GO_ON] as const,
  ),
  ['BPF_CGROUP_INET4_BIND', BIND],
  ['BPF_CGROUP_INET6_BIND', BIND],
  ['BPF_LSM_CGROUP', ALLOW],
  ['BPF_TRACE_ITER', [['0', 'go on to the next element'], ['1', 'visit this element again']]],
  ['BPF_MODIFY_RETURN', [['0', 'run the function'], ['-1', 'skip it: its caller gets this error']]],
  ['BPF_TRACE_FENTRY', NOTHING],
  ['BPF_TRACE_FEXIT', NOTHING],
  ['BPF_TRACE_RAW_TP', USUAL],
  ['BPF_TRACE_KPROBE_SESSION', SESSION],
  ['BPF_TRACE_UPROBE_SESSION', SESSION],
  ['BPF_SK_SKB_STREAM_PARSER', [['0', 'more bytes are needed to know the length']]],
]);

const BY_PROGRAM_TYPE: ReadonlyMap<string, Values> = new Map<string, Values>([
  ['BPF_PROG_TYPE_CGROUP_SOCK', ALLOW],
  ['BPF_PROG_TYPE_CGROUP_SOCK_ADDR', ALLOW],
  ['BPF_PROG_TYPE_CGROUP_SOCKOPT', ALLOW],
  ['BPF_PROG_TYPE_CGROUP_SYSCTL', ALLOW],
  ['BPF_PROG_TYPE_CGROUP_DEVICE', ALLOW],
  ['BPF_PROG_TYPE_SOCK_OPS', [['1', 'take what was written to reply'], ['0', 'as if no program had answered']]],
  ['BPF_PROG_TYPE_LSM', [['0', 'allow'], ['-1', 'refuse with EPERM; any negative error will do']]],
  ['BPF_PROG_TYPE_KPROBE', USUAL],
  ['BPF_PROG_TYPE_TRACEPOINT', USUAL],
  ['BPF_PROG_TYPE_RAW_TRACEPOINT', USUAL],
  ['BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE', USUAL],
  ['BPF_PROG_TYPE_PERF_EVENT', [['0', 'no sample for perf'], ['1', 'let perf take its sample']]],
  ['BPF_PROG_TYPE_SOCKET_FILTER', [['0', 'drop'], ['-1', 'keep the whole packet']]],
  ['BPF_PROG_TYPE_SYSCALL', [['0', 'success, for who runs it']]],
]);

/** What a program of this kind usually returns, for a skeleton; undefined where names are used or nothing is known. */
export function usualValue(programType: string, attachType: string | null): string | undefined {
  return valuesOf(programType, attachType)?.[0]?.[0];
}

/** Numbers that the program may return, the usual one first; empty where nothing is known. */
export function returnValues(facts: FactBook, { programType, attachType }: Pick<Program, 'programType' | 'attachType'>): readonly CompletionEntry[] {
  if (programType === null) return [];
  const range = facts.returnRange(programType, attachType);
  return (valuesOf(programType, attachType) ?? [])
    .filter(([value]) => range === undefined || (Number(value) >= range.min && Number(value) <= range.max))
    .map(([value, meaning], i): CompletionEntry => ({
      label: value,
      kind: 'value',
      detail: meaning,
      aside: meaning,
      order: ` ${orderOf(i, value)}`,
      ...(i === 0 ? { preselect: true } : {}),
      ref: { kind: 'program-type', name: programType },
    }));
}

const valuesOf = (programType: string, attachType: string | null): Values | undefined =>
  (attachType === null ? undefined : BY_ATTACH_TYPE.get(attachType)) ?? BY_PROGRAM_TYPE.get(programType);
