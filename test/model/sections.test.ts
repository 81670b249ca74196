/** What section strings mean: libbpf's rules first, cilium/ebpf's next, guesses only for what is surely mistyped. */
import { describe, expect, it } from 'vitest';
import type { ResolvedSection } from '../../server/src/model/model.types.js';
import { unit } from '../support/unit.js';

async function resolve(section: string, before = ''): Promise<ResolvedSection> {
  const { model } = await unit(`${before}\nSEC(${section}) int f(void *ctx) { return 0; }\n`);
  expect(model.programs).toHaveLength(1);
  return model.programs[0]!.section;
}

async function kind(section: string): Promise<string> {
  const { model } = await unit(`SEC("${section}") int f(void *ctx) { return 0; }\n`);
  const p = model.programs[0]!;
  return `${p.section.match} ${p.programType?.replace('BPF_PROG_TYPE_', '')} ${p.attachType}${p.sleepable ? ' sleepable' : ''}${p.key.frags ? ' frags' : ''}`;
}

describe('libbpf\'s rules', () => {
  it.each([
    ['xdp', 'libbpf XDP BPF_XDP'],
    ['?xdp', 'libbpf XDP BPF_XDP'],
    ['xdp.frags/devmap', 'libbpf XDP BPF_XDP_DEVMAP frags'],
    ['kprobe', 'libbpf KPROBE null'],
    ['kprobe/do_unlinkat', 'libbpf KPROBE null'],
    ['kprobe.multi/tcp_*', 'libbpf KPROBE BPF_TRACE_KPROBE_MULTI'],
    ['fentry.s/bpf_fentry_test1', 'libbpf TRACING BPF_TRACE_FENTRY sleepable'],
    ['lsm.s/file_open', 'libbpf LSM BPF_LSM_MAC sleepable'],
    ['tc', 'libbpf SCHED_CLS null'],
    ['tcx/ingress', 'libbpf SCHED_CLS BPF_TCX_INGRESS'],
    ['syscall', 'libbpf SYSCALL null sleepable'],
    ['cgroup/connect4', 'libbpf CGROUP_SOCK_ADDR BPF_CGROUP_INET4_CONNECT'],
    ['usdt/libc:setjmp', 'libbpf KPROBE null'],
  ])('%s is %s', async (section, expected) => expect(await kind(section)).toBe(expected));

  it('keeps what follows the slash, and the mark of a program that is not loaded', async () => {
    expect(await resolve('"?fentry/tcp_sendmsg"')).toMatchObject({ extras: 'tcp_sendmsg', optional: true, name: 'fentry/tcp_sendmsg', text: '?fentry/tcp_sendmsg' });
  });
});

describe('older libbpf and cilium/ebpf', () => {
  it.each([
    ['tc/entry', 'cilium SCHED_CLS null'],
    ['socket1', 'cilium SOCKET_FILTER null'],
    ['xdp_pass', 'cilium XDP BPF_XDP'],
  ])('%s is %s or legacy', async (section, expected) => expect((await kind(section)).replace(/^legacy/, 'cilium')).toBe(expected));

  it('takes xdp_devmap as the attach type that it was', async () => {
    expect(await kind('xdp_devmap/x')).toMatch(/^legacy XDP BPF_XDP_DEVMAP/);
  });

  it.each([
    ['xdp/devmap/x', 'cilium XDP BPF_XDP_DEVMAP'],
    ['xdp.frags/x', 'cilium XDP BPF_XDP frags'],
    ['sk_skb/verdict/x', 'cilium SK_SKB BPF_SK_SKB_VERDICT'],
    ['xdp/x', 'legacy XDP BPF_XDP'],
  ])('%s is %s: the longer pattern of the two', async (section, expected) => expect(await kind(section)).toBe(expected));
});

describe('sections that macros build', () => {
  it('follows a name through macros to its string', async () => {
    expect((await resolve('ENTRY', '#define ENTRY REAL\n#define REAL "fentry/" TARGET\n#define TARGET "tcp_sendmsg"')).name).toBe('fentry/tcp_sendmsg');
  });

  it('joins adjacent literals and macros', async () => {
    expect((await resolve('"fentry/" PREFIX "nanosleep"', '#define PREFIX "__x64_sys_"')).name).toBe('fentry/__x64_sys_nanosleep');
  });

  it('stays silent about a macro that it does not see, or that stands for itself', async () => {
    expect(await resolve('SOMEWHERE_ELSE')).toMatchObject({ match: 'none', text: undefined });
    expect(await resolve('LOOP', '#define LOOP LOOP')).toMatchObject({ match: 'none', text: undefined });
    expect(await resolve('A', '#define A B\n#define B A')).toMatchObject({ match: 'none', text: undefined });
  });

  it('makes a program of each definition where #if arms differ', async () => {
    const { model } = await unit('#ifdef OLD\n#define MAIN "kprobe/x"\n#else\n#define MAIN "fentry/x"\n#endif\nSEC(MAIN) int f(void *ctx) { return 0; }\n');
    expect(model.programs.map((p) => [p.name, p.section.text, p.programType])).toEqual([
      ['f', 'kprobe/x', 'BPF_PROG_TYPE_KPROBE'], ['f', 'fentry/x', 'BPF_PROG_TYPE_TRACING']]);
  });
});

describe('sections of which only a part is known', () => {
  it('has the type that all #if arms agree on', async () => {
    const section = await resolve('"fentry/" PREFIX "nanosleep"', '#ifdef ARM\n#define PREFIX "__arm64_"\n#else\n#define PREFIX "__x64_"\n#endif');
    expect(section).toMatchObject({ match: 'libbpf', extras: '' });
    expect(section.def?.name).toBe('fentry');
  });

  it('has the type of its beginning where the rest stands in a header that is not there', async () => {
    const section = await resolve('"?fentry/" SYS_PREFIX "nanosleep"');
    expect(section).toMatchObject({ match: 'libbpf', optional: true, text: undefined });
    expect(section.def?.name).toBe('fentry');
    expect((await resolve('"cgroup/" WHICH')).match).toBe('none');
  });
});

describe('near misses', () => {
  it.each([
    ['xpd', 'xdp'],
    ['kprob/do_unlinkat', 'kprobe/do_unlinkat'],
    ['kporbe/x', 'kprobe/x'],
    ['tracpoint/syscalls/sys_enter_open', 'tracepoint/syscalls/sys_enter_open'],
    ['kprobe:tcp_sendmsg', 'kprobe/tcp_sendmsg'],
    ['XDP', 'xdp'],
    ['cgroup/conect4', 'cgroup/connect4'],
    ['fenrty/x', 'fentry/x'],
    ['lms/file_open', 'lsm/file_open'],
  ])('%s was meant to be %s', async (written, meant) => {
    expect(await resolve(`"${written}"`)).toMatchObject({ match: 'near-miss', suggestion: meant, def: undefined });
  });

  it.each(['from-container', 'tail_call_1', 'my_prog', '2/7', 'filter', 'inter', 'prog', 'test', 'entry', 'from-netdev', 'main', 'ip', 'sample', 'foo/bar', 'license_check', 'sk_storage_x', 'kprobe_prog', 'cgroup/mine'])(
    '%s is a project\'s own and nobody\'s error', async (name) => {
      expect(await resolve(`"${name}"`)).toMatchObject({ match: 'none', def: undefined });
    });
});

describe('what is no program', () => {
  it.each(['.text', '.data.x', '.rodata', '.bss', '.maps', '.ksyms', '.kconfig', '.struct_ops.link', 'license', 'version', 'maps', 'maps/x'])('%s', async (name) => {
    const { model } = await unit(`SEC("${name}") int f(void) { return 0; }\n`);
    expect(model.programs).toEqual([]);
  });
});

describe('the setting for a project\'s own loader', () => {
  const code = 'SEC("stage/1") int first(void *ctx) { return 0; }\nSEC("other") int my_prog_a(void *ctx) { return 0; }\n';

  it('types a program by its section or its function\'s name', async () => {
    const { model } = await unit(code, { settings: { programs: { 'stage/*': 'xdp', 'my_prog_*': 'tc' } } });
    expect(model.programs.map((p) => [p.section.match, p.programType])).toEqual([['setting', 'BPF_PROG_TYPE_XDP'], ['setting', 'BPF_PROG_TYPE_SCHED_CLS']]);
  });

  it('makes a program of a function whose SEC a macro hides', async () => {
    const { model } = await unit('int hidden(struct __sk_buff *skb) { return 0; }\n', { settings: { programs: { hidden: 'tc' } } });
    expect(model.programs.map((p) => p.name)).toEqual(['hidden']);
  });
});
