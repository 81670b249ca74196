/** Tail calls through program arrays with static values: who leads to whom, and what that must not change. */
import { describe, expect, it } from 'vitest';
import { unit } from '../support/unit.js';

const array = (values: string, name = 'jmp'): string => `
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 4);
	__uint(key_size, sizeof(__u32));
	__array(values, int (void *));
} ${name} SEC(".maps") = {
	.values = ${values},
};
`;
const PROGRAMS = `
SEC("xdp") int parse(struct xdp_md *ctx);
SEC("xdp") int drop(struct xdp_md *ctx);
`;
const BODIES = `
SEC("xdp") int parse(struct xdp_md *ctx) { return 0; }
SEC("xdp") int drop(struct xdp_md *ctx) { return 0; }
`;

/** "entry → parse drop via jmp" for each tail call. */
async function tails(code: string): Promise<string[]> {
  return ((await unit(code)).model.tailCalls ?? []).map((t) => `${t.from.map((p) => p.name).join(' ')} → ${t.to.map((p) => p.name).join(' ')} via ${t.map.name}${t.guard === undefined ? '' : ' guarded'}`);
}
const entry = (body: string): string => `SEC("xdp") int entry(struct xdp_md *ctx) { ${body} return 0; }\n`;

describe('a program array', () => {
  it('holds the programs of its static values, each with its slot and its place', async () => {
    const code = PROGRAMS + array('{ /* first, */ [0] = (void *)&parse,\n#ifdef X\n [SLOT_DROP] = (void *)&drop,\n#endif\n}') + BODIES;
    const [map] = (await unit(code)).model.maps;
    expect(map?.values?.map((v) => `${v.slot}=${v.name}`)).toEqual(['0=parse', 'SLOT_DROP=drop']);
    expect(map?.values?.map((v) => code.slice(v.span.start, v.span.end))).toEqual(['parse', 'drop']);
  });

  it('may leave out its slots, and have holes', async () => {
    const [map] = (await unit(PROGRAMS + array('{ (void *)&parse, 0, (void *)&drop }') + BODIES)).model.maps;
    expect(map?.values?.map((v) => `${v.slot}=${v.name}`)).toEqual(['0=parse', '2=drop']);
  });

  it('that user space fills holds nothing that one could know', async () => {
    const code = `struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); } jmp SEC(".maps");\n${BODIES}${entry('bpf_tail_call(ctx, &jmp, 0);')}`;
    expect(await tails(code)).toEqual([]);
  });
});

describe('a tail call', () => {
  const code = (body: string): string => PROGRAMS + '#define SLOT_DROP 1\n' + array('{ [0] = (void *)&parse, [SLOT_DROP] = (void *)&drop }') + BODIES + body;

  it('leads to the program in its slot, by number or by name', async () => {
    expect(await tails(code(entry('bpf_tail_call(ctx, &jmp, 0);')))).toEqual(['entry → parse via jmp']);
    expect(await tails(code(entry('bpf_tail_call_static(ctx, &jmp, 1);')))).toEqual(['entry → drop via jmp']);
    expect(await tails(code(entry('bpf_tail_call(ctx, &jmp, SLOT_DROP);')))).toEqual(['entry → drop via jmp']);
  });

  it('leads to all of them where the slot is chosen at run time', async () => {
    expect(await tails(code(entry('int i = ctx->ingress_ifindex; bpf_tail_call(ctx, &jmp, i);')))).toEqual(['entry → parse drop via jmp']);
  });

  it('in a function counts for the programs that reach it, with the slot that they hand over', async () => {
    expect(await tails(code(`static void go(void *ctx, int slot) { bpf_tail_call(ctx, &jmp, slot); }\n${entry('go(ctx, SLOT_DROP);')}`))).toEqual(['entry → drop via jmp']);
  });

  it('under a guard says so', async () => {
    expect(await tails(code(entry('if (bpf_core_type_exists(struct x)) bpf_tail_call(ctx, &jmp, 0);')))).toEqual(['entry → parse via jmp guarded']);
  });

  it('through the tags that cilium gives its programs', async () => {
    expect(await tails(`
#define __stringify(x) #x
#define __section(x) __attribute__((section(x), used))
#define __declare_tail(index) __section("tc/tail") __attribute__((btf_decl_tag("tail:calls/" __stringify(index))))
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); } calls __attribute__((section(".maps"), used));
static inline int tail_call_internal(struct __sk_buff *ctx, const __u32 index) { tail_call_static(ctx, calls, index); return -1; }
__declare_tail(CALL_DROP) int tail_drop(struct __sk_buff *ctx) { return 0; }
__declare_tail(CALL_PASS) int tail_pass(struct __sk_buff *ctx) { return 0; }
__section("tc/entry") int from_container(struct __sk_buff *ctx) { return tail_call_internal(ctx, CALL_PASS); }
`)).toEqual(['from_container → tail_pass via calls']);
  });
});

describe('a program that is reached by a tail call', () => {
  const code = `${PROGRAMS}${array('{ [0] = (void *)&parse }')}
SEC("xdp") int parse(struct xdp_md *ctx) { bpf_xdp_get_buff_len(ctx); return 0; }
SEC("xdp") int drop(struct xdp_md *ctx) { return 0; }
${entry('if (bpf_core_type_exists(struct x)) bpf_tail_call(ctx, &jmp, 0);')}`;

  it('is judged by itself, whatever guards the call, and the finding tells the way', async () => {
    const { findings } = await unit(code, { kernel: '5.4' });
    expect(findings.map((f) => [f.subject, f.programs, f.related.map((r) => [r.message, code.slice(r.span.start, r.span.end)])])).toEqual([
      ['bpf_xdp_get_buff_len', ['parse'], [['tail call from `entry` (XDP) through `jmp`', 'bpf_tail_call']]],
    ]);
  });

  it('forces the kernel of the file, not that of the program that calls it', async () => {
    const u = await unit(code);
    const least = (name: string): number | undefined => u.minKernel(u.model.programs.find((p) => p.name === name)).version;
    expect(least('parse')).toBe(5018);
    expect(least('entry')).toBeLessThan(5018);
    expect(u.minKernel().version).toBe(5018);
  });
});
