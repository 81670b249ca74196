/** Sections that macros hide: before a function, around a name, or in whole programs that stand without a semicolon. */
import { describe, expect, it } from 'vitest';
import { unit } from '../support/unit.js';

const programs = async (source: string): Promise<readonly (readonly [string, string, string | null])[]> =>
  (await unit(source)).model.programs.map((p) => [p.name, p.section.name, p.programType] as const);

describe('sections that macros hide', () => {
  it('puts the arguments of a macro before a function into its section', async () => {
    const source = '#define PKTGEN(kind, name) SEC(kind "/test/" name "/pktgen")\nPKTGEN("tc", "one")\nint first(struct __sk_buff *ctx) { return 0; }\n';
    expect(await programs(source)).toEqual([['first', 'tc/test/one/pktgen', 'BPF_PROG_TYPE_SCHED_CLS']]);
  });

  it('makes strings of arguments by a stringifying macro, with the value of what is a macro itself', async () => {
    const source = '#define STR_1(x) #x\n#define STR(x) STR_1(x)\n#define TAIL(id, key) SEC("xdp/" __stringify(id) "/" STR(key))\n#define ID 7\nTAIL(ID, 3)\nint next(struct xdp_md *ctx) { return 0; }\n';
    expect(await programs(source)).toEqual([['next', 'xdp/7/3', 'BPF_PROG_TYPE_XDP']]);
  });

  it('resolves a stringifying macro in a macro that hides the name', async () => {
    const source = '#define PROG(F) SEC("kprobe/" __stringify(F)) int on_##F\nPROG(vfs_read)(struct pt_regs *ctx) { return 0; }\n';
    expect(await programs(source)).toEqual([['on_vfs_read', 'kprobe/vfs_read', 'BPF_PROG_TYPE_KPROBE']]);
  });

  it('finds the programs of macros that stand between functions without a semicolon', async () => {
    const macro = '#ifdef TESTING\n#define BOTH(fn)\n#else\n#define BOTH(fn) SEC("perf_event/" #fn) int perf_##fn(struct pt_regs *ctx) { return fn(ctx); } SEC("kprobe/" #fn) int kprobe_##fn(struct pt_regs *ctx) { return fn(ctx); }\n#endif\n';
    const source = `${macro}static int walk(struct pt_regs *ctx) { return 0; }\nBOTH(walk)\n\nstatic int leap(struct pt_regs *ctx) { return 0; }\nBOTH(leap)\n`;
    expect(await programs(source)).toEqual([
      ['perf_walk', 'perf_event/walk', 'BPF_PROG_TYPE_PERF_EVENT'],
      ['kprobe_walk', 'kprobe/walk', 'BPF_PROG_TYPE_KPROBE'],
      ['perf_leap', 'perf_event/leap', 'BPF_PROG_TYPE_PERF_EVENT'],
      ['kprobe_leap', 'kprobe/leap', 'BPF_PROG_TYPE_KPROBE'],
    ].sort((a, b) => Number(a[0]!.includes('leap')) - Number(b[0]!.includes('leap'))));
  });

  it('replaces an argument that is a macro before it becomes part of a name', async () => {
    const source = '#define IP 0\n#define PROG(F) PROG_(F, _##F)\n#define PROG_(NUM, NAME) SEC("flow_dissector") int dissect_##NUM\nPROG(IP)(struct __sk_buff *skb) { return 0; }\n';
    expect(await programs(source)).toEqual([['dissect_0', 'flow_dissector', 'BPF_PROG_TYPE_FLOW_DISSECTOR']]);
  });

  it('stops at stringifying macros that expand to themselves', async () => {
    expect(await programs('#define A(x) B(x) B(x)\n#define B(x) A(x) A(x)\n#define T(x) SEC("xdp/" A(x))\nT(1)\nint f(struct xdp_md *ctx) { return 0; }\n')).toHaveLength(1);
  });
});
