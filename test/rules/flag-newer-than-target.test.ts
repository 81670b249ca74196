/** Flags that the target's oldest kernels do not know. */
import { describe, expect, test } from 'vitest';
import { createSession } from '../../server/src/analysis.js';
import { DEFAULT_SETTINGS } from '../../server/src/settings/parseSettings.js';
import { check } from '../support/check.js';
import { loadTestFacts } from '../support/facts.js';
import { startParser } from '../support/unit.js';

const map = (flags: string, carets = ''): string => `struct {\n    __uint(type, BPF_MAP_TYPE_ARRAY);\n    __type(key, int);\n    __uint(max_entries, 1);\n    __uint(map_flags, ${flags});\n${carets}} m SEC(".maps");\n`;
const user = (body: string): string => `SEC("tc")\nint f(struct __sk_buff *ctx)\n{\n    int k = 0;\n${body}\n    return 0;\n}\nchar LICENSE[] SEC("license") = "GPL";\n`;

test('a flag of a map', async () => {
  await check(map('BPF_F_MMAPABLE', '    //                ^^^^^^^^^^^^^^ flag-newer-than-target (error): upstream since Linux 5.5, and Linux 5.4 lacks it\n'), { kernel: '5.4' });
});

test('a flag of a call', async () => {
  await check(user('    bpf_skb_adjust_room(ctx, 4, BPF_ADJ_ROOM_NET, BPF_F_ADJ_ROOM_NO_CSUM_RESET);\n    //                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ flag-newer-than-target (warning): passed to `bpf_skb_adjust_room`'), { kernel: '5.0' });
});

test('one that came with a release in a range, on kernels below it; in between nobody knows', async () => {
  const code = (carets: string): string => user(`    bpf_skb_adjust_room(ctx, 4, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_DECAP_L3_IPV4);\n${carets}`);
  await check(code('    //                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ flag-newer-than-target (warning): upstream since a release between Linux 6.1 and 6.4, and Linux 6.1 lacks it'), { kernel: '6.1' });
  await check(code(''), { kernel: '6.2' });
});

test('one beside a macro that makes another', async () => {
  await check(user('    bpf_skb_adjust_room(ctx, 4, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_ENCAP_L2_ETH | BPF_F_ADJ_ROOM_ENCAP_L2(14));\n    //                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ flag-newer-than-target (warning): `BPF_F_ADJ_ROOM_ENCAP_L2_ETH`'), { kernel: '5.4' });
});

test.each([
  ['5.5', map('BPF_F_MMAPABLE')],
  ['5.4', map('MY_FLAGS')],
  ['5.4', map('BPF_F_MMAPABLE').replace(/( {4}__uint\(map_flags.*\n)/, '#ifdef SHARED\n$1#endif\n')],
  ['5.4', `#define BPF_F_MMAPABLE 0\n${map('BPF_F_MMAPABLE')}`],
  ['5.4', map('BPF_F_MMAPABLE') + user('    if (bpf_core_type_exists(struct y)) bpf_map_lookup_elem(&m, &k);')],
  ['5.4', user('    bpf_skb_adjust_room(ctx, 4, BPF_ADJ_ROOM_NET, k ? BPF_F_ADJ_ROOM_NO_CSUM_RESET : 0);')],
  ['5.4', user('    bpf_skb_adjust_room(ctx, 4, BPF_ADJ_ROOM_NET, flags_for(BPF_F_ADJ_ROOM_NO_CSUM_RESET));')],
  ['5.4', user('    bpf_skb_adjust_room(ctx, 4, BPF_ADJ_ROOM_NET, k & BPF_F_ADJ_ROOM_NO_CSUM_RESET);')],
  ['5.4', user('    bpf_skb_adjust_room(ctx, 4, BPF_ADJ_ROOM_NET, k == BPF_F_ADJ_ROOM_NO_CSUM_RESET);')],
  ['6.1', user('    bpf_fib_lookup(ctx, &k, sizeof(k), BPF_FIB_LOOKUP_TBID | BPF_FIB_LOOKUP_SRC);')],
  ['6.12', user('    bpf_l4_csum_replace(ctx, 4, 0, 0, BPF_F_IPV6 | 4);')],
  ['5.4', user('    if (bpf_core_type_exists(struct y)) bpf_skb_adjust_room(ctx, 4, BPF_ADJ_ROOM_NET, BPF_F_ADJ_ROOM_NO_CSUM_RESET);')],
  ['5.4', user('    bpf_map_update_elem(&other, &k, &k, BPF_ANY);')],
  [undefined, map('BPF_F_MMAPABLE')],
])('nothing on %s: %s', async (kernel, code) => {
  await check(code, { kernel });
});

test('a flag of inner maps', async () => {
  await check(`struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __type(key, __u32);
    __array(values, struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(map_flags, BPF_F_INNER_MAP); });
    //                                                                           ^^^^^^^^^^^^^^^ flag-newer-than-target: \`outer.inner\` is created with
} outer SEC(".maps");
`, { kernel: '5.4' });
});

describe('flags in variables', () => {
  const ROOM = '    bpf_skb_adjust_room(ctx, 4, BPF_ADJ_ROOM_NET, flags);';
  const FOUND = `${ROOM}\n    //                                            ^^^^^ flag-newer-than-target (warning): \`BPF_F_ADJ_ROOM_NO_CSUM_RESET\`, which is passed`;

  test.each([
    ['of the function', '    __u64 flags = BPF_F_ADJ_ROOM_NO_CSUM_RESET;\n', ''],
    ['that hold nothing without it', '    __u64 flags = BPF_F_ADJ_ROOM_NO_CSUM_RESET;\n    if (k) flags = BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_NO_CSUM_RESET;\n', ''],
    ['of the unit', '', 'static const __u64 flags = BPF_F_ADJ_ROOM_NO_CSUM_RESET;\n'],
  ])('%s', async (_, local, before) => {
    await check(before + user(local + FOUND), { kernel: '5.4' });
  });

  test.each([
    ['something else may be in it', '    __u64 flags = 0;\n    if (k) flags = BPF_F_ADJ_ROOM_NO_CSUM_RESET;\n', ''],
    ['more is put into it', '    __u64 flags = 0;\n    flags |= BPF_F_ADJ_ROOM_NO_CSUM_RESET;\n', ''],
    ['it is chosen', '    __u64 flags = k ? BPF_F_ADJ_ROOM_NO_CSUM_RESET : 0;\n', ''],
    ['the loader says', '', 'const volatile __u64 flags = BPF_F_ADJ_ROOM_NO_CSUM_RESET;\n'],
    ['the build says', '', '#ifdef X\nstatic const __u64 flags = BPF_F_ADJ_ROOM_NO_CSUM_RESET;\n#endif\n'],
  ])('nothing where %s', async (_, local, before) => {
    await check(before + user(local + ROOM), { kernel: '5.4' });
  });

  test('a value that is typed is seen, though the call stays', async () => {
    await startParser();
    const session = createSession(await loadTestFacts());
    const settings = { ...DEFAULT_SETTINGS, targetKernel: '5.4' };
    const text = (value: string): string => user(`    __u64 flags = ${value};\n${ROOM}`);
    const found = ['0', 'BPF_F_ADJ_ROOM_NO_CSUM_RESET', '1'].map((value) => session.analyze({ main: 'a.c', files: new Map([['a.c', text(value)]]) }, settings).findings.length);
    expect(found).toEqual([0, 1, 0]);
    session.dispose();
  });
});
