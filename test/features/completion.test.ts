/** Completion: context fields by program, attach type and target; sections; helpers and kfuncs; map types. */
import { describe, expect, it } from 'vitest';
import { describeEntry } from '../../server/src/features/completion/resolve.js';
import { loadTestFacts } from '../support/facts.js';
import { completeAt } from './harness.js';

describe('ctx->', () => {
  const xdp = (section: string): string => `SEC("${section}") int p(struct xdp_md *ctx) { return ctx->/*|*/; }`;

  it('offers the fields of the context with type, access and since', async () => {
    const found = await completeAt(xdp('xdp'));
    expect(found?.labels).toEqual(['data', 'data_end', 'data_meta', 'ingress_ifindex', 'rx_queue_index']);
    expect(found?.entry('data').detail).toBe('__u32, read only, from Linux 4.8');
    expect(found?.entry('rx_queue_index').detail).toBe('__u32, read only, from Linux 4.16');
    expect(found?.result.incomplete).toBe(false);
  });

  it('offers egress_ifindex in devmap programs only, and only where the target has it', async () => {
    expect((await completeAt(xdp('xdp/devmap')))?.labels).toContain('egress_ifindex');
    expect((await completeAt(xdp('xdp/devmap'), { kernel: '5.4' }))?.labels).not.toContain('egress_ifindex');
    expect((await completeAt(xdp('xdp/devmap'), { kernel: '5.8' }))?.labels).toContain('egress_ifindex');
  });

  it('tells what may be written', async () => {
    const found = await completeAt('SEC("tc") int p(struct __sk_buff *skb) { skb->/*|*/ }');
    expect(found?.entry('mark').detail).toMatch(/^__u32, read and write/);
    expect(found?.entry('len').detail).toMatch(/^__u32, read only(,|$)/);
    expect(found?.labels).not.toContain('sk_fields');
  });

  it.each([
    'SEC("tc") int p(struct __sk_buff *skb) {\n  if (skb->/*|*/\n  return 0;\n}',
    'SEC("tc") int p(struct __sk_buff *skb) {\n  int x = skb->/*|*/\n  return 0;\n}\nSEC("tc") int q(struct __sk_buff *s) { return 0; }',
    'SEC("tc") int p(struct __sk_buff *skb) {\n  f(skb->/*|*/',
    'SEC("tc") int p(struct __sk_buff *skb) {\n  struct __sk_buff *s = skb;\n  s->/*|*/;\n}',
    'SEC("tc") int p(void *v) {\n  ((struct __sk_buff *)v)->/*|*/;\n}',
    'SEC("tc") int p(void *v) {\n  return ((struct __sk_buff *)v)->/*|*/;\n}',
    'static int f(const struct __sk_buff *s) { return s->/*|*/; }\nSEC("tc") int p(struct __sk_buff *skb) { return f(skb); }',
    'SEC("tc") int p(struct __sk_buff *skb) { return skb->ma/*|*/rk; }',
  ])('answers in %j', async (marked) => {
    expect((await completeAt(marked))?.labels).toContain('mark');
  });

  it('replaces the part that is typed already', async () => {
    expect((await completeAt('SEC("tc") int p(struct __sk_buff *skb) { return skb->ma/*|*/; }'))?.replaced).toBe('ma');
  });

  it('leaves out in a shared function only what no program may touch', async () => {
    const shared = (sections: readonly string[]): string =>
      `static int f(struct xdp_md *c) { return c->/*|*/; }\n${sections.map((s, i) => `SEC("${s}") int p${i}(struct xdp_md *c) { return f(c); }`).join('\n')}`;
    expect((await completeAt(shared(['xdp', 'xdp/devmap'])))?.labels).toContain('egress_ifindex');
    expect((await completeAt(shared(['xdp', 'xdp/cpumap'])))?.labels).not.toContain('egress_ifindex');
  });

  it('offers the fields of plain structs, which the kernel keeps no list for', async () => {
    expect((await completeAt('SEC("perf_event") int p(struct bpf_perf_event_data *ctx) { return ctx->/*|*/; }'))?.labels).toEqual(['regs', 'sample_period', 'addr']);
  });

  it('has nothing for the hidden ctx of BPF_PROG, which is an array of numbers', async () => {
    expect(await completeAt('SEC("fentry/x") int BPF_PROG(p, int fd) { return ctx->/*|*/; }')).toBeUndefined();
    expect(await completeAt('SEC("xdp") int q(struct xdp_md *ctx) { return 0; }\nSEC("fentry/x") int BPF_PROG(p, int fd) { return ctx->/*|*/; }')).toBeUndefined();
  });

  it.each(['SEC("tc") int p(struct __sk_buff *skb) { return other->/*|*/; }', 'SEC("tc") int p(struct __sk_buff *skb) { return skb->sk->/*|*/; }', '// ctx->/*|*/', 'char *s = "ctx->/*|*/";'])(
    'has nothing for %j',
    async (marked) => {
      expect(await completeAt(marked)).toBeUndefined();
    },
  );
});

describe('SEC("…")', () => {
  it('offers every section of libbpf, its placeholder as a snippet', async () => {
    const found = await completeAt('SEC("/*|*/")\nint p(struct xdp_md *ctx) { return 0; }');
    expect(found?.labels).toEqual(expect.arrayContaining(['xdp', 'xdp.frags/devmap', 'kprobe', 'tc', 'lsm.s', 'cgroup/connect4', 'struct_ops']));
    expect(found?.entry('kprobe').snippet).toMatch(/^kprobe\/\$\{1:[^}]+\}$/);
    expect(found?.entry('xdp').snippet).toBeUndefined();
    expect(found?.labels).not.toContain('xdp_devmap');
  });

  it('replaces the whole text between the quotes', async () => {
    const found = await completeAt('SEC("xd/*|*/p")\nint p(struct xdp_md *ctx) { return 0; }', { trigger: '/' });
    expect(found?.replaced).toBe('xdp');
  });

  it('does not run on over the end of the line while the string is open', async () => {
    const found = await completeAt('SEC("xd/*|*/\nint p(struct xdp_md *ctx) { char *s = "x"; return 0; }');
    expect(found?.replaced).toBe('xd');
  });

  it('answers in every way to name a section', async () => {
    expect((await completeAt('__attribute__((section("/*|*/"), used))\nint p(struct xdp_md *ctx) { return 0; }'))?.labels).toContain('xdp');
  });

  it('answers while nothing follows', async () => {
    expect((await completeAt('SEC("/*|*/'))?.labels).toContain('xdp');
  });

  it('leaves ordinary strings alone', async () => {
    expect(await completeAt('SEC("xdp") int p(struct xdp_md *ctx) { char *s = "/*|*/"; return 0; }', { trigger: '"' })).toBeUndefined();
  });
});

describe('helpers and kfuncs', () => {
  const xdp = (typed: string): string => `SEC("xdp") int p(struct xdp_md *ctx) { ${typed}/*|*/; return 0; }`;

  it('are those that fit the program', async () => {
    const redirect = await completeAt(xdp('bpf_redirect'));
    expect(redirect?.labels).toEqual(expect.arrayContaining(['bpf_redirect', 'bpf_redirect_map']));
    expect((await completeAt(xdp('bpf_skb_load')))?.entry('bpf_skb_load_bytes')).toMatchObject({ note: 'not in XDP', discouraged: true });
    expect((await completeAt('SEC("tc") int p(struct __sk_buff *skb) { bpf_skb_load/*|*/; return 0; }'))?.labels).toContain('bpf_skb_load_bytes');
  });

  it('are those that one of the programs may call, in a function that several share', async () => {
    const shared = await completeAt('static int f(void *ctx) { bpf_skb_load/*|*/; return 0; }\nSEC("tc") int p(struct __sk_buff *skb) { return f(skb); }\nSEC("xdp") int q(struct xdp_md *ctx) { return f(ctx); }');
    expect(shared?.labels).toContain('bpf_skb_load_bytes');
  });

  it('that may sleep are for programs that may', async () => {
    const fentry = (section: string): string => `SEC("${section}/x") int BPF_PROG(p) { bpf_copy_from/*|*/; return 0; }`;
    expect((await completeAt(fentry('fentry')))?.entry('bpf_copy_from_user')).toMatchObject({ note: 'only sleepable programs', discouraged: true });
    expect((await completeAt(fentry('fentry.s')))?.entry('bpf_copy_from_user').discouraged).toBeUndefined();
  });

  it('are at most 250, and then say that there are more', async () => {
    const found = await completeAt('SEC("syscall") int p(void *ctx) { bpf_/*|*/; return 0; }');
    expect(found?.labels).toHaveLength(250);
    expect(found?.result.incomplete).toBe(true);
  });

  it('depend on the target', async () => {
    expect((await completeAt(xdp('bpf_loop'), { kernel: '5.10' }))?.entry('bpf_loop')).toMatchObject({ note: 'from Linux 5.17', discouraged: true });
    expect((await completeAt(xdp('bpf_loop'), { kernel: '5.17' }))?.entry('bpf_loop').discouraged).toBeUndefined();
  });

  it('that none of the programs may call come last', async () => {
    const found = await completeAt(xdp('bpf_skb'));
    const denied = found!.result.entries.filter((entry) => entry.discouraged).map(({ label }) => label);
    const first = found!.labels.findIndex((label) => denied.includes(label));
    expect(first).toBeGreaterThan(0);
    expect(found!.labels.slice(first).every((label) => denied.includes(label))).toBe(true);
  });

  it('can be switched off', async () => {
    const beside = await completeAt(xdp('bpf_'), { settings: { completion: 'ebpf-only' } });
    expect(beside?.labels).toContain('bpf_dynptr_from_xdp');
    expect(beside?.labels).not.toContain('bpf_redirect');
    expect(await completeAt('SEC("/*|*/")', { settings: { completion: 'off' } })).toBeUndefined();
  });

  it('do not come because of a division or a comparison', async () => {
    expect(await completeAt(xdp('int x = 1 /'), { trigger: '/' })).toBeUndefined();
    expect(await completeAt(xdp('int x = 1 >'), { trigger: '>' })).toBeUndefined();
  });

  it('have documentation on demand', async () => {
    const facts = await loadTestFacts();
    expect(describeEntry(facts, { kind: 'helper', name: 'bpf_redirect' }).length).toBeGreaterThan(2);
    expect(describeEntry(facts, { kind: 'field', name: 'xdp_md.data' }).length).toBeGreaterThan(0);
    expect(describeEntry(facts, { kind: 'kfunc', name: 'no_such' })).toEqual([]);
  });
});

describe('map types', () => {
  const map = (typed: string): string => `struct { __uint(type, ${typed}/*|*/); } m SEC(".maps");`;

  it('are offered after __uint(type,', async () => {
    const found = await completeAt(map('BPF_MAP'));
    expect(found?.labels).toEqual(expect.arrayContaining(['BPF_MAP_TYPE_HASH', 'BPF_MAP_TYPE_RINGBUF']));
    expect(found?.replaced).toBe('BPF_MAP');
  });

  it('come last where the target lacks them', async () => {
    const found = await completeAt(map(''), { kernel: '5.4' });
    expect(found?.entry('BPF_MAP_TYPE_RINGBUF').discouraged).toBe(true);
    expect(found?.labels.indexOf('BPF_MAP_TYPE_RINGBUF')).toBeGreaterThan(found!.labels.indexOf('BPF_MAP_TYPE_XSKMAP'));
  });
});

describe('case', () => {
  const ops = (body: string): string => `SEC("sockops") int p(struct bpf_sock_ops *ctx) {\n\tswitch (ctx->op) {\n${body}\n\t}\n\treturn 1;\n}`;

  it.each([
    ops('\tcase /*|*/'),
    ops('\tcase BPF_SOCK_OPS_TCP_CONNECT_CB: {\n\t\tif (ctx->family) { break; }\n\t\tbreak;\n\t}\n\tcase BPF_/*|*/'),
    'SEC("sockops") int p(struct bpf_sock_ops *ctx) {\n\tint op = 1;\n\tswitch (op) { case 1: break; }\n\tswitch (ctx->op) {\n\tcase /*|*/',
  ])('offers the values of the field that is switched over, and nothing to call: %j', async (marked) => {
    const labels = (await completeAt(marked))?.labels ?? [];
    expect(labels).toContain('BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB');
    expect(labels).not.toContain('bpf_sock_ops_cb_flags_set');
    expect(labels).not.toContain('bpf_ktime_get_ns');
  });

  it('offers what such programs return where a variable is switched over', async () => {
    const labels = (await completeAt('SEC("xdp") int p(struct xdp_md *ctx) { int action = XDP_PASS; switch (action) { case /*|*/: break; } return action; }'))?.labels;
    expect(labels).toEqual(expect.arrayContaining(['XDP_DROP', 'XDP_PASS', 'XDP_TX']));
    expect(labels).not.toContain('bpf_redirect');
  });

  it('offers constants by their beginning anywhere', async () => {
    expect((await completeAt('static int f(int t) { switch (t) { case BPF_CGROUP_INET/*|*/: return 1; } return 0; }'))?.labels).toContain('BPF_CGROUP_INET4_BIND');
  });
});
