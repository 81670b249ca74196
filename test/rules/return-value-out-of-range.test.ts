/** Constants that programs may not return. */
import { test } from 'vitest';
import { check } from '../support/check.js';

const program = (section: string, body: string, before = ''): string => `${before}
SEC("${section}")
int f(void *ctx)
{
    int x = bpf_get_prandom_u32();
${body}
}
char LICENSE[] SEC("license") = "GPL";
`;

test.each([
  ['cgroup/dev', '    return 2;\n//         ^ return-value-out-of-range (error): may return 0 to 1, and this is 2'],
  ['cgroup_skb/ingress', '    if (x) return 2;\n    //            ^ return-value-out-of-range\n    return 1;'],
  ['cgroup_skb/egress', '    return 4;\n//         ^ return-value-out-of-range: 0 to 3'],
  ['cgroup/skb', '    return 4;\n//         ^ return-value-out-of-range: 0 to 3'],
  ['cgroup/getpeername4', '    return 0;\n//         ^ return-value-out-of-range: may return only 1'],
  ['sk_lookup', '    return -1;\n//         ^^ return-value-out-of-range'],
  ['sockops', '    switch (x) {\n    case 1: return -1;\n    //             ^^ return-value-out-of-range\n    }\n    return 0;'],
  ['fentry/x', '    return 1;\n//         ^ return-value-out-of-range: may return only 0'],
  ['iter/task', '    return 7;\n//         ^ return-value-out-of-range'],
  ['cgroup/sysctl', '    return (1 << 1);\n//         ^^^^^^^^ return-value-out-of-range'],
])('%s %s', async (section, body) => {
  await check(program(section, body));
});

test('a macro of the unit', async () => {
  await check(program('cgroup/dev', '    return DENY;\n//         ^^^^ return-value-out-of-range', '#define DENY 5'));
});

test.each([
  ['cgroup/dev', '    return 1;'],
  ['cgroup/dev', '    return x;'],
  ['cgroup/dev', '    return UNKNOWN;'],
  ['cgroup/dev', '    return x ? 5 : 1;'],
  ['cgroup_skb/egress', '    return 3;'],
  ['cgroup/skb', '    return 3;'],
  ['cgroup/bind4', '    return 3;'],
  ['xdp', '    return 100;'],
  ['tc', '    return -1;'],
  ['kprobe/x', '    return 12;'],
  ['fmod_ret/x', '    return -1;'],
  ['lsm/file_open', '    return -1;'],
  ['freplace/x', '    return -1;'],
  ['my/section', '    return 5;'],
  ['cgroup/dev', '    if (bpf_core_type_exists(struct x)) return 5;\n    return 1;'],
  ['cgroup/dev', '#ifdef X\n    return 5;\n#endif\n    return 1;'],
  ['cgroup/dev', '    if (debug) return 5;\n    return 1;'],
  ['cgroup/dev', '    if (LINUX_KERNEL_VERSION > 1) return 5;\n    return 1;'],
])('nothing about %s %s', async (section, body) => {
  await check(program(section, body, 'const volatile int debug;'));
});

test('a callback and a subprogram return what they like', async () => {
  await check(`static long cb(__u32 i, void *d) { return 5; }\n__noinline int sub(void *ctx) { return 9; }\n${program('cgroup/dev', '    bpf_loop(3, cb, 0, 0);\n    sub(ctx);\n    return 0;')}`);
});

test('before the first release that is known to enforce it', async () => {
  await check(program('cgroup/dev', '    return 2;'), { kernel: '5.4..5.10' });
});

test('nothing about a function whose section an #if chooses', async () => {
  await check(`
#ifdef FOR_CGROUPS
#define WHERE "cgroup_skb/ingress"
#else
#define WHERE "tc"
#endif
SEC(WHERE) int f(struct __sk_buff *skb) { return 2; }
`);
});
