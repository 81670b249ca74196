/** How helpers and kfuncs are reached in real code, and for which programs a call matters. */
import { describe, expect, it } from 'vitest';
import type { Unit } from '../../server/src/analysis.types.js';
import { unit } from '../support/unit.js';

/** "bpf_x: prog_a prog_b" for each call, guarded ones in brackets. */
function calls(u: Unit): string[] {
  return u.model.calls.map((c) => `${c.guard === undefined ? c.name : `[${c.name}]`}: ${c.programs.map((p) => p.name).join(' ')}`.trim());
}
const called = async (code: string, files?: Record<string, string>): Promise<string[]> => calls(await unit(code, files ? { files } : {}));
const xdp = (body: string, before = ''): string => `${before}\nSEC("xdp") int prog(struct xdp_md *ctx)\n{\n${body}\n  return XDP_PASS;\n}\n`;

describe('kfuncs that a header may wrap', () => {
  const scx = (before: string): Promise<string[]> => called(`${before}\nSEC("struct_ops/enqueue") void prog(struct task_struct *p) { scx_bpf_kick_cpu(0, 0); }\n`);

  it('are uncertain while a header is out of sight, unless they are declared', async () => {
    expect(await scx('#include <scx/common.bpf.h>')).toEqual(['[scx_bpf_kick_cpu]: prog']);
    expect(await scx('#include "vmlinux.h"\n#include <linux/bpf.h>')).toEqual(['scx_bpf_kick_cpu: prog']);
    expect(await scx('#include <scx/common.bpf.h>\nvoid scx_bpf_kick_cpu(s32 cpu, u64 flags) __ksym;')).toEqual(['scx_bpf_kick_cpu: prog']);
  });

  it('are the unit\'s where it defines a function or macro of that name', async () => {
    const inner = 'void scx_bpf_kick_cpu___new(s32 cpu) __ksym __weak;';
    expect(await scx(`${inner}\nstatic inline void scx_bpf_kick_cpu(s32 a, u64 b) { if (bpf_ksym_exists(scx_bpf_kick_cpu___new)) scx_bpf_kick_cpu___new(a); }`)).toEqual([]);
    expect(await scx('#define scx_bpf_kick_cpu(a, b) (bpf_ksym_exists(scx_bpf_kick_cpu) ? scx_bpf_kick_cpu(a, b) : 0)')).toEqual(['[scx_bpf_kick_cpu]: prog']);
  });
});

describe('calls through functions', () => {
  it('names every program that reaches a shared function, and only those', async () => {
    expect(await called(`
static int shared(void) { return bpf_get_smp_processor_id(); }
static int between(void) { return shared(); }
SEC("xdp") int a(struct xdp_md *ctx) { return between(); }
SEC("tc") int b(struct __sk_buff *skb) { return shared(); }
SEC("socket") int c(struct __sk_buff *skb) { return 0; }
`)).toEqual(['bpf_get_smp_processor_id: a b']);
  });

  it('finds its way through a header and through cycles', async () => {
    expect(await called(`#include "h.h"\n${xdp('odd(3);')}`, {
      'h.h': 'static int odd(int n);\nstatic int even(int n) { return n ? odd(n - 1) : 1; }\nstatic int odd(int n) { bpf_ktime_get_ns(); return n ? even(n - 1) : 0; }\n',
    })).toEqual(['bpf_ktime_get_ns: prog']);
  });

  it('follows callbacks that are handed to helpers', async () => {
    expect(await called(`
static long on_loop(__u32 i, void *data) { bpf_ktime_get_ns(); return 0; }
static int on_timer(void *map, int *key, void *value) { bpf_get_prandom_u32(); return 0; }
${xdp('bpf_loop(10, on_loop, 0, 0); bpf_timer_set_callback(t, &on_timer);')}`)).toEqual(
      ['bpf_ktime_get_ns: prog', 'bpf_get_prandom_u32: prog', 'bpf_loop: prog', 'bpf_timer_set_callback: prog']);
  });

  it('lists calls in code that no program reaches with no program', async () => {
    expect(await called('static int dead(void) { return bpf_get_smp_processor_id(); }')).toEqual(['bpf_get_smp_processor_id:']);
  });

  it('does not take the unit\'s own function for the helper whose name it bears', async () => {
    expect(await called(`static int bpf_strncmp(void) { return 0; }\n${xdp('bpf_strncmp();')}`)).toEqual([]);
  });
});

describe('calls that macros hide', () => {
  it('takes a name that stands for a helper', async () => {
    expect(await called(xdp('adjust(ctx, 4);', '#define adjust bpf_xdp_adjust_head'))).toEqual(['bpf_xdp_adjust_head: prog']);
  });

  it('looks into function-like macros, macros in macros, and macros that are given the function', async () => {
    expect(await called(xdp('LOOKUP(m, k); RUN(bpf_ktime_get_ns); int c = CPU;', `
#define INNER(m, k) bpf_map_lookup_elem(&m, k)
#define LOOKUP(m, k) ({ INNER(m, k); })
#define RUN(f) f()
#define CPU bpf_get_smp_processor_id()`))).toEqual(['bpf_map_lookup_elem: prog', 'bpf_ktime_get_ns: prog', 'bpf_get_smp_processor_id: prog']);
  });

  it('ends on macros that stand for themselves and on macros that double', async () => {
    const doubling = Array.from({ length: 60 }, (_, i) => `#define A${i}() A${i + 1}() A${i + 1}()`).join('\n');
    expect(await called(xdp('A0(); bpf_loop(1, 0, 0, 0);', `${doubling}\n#define bpf_loop(a, b, c, d) bpf_loop(a, b, c, d)`))).toContain('bpf_loop: prog');
  });

  it('knows what libbpf\'s macros call', async () => {
    expect(await called(`SEC("kprobe/x") int prog(struct pt_regs *ctx)
{
  bpf_printk("a %d", 1);
  bpf_printk("a %d %d %d %d", 1, 2, 3, 4);
  int pid = BPF_CORE_READ(task, tgid);
  return 0;
}`)).toEqual(['bpf_trace_printk: prog', 'bpf_trace_vprintk: prog', 'bpf_probe_read_kernel: prog']);
  });

  it('takes local redeclarations of helpers for what they are', async () => {
    expect(await called(xdp('now();', 'static unsigned long long (*now)(void) = (void *)BPF_FUNC_ktime_get_ns;'))).toEqual(['bpf_ktime_get_ns: prog']);
    expect(await called(xdp('now();', 'static unsigned long long (* const now)(void) = (void *) 5;'))).toEqual(['bpf_ktime_get_ns: prog']);
    expect(await called(xdp('hash(ctx);', 'static __u32 (*hash)(void *ctx) = (void *)34;'))).toEqual(['bpf_get_hash_recalc: prog']);
    expect(await called(xdp('hash(ctx);', 'static const volatile my_t *(* const hash)(void *ctx) = (void *)BPF_FUNC_get_hash_recalc;'))).toEqual(['bpf_get_hash_recalc: prog']);
    expect(await called(xdp('later();', 'static unsigned long long (*later)(void) = (void *) 5000;'))).toEqual([]);
    expect(await called(xdp('now();', 'static void *now = (void *) 5;'))).toEqual([]);
  });

  it('counts the iterator behind bpf_for', async () => {
    expect((await called(xdp('int i; bpf_for(i, 0, 10) { bpf_ktime_get_ns(); }'))).sort()).toEqual(
      ['bpf_iter_num_destroy: prog', 'bpf_iter_num_new: prog', 'bpf_iter_num_next: prog', 'bpf_ktime_get_ns: prog']);
  });
});

describe('kfuncs', () => {
  it('are known by name, declared or not', async () => {
    expect(await called(`extern void bpf_rcu_read_lock(void) __ksym;\n${xdp('bpf_rcu_read_lock(); bpf_rcu_read_unlock();')}`)).toEqual(
      ['bpf_rcu_read_lock: prog', 'bpf_rcu_read_unlock: prog']);
  });
});

describe('names that are a macro in one tree and a kfunc in a newer one', () => {
  const call = 'SEC("tc") int prog(struct __sk_buff *skb) { bpf_obj_drop(skb); return 0; }\n';

  it('are left alone where a header out of sight may define the macro', async () => {
    const u = await unit(`#include "bpf_experimental.h"\n${call}`, { kernel: '6.12' });
    expect(u.findings).toEqual([]);
    expect(u.model.calls.map((c) => c.guard)).toEqual(['bpf_obj_drop may be wrapped by a header that is not in sight']);
  });

  it('are what the header says when it is there', async () => {
    expect(await called(`#include "bpf_experimental.h"\n${call}`, { 'bpf_experimental.h': '#define bpf_obj_drop(p) bpf_obj_drop_impl(p, NULL)\n' })).toEqual(['bpf_obj_drop_impl: prog']);
  });

  it('are kfuncs where they are declared, or where no other header is included', async () => {
    expect(await called(`#include "x.h"\nextern void bpf_obj_drop(void *p) __ksym;\n${call}`)).toEqual(['bpf_obj_drop: prog']);
    expect(await called(`#include "vmlinux.h"\n#include <bpf/bpf_helpers.h>\n${call}`)).toEqual(['bpf_obj_drop: prog']);
  });
});

describe('one function, two SECs', () => {
  const code = `
#ifdef USE_TC
SEC("tc")
#else
SEC("xdp")
#endif
int prog(void *ctx)
{
#ifdef USE_TC
  bpf_skb_pull_data(ctx, 0);
#else
  bpf_xdp_adjust_head(ctx, 0);
#endif
  return 0;
}
`;
  it('is two programs, and each call is only of the one whose arm it stands in', async () => {
    const u = await unit(code);
    expect(u.model.programs.map((p) => p.programType)).toEqual(['BPF_PROG_TYPE_SCHED_CLS', 'BPF_PROG_TYPE_XDP']);
    expect(u.model.calls.map((c) => `${c.name} ${c.programs.map((p) => p.programType).join()}`)).toEqual(
      ['bpf_skb_pull_data BPF_PROG_TYPE_SCHED_CLS', 'bpf_xdp_adjust_head BPF_PROG_TYPE_XDP']);
    expect(u.findings).toEqual([]);
  });
});
