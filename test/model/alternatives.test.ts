/** Programs that `#if` decides about: each is judged by itself, with the kernel that it needs where it exists. */
import { describe, expect, it } from 'vitest';
import type { Unit } from '../../server/src/analysis.types.js';
import { unit } from '../support/unit.js';

const least = (u: Unit): (string | number | undefined)[] => u.model.programs.map((p) => `${p.section.name} ${u.minKernel(p).version}`);

describe('one function that is two programs', () => {
  const code = `
#ifdef USE_TC
SEC("tc") int prog(struct __sk_buff *ctx)
#else
SEC("xdp.frags") int prog(struct xdp_md *ctx)
#endif
{
#ifdef USE_TC
	bpf_skb_pull_data(ctx, ctx->len);
#else
	bpf_xdp_adjust_head(ctx, 0);
#endif
	return 0;
}
`;
  it('has a least kernel in each form', async () => {
    expect(least(await unit(code))).toEqual(['tc 4009', 'xdp.frags 5018']);
  });

  it('forces on the file what the least demanding form needs, and says why', async () => {
    const min = (await unit(code)).minKernel();
    expect(min.version).toBe(4009);
    expect(min.reasons.filter((r) => r.guard === undefined).map((r) => r.feature)).toEqual(['bpf_skb_pull_data', 'BPF_PROG_TYPE_SCHED_CLS', '__sk_buff.len']);
  });

  it('takes each call for the form whose arm it stands in, and no form for the other\'s context', async () => {
    const u = await unit(code, { kernel: '4.19..6.12' });
    expect(u.model.calls.map((c) => `${c.name} ${c.programs.map((p) => p.programType).join()}`)).toEqual(
      ['bpf_skb_pull_data BPF_PROG_TYPE_SCHED_CLS', 'bpf_xdp_adjust_head BPF_PROG_TYPE_XDP']);
    expect(u.findings).toEqual([]);
  });

  it('may have three', async () => {
    const u = await unit('#if defined(A)\nSEC("kprobe/x")\n#elif defined(B)\nSEC("fentry/x")\n#else\nSEC("lsm/x")\n#endif\nint p(void *ctx) { return 0; }\n');
    expect(least(u)).toEqual(['kprobe/x 4001', 'fentry/x 5005', 'lsm/x 5007']);
    expect(u.minKernel().version).toBe(4001);
  });
});

describe('a program under #if', () => {
  const code = `
#ifdef HAVE_RINGBUF
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
static void send(void) { bpf_ringbuf_output(&events, 0, 0, 0); }
SEC("kprobe/x") int modern(struct pt_regs *ctx) { send(); return 0; }
#endif
SEC("kprobe/x") int old(struct pt_regs *ctx) { return 0; }
`;
  it('needs what is under the same #if, through functions and maps; the file does not', async () => {
    const u = await unit(code, { kernel: '5.4' });
    expect(least(u)).toEqual(['kprobe/x 5008', 'kprobe/x 4001']);
    expect(u.minKernel().version).toBe(4001);
    expect(u.findings).toEqual([]);
  });

  it('does not need what another #if, or the running kernel, decides on top', async () => {
    const call = (guard: string): string => `static long cb(__u32 i, void *d) { return 0; }\n#ifdef A\nSEC("kprobe/x") int f(struct pt_regs *ctx) {\n${guard}\nreturn 0; }\n#endif\n`;
    expect(least(await unit(call('#ifdef B\nbpf_loop(1, cb, 0, 0);\n#endif')))).toEqual(['kprobe/x 4001']);
    expect(least(await unit(call('if (bpf_core_type_exists(struct x)) bpf_loop(1, cb, 0, 0);')))).toEqual(['kprobe/x 4001']);
    expect(least(await unit(call('bpf_loop(1, cb, 0, 0);')))).toEqual(['kprobe/x 5017']);
  });
});
