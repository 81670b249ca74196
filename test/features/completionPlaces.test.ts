/** Completion where one thing is meant: flags, maps, return values, map definitions, declarations at file level. */
import { describe, expect, it } from 'vitest';
import { declareKfunc } from '../../server/src/features/completion/kfuncDeclaration.js';
import { plainOf } from '../../server/src/features/completion/entry.js';
import { splitCursor } from '../support/carets.js';
import { unit } from '../support/unit.js';
import { completeAt } from './harness.js';

const MAPS = `struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } counts SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_DEVMAP); __uint(max_entries, 1); __type(key, __u32); __type(value, __u32); } devices SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } slots SEC(".maps");
`;
const xdp = (body: string): string => `#include <linux/bpf.h>\n${MAPS}SEC("xdp") int p(struct xdp_md *ctx) { __u32 k = 0; __u64 v = 0;\n${body}\n}\nchar LICENSE[] SEC("license") = "GPL";`;

describe('a flags argument', () => {
  it.each([
    ['return bpf_redirect_map(&devices, 0, /*|*/', 'BPF_F_BROADCAST'],
    ['return bpf_redirect_map(&devices, 0, (__u64)/*|*/);', 'BPF_F_BROADCAST'],
    ['return bpf_redirect_map(&devices, 0, BPF_F_BROADCAST | /*|*/);', 'BPF_F_EXCLUDE_INGRESS'],
    ['bpf_map_update_elem(&counts, &k, &(struct v){1, 2}, /*|*/\n\treturn 0;', 'BPF_NOEXIST'],
    ['bpf_map_update_elem(&counts, /* a, b */ &k, f("x,y)", v), BPF_/*|*/', 'BPF_NOEXIST'],
    ['if (bpf_map_update_elem(&counts, &k, &v, /*|*/) < 0)', 'BPF_NOEXIST'],
  ])('%s has %s', async (body, flag) => {
    expect((await completeAt(xdp(body), { trigger: ' ' }))?.labels).toContain(flag);
  });

  it('has no flag twice, and marks those that are none for the map', async () => {
    expect((await completeAt(xdp('return bpf_redirect_map(&devices, 0, BPF_F_BROADCAST | /*|*/);'), { trigger: '|' }))?.labels).not.toContain('BPF_F_BROADCAST');
    const slots = await completeAt(xdp('bpf_map_update_elem(&slots, &k, &v, /*|*/'));
    expect(slots?.entry('BPF_NOEXIST')).toMatchObject({ note: 'not for ARRAY', discouraged: true });
    expect(slots?.entry('BPF_ANY').discouraged).toBeUndefined();
    expect((await completeAt(xdp('bpf_map_update_elem(&counts, &k, &v, /*|*/')))?.entry('BPF_NOEXIST').discouraged).toBeUndefined();
  });

  it('says from which kernel on a flag is there', async () => {
    const found = await completeAt(xdp('bpf_map_update_elem(&counts, &k, &v, /*|*/)'), { kernel: '4.19' });
    expect(found?.entry('BPF_F_LOCK')).toMatchObject({ note: 'from Linux 5.1' });
  });

  it.each(['bpf_map_update_elem(&counts, &k, &v, 1 + /*|*/)', 'f(1, 2, 3, /*|*/)', 'x->bpf_map_update_elem(&counts, &k, &v, /*|*/)', 'bpf_ktime_get_ns(/*|*/)', 'if (/*|*/)', 'for (k = 0, /*|*/)'])(
    'is none in %s',
    async (body) => {
      expect(await completeAt(xdp(body), { trigger: ',' })).toBeUndefined();
    },
  );
});

describe('a map argument', () => {
  it('offers the maps that the helper takes first, with &', async () => {
    const found = await completeAt(xdp('bpf_redirect_map(/*|*/'), { trigger: '(' });
    expect(found?.labels).toEqual(['devices', 'counts', 'slots']);
    expect(found?.entry('devices')).toMatchObject({ insert: '&devices', detail: 'BPF_MAP_TYPE_DEVMAP' });
    expect(found?.entry('counts')).toMatchObject({ note: 'not for bpf_redirect_map', discouraged: true });
  });

  it('leaves an & alone that is there', async () => {
    const found = await completeAt(xdp('bpf_map_lookup_elem(&co/*|*/, &k)'));
    expect(found?.entry('counts').insert).toBeUndefined();
    expect(found?.replaced).toBe('co');
  });

  it('comes without a trigger before everything that can be called', async () => {
    expect((await completeAt(xdp('bpf_map_lookup_elem(/*|*/')))?.labels.slice(0, 3).sort()).toEqual(['counts', 'devices', 'slots']);
  });
});

describe('behind return', () => {
  const program = (section: string, head: string, body: string): string => `SEC("${section}") int ${head} { ${body} }`;

  it.each([
    ['xdp', 'p(struct xdp_md *ctx)', 'XDP_PASS'],
    ['tc', 'p(struct __sk_buff *skb)', 'TC_ACT_OK'],
    ['sk_msg', 'p(struct sk_msg_md *msg)', 'SK_PASS'],
    ['cgroup_skb/egress', 'p(struct __sk_buff *skb)', '1'],
    ['cgroup/connect4', 'p(struct bpf_sock_addr *ctx)', '1'],
    ['lsm/file_open', 'BPF_PROG(p, struct file *file)', '0'],
    ['fentry/x', 'BPF_PROG(p)', '0'],
  ])('in %s %s comes %s first', async (section, head, first) => {
    for (const body of ['return /*|*/', 'return /*|*/;', 'return (/*|*/', 'if (x) return y ? /*|*/', 'return y ? 1 : /*|*/;']) {
      const found = await completeAt(program(section, head, body), { trigger: ' ' });
      expect(found?.labels[0], body).toBe(first);
      expect(found?.entry(first).preselect).toBe(true);
    }
  });

  it('says what numbers mean, within what the verifier takes', async () => {
    const egress = await completeAt(program('cgroup_skb/egress', 'p(struct __sk_buff *skb)', 'return /*|*/'), { trigger: ' ' });
    expect(egress?.entry('2').detail).toBe('drop, and signal congestion');
    const ingress = await completeAt(program('cgroup_skb/ingress', 'p(struct __sk_buff *skb)', 'return /*|*/'), { trigger: ' ' });
    expect(ingress?.labels).toEqual(['1', '0']);
    expect((await completeAt(program('cgroup/recvmsg4', 'p(struct bpf_sock_addr *c)', 'return /*|*/'), { trigger: ' ' }))?.labels).toEqual(['1']);
  });

  it.each(['return x + /*|*/', 'case 1: /*|*/', 'x = y ? /*|*/', '// return /*|*/', 'f("return /*|*/")', '/*|*/'])('has nothing of its own in %s', async (body) => {
    expect(await completeAt(program('xdp', 'p(struct xdp_md *ctx)', `switch (1) { ${body} }`), { trigger: ' ' })).toBeUndefined();
  });
});

describe('a comparison with a field', () => {
  it('offers the values of the field', async () => {
    const found = await completeAt('SEC("sockops") int p(struct bpf_sock_ops *ops) { if (ops->op == /*|*/) return 1; }', { trigger: ' ' });
    expect(found?.labels).toContain('BPF_SOCK_OPS_TCP_CONNECT_CB');
    expect(await completeAt('SEC("sockops") int p(struct bpf_sock_ops *ops) { if (ops->family == /*|*/) return 1; }', { trigger: ' ' })).toBeUndefined();
  });
});

describe('a map definition', () => {
  const map = (lines: string): string => `struct {\n${lines}\n} m SEC(".maps");`;

  it('offers the lines that are missing, needed ones first', async () => {
    expect((await completeAt(map('/*|*/')))?.labels[0]).toBe('type');
    const hash = await completeAt(map('\t__uint(type, BPF_MAP_TYPE_HASH);\n\t__type(key, __u32);\n\t__u/*|*/'));
    expect(hash?.labels.slice(0, 2)).toEqual(['value', 'max_entries']);
    expect(hash?.labels).not.toContain('key_size');
    expect(hash?.entry('max_entries')).toMatchObject({ snippet: '__uint(max_entries, ${1:1024});', filter: '__uint max_entries' });
  });

  it('asks for nothing that the type refuses', async () => {
    const ring = await completeAt(map('\t__uint(type, BPF_MAP_TYPE_RINGBUF);\n\t/*|*/'));
    expect(ring?.labels).not.toContain('key');
    expect(ring?.entry('max_entries').snippet).toContain('256 * 1024');
    const arena = await completeAt(map('\t__uint(type, BPF_MAP_TYPE_ARENA);\n\t/*|*/'));
    expect(arena?.entry('map_flags').snippet).toContain('BPF_F_MMAPABLE');
  });

  it.each([
    ['__uint(type, BPF_MAP_TYPE_HASH);\n__uint(/*|*/', ['max_entries', 'map_flags'], ['type', 'key', 'values']],
    ['__uint(type, BPF_MAP_TYPE_HASH);\n__type(/*|*/)', ['key', 'value'], ['max_entries']],
    ['__uint(type, BPF_MAP_TYPE_PROG_ARRAY);\n__array(/*|*/', ['values'], ['key']],
    ['__uint(type, BPF_MAP_TYPE_HASH);\n__uint(map_flags, /*|*/);', ['BPF_F_NO_PREALLOC'], ['BPF_F_MMAPABLE']],
    ['__uint(type, BPF_MAP_TYPE_HASH);\n__uint(map_flags, BPF_F_NO_PREALLOC | /*|*/);', ['BPF_F_NUMA_NODE'], ['BPF_F_NO_PREALLOC']],
    ['__uint(type, BPF_MAP_TYPE_ARRAY);\n__type(key, /*|*/', ['__u32'], ['__u64']],
    ['__uint(pinning, /*|*/', ['LIBBPF_PIN_BY_NAME'], []],
    ['__uint(type, /*|*/', ['BPF_MAP_TYPE_HASH'], []],
  ])('has in %j %j', async (lines, there, absent) => {
    const found = await completeAt(map(lines));
    expect(found?.labels).toEqual(expect.arrayContaining(there));
    for (const label of absent) expect(found?.labels).not.toContain(label);
  });

  it('is answered while the file ends there', async () => {
    expect((await completeAt('struct {\n\t__uint(type, BPF_MAP_TYPE_HASH);\n\t/*|*/'))?.labels).toContain('max_entries');
  });

  it.each(['struct event {\n\t__u32 pid;\n\t/*|*/\n};', 'typedef struct {\n\t__u32 pid;\n\t/*|*/\n} event_t;', 'struct {\n\t__u32 /*|*/\n} m SEC(".maps");', 'enum {\n\t/*|*/\n};'])('is not %j', async (text) => {
    expect(await completeAt(text, { trigger: ' ' })).toBeUndefined();
  });
});

describe('operations tables', () => {
  it('offers the members that are not set', async () => {
    const found = await completeAt('SEC(".struct_ops.link")\nstruct tcp_congestion_ops cc = {\n\t.init = (void *)init_fn,\n\t./*|*/\n};', { trigger: '.' });
    expect(found?.labels).toContain('ssthresh');
    expect(found?.labels).not.toContain('init');
    expect(found?.entry('ssthresh').snippet).toBe('ssthresh = (void *)${1:ssthresh},');
    expect((await completeAt('SCX_OPS_DEFINE(ops, .enqueue = (void *)e, ./*|*/'))?.labels).toContain('dispatch');
    expect(await completeAt('struct mine m = { ./*|*/ };')).toBeUndefined();
  });
});

describe('at file level', () => {
  it('a program skeleton is whole: includes and licence where there are none, names that are free', async () => {
    const empty = (await completeAt('/*|*/'))!.entry('kprobe');
    expect(empty.insert).toBe('#include "vmlinux.h"\n#include <bpf/bpf_helpers.h>\n#include <bpf/bpf_tracing.h>\n\nSEC("kprobe/function")\nint BPF_KPROBE(kprobe_prog)\n{\n\t\n\treturn 0;\n}\n\nchar LICENSE[] SEC("license") = "GPL";');
    const second = (await completeAt('#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\nSEC("xdp") int xdp_prog(struct xdp_md *ctx) { return 0; }\nchar l[] SEC("license") = "GPL";\n/*|*/'))!;
    expect(second.entry('xdp').insert).toBe('SEC("xdp")\nint xdp_prog_2(struct xdp_md *ctx)\n{\n\t\n\treturn XDP_PASS;\n}');
    expect(second.entry('xdp').edits).toBeUndefined();
    expect(second.entry('fentry').edits?.[0]?.newText).toBe('#include <bpf/bpf_tracing.h>\n');
    expect(second.labels).not.toContain('license');
  });

  it('every skeleton analyses without a finding', async () => {
    const found = (await completeAt('/*|*/'))!;
    const skeletons = found.result.entries.filter((entry) => entry.kind === 'snippet');
    expect(skeletons.length).toBeGreaterThan(60);
    for (const entry of skeletons) {
      const made = await unit(`${entry.insert ?? entry.label}\n`);
      expect(made.findings.map((finding) => finding.message), entry.label).toEqual([]);
      expect(made.model.main.problems, entry.label).toEqual([]);
    }
  });

  it('a map skeleton has what its type needs', async () => {
    const found = (await completeAt('/*|*/'))!;
    expect(found.entry('map lpm_trie').insert).toContain('\t__type(key, struct { __u32 prefixlen; __u32 address; });\n');
    expect(found.entry('map ringbuf').insert).toBe('struct {\n\t__uint(type, BPF_MAP_TYPE_RINGBUF);\n\t__uint(max_entries, 256 * 1024);\n} events SEC(".maps");');
    expect((await completeAt('/*|*/', { kernel: '5.4' }))?.entry('map ringbuf')).toMatchObject({ note: 'from Linux 5.8', discouraged: true });
  });

  it('a section is followed by its function', async () => {
    const found = await completeAt('SEC("xdp")\n/*|*/');
    expect(found?.labels[0]).toBe('int xdp_prog(struct xdp_md *ctx)');
    expect((await completeAt('SEC("iter/tcp")\nint /*|*/'))?.labels[0]).toBe('iter_prog(struct bpf_iter__tcp *ctx)');
    expect((await completeAt('SEC("tc")\nint f(/*|*/'))?.labels).toEqual(['struct __sk_buff *ctx']);
    expect((await completeAt('SEC("kretprobe/x")\nint /*|*/'))?.labels.slice(0, 2)).toEqual(['BPF_KRETPROBE(kretprobe_prog)', 'BPF_KRETPROBE']);
    expect((await completeAt('struct { __uint(type, BPF_MAP_TYPE_HASH); } m SEC("/*|*/"'))?.labels[0]).toBe('.maps');
  });

  it.each(['// /*|*/', '/* /*|*/ */', '#if 0\n/*|*/\n#endif', '#define X /*|*/', 'char *s = "/*|*/";', '#include </*|*/'])('%j has nothing', async (text) => {
    expect(await completeAt(text)).toBeUndefined();
  });
});

describe('a kfunc that nothing declares', () => {
  const declared = async (marked: string, kfunc: string): Promise<string | undefined> => {
    const { text, offset } = splitCursor(marked);
    const edit = declareKfunc(await unit(text), kfunc, offset);
    return edit && text.slice(0, edit.span.start) + edit.newText + text.slice(edit.span.end);
  };

  it('is marked, and one that is declared is not', async () => {
    const program = (head: string): string => `${head}\nSEC("xdp") int p(struct xdp_md *ctx) { bpf_dynptr_from/*|*/ }`;
    expect((await completeAt(program('#include <linux/bpf.h>')))?.entry('bpf_dynptr_from_xdp').undeclared).toBe(true);
    const there = program('#include <linux/bpf.h>\nextern int bpf_dynptr_from_xdp(struct xdp_md *x, __u64 flags, struct bpf_dynptr *p) __ksym;');
    expect((await completeAt(there))?.entry('bpf_dynptr_from_xdp').undeclared).toBeUndefined();
    const header = await completeAt(program('#include "k.h"'), { files: { 'k.h': 'extern int bpf_dynptr_from_xdp(struct xdp_md *x, __u64 flags, struct bpf_dynptr *p) __ksym;' } });
    expect(header?.entry('bpf_dynptr_from_xdp').undeclared).toBeUndefined();
  });

  it('is declared behind the includes, in the types that are there', async () => {
    expect(await declared('#include <linux/bpf.h>\n\nSEC("xdp") int p(struct xdp_md *ctx) { /*|*/ }', 'bpf_dynptr_from_xdp')).toBe(
      '#include <linux/bpf.h>\n\nextern int bpf_dynptr_from_xdp(struct xdp_md *x, __u64 flags, struct bpf_dynptr *ptr__uninit) __ksym;\n\nSEC("xdp") int p(struct xdp_md *ctx) {  }',
    );
    expect(await declared('#include "vmlinux.h"\r\nSEC("xdp") int p(struct xdp_md *ctx) { /*|*/ }', 'bpf_dynptr_from_xdp')).toContain('\r\n\r\nextern int bpf_dynptr_from_xdp(struct xdp_md *x, u64 flags');
  });

  it('is declared behind its like, and behind the structs that it names', async () => {
    const lines = (await declared('#include "vmlinux.h"\nextern void bpf_rcu_read_lock(void) __ksym;\nint x;\nSEC("tc") int p(struct __sk_buff *c) { /*|*/ }', 'bpf_rcu_read_unlock'))!.split('\n');
    expect(lines[2]).toBe('extern void bpf_rcu_read_unlock(void) __ksym;');
    const own = (await declared('#include <linux/bpf.h>\nstruct bpf_dynptr { int x; };\n// About p.\nSEC("xdp") int p(struct xdp_md *ctx) { /*|*/ }', 'bpf_dynptr_from_xdp'))!;
    expect(own.indexOf('extern')).toBeGreaterThan(own.indexOf('struct bpf_dynptr {'));
    expect(own.indexOf('extern')).toBeLessThan(own.indexOf('// About p.'));
  });

  it('analyses clean when it is accepted', async () => {
    const text = (await declared('#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\nSEC("tc") int p(struct __sk_buff *c) { bpf_rcu_read_lock(); /*|*/ return 0; }\nchar l[] SEC("license") = "GPL";\n', 'bpf_rcu_read_lock'))!;
    expect((await unit(text)).findings.map(({ rule }) => rule)).not.toContain('kfunc-undeclared');
  });
});

describe('snippets', () => {
  it('are plain for clients without them', () => {
    expect(plainOf('f(${1:a}, ${2|x,y|})$0 \\$ {\n}')).toBe('f(a, x) $ {\n}');
  });

  it('leave parentheses alone that are there', async () => {
    expect((await completeAt(xdp('bpf_redir/*|*/(1, 2);')))?.entry('bpf_redirect').snippet).toBeUndefined();
    expect((await completeAt(xdp('bpf_redir/*|*/')))?.entry('bpf_redirect').snippet).toBe('bpf_redirect($0)');
    expect((await completeAt(xdp('bpf_ktime/*|*/')))?.entry('bpf_ktime_get_ns').snippet).toBe('bpf_ktime_get_ns()');
  });
});
