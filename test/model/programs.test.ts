/** Programs, maps and licences as real files declare them. */
import { describe, expect, it } from 'vitest';
import { unit } from '../support/unit.js';

describe('programs', () => {
  it('lists a function in an unknown section with no type', async () => {
    const { model } = await unit('SEC("from-container") int f(void *ctx) { return 0; }\n');
    expect(model.programs.map((p) => [p.name, p.programType, p.context])).toEqual([['f', null, null]]);
  });

  it('finds the name in BPF_PROG and its kind', async () => {
    const { model } = await unit('SEC("fentry/x") int BPF_PROG(on_x, int a) { return 0; }\nSEC("kprobe/y") int BPF_KPROBE(on_y) { return 0; }\n');
    expect(model.programs.map((p) => p.name)).toEqual(['on_x', 'on_y']);
  });

  it('leaves out programs under #if 0', async () => {
    const { model } = await unit('#if 0\nSEC("xdp") int f(void *ctx) { return 0; }\n#endif\n');
    expect(model.programs).toEqual([]);
  });

  it.each([
    'SEC("xdp") int f(struct xdp_md *ctx);',
    'SEC("xdp")\nint f(struct xdp_md *);',
    'int f(struct xdp_md *ctx) __attribute__((section("xdp")));',
    'static __attribute__((section("xdp"), used)) int f(struct xdp_md *ctx);',
  ])('takes the section from the prototype: %s', async (prototype) => {
    const { model } = await unit(`${prototype}\nint f(struct xdp_md *ctx) { return bpf_get_smp_processor_id(); }\n`);
    expect(model.programs.map((p) => [p.name, p.programType, p.fn.bodySpan !== undefined])).toEqual([['f', 'BPF_PROG_TYPE_XDP', true]]);
  });

  it('finds programs of included .c files', async () => {
    const { model } = await unit('#include "other.c"\n', { files: { 'other.c': 'SEC("xdp") int f(void *ctx) { return 0; }\n' } });
    expect(model.programs.map((p) => [p.name, p.path])).toEqual([['f', 'other.c']]);
  });

  it('takes what follows the slash as the target where it matters', async () => {
    const { model } = await unit('SEC("iter/task") int a(struct bpf_iter__task *ctx) { return 0; }\nSEC("lsm/file_open") int BPF_PROG(b) { return 0; }\n');
    expect(model.programs.map((p) => p.key.target)).toEqual(['task', 'file_open']);
  });

  it('reads the member of a struct_ops program out of the map', async () => {
    const { model } = await unit(`
SEC("struct_ops/any_init") void BPF_PROG(any_init, struct sock *sk) { }
SEC("struct_ops") void BPF_PROG(twice, struct sock *sk) { }
SEC("struct_ops") void BPF_PROG(nowhere, struct sock *sk) { }
SEC(".struct_ops") struct tcp_congestion_ops mine = { .init = (void *)any_init, .release = (void *)twice, .cong_avoid = (void *)twice };
`);
    expect(model.programs.map((p) => p.key.target)).toEqual(['tcp_congestion_ops.init', undefined, undefined]);
  });
});

describe('maps', () => {
  it('are found in both forms, with their type', async () => {
    const { model } = await unit(`
#define KIND BPF_MAP_TYPE_HASH
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); } a SEC(".maps");
struct { __uint(type, KIND); } b SEC(".maps");
struct bpf_map_def SEC("maps") c = { .type = BPF_MAP_TYPE_LRU_HASH };
struct bpf_map_def SEC("maps/d") d = { .type = 1 };
`);
    expect(model.maps.map((m) => [m.name, m.type, m.legacy])).toEqual([
      ['a', 'BPF_MAP_TYPE_ARRAY', false], ['b', 'BPF_MAP_TYPE_HASH', false], ['c', 'BPF_MAP_TYPE_LRU_HASH', true], ['d', null, true]]);
  });
});

describe('the licence', () => {
  const license = async (code: string, settings = {}) => {
    const files: Record<string, string> = code.includes('#include') ? { 'l.h': 'char _license[] SEC("license") = "GPL";\n' } : {};
    return (await unit(code, { settings, files })).model.license;
  };

  it.each([
    ['char LICENSE[] SEC("license") = "Dual BSD/GPL";', 'Dual BSD/GPL', true],
    ['char LICENSE[] SEC("license") = "Proprietary";', 'Proprietary', false],
    ['char LICENSE[] SEC("license") = "GPL v2 or later";', 'GPL v2 or later', false],
    ['#define L "GPL"\nchar LICENSE[] SEC("license") = L;', 'GPL', true],
    ['#include "l.h"\n', 'GPL', true],
    ['char LICENSE[] SEC("license") = ELSEWHERE;', undefined, undefined],
    ['', undefined, undefined],
    ['#ifdef A\nchar L[] SEC("license") = "GPL";\n#else\nchar L[] SEC("license") = "BSD";\n#endif', 'GPL', undefined],
  ])('%s', async (code, text, gplCompatible) => {
    expect(await license(code)).toMatchObject({ text, gplCompatible });
  });

  it('is what the setting says where none is in sight', async () => {
    expect((await license('', { assumeLicense: 'Proprietary' })).gplCompatible).toBe(false);
    expect((await license('char L[] SEC("license") = "GPL";', { assumeLicense: 'Proprietary' })).gplCompatible).toBe(true);
  });
});

describe('programs that macros make', () => {
  const programs = async (code: string): Promise<string[]> => {
    const { model } = await unit(code);
    return model.programs.map((p) => `${p.name} ${p.section.text} ${model.calls.filter((c) => c.programs.includes(p)).map((c) => c.name).join()}`.trim());
  };

  it('whole ones, with what they call', async () => {
    expect(await programs(`
#define TAIL_FUNC(x) \\
  SEC("tc") \\
  int classifier_##x(struct __sk_buff *skb) { bpf_skb_pull_data(skb, 0); return x; }
TAIL_FUNC(0)
TAIL_FUNC(1)
`)).toEqual(['classifier_0 tc bpf_skb_pull_data', 'classifier_1 tc bpf_skb_pull_data']);
  });

  it('two at once, through other macros', async () => {
    expect(await programs(`
#define ENTRY(name) int BPF_KPROBE(enter_##name) { bpf_ktime_get_ns(); return 0; }
#define EXIT(name) int BPF_KRETPROBE(exit_##name) { return 0; }
#define TRACE(name) SEC("kprobe/" #name) ENTRY(name) SEC("kretprobe/" #name) EXIT(name)
TRACE(vfs_read)
`)).toEqual(['enter_vfs_read kprobe/vfs_read bpf_ktime_get_ns', 'exit_vfs_read kretprobe/vfs_read']);
  });

  it('a macro before the parameters hides SEC and name', async () => {
    expect(await programs(`
#define PROG(F) PROG_(F)
#define PROG_(NUM) SEC("flow_dissector") int flow_dissector_##NUM
PROG(IP)(struct __sk_buff *skb) { bpf_skb_load_bytes(skb, 0, 0, 0); return 0; }
`)).toEqual(['flow_dissector_IP flow_dissector bpf_skb_load_bytes']);
  });

  it('ends on macros that double and macros in a circle', async () => {
    const doubling = Array.from({ length: 30 }, (_, i) => `#define M${i}(x) M${i + 1}(x) M${i + 1}(x) SEC("xdp") int f##x##_${i}(void *c) { return 0; }`).join('\n');
    const { model } = await unit(`${doubling}\n#define A(x) SEC("xdp") B(x)\n#define B(x) int A(x)\nM0(a)\nA(b)\n`);
    expect(model.programs.length).toBeLessThan(1000);
  });
});
