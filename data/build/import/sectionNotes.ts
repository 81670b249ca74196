/** What no table holds about sections: the grammar of what follows the slash, and the release from which a form loads. */
import type { CommonLifetime, CommonSource } from '../../../server/src/facts/types.gen.js';

interface Extras { readonly grammar: string; readonly example: string }

/** Section pattern → extras, first match. Grammars as libbpf's attach functions parse them. */
const EXTRAS: readonly (readonly [RegExp, string, string])[] = [
  [/^k(ret)?probe$/, '<function>[+<offset>]', 'do_unlinkat'],
  [/^u(ret)?probe(\.s)?$/, '<path>:<function>[+<offset>]', '/usr/bin/bash:readline'],
  [/^k(ret)?probe\.multi$|^kprobe\.session$/, '<pattern>', 'tcp_*'],
  [/^u(ret)?probe\.multi(\.s)?$|^uprobe\.session(\.s)?$/, '<path>:<pattern>', '/usr/lib/libc.so.6:malloc*'],
  [/^k(ret)?syscall$/, '<syscall>', 'openat'],
  [/^usdt(\.s)?$/, '<path>:<provider>:<name>', '/usr/lib/libc.so.6:libc:setjmp'],
  [/^(tracepoint|tp)(\.s)?$/, '<category>/<name>', 'sched/sched_switch'],
  [/^(raw_tracepoint|raw_tp|tp_btf)(\.w|\.s)?$/, '<name>', 'sched_switch'],
  [/^f(entry|exit|session)\.multi(\.s)?$/, '<pattern>', 'tcp_*'],
  [/^(fentry|fexit|fsession)(\.s)?$/, '<function>', 'tcp_connect'],
  [/^fmod_ret(\.s)?$/, '<function>', '__x64_sys_getpgid'],
  [/^freplace$/, '<function>', 'xdp_prog_main'],
  [/^lsm(\.s)?$/, '<hook>', 'file_open'],
  [/^lsm_cgroup$/, '<hook>', 'socket_bind'],
  [/^iter(\.s)?$/, '<target>', 'task'],
  [/^struct_ops(\.s)?$/, '<member>', 'ssthresh'],
];

export function extrasOf(section: string): Extras | undefined {
  const row = EXTRAS.find(([pattern]) => pattern.test(section));
  return row && { grammar: row[1], example: row[2] };
}

interface Need { readonly lifetime: CommonLifetime; readonly sources: CommonSource[] }
const SLEEPABLE_5_10: Need = { lifetime: { since: '5.10' }, sources: [{ source: 'kernel-commit', ref: '1e6c62a8821557720a9b2ea9617359b264f2f67c' }] };

/** Section pattern → what it needs beyond its program type and attach type. */
const NEEDS: readonly (readonly [RegExp, Need])[] = [
  [/^xdp\.frags/, { lifetime: { since: '5.18' }, sources: [{ source: 'ebpf-docs', ref: 'c2f2cdbeffda7b153c19e0f3d73149c41026c0db', note: 'BPF_F_XDP_HAS_FRAGS' }] }],
  [/^(fentry|fexit|fmod_ret|lsm)\.s$/, SLEEPABLE_5_10],
  [/^iter\.s$/, { lifetime: { since: '5.10' }, sources: [{ source: 'measured', ref: '5.10.262', note: 'iter_task.s loads' }] }],
  [/^(u(ret)?probe|usdt)\.s$/, { lifetime: { since: '6.0' }, sources: [{ source: 'libbpf', ref: '1.0' }, { source: 'measured', ref: '6.1.192', note: 'refused by 5.10.262' }] }],
  [/^(tracepoint|tp|raw_tracepoint|raw_tp|tp_btf)\.s$/, { lifetime: { since: '7.1' }, sources: [{ source: 'measured', ref: '7.1.13', note: 'refused by 7.0.13' }] }],
  [/^struct_ops\.s$/, { lifetime: { since: '6.3' }, sources: [
    { source: 'kernel-commit', ref: 'bpf: Allow BPF_PROG_TYPE_STRUCT_OPS programs to be sleepable' },
    { source: 'kernel-source', ref: '6.1 and 6.12 kernel/bpf/verifier.c', note: 'refused by 6.1, allowed by 6.12' }] }],
];

export function needsOf(section: string): Need | undefined {
  return NEEDS.find(([pattern]) => pattern.test(section))?.[1];
}
