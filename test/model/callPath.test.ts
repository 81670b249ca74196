/** The way from a program to a finding, as the finding tells it. */
import { expect, it } from 'vitest';
import { unit } from '../support/unit.js';

const related = async (code: string): Promise<string[]> => (await unit(code, { kernel: '5.4' })).findings.flatMap((f) => f.related.map((r) => r.message));

it('names every function on the shortest way, the nearest first', async () => {
  expect(await related(`
static int deep(void) { return bpf_get_current_task_btf() != 0; }
static int between(void) { return deep(); }
static int around(void) { return between(); }
SEC("kprobe/x") int on_kprobe(void *ctx) { return around() + between(); }
`)).toEqual(['called from `between` ← `on_kprobe` (kprobe)']);
});

it('goes through callbacks and cycles, and shortens a long way', async () => {
  expect(await related(`
static int leaf(void); static int loop(void) { leaf(); return loop(); }
static int leaf(void) { loop(); return bpf_get_current_task_btf() != 0; }
static int on_elem(void *m, int *k, int *v, void *c) { return loop(); }
SEC("kprobe/x") int on_kprobe(void *ctx) { bpf_for_each_map_elem(m, on_elem, 0, 0); return 0; }
`)).toEqual(['called from `loop` ← `on_elem` ← `on_kprobe` (kprobe)']);
  const chain = Array.from({ length: 20 }, (_, i) => `static int f${i + 1}(void) { return f${i}(); }`).join('\n');
  expect(await related(`static int f0(void) { return bpf_get_current_task_btf() != 0; }\n${chain}\nSEC("kprobe/x") int p(void *ctx) { return f20(); }`))
    .toEqual(['called from `f1` ← `f2` ← `f3` ← `f4` ← … ← `f18` ← `f19` ← `f20` ← `p` (kprobe)']);
});
