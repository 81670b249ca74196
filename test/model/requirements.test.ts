/** The least kernel, and what forces it. */
import { describe, expect, it } from 'vitest';
import type { MinKernel } from '../../server/src/analysis.types.js';
import { formatRelease } from '../../server/src/facts/kernelVersion.js';
import { unit } from '../support/unit.js';

function reasons(min: MinKernel): string[] {
  return min.reasons.map((r) => `${formatRelease(r.lifetime.since)} ${r.kind} ${r.feature}${r.guard === undefined ? '' : ' guarded'}`);
}

describe('the least kernel', () => {
  it('of an XDP program with fragments in a devmap is 5.18, and the reasons say why', async () => {
    const u = await unit('SEC("xdp.frags/devmap") int f(struct xdp_md *ctx) { return ctx->egress_ifindex; }\n');
    const min = u.minKernel();
    expect(min.version).toBe(5018);
    expect(reasons(min)[0]).toBe('5.18 section xdp.frags/devmap');
    expect(reasons(min)).toContain('5.8 field xdp_md.egress_ifindex');
    expect(reasons(min)).toContain('5.8 attach-type BPF_XDP_DEVMAP');
    expect(reasons(min)).toContain('4.8 section BPF_PROG_TYPE_XDP');
  });

  it('counts maps for the file, and for the programs that use them', async () => {
    const u = await unit(`
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
SEC("xdp") int user(struct xdp_md *ctx) { bpf_map_lookup_elem(&events, &ctx); return 0; }
SEC("xdp") int other(struct xdp_md *ctx) { return 0; }
`);
    expect(u.minKernel().version).toBe(5008);
    expect(u.minKernel(u.model.programs[0]).version).toBe(5008);
    expect(u.minKernel(u.model.programs[1]).version).toBe(4008);
  });

  it('ignores what is guarded, but lists it', async () => {
    const u = await unit(`
static long cb(__u32 i, void *d) { return 0; }
SEC("kprobe/x") int f(struct pt_regs *ctx) { if (bpf_core_type_exists(struct x)) bpf_loop(1, cb, 0, 0); return 0; }
`);
    expect(u.minKernel().version).toBeLessThan(5000);
    expect(reasons(u.minKernel())).toContain('5.17 helper bpf_loop guarded');
  });

  it('counts a call beside one of the same helper that loaders rewrite', async () => {
    const u = await unit('SEC("kprobe/x") int f(struct pt_regs *ctx) { long v = PT_REGS_PARM1_CORE(ctx); bpf_probe_read_kernel(&v, 8, ctx); return 0; }\n');
    expect(u.minKernel().version).toBe(5005);
    expect((await unit('SEC("kprobe/x") int f(struct pt_regs *ctx) { return PT_REGS_PARM1_CORE(ctx); }\n')).minKernel().version).toBeLessThan(5005);
  });

  it('does not count a denied call', async () => {
    const u = await unit('SEC("xdp") int f(struct xdp_md *ctx) { bpf_skb_load_bytes(ctx, 0, 0, 0); return 0; }\n');
    expect(u.minKernel().reasons.map((r) => r.feature)).not.toContain('bpf_skb_load_bytes');
  });

  it('counts permission by program type, not existence', async () => {
    const u = await unit('SEC("syscall") int f(void *ctx) { bpf_kallsyms_lookup_name(0, 0, 0, 0); return 0; }\n');
    expect(u.minKernel().version).toBe(5016);
  });

  it('names a feature once a program, at its first place', async () => {
    const code = 'SEC("xdp") int f(struct xdp_md *ctx) { bpf_ktime_get_ns(); bpf_ktime_get_ns(); return 0; }\n';
    const u = await unit(code);
    const found = u.minKernel().reasons.filter((r) => r.feature === 'bpf_ktime_get_ns');
    expect(found.map((r) => r.span.start)).toEqual([code.indexOf('bpf_ktime')]);
  });

  it('has no version where nothing is known', async () => {
    expect((await unit('int x;\n')).minKernel()).toEqual({ version: undefined, reasons: [] });
  });

  it('needs 5.2 for global variables that stay, and 4.16 for calls that stay', async () => {
    const globals = await unit('int count;\nSEC("socket") int f(struct __sk_buff *skb) { count++; return 0; }\n');
    expect(globals.minKernel().version).toBe(5002);
    const call = await unit('static __noinline int g(int x) { return x; }\nSEC("socket") int f(struct __sk_buff *skb) { return g(1); }\n');
    expect(call.minKernel().version).toBe(4016);
  });

  it('does not count what BPF_CORE_READ is on new kernels, since loaders rewrite it on old ones', async () => {
    const u = await unit('SEC("kprobe/x") int f(struct pt_regs *ctx) { int p = BPF_CORE_READ(t, pid); return 0; }\n', { kernel: '4.19' });
    expect(u.minKernel().version).toBeLessThan(5005);
  });
});
