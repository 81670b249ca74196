/** C that other loaders load: recognised, and then nothing in it is judged. */
import { describe, expect, it } from 'vitest';
import { status } from '../../server/src/features/status.js';
import { unit } from '../support/unit.js';

const SAMPLES = {
  bcc: `#include <uapi/linux/ptrace.h>
BPF_HASH(start, u32);
TRACEPOINT_PROBE(random, urandom_read) { bpf_loop(1, 0, 0, 0); return 0; }
int kprobe__sys_clone(void *ctx) { u64 *v = start.lookup(&key); return 0; }
`,
  android: `#include <bpf_helpers.h>
DEFINE_BPF_MAP(counts, HASH, uint32_t, uint64_t, 64)
DEFINE_BPF_PROG("tracepoint/sched/sched_switch", AID_ROOT, AID_SYSTEM, on_switch)
(struct switch_args* args) { bpf_loop(1, 0, 0, 0); return 1; }
LICENSE("Apache 2.0");
`,
  windows: `#include "bpf_helpers.h"
#include "ebpf_nethooks.h"
SEC("bind") bind_action_t on_bind(bind_md_t* ctx) { return ctx->nothing; }
SEC("xdp") int drop(xdp_md_t* ctx) { bpf_loop(1, 0, 0, 0); return 0; }
`,
  iproute2: `#include <iproute2/bpf_elf.h>
struct bpf_elf_map __section("maps") acc = { .type = BPF_MAP_TYPE_ARRAY };
__section("ingress") int tc_ingress(struct __sk_buff *skb) { bpf_loop(1, 0, 0, 0); return 0; }
`,
} as const;

describe('dialects', () => {
  it.each(Object.entries(SAMPLES))('%s is recognised, makes no finding and is said in the status', async (name, code) => {
    const u = await unit(code, { kernel: '4.19', path: 'some.c' });
    expect(u.model.dialect).toBe(name);
    expect(u.findings).toEqual([]);
    const shown = status(u, 'some.c', undefined, () => 1);
    expect(shown).toMatchObject({ minKernel: null, text: 'eBPF' });
    expect(JSON.stringify(shown.tooltip[0])).toMatch(/is not checked/);
  });

  it('is not seen where a project has macros of the same name, or where libbpf\'s sections stand', async () => {
    const own = '#define BPF_HASH(n, k) struct { int x; } n SEC(".maps")\nBPF_HASH(start, u32);\nSEC("kprobe/x") int prog(void *ctx) { bpf_loop(1, 0, 0, 0); return 0; }\n';
    const u = await unit(own, { kernel: '5.4' });
    expect(u.model.dialect).toBeUndefined();
    expect(u.findings.map((f) => f.subject)).toContain('bpf_loop');
    expect((await unit('#include "maps.h"\nBPF_HASH(start, u32);\nSEC("kprobe/x") int prog(void *ctx) { return 0; }\n')).model.dialect).toBeUndefined();
    expect((await unit('int main(void) { return 0; }\n')).model.dialect).toBeUndefined();
  });
});
