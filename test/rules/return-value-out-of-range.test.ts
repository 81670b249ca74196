/** Constants that programs may not return. */
import { describe, expect, test } from 'vitest';
import { createSession } from '../../server/src/analysis.js';
import { DEFAULT_SETTINGS } from '../../server/src/settings/parseSettings.js';
import { check } from '../support/check.js';
import { loadTestFacts } from '../support/facts.js';
import { startParser } from '../support/unit.js';

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
  ['cgroup/dev', '    if (bpf_get_prandom_u32() % 2) return 5;\n    //                                    ^ return-value-out-of-range\n    return 1;'],
  ['cgroup/sysctl', '    return (1 << 1);\n//         ^^^^^^^^ return-value-out-of-range'],
  ['uprobe.session//bin/sh:main', '    return 2;\n//         ^ return-value-out-of-range: 0 to 1'],
  ['lsm_cgroup/socket_bind', '    return -1;\n//         ^^ return-value-out-of-range: may return 0 to 1, and this is -1'],
  ['lsm_cgroup/sk_clone_security', '    return 0;\n//         ^ return-value-out-of-range: may return only 1, and this is 0'],
  ['cgroup/dev', '    return x ? 5 : 1;\n//         ^^^^^^^^^ return-value-out-of-range: this is 5'],
  ['cgroup/dev', '    return (x > 3 ? 1 : x ? 0 : -1);\n//         ^^^^^^^^^^^^^^^^^^^^^^^^ return-value-out-of-range: this is -1'],
  ['cgroup/dev', '    return debug ? 5 : 6;\n//         ^^^^^^^^^^^^^ return-value-out-of-range: this is 5'],
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
  ['cgroup/dev', '    return debug ? 5 : 1;'],
  ['cgroup/dev', '    return bpf_core_type_exists(struct x) ? 5 : 1;'],
  ['cgroup_skb/egress', '    return 3;'],
  ['cgroup/skb', '    return 3;'],
  ['cgroup/bind4', '    return 3;'],
  ['xdp', '    return 100;'],
  ['tc', '    return -1;'],
  ['kprobe/x', '    return 12;'],
  ['fmod_ret/x', '    return -1;'],
  ['lsm/file_open', '    return -1;'],
  ['lsm/file_open', '    return 1;'],
  ['lsm/unheard_of', '    return 1;'],
  ['lsm_cgroup/unheard_of', '    return 5;'],
  ['lsm_cgroup/sk_clone_security', '    return 1;'],
  ['freplace/x', '    return -1;'],
  ['my/section', '    return 5;'],
  ['cgroup/dev', '    if (bpf_core_type_exists(struct x)) return 5;\n    return 1;'],
  ['cgroup/dev', '#ifdef X\n    return 5;\n#endif\n    return 1;'],
  ['cgroup/dev', '    if (unknown()) return 5;\n    return 1;'],
  ['cgroup/dev', '    if (debug && bpf_get_prandom_u32()) return 5;\n    return 1;'],
  ['cgroup/dev', '    if (debug) return 5;\n    return 1;'],
  ['cgroup/dev', '    if (LINUX_KERNEL_VERSION > 1) return 5;\n    return 1;'],
])('nothing about %s %s', async (section, body) => {
  await check(program(section, body, 'const volatile int debug;'));
});

test('a subprogram returns what it likes', async () => {
  await check(`static long cb(__u32 i, void *d) { return 1; }\n__noinline int sub(void *ctx) { return 9; }\n${program('cgroup/dev', '    bpf_loop(3, cb, 0, 0);\n    sub(ctx);\n    return 0;')}`);
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

describe('constants by name', () => {
  const FOUND = '    return DENY;\n//         ^^^^ return-value-out-of-range: this is 5';

  test.each([
    ['an enumerator', 'enum verdict { ALLOW = 1, /* refuse */ DENY = 5 };'],
    ['one that counts on', 'enum { A = 1 << 2, DENY, };'],
    ['a typedef', 'typedef enum { DENY = (2 + 3), MORE } verdict_t;'],
    ['a static const', 'static const int DENY = 5;'],
    ['a const of another', '#define BASE 3\nenum { TWO = 2 };\nconst __u32 DENY = BASE + TWO;'],
  ])('%s', async (_, before) => {
    await check(program('cgroup/dev', FOUND, before));
  });

  test.each([
    ['two enumerators of one name', 'enum a { DENY = 5 };\nenum b { DENY = 6 };'],
    ['an enumerator that the build chooses', 'enum a {\n#ifdef X\nDENY = 5,\n#endif\nMORE };'],
    ['a constant of the loader', 'const volatile int DENY = 5;'],
    ['a variable', 'static int DENY = 5;'],
    ['a variable of elsewhere', 'extern const int DENY;'],
    ['a narrow one', 'static const char DENY = 261;'],
    ['a variable that the build chooses', '#ifdef X\nstatic const int DENY = 5;\n#endif'],
    ['circles', 'enum { DENY = DENY + DENY + DENY + DENY };\nstatic const int B = B;'],
  ])('nothing about %s', async (_, before) => {
    await check(program('cgroup/dev', '    return DENY;', before));
  });

  test('a variable of the function hides what else has its name', async () => {
    await check(program('cgroup/dev', '    int DENY = x;\n    return DENY;', 'enum { DENY = 5 };'));
  });

  test('one that is changed where it is defined', async () => {
    await startParser();
    const session = createSession(await loadTestFacts());
    const text = (value: number): string => program('cgroup/dev', '    return DENY;', `enum { DENY = ${value} };`);
    const found = [1, 5, 0, 6].map((value) => session.analyze({ main: 'a.c', files: new Map([['a.c', text(value)]]) }, DEFAULT_SETTINGS).findings.length);
    expect(found).toEqual([0, 1, 0, 1]);
    session.dispose();
  });
});

describe('hooks of security modules', () => {
  const FOUND = '    return 1;\n//         ^ return-value-out-of-range: may return -4095 to 0 from Linux 6.12 on, and this is 1';

  test('nothing is out of range before 6.12, nor where no target says which kernel it is', async () => {
    await check(program('lsm/file_open', '    return 1;'), { kernel: '5.15..6.11' });
    await check(program('lsm/file_open', '    return 1;'));
  });

  test.each(['lsm/file_open', 'lsm.s/file_open', '?lsm/file_open'])('%s returns 0 or an error', async (section) => {
    await check(program(section, FOUND), { kernel: '6.12' });
    await check(program(section, FOUND), { kernel: '5.15..6.18' });
  });

  test('numbers are taken as 32 bits wide, and an errno is no larger than 4095', async () => {
    await check(program('lsm/file_open', '    return 0xffffffff;'), { kernel: '6.12' });
    await check(program('lsm/file_open', '    return -4095;'), { kernel: '6.12' });
    await check(program('lsm/file_open', '    return -4096;\n//         ^^^^^ return-value-out-of-range'), { kernel: '6.12' });
  });

  test('a hook that asks a question is answered by 0 or 1, and one without an answer by anything', async () => {
    await check(program('lsm/audit_rule_known', '    return -1;\n//         ^^ return-value-out-of-range: may return 0 to 1 from Linux 6.12 on'), { kernel: '6.12' });
    await check(program('lsm/audit_rule_known', '    return 1;'), { kernel: '6.12' });
    await check(program('lsm/task_free', '    return 7;'), { kernel: '6.12' });
    // Not attached to by anything: vm_enough_memory is a disabled hook.
    await check(program('lsm/vm_enough_memory', '    return 1;'), { kernel: '6.12' });
  });
});

describe('callbacks', () => {
  const calling = (call: string, returns: string, section = 'tc', type = 'static long'): string => `
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, int); __type(value, struct elem); } m SEC(".maps");
${type} cb(void *map, void *key, void *value)
{
    int x = bpf_get_prandom_u32();
${returns}
}
SEC("${section}")
int f(void *ctx)
{
    ${call};
    return 0;
}
char LICENSE[] SEC("license") = "GPL";
`;

  test.each([
    ['bpf_loop(3, cb, 0, 0)', '    return 5;\n//         ^ return-value-out-of-range (error): A callback of `bpf_loop` may return 0 to 1, and this is 5. The verifier says `At callback return'],
    ['bpf_for_each_map_elem(&m, cb, 0, 0)', '    if (x) return -1;\n    //            ^^ return-value-out-of-range\n    return 1;'],
    ['bpf_timer_set_callback(value, cb)', '    return 1;\n//         ^ return-value-out-of-range: may return only 0'],
    ['bpf_wq_set_callback(value, cb, 0)', '    return 1;\n//         ^ return-value-out-of-range: only 0'],
  ])('%s', async (call, returns) => {
    await check(calling(call, returns));
  });

  test.each([
    ['bpf_loop(3, cb, 0, 0)', '    return 1;'],
    ['bpf_loop(3, cb, 0, 0)', '    return x;'],
    ['bpf_timer_set_callback(value, cb)', '    return 0;'],
    ['bpf_task_work_schedule_signal_impl(0, value, &m, cb, 0)', '    return 1;'],
    ['unknown(cb)', '    return 7;'],
    ['if (bpf_core_type_exists(struct x)) bpf_loop(3, cb, 0, 0)', '    return 7;'],
  ])('nothing about %s %s', async (call, returns) => {
    await check(calling(call, returns, 'syscall'));
  });

  test('no constant is more than 1 as a bool', async () => {
    await check(calling('bpf_loop(3, cb, 0, 0)', '    return 5;', 'tc', 'static bool'));
  });

  test('one that two programs hand over is told of once, with both', async () => {
    const code = `${calling('bpf_loop(3, cb, 0, 0)', '    return 2;\n//         ^ return-value-out-of-range')}
SEC("tc") int g(void *ctx) { return f(ctx); }
`;
    expect((await check(code)).findings[0]!.programs).toEqual(['f', 'g']);
  });

  test('one that nobody hands over is not looked at', async () => {
    await check('static long cb(__u32 i, void *d) { return 5; }\nSEC("tc") int f(void *ctx) { return 0; }\n');
  });
});

describe('local variables', () => {
  test.each([
    ['the only value', '    int ret = 2;\n    return ret;\n//         ^^^ return-value-out-of-range (error): `ret` may be 2'],
    ['every value', '    int ret;\n    if (x) ret = 2;\n    else ret = -1;\n    return ret;\n//         ^^^ return-value-out-of-range: `ret` may be 2'],
    ['every value, in a loop', '    int ret = 3;\n    for (int i = 0; i < x; i++) ret = 2;\n    return ret;\n//         ^^^ return-value-out-of-range: may be 3'],
    ['a jump to the end', '    int ret = -1;\n    if (!x)\n        goto out;\n    ret = 1;\nout:\n    return ret;\n//         ^^^ return-value-out-of-range: may be -1'],
    ['a jump out of a block', '    int ret = 1;\n    if (!x) {\n        ret = -EPERM_OF_MINE;\n        goto out;\n    }\nout:\n    return ret;\n//         ^^^ return-value-out-of-range: may be -1'],
    ['a value that a condition may leave', '    int ret = 2;\n    if (x) ret = 1;\n    return ret;\n//         ^^^ return-value-out-of-range: may be 2'],
    ['a return of its own', '    int ret = 0, other = 1;\n    if (x > 7) {\n        ret = 9;\n        return ret;\n        //     ^^^ return-value-out-of-range: may be 9\n    }\n    return ret;'],
    ['out of a switch', '    int ret = 0;\n    switch (x) {\n    case 1:\n        ret = 4;\n        break;\n    default:\n        ret = 1;\n    }\n    return (ret);\n//         ^^^^^ return-value-out-of-range: may be 4'],
    ['past a loop that has nothing to do with it', '    int ret = 2, i;\n    if (x) ret = 1;\n    while (x--) { other(i); }\n    return ret;\n//         ^^^ return-value-out-of-range: may be 2'],
  ])('%s', async (_, body) => {
    await check(program('cgroup/dev', body, '#define EPERM_OF_MINE 1'));
  });

  test('the finding says where the value comes from', async () => {
    const code = program('cgroup/dev', '    int ret = 2;\n    return ret;\n//         ^^^ return-value-out-of-range');
    const [finding] = (await check(code)).findings;
    const [place] = finding!.related;
    expect(code.slice(place!.span.start, place!.span.end)).toBe('2');
    expect(place!.message).toBe('2 is put into `ret` here');
  });

  test.each([
    ['it is always written over', '    int ret = 2;\n    ret = 1;\n    return ret;'],
    ['it is written over by what is not known', '    int ret = 2;\n    ret = bpf_get_prandom_u32();\n    return ret;'],
    ['both ways write over it', '    int ret = 2;\n    if (x) ret = 1;\n    else ret = 0;\n    return ret;'],
    ['what decided before decides again', '    int ret = 2;\n    if (x) ret = 1;\n    if (!x) ret = 0;\n    return ret;'],
    ['a test of it keeps it back', '    int ret = -1;\n    if (x) ret = 0;\n    if (ret < 0) return 0;\n    return ret;'],
    ['its address is taken', '    int ret = 2;\n    int *p = &ret;\n    *p = 1;\n    return ret;'],
    ['a macro may change it', '    int ret = 2;\n    SET(ret);\n    return ret;'],
    ['it is counted up', '    int ret = -1;\n    ret++;\n    return ret;'],
    ['it is added to', '    int ret = -1;\n    ret += 2;\n    return ret;'],
    ['a switch may write over it', '    int ret = 2;\n    switch (x) {\n    case 0: ret = 0; break;\n    default: ret = 1;\n    }\n    return ret;'],
    ['another variable in a block has its name', '    int ret = 1;\n    {\n        int ret = 5;\n        other(ret);\n    }\n    return ret;'],
    ['a member has its name', '    int ret = 1;\n    s.ret = 5;\n    s->ret = 6;\n    return ret;'],
    ['it is a pointer', '    int *ret = 2;\n    return ret;'],
    ['it is kept from call to call', '    static int ret = 2;\n    return ret;'],
    ['the loader decides', '    int ret = 1;\n    if (debug) {\n        ret = 5;\n        return ret;\n    }\n    return ret;'],
    ['the loader decides by way of a variable', '    int dbg = debug;\n    if (dbg) return 5;\n    return 1;'],
    ['the kernel decides', '    int ret = 1;\n    if (bpf_core_type_exists(struct x)) {\n        ret = 5;\n        goto out;\n    }\nout:\n    return ret;'],
    ['the build decides', '    int ret = 2;\n#ifdef X\n    ret = 1;\n#endif\n    return ret;'],
    ['a macro with a block may go round', '    int ret = 2;\n    bpf_for(x, 0, 5) {\n        ret = 1;\n    }\n    return ret;'],
    ['it is narrow', '    bool ret = 2;\n    return ret;'],
    ['assembly writes it', '    int ret = 2;\n    asm volatile("%[r] = 1" : [r] "=r"(ret));\n    return ret;'],
  ])('nothing where %s', async (_, body) => {
    await check(program('cgroup/dev', body, 'const volatile int debug;'));
  });
});

describe('conditions that leave no choice', () => {
  const maps = ['ARRAY', 'PERCPU_ARRAY', 'HASH'].map((type) => `struct { __uint(type, BPF_MAP_TYPE_${type}); __uint(max_entries, 1); __type(key, int); __type(value, int); } ${type.toLowerCase()} SEC(".maps");\n`).join('');
  const found = (body: string): string => `${body}\n${' '.repeat(body.indexOf('return -1') + 7).replace(/^ {2}/, '//')}^^ return-value-out-of-range\n    return 1;`;

  // Each of these loads on Linux 6.18.
  test.each([
    'switch (x) { case 1: return 0; default: return 1; } return -1;',
    'if (x) return 0; else return 1; return -1;',
    'for (;;) { if (x++ > 4) return 1; } return -1;',
    'while (true) { if (x++ > 4) return 1; } return -1;',
    'char buf[64]; if (sizeof(buf) > 512) return -1; return 1;',
    'int *v = bpf_map_lookup_elem(&array, &x); if (!v) return -1; return 1;',
    'int *v; v = bpf_map_lookup_elem(&percpu_array, &x); if (v == NULL) return -1; return 1;',
    'int *v = bpf_map_lookup_elem(&hash, &x); if (!v) return 1; if (v == 0 && 1) return 1; return 1;',
    'struct seq_file *seq = ctx->meta->seq; if (!seq) return -1; return 1;',
    'if (!ctx->meta->seq) return -1; return 1;',
    'int debug = 0; if (debug) return -1; return 1;',
    'const int mode = 2; if (x && mode == 1) return -1; return 1;',
    'const int mode = 2; return mode == 1 ? -1 : 1;',
    'volatile int z = 0; if (z) return -1; return 1;',
    'unsigned y = x; if (y < 0) return -1; return 1;',
    'struct opts o = { .debug = 0 }; if (o.debug) return -1; return 1;',
    'int i; for (i = 0; i < 4; i++) { if (i == 4) return -1; } return 1;',
    'struct task_struct *t = bpf_get_current_task_btf(); if (!t) return -1; return 1;',
  ])('nothing about %s', async (body) => {
    await check(program('cgroup/dev', `    ${body}`, maps));
  });

  test.each([
    '    int *v = bpf_map_lookup_elem(&hash, &x); if (!v) return -1;',
    '    int *v = bpf_map_lookup_elem(&array, &x); if (v) return -1;',
    '    int *v = bpf_map_lookup_elem(&array, &x); if (!v || x > 3) return -1;',
    '    int y = x & 7; if (y > 3) return -1;',
    '    int *v = bpf_map_lookup_elem(&array, &x); if (v && *v == 3) return -1;',
    '    struct opts o; bpf_probe_read_kernel(&o, sizeof(o), ctx); if (o.debug) return -1;',
    '    unsigned y = x; if (y < 5) return -1;',
    '    if (unlikely(!(x > 3))) return -1;',
    '    int *v = bpf_map_lookup_elem(&array, &x); if (!!!!!(!v)) return -1;',
    '    int *v = bpf_map_lookup_elem(&array, &x); if (!unlikely(v == NULL)) return -1;',
    '    for (int i = 0; i < 4; i++) if (x == i) return -1;',
    '    struct dev *d = ctx; if (d->major == 1) return -1;',
  ])('found: %s', async (body) => {
    await check(program('cgroup/dev', found(body), maps));
  });
});
