/** Hovers: what each kind says for the program under the cursor, and where there is none. */
import { describe, expect, it } from 'vitest';
import { hoverAt } from './harness.js';

const xdp = (body: string, section = 'xdp'): string => `#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_DEVMAP); __type(key, int); __type(value, int); __uint(max_entries, 8); } devs SEC(".maps");
SEC("${section}") int prog(struct xdp_md *ctx) { ${body} return XDP_PASS; }
char LICENSE[] SEC("license") = "GPL";`;

describe('a helper', () => {
  it('says first what holds for this program and the target', async () => {
    const info = await hoverAt(xdp('bpf_redir/*|*/ect_map(&devs, 0, 0);'), { kernel: '5.4' });
    expect(info?.word).toBe('bpf_redirect_map');
    expect(info?.text.split('\n')[0]).toBe('[yes] Allowed in this program (XDP) from Linux 4.14; your target 5.4 is fine');
    expect(info?.text).toContain('bpf_redirect_map(');
    expect(info?.text).toContain('https://docs.ebpf.io/linux/helper-function/bpf_redirect_map/');
  });

  it('names the target that is too old', async () => {
    const info = await hoverAt(xdp('bpf_/*|*/loop(3, 0, 0, 0);'), { kernel: '5.10' });
    expect(info?.verdicts).toEqual(['[no] Allowed in this program (XDP) only from Linux 5.17; your target 5.10 is too old']);
  });

  it('names the target whose first kernels are too old', async () => {
    const info = await hoverAt(xdp('bpf_/*|*/loop(3, 0, 0, 0);'), { kernel: '5.10..6.8' });
    expect(info?.verdicts).toEqual(['[no] Allowed in this program (XDP) only from Linux 5.17; your target 5.10..6.8 starts before that']);
  });

  it('says no where the type may never call it', async () => {
    const info = await hoverAt(xdp('bpf_skb_/*|*/load_bytes(ctx, 0, 0, 0);'));
    expect(info?.verdicts).toEqual(['[no] Not allowed in this program (XDP)']);
  });

  it('asks for a sleepable program', async () => {
    const code = (section: string): string => `SEC("${section}") int prog(void *ctx) { bpf_copy_from/*|*/_user(0, 0, 0); return 0; }`;
    expect((await hoverAt(code('lsm/file_open')))?.verdicts[0]).toMatch(/^\[only\] Only in sleepable programs, which this program \(LSM hook.*\) is not; SEC\("lsm\.s\/…"\) may$/);
    expect((await hoverAt(code('lsm.s/file_open')))?.verdicts[0]).toMatch(/^\[yes\] Allowed in this program \(.*sleepable\)/);
  });

  it('does not hold the program against its callbacks that may sleep', async () => {
    const code = (start: string): string => `static int cb(void *map, int *key, void *value) { bpf_copy_from/*|*/_user(0, 0, 0); return 0; }
SEC("xdp") int a(struct xdp_md *ctx) { return ${start}; }`;
    expect((await hoverAt(code('bpf_timer_set_callback(0, cb)'), { kernel: '6.18' }))?.verdicts[0]).toMatch(/^\[no\]/);
    expect((await hoverAt(code('bpf_wq_set_callback_impl(0, cb, 0, 0)'), { kernel: '6.18' }))?.verdicts).toEqual(['[?] Not known for this callback, which may sleep though XDP may not – reached from a']);
  });

  it('speaks of each kind of program that reaches a shared function', async () => {
    const info = await hoverAt(`static int shared(void *ctx) { return bpf_skb_load_/*|*/bytes(ctx, 0, 0, 0); }
SEC("xdp") int a(struct xdp_md *ctx) { return shared(ctx); }
SEC("tc") int b(struct __sk_buff *ctx) { return shared(ctx); }
SEC("tc") int c(struct __sk_buff *ctx) { return shared(ctx); }`);
    expect(info?.verdicts).toHaveLength(2);
    expect(info?.verdicts[0]).toMatch(/^\[no\] Not allowed in XDP – reached from a$/);
    expect(info?.verdicts[1]).toMatch(/^\[yes\] Allowed in .* from Linux 4\.5 – reached from b and c$/);
  });

  it('has no verdict where no program reaches it', async () => {
    const info = await hoverAt('static int dead(void) { return bpf_ktime_get/*|*/_ns(); }\nSEC("xdp") int a(struct xdp_md *ctx) { return 0; }');
    expect(info?.verdicts).toEqual([]);
    expect(info?.text).toContain('Linux 4.1');
  });

  it('is not known for a program of unknown type', async () => {
    const info = await hoverAt('SEC("my/own") int prog(void *ctx) { return bpf_ktime_get/*|*/_ns(); }');
    expect(info?.verdicts).toEqual(['[?] Not known for this program (unknown type)']);
  });

  it('says nothing about a function of the file with a helper’s name', async () => {
    expect(await hoverAt('static int bpf_redirect(int a) { return a; }\nSEC("xdp") int p(struct xdp_md *ctx) { return bpf_re/*|*/direct(1); }')).toBeUndefined();
  });

  it('names the licence it needs', async () => {
    expect((await hoverAt(xdp('bpf_trace_/*|*/printk("x", 1);')))?.text).toMatch(/Licence: +only for programs with a GPL compatible licence/);
  });

  it('fits into about 25 lines', async () => {
    for (const name of ['bpf_fib_lookup', 'bpf_perf_event_output', 'bpf_sk_lookup_tcp', 'bpf_map_update_elem']) {
      const info = await hoverAt(xdp(`${name}/*|*/();`));
      expect(info?.text.split('\n').filter((line) => line !== '').length, name).toBeLessThanOrEqual(25);
    }
  });
});

describe('a kfunc', () => {
  const code = (section: string): string => `extern struct task_struct *bpf_task_acquire(struct task_struct *p) __ksym;
SEC("${section}") int prog(void *ctx) { bpf_task/*|*/_acquire(0); return 0; }`;

  it('says what its flags ask of the caller', async () => {
    const info = await hoverAt(code('tp_btf/sched_switch'));
    expect(info?.word).toBe('bpf_task_acquire');
    expect(info?.text).toMatch(/You own the result/);
    expect(info?.text).toContain('May return NULL: test it before use');
    expect(info?.text).toContain('https://docs.ebpf.io/linux/kfuncs/bpf_task_acquire/');
    expect(info?.verdicts[0]).toMatch(/^\[yes\] Allowed in this program/);
  });

  it('answers on its declaration too', async () => {
    const info = await hoverAt('extern void bpf_rcu_read/*|*/_lock(void) __ksym;\nSEC("xdp") int p(struct xdp_md *ctx) { return 0; }');
    expect(info?.word).toBe('bpf_rcu_read_lock');
    expect(info?.verdicts).toEqual([]);
  });
});

describe('a section', () => {
  it('says type, attach type, abilities and least kernel', async () => {
    const info = await hoverAt(xdp('', 'xdp.frags/dev/*|*/map'));
    expect(info?.word).toBe('xdp.frags/devmap');
    expect(info?.text).toContain('BPF_PROG_TYPE_XDP');
    expect(info?.text).toContain('BPF_XDP_DEVMAP');
    expect(info?.text).toMatch(/Fragments: +yes/);
    expect(info?.text).toContain('This program needs at least Linux 5.18 because of xdp.frags');
  });

  it('offers the near miss', async () => {
    const info = await hoverAt('SEC("xp/*|*/d") int p(struct xdp_md *ctx) { return 0; }');
    expect(info?.text).toContain('did you mean SEC("xdp")?');
  });

  it('says that a project may have sections of its own', async () => {
    const info = await hoverAt('SEC("my_own_/*|*/things/x") int p(void *ctx) { return 0; }');
    expect(info?.text).toContain('the loader of this project may choose the type');
  });
});

describe('a context field', () => {
  it('says who may read it, by attach type', async () => {
    const field = (section: string) => hoverAt(xdp('return ctx->egress_if/*|*/index;', section));
    expect((await field('xdp/devmap'))?.verdicts[0]).toMatch(/^\[yes\] Read: Allowed in this program \(XDP, devmap\) from Linux 5\.8/);
    expect((await field('xdp'))?.verdicts[0]).toBe('[no] Read: Not allowed in this program (XDP)');
  });

  it('works whatever the parameter is called, and through a copy of the pointer', async () => {
    const info = await hoverAt('SEC("tc") int p(struct __sk_buff *skb) { struct __sk_buff *s = skb; return s->ma/*|*/rk; }');
    expect(info?.word).toBe('mark');
    expect(info?.verdicts[0]).toMatch(/^\[yes\] Read: Allowed/);
    expect(info?.verdicts[1]).toMatch(/^\[yes\] Write: Allowed/);
  });

  it('leaves fields of other structs alone', async () => {
    expect(await hoverAt('struct s { int mark; };\nSEC("tc") int p(struct __sk_buff *skb) { struct s x = {}; return x.ma/*|*/rk; }')).toBeUndefined();
  });
});

describe('types and macros', () => {
  it.each([
    ['struct { __uint(type, BPF_MAP_TYPE_RING/*|*/BUF); __uint(max_entries, 4096); } rb SEC(".maps");', 'BPF_MAP_TYPE_RINGBUF', 'Linux 5.8'],
    ['int t = BPF_PROG_TYPE_/*|*/XDP;\nSEC("xdp") int p(struct xdp_md *ctx) { return 0; }', 'BPF_PROG_TYPE_XDP', 'struct xdp_md'],
    ['int t = BPF_XDP_DEV/*|*/MAP;\nSEC("xdp") int p(struct xdp_md *ctx) { return 0; }', 'BPF_XDP_DEVMAP', 'SEC("xdp/devmap")'],
    ['SEC("xdp") int p(struct xdp_/*|*/md *ctx) { return 0; }', 'xdp_md', '__u32 data'],
    ['S/*|*/EC("xdp") int p(struct xdp_md *ctx) { return 0; }', 'SEC', 'ELF section'],
    ['SEC("fentry/x") int BPF_P/*|*/ROG(p, int a) { return 0; }', 'BPF_PROG', 'bpf/bpf_tracing.h'],
  ])('%j', async (marked, word, text) => {
    const info = await hoverAt(marked);
    expect(info?.word).toBe(word);
    expect(info?.text).toContain(text);
  });

  it('marks a map type that the target lacks', async () => {
    const info = await hoverAt('struct { __uint(type, BPF_MAP_TYPE_RING/*|*/BUF); } rb SEC(".maps");', { kernel: '5.4' });
    expect(info?.verdicts).toEqual(['[no] From Linux 5.8; your target 5.4 is too old']);
  });
});

describe('the context that a macro hides', () => {
  it.each([
    ['SEC("fentry/x") int BPF_PROG(p, int a) { return bpf_get_func_arg_cnt(c/*|*/tx); }', 'unsigned long long *ctx'],
    ['SEC("kprobe/x") int BPF_KPROBE(p, int a) { return bpf_get_stackid(c/*|*/tx, &m, 0); }', 'struct pt_regs *ctx'],
  ])('%s', async (source, part) => {
    const info = await hoverAt(source);
    expect(info?.word).toBe('ctx');
    expect(info?.text).toContain(part);
  });

  it('is not one that the function declares', async () => {
    expect(await hoverAt('SEC("xdp") int p(struct xdp_md *ctx) { return f(c/*|*/tx); }')).toBeUndefined();
  });
});

describe('nothing', () => {
  it.each([
    '/* bpf_re/*|*/direct() */ SEC("xdp") int p(struct xdp_md *ctx) { return 0; }',
    '// bpf_re/*|*/direct()\nSEC("xdp") int p(struct xdp_md *ctx) { return 0; }',
    'SEC("xdp") int p(struct xdp_md *ctx) { char *s = "bpf_re/*|*/direct"; return 0; }',
    'SEC("xdp") int p(struct xdp_md *ctx) { int so/*|*/me = 1; return 0; }',
    '/*|*/',
    'SEC(/*|*/)',
  ])('at %j', async (marked) => {
    expect(await hoverAt(marked)).toBeUndefined();
  });
});
