/** What is coloured as eBPF's, marked in the source. */
import { describe, expect, it } from 'vitest';
import { semanticTokens } from '../../server/src/features/semanticTokens.js';
import { unit, type UnitOptions } from '../support/unit.js';

/** `word:kind`, with `+` for each modifier's first letter, in source order. */
async function colours(code: string, options: UnitOptions = {}): Promise<string[]> {
  return semanticTokens(await unit(code, options)).map(({ start, end, kind, modifiers }) => `${code.slice(start, end)}:${kind}${modifiers.map((m) => `+${m[0]}`).join('')}`);
}

describe('semantic tokens', () => {
  it('tell maps, programs, helpers and the context with its fields', async () => {
    expect(await colours(`struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, int); __type(value, int); } counts SEC(".maps");
/* counts */
SEC("xdp") int count(struct xdp_md *ctx) {
	int k = ctx->rx_queue_index;
	bpf_printk("counts");
	return bpf_map_lookup_elem(&counts, &k) ? 1 : 2;
}
`)).toEqual(['counts:map+d', 'count:program+d', 'ctx:context+d', 'ctx:context', 'rx_queue_index:field', 'bpf_map_lookup_elem:helper', 'counts:map']);
  });

  it('tell kfuncs at their declaration and use, and what is guarded', async () => {
    expect(await colours(`extern struct task_struct *bpf_task_from_pid(int pid) __ksym __weak;
SEC("tp_btf/sched_switch") int BPF_PROG(on_switch) {
	struct task_struct *t = 0;
	if (bpf_ksym_exists(bpf_task_from_pid))
		t = bpf_task_from_pid(1);
	return 0;
}
`)).toEqual(['bpf_task_from_pid:kfunc+d', 'on_switch:program+d', 'bpf_task_from_pid:kfunc', 'bpf_task_from_pid:kfunc+g']);
  });

  it('follow the context into functions and copies, and programs into arrays', async () => {
    expect(await colours(`struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 1); __array(values, int(void *)); } jumps SEC(".maps") = {
	.values = { [0] = (void *)&next },
};
static int length(struct xdp_md *c) { struct xdp_md *copy = c; return copy->data_end; }
SEC("xdp") int first(struct xdp_md *ctx) { bpf_tail_call(ctx, &jumps, 0); return length(ctx); }
SEC("xdp") int next(struct xdp_md *ctx) { return 0; }
`)).toEqual([
      'jumps:map+d', 'next:program', 'c:context+d', 'copy:context+d', 'c:context', 'copy:context', 'data_end:field',
      'first:program+d', 'ctx:context+d', 'bpf_tail_call:helper', 'ctx:context', 'jumps:map', 'ctx:context', 'next:program+d', 'ctx:context+d',
    ]);
  });

  it('look into macros, but not at members, locals or functions of the file that have such names', async () => {
    expect(await colours(`#define NOW bpf_ktime_get_ns()
struct { __uint(type, BPF_MAP_TYPE_ARRAY); } m SEC(".maps");
static int bpf_sock_from_file(int x) { return x; }
SEC("xdp") int f(struct xdp_md *ctx) { struct s v; int m = 1; v.m = m; return bpf_sock_from_file(v.m); }
`)).toEqual(['bpf_ktime_get_ns:helper', 'm:map+d', 'f:program+d', 'ctx:context+d']);
  });

  it('are in order and never overlap, whatever is half typed', async () => {
    const code = 'SEC("xdp") int f(struct xdp_md *ctx) {\r\n\tint k;\r\n\tbpf_map_lookup_elem(&m, &k);\r\n\treturn ctx->data;\r\n}\r\nstruct { __uint(type, BPF_MAP_TYPE_ARRAY); } m SEC(".maps") = { .values = { &f } };\r\n';
    for (let cut = 0; cut <= code.length; cut += 7) {
      const tokens = semanticTokens(await unit(code.slice(0, cut)));
      tokens.forEach((token, i) => expect(token.start).toBeGreaterThanOrEqual(i === 0 ? 0 : tokens[i - 1]!.end));
    }
  });
});
