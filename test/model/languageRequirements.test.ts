/** What flags, macros and the shape of the code need of a kernel, and what some architectures got later. */
import { describe, expect, it } from 'vitest';
import { formatRelease } from '../../server/src/facts/kernelVersion.js';
import type { RequirementKind } from '../../server/src/model/model.types.js';
import type { Settings } from '../../server/src/settings/settings.js';
import { unit } from '../support/unit.js';

/** "5.2 global variables" for each requirement of these kinds, `guarded` behind where one is asked first. */
async function needs(code: string, kinds: readonly RequirementKind[], settings: Partial<Settings> = {}): Promise<string[]> {
  const u = await unit(code, { settings });
  return u.minKernel().reasons.filter((r) => kinds.includes(r.kind)).map((r) => `${formatRelease(r.lifetime.since)} ${r.feature}${r.guard === undefined ? '' : ' guarded'}`);
}
const flags = (code: string): Promise<string[]> => needs(code, ['flag']);
const language = (code: string, settings: Partial<Settings> = {}): Promise<string[]> => needs(code, ['language', 'macro'], settings);
const map = (type: string, mapFlags: string): string => `struct { __uint(type, ${type}); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); __uint(map_flags, ${mapFlags}); } m SEC(".maps");\n`;
const xdp = (body: string, before = ''): string => `${before}\nSEC("xdp") int prog(struct xdp_md *ctx) {\n${body}\n return 0; }\n`;
const tc = (body: string, before = ''): string => `${before}\nSEC("tc") int prog(struct __sk_buff *skb) {\n${body}\n return 0; }\n`;

describe('flags', () => {
  it('of a map count for the file', async () => {
    expect(await flags(map('BPF_MAP_TYPE_ARRAY', 'BPF_F_MMAPABLE'))).toEqual(['5.5 BPF_F_MMAPABLE']);
    expect(await flags(map('BPF_MAP_TYPE_HASH', 'BPF_F_NO_PREALLOC | BPF_F_RDONLY_PROG'))).toEqual(['5.2 BPF_F_RDONLY_PROG', '4.6 BPF_F_NO_PREALLOC']);
  });

  it('of a helper count in the parameter that takes them, by name', async () => {
    expect(await flags(tc('bpf_skb_adjust_room(skb, 4, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO);'))).toEqual(['5.2 BPF_ADJ_ROOM_MAC', '5.2 BPF_F_ADJ_ROOM_FIXED_GSO']);
    expect(await flags(tc('bpf_clone_redirect(skb, 1, BPF_F_ADJ_ROOM_FIXED_GSO);'))).toEqual([]);
  });

  it('that are another name of an older value are as old as that', async () => {
    const storage = map('BPF_MAP_TYPE_SK_STORAGE', 'BPF_F_NO_PREALLOC');
    expect(await flags(tc('bpf_sk_storage_get(&m, skb->sk, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);', storage))).toEqual([]);
  });

  it('that are as old as what takes them are no news', async () => {
    expect(await flags(xdp('bpf_map_update_elem(&m, ctx, ctx, BPF_ANY);', map('BPF_MAP_TYPE_ARRAY', '0')))).toEqual([]);
  });

  it('under a guard force nothing, nor does a value that is chosen at run time or taken away', async () => {
    const call = 'bpf_skb_adjust_room(skb, 4, 0, BPF_F_ADJ_ROOM_NO_CSUM_RESET);';
    expect(await flags(tc(`if (bpf_core_type_exists(struct x)) ${call}`))).toEqual(['5.8 BPF_F_ADJ_ROOM_NO_CSUM_RESET guarded']);
    expect(await flags(tc('bpf_skb_adjust_room(skb, 4, 0, skb->len ? BPF_F_ADJ_ROOM_NO_CSUM_RESET : 0);'))).toEqual([]);
    expect(await flags(tc('bpf_skb_adjust_room(skb, 4, 0, f & ~BPF_F_ADJ_ROOM_NO_CSUM_RESET);'))).toEqual([]);
  });

  it('that the project defines itself, and those of a refused call, are not judged', async () => {
    expect(await flags(tc('bpf_skb_adjust_room(skb, 4, 0, BPF_F_ADJ_ROOM_NO_CSUM_RESET);', '#define BPF_F_ADJ_ROOM_NO_CSUM_RESET 0'))).toEqual([]);
    expect(await flags(xdp('bpf_skb_adjust_room(ctx, 4, 0, BPF_F_ADJ_ROOM_NO_CSUM_RESET);'))).toEqual([]);
  });
});

describe('loops', () => {
  const loop = (head: string, body = 'bpf_get_prandom_u32();', before = ''): Promise<string[]> => language(xdp(`int i;\n${head} { ${body} }`, before));

  it('that no compiler unrolls need 5.3', async () => {
    expect(await loop('for (i = 0; i < ctx->rx_queue_index; i++)')).toEqual(['5.3 bounded loops']);
    expect(await loop('for (int j = 0; j < 10000; j++)')).toEqual(['5.3 bounded loops']);
    expect(await loop('for (i = 0; i < PASSES; ++i)', 'if (bpf_get_prandom_u32()) break;', '#define PASSES (1 << 4)\n')).toEqual([]);
    expect(await loop('for (i = 0; i < PASSES; ++i)', 'if (bpf_get_prandom_u32()) break;', '#define PASSES 8192\n')).toEqual(['5.3 bounded loops']);
  });

  it.each([
    ['for (i = 0; i < 64; i++)', 'bpf_get_prandom_u32();'],
    ['for (i = 0; i < 10000; i++)', 'i += 2;'],
    ['#pragma unroll\nfor (i = 0; i < 10000; i++)', 'bpf_get_prandom_u32();'],
    ['for (i = 0; i < n; i++)', 'bpf_get_prandom_u32();'],
    ['while (i++ < 10000)', 'bpf_get_prandom_u32();'],
  ])('that it may unroll or fold say nothing: %s { %s }', async (head, body) => expect(await loop(head, body)).toEqual([]));

  it('under a guard force nothing', async () => {
    expect(await language(xdp('if (LINUX_KERNEL_VERSION > 1) { for (int i = 0; i < 10000; i++) bpf_get_prandom_u32(); }'))).toContain('5.3 bounded loops guarded');
  });

  it('by may_goto need 6.9', async () => {
    expect(await language(xdp('for (int i = 0; can_loop; i++) { cond_break; }'))).toEqual(['6.9 loops by may_goto']);
    expect(await language(xdp('cond_break;', '#define cond_break ({})'))).toEqual([]);
  });
});

describe('calls that stay', () => {
  it('are those of functions that are never inlined', async () => {
    expect(await language(xdp('f(1);', 'static __noinline int f(int x) { return x; }'))).toEqual(['4.16 calls between BPF functions']);
    expect(await language(xdp('f(1);', '__weak int f(int x) { return x; }'))).toEqual(['4.16 calls between BPF functions']);
    expect(await language(xdp('f(1);', '__attribute__((noinline)) int f(int x) { return x; }'))).toEqual(['4.16 calls between BPF functions']);
    expect(await language(xdp('f(1);', 'int f(int x) { return x; }'))).toEqual([]);
  });

  it('were refused together with tail calls before 5.10', async () => {
    const both = `${map('BPF_MAP_TYPE_PROG_ARRAY', '0')}static __noinline int f(int x) { return x; }`;
    expect(await language(xdp('f(1); bpf_tail_call(ctx, &m, 1);', both))).toEqual(['5.10 tail calls in programs with calls', '4.16 calls between BPF functions']);
    expect(await language(xdp('bpf_tail_call(ctx, &m, 1);', both))).toEqual([]);
    expect(await language(xdp('if (bpf_core_type_exists(struct x)) f(1); bpf_tail_call(ctx, &m, 1);', both))).toEqual(['4.16 calls between BPF functions guarded']);
  });
});

describe('data', () => {
  it('of the kernel\'s configuration is global data too, even where it is a guard', async () => {
    expect(await language(xdp('if (LINUX_KERNEL_VERSION > 1) return 1;', 'extern int LINUX_KERNEL_VERSION __kconfig;'))).toEqual(['5.2 values of the kernel configuration']);
  });

  it('of the kernel needs its types, unless it is weak or has none', async () => {
    expect(await language(xdp('bpf_this_cpu_ptr(&runqueues);', 'extern struct rq runqueues __ksym;'))).toEqual(['5.10 variables of the kernel']);
    expect(await language(xdp('bpf_this_cpu_ptr(&runqueues);', 'extern struct rq runqueues __ksym __weak;'))).toEqual([]);
    expect(await language(xdp('return &bpf_prog_fops == 0;', 'extern const void bpf_prog_fops __ksym;'))).toEqual([]);
  });

  it('is told more of by tags on global functions, which libbpf puts in place of one of them', async () => {
    const global = (tag: string): string => xdp('f(ctx);', `int f(struct xdp_md *ctx ${tag}) { return ctx != 0; }`);
    expect(await language(global('__arg_nonnull'))).toEqual(['6.9 __arg_nonnull']);
    expect(await language(global('__arg_ctx'))).toEqual([]);
    expect(await language(global('__arg_nonnull').replace('int f', 'static int f'))).toEqual([]);
  });

  it('is behind BPF_KSYSCALL', async () => {
    expect(await language('SEC("ksyscall/kill") int BPF_KSYSCALL(on_kill, int pid) { return 0; }')).toEqual(['5.2 BPF_KSYSCALL']);
  });
});

describe('atomic operations', () => {
  it('that the old add cannot do need 5.12', async () => {
    const global = 'static __u64 lock SEC(".bss");';
    expect(await language(xdp('if (__sync_val_compare_and_swap(&lock, 0, 1)) return 1;', global))).toContain('5.12 atomic operations');
    expect(await language(xdp('if (cmpxchg(&lock, 0, 1)) return 1;', `${global}\n#define cmpxchg(p, a, b) __sync_val_compare_and_swap((p), a, b)`))).toContain('5.12 atomic operations');
    expect(await language(xdp('__sync_fetch_and_add(&lock, 1);', global))).not.toContain('5.12 atomic operations');
  });
});

describe('an architecture', () => {
  const fentry = 'SEC("fentry/vfs_read") int BPF_PROG(prog) { return 0; }\n';
  const kfunc = 'SEC("tc") int prog(struct __sk_buff *skb) { bpf_rcu_read_lock(); bpf_rcu_read_unlock(); return 0; }\n';

  it('by the setting or by __TARGET_ARCH_… counts where the JIT came later to something', async () => {
    expect(await language(fentry)).toEqual([]);
    expect(await language(fentry, { architecture: 'x86' })).toEqual([]);
    expect(await language(fentry, { architecture: 'arm64' })).toEqual(['6.0 trampolines on arm64']);
    expect(await language(`#define __TARGET_ARCH_s390 1\n${fentry}`)).toEqual(['6.3 trampolines on s390x']);
    expect((await unit(fentry, { settings: { architecture: 'arm64' } })).minKernel().version).toBe(6000);
  });

  it('of which the texts name several is not known', async () => {
    expect(await language(`#define __TARGET_ARCH_s390\n#define __TARGET_ARCH_arm64\n${fentry}`)).toEqual([]);
  });

  it('counts for kfuncs, calls beside tail calls and arenas', async () => {
    expect(await language(kfunc, { architecture: 'powerpc' })).toEqual(['6.10 kernel functions on powerpc64']);
    expect(await language(map('BPF_MAP_TYPE_ARENA', 'BPF_F_MMAPABLE'), { architecture: 'arm64' })).toEqual(['6.12 arenas on arm64']);
    const both = `${map('BPF_MAP_TYPE_PROG_ARRAY', '0')}static __noinline int f(int x) { return x; }`;
    expect(await language(xdp('f(1); bpf_tail_call(ctx, &m, 1);', both), { architecture: 'arm64' })).toContain('6.0 tail calls in programs with calls on arm64');
  });

  it('that only lately may have got it is left alone', async () => {
    expect(await language(fentry, { architecture: 'loongarch' })).toEqual([]);
  });
});

describe('what libbpf hides', () => {
  it('is global data for the formats of bpf_printk, unless the file or its libbpf keeps them on the stack', async () => {
    expect(await language(xdp('bpf_printk("x %d", 1);'))).toEqual(['5.2 bpf_printk']);
    expect(await language(xdp('bpf_printk("x");', '#define BPF_NO_GLOBAL_DATA'))).toEqual([]);
    expect(await language(xdp('bpf_printk("x");', '#define bpf_printk(fmt, ...) ({ char f[] = fmt; bpf_trace_printk(f, sizeof(f), ##__VA_ARGS__); })'))).toEqual([]);
    expect(await language(xdp('bpf_printk("x");'), { libbpfVersion: '0.5' })).toEqual([]);
    expect(await language(xdp('bpf_printk("x");'), { libbpfVersion: '1.2' })).toEqual(['5.2 bpf_printk']);
  });

  it.each([['sched_ext_ops', 'enqueue', '6.12'], ['tcp_congestion_ops', 'ssthresh', '5.6'], ['sched_ext_ops___v2', 'enqueue', '6.12']])('is the structure of operations that a program is put into: %s', async (struct, member, since) => {
    const code = `SEC("struct_ops/f") void BPF_PROG(f, void *p) { }\nSEC(".struct_ops") struct ${struct} ops = { .${member} = (void *)f };\n`;
    expect(await needs(code, ['section'])).toContain(`${since} struct ${struct.replace('___v2', '')}`);
  });

  it('says nothing of a structure that is not known', async () => {
    const code = 'SEC("struct_ops/f") void BPF_PROG(f, void *p) { }\nSEC(".struct_ops") struct other_ops ops = { .f = (void *)f };\n';
    expect(await needs(code, ['section'])).toEqual(['5.6 BPF_PROG_TYPE_STRUCT_OPS']);
  });
});
