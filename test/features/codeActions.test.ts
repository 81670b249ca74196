/** Quick fixes and rewritings: each is applied, and the text is analysed again. */
import { describe, expect, it, test } from 'vitest';
import type { Unit } from '../../server/src/analysis.types.js';
import type { CodeActionData } from '../../server/src/features/codeActions/codeAction.types.js';
import { codeActions, fixAll } from '../../server/src/features/codeActions/codeActions.js';
import type { Fix } from '../../server/src/rules/rule.js';
import { splitCursor } from '../support/carets.js';
import { unit, type UnitOptions } from '../support/unit.js';

interface Place {
  readonly text: string;
  readonly unit: Unit;
  readonly actions: readonly CodeActionData[];
}

async function at(marked: string, options: UnitOptions = {}): Promise<Place> {
  const { text, offset } = splitCursor(marked);
  const analysed = await unit(text, options);
  expect(analysed.failures).toEqual([]);
  return { text, unit: analysed, actions: codeActions(analysed, { start: offset, end: offset }) };
}

const titles = (place: Place): readonly string[] => place.actions.map((a) => a.title);
const find = (place: Place, title: string): CodeActionData => {
  const action = place.actions.find((a) => a.title === title);
  expect(action, `${title} among ${titles(place).join(', ')}`).toBeDefined();
  return action as CodeActionData;
};

/** The texts of the files after edits. */
function applied(files: Readonly<Record<string, string>>, edits: Fix['edits']): Record<string, string> {
  const result = { ...files };
  for (const edit of [...edits].sort((a, b) => b.span.start - a.span.start)) {
    const old = result[edit.path] ?? '';
    result[edit.path] = old.slice(0, edit.span.start) + edit.newText + old.slice(edit.span.end);
  }
  return result;
}

/** Takes an action and holds that the text parses no worse and that its finding is gone, and no other one came. */
async function take(marked: string, title: string, options: UnitOptions = {}): Promise<string> {
  const place = await at(marked, options);
  const action = find(place, title);
  const texts = applied({ 'main.bpf.c': place.text, ...options.files }, action.edits);
  const { 'main.bpf.c': main = '', ...files } = texts;
  const after = await unit(main, { ...options, files });
  expect(after.model.main.problems.length).toBe(place.unit.model.main.problems.length);
  const kinds = (u: Unit): string[] => u.findings.map((f) => `${f.rule} ${f.subject ?? ''}`).sort();
  const expected = kinds(place.unit);
  if (action.finding) expected.splice(expected.indexOf(`${action.finding.rule} ${action.finding.subject ?? ''}`), 1);
  expect(kinds(after)).toEqual(expected);
  return main;
}

const HEAD = '#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n\n';
const MAP = 'struct {\n\t__uint(type, BPF_MAP_TYPE_HASH);\n\t__uint(max_entries, 8);\n\t__type(key, __u32);\n\t__type(value, __u64);\n} m SEC(".maps");\n';
const GPL = '\nchar LICENSE[] SEC("license") = "GPL";\n';
const xdp = (body: string): string => `${HEAD}${MAP}\nSEC("xdp")\nint f(struct xdp_md *ctx)\n{\n${body}}\n${GPL}`;

describe('a test for NULL', () => {
  const TITLE = 'Return if `v` is NULL';

  it('stands behind the lookup, with what the function returns', async () => {
    const text = await take(xdp('\t__u32 k = 0;\n\t__u64 *v = bpf_map_/*|*/lookup_elem(&m, &k);\n\n\t*v += 1;\n\treturn XDP_DROP;\n'), TITLE);
    expect(text).toContain('lookup_elem(&m, &k);\n\tif (!v)\n\t\treturn XDP_DROP;\n\n\t*v += 1;');
  });

  it('is offered where the pointer is followed', async () => {
    const text = await take(xdp('    __u32 k = 0;\n    __u64 *v;\n    v = bpf_map_lookup_elem(&m, &k);\n    return v/*|*/[0];\n'), TITLE);
    expect(text).toContain('lookup_elem(&m, &k);\n    if (!v)\n        return XDP_PASS;\n');
  });

  it('is not offered anew once it is there', async () => {
    const source = '\t__u64 *v = bpf_map_/*|*/lookup_elem(&m, &(__u32){0});\n\t*v = 1;\n\treturn 0;\n';
    const once = await take(xdp(source), TITLE);
    const again = await at(once.replace('lookup_elem', 'lookup/*|*/_elem'));
    expect(titles(again)).toEqual([]);
  });

  it('of a kfunc that returns NULL, in a function without a value', async () => {
    const code = `${HEAD}extern struct task_struct *bpf_task_from_pid(int pid) __ksym;\n\nstatic void g(int pid)\n{\n\tstruct task_struct *v = bpf_task_from_pid(pid);\n\tuse(v->pi/*|*/d);\n}\nSEC("tp_btf/task_newtask")\nint f(void *ctx)\n{\n\tg(1);\n\treturn 0;\n}\n${GPL}`;
    expect(await take(code, TITLE)).toContain('from_pid(pid);\n\tif (!v)\n\t\treturn;\n\tuse(v->pid);');
  });

  it('keeps the line ends', async () => {
    const text = await take(xdp('\t__u64 *v = bpf_map_/*|*/lookup_elem(&m, &(__u32){0});\n\treturn *v;\n').replace(/\n/g, '\r\n'), TITLE);
    expect(text).toContain(';\r\n\tif (!v)\r\n\t\treturn XDP_PASS;\r\n');
    expect(text.replace(/\r\n/g, '')).not.toContain('\n');
  });

  test.each([
    ['tested by if', 'if (v)\n\t\t*v = 1;'],
    ['tested in a longer condition', 'if (k && v && *v) return 1;'],
    ['tested by likely', 'if (likely(v != NULL)) *v = 1;'],
    ['tested for its absence', 'if (!v) return 0;'],
    ['compared the other way', 'if (NULL == v) return 0;'],
    ['chosen by ?', 'return v ? *v : 0;'],
    ['tested in a loop', 'while (v) *v = 1;'],
    ['tested by a macro', 'CHECK(v);'],
    ['handed to a function that may test it', 'k = other(&k, v);'],
  ])('is not offered where it is %s', async (_, use) => {
    expect(titles(await at(xdp(`\t__u32 k = 0;\n\t__u64 *v = bpf_map_/*|*/lookup_elem(&m, &k);\n\t${use}\n\treturn 0;\n`)))).toEqual([]);
  });

  it('is offered although a later pointer of the same name is tested', async () => {
    const text = await take(xdp('\t__u32 k = 0;\n\t__u64 *v = bpf_map_/*|*/lookup_elem(&m, &k);\n\t*v = 1;\n\tv = bpf_map_lookup_elem(&m, &k);\n\tif (v)\n\t\t*v = 1;\n\treturn 0;\n'), TITLE);
    expect(text).toContain('&k);\n\tif (!v)\n\t\treturn 0;\n\t*v = 1;');
  });

  test.each([
    ['under an if without braces', '\t__u64 *v;\n\tif (ctx)\n\t\tv = bpf_map_/*|*/lookup_elem(&m, ctx);\n\treturn 0;\n'],
    ['whose result goes elsewhere', '\tuse(bpf_map_/*|*/lookup_elem(&m, ctx));\n\treturn 0;\n'],
    ['in a branch, tested where two meet', '\t__u64 *v;\n\tif (ctx) {\n\t\tv = bpf_map_/*|*/lookup_elem(&m, ctx);\n\t} else {\n\t\tv = 0;\n\t}\n\tif (v)\n\t\t*v = 1;\n\treturn 0;\n'],
    ['tested in place', '\t__u64 *v;\n\tif ((v = bpf_map_/*|*/lookup_elem(&m, ctx)))\n\t\t*v = 1;\n\treturn 0;\n'],
    ['that never is NULL', '\tlong v = bpf_map_/*|*/update_elem(&m, ctx, ctx, 0);\n\treturn v;\n'],
  ])('is not offered for a call %s', async (_, body) => {
    expect(titles(await at(xdp(body)))).toEqual([]);
  });
});

describe('a guard', () => {
  it('asks for the helper, with the header that the test needs', async () => {
    const text = await take(xdp('\treturn bpf_xdp_get_/*|*/buff_len(ctx) > 1500 ? XDP_DROP : XDP_PASS;\n'), 'Call `bpf_xdp_get_buff_len` only where the kernel has it, and take 0 where it does not', { kernel: '5.10' });
    expect(text).toContain('#include <bpf/bpf_helpers.h>\n#include <bpf/bpf_core_read.h>\n');
    expect(text).toContain('return (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_xdp_get_buff_len) ? bpf_xdp_get_buff_len(ctx) : 0) > 1500');
  });

  test.each([
    ['a statement', '\tbpf_xdp_store_bytes/*|*/(ctx, 0, ctx, 1);\n', '\tif (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_xdp_store_bytes))\n\t\tbpf_xdp_store_bytes(ctx, 0, ctx, 1);\n'],
    ['what an if runs', '\tif (ctx)\n\t\tbpf_xdp_store_bytes/*|*/(ctx, 0, ctx, 1);\n\telse\n\t\tuse(1);\n', '\tif (ctx)\n\t\t{ if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_xdp_store_bytes)) bpf_xdp_store_bytes(ctx, 0, ctx, 1); }\n\telse\n'],
  ])('goes around %s', async (_, body, mended) => {
    expect(await take(xdp(`${body}\treturn 0;\n`), 'Call `bpf_xdp_store_bytes` only where the kernel has it', { kernel: '5.10' })).toContain(mended);
  });

  it('takes the whole value of an assignment', async () => {
    const text = await take(xdp('\tlong n = bpf_xdp_get_/*|*/buff_len(ctx);\n\treturn n;\n'), 'Call `bpf_xdp_get_buff_len` only where the kernel has it, and take 0 where it does not', { kernel: '5.10' });
    expect(text).toContain('long n = bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_xdp_get_buff_len) ? bpf_xdp_get_buff_len(ctx) : 0;');
  });

  it('makes the kfunc\'s declaration weak, in the header where it stands', async () => {
    const files = { 'k.h': 'extern void bpf_rcu_read_lock(void) __ksym;\n' };
    const code = `#include "k.h"\n${HEAD}SEC("tp_btf/task_newtask")\nint f(void *ctx)\n{\n\tbpf_rcu_read_/*|*/lock();\n\treturn 0;\n}\n${GPL}`;
    const title = 'Call `bpf_rcu_read_lock` only where the kernel has it';
    expect(await take(code, title, { kernel: '5.15', files })).toContain('\tif (bpf_ksym_exists(bpf_rcu_read_lock))\n\t\tbpf_rcu_read_lock();');
    const edits = find(await at(code, { kernel: '5.15', files }), title).edits;
    expect(applied(files, edits)['k.h']).toBe('extern void bpf_rcu_read_lock(void) __ksym __weak;\n');
  });

  it('is not offered where the kernel has the helper and refuses it', async () => {
    // bpf_get_current_pid_tgid is of 4.2, and came to XDP programs much later.
    const place = await at(xdp('\treturn bpf_get_current_pid_/*|*/tgid();\n'), { kernel: '5.10' });
    expect(place.unit.findings.length).toBeGreaterThan(0);
    expect(titles(place).filter((t) => t.includes('only where'))).toEqual([]);
  });

  it('is not offered for a kfunc of a generated header', async () => {
    const files = { 'vmlinux.h': 'extern void bpf_rcu_read_lock(void) __ksym;\n' };
    const place = await at(`#include "vmlinux.h"\nextern void bpf_rcu_read_lock(void);\nSEC("tp_btf/x") int f(void *ctx) { bpf_rcu_read_/*|*/lock(); return 0; }\n`, { kernel: '5.15', files });
    expect(titles(place).filter((t) => t.includes('only where'))).toEqual([]);
  });
});

describe('a replacement', () => {
  test.each([
    ['with the same arguments', xdp('\tchar b[4];\n\treturn bpf_skb_load_/*|*/bytes(ctx, 0, b, 4);\n'), 'bpf_xdp_load_bytes', 'bpf_xdp_load_bytes(ctx, 0, b, 4)'],
    ['without the flags that are 0', xdp('\tchar b[4];\n\treturn bpf_skb_store_/*|*/bytes(ctx, 0, b, 4, 0);\n'), 'bpf_xdp_store_bytes', 'bpf_xdp_store_bytes(ctx, 0, b, 4)'],
    ['that is a kfunc, with its declaration', xdp('\tbpf_skb_pull_/*|*/data(ctx, 4);\n\treturn 0;\n'), 'bpf_xdp_pull_data', 'extern int bpf_xdp_pull_data(struct xdp_md *x, u32 len) __ksym;\n'],
  ])('%s', async (_, code, name, text) => {
    expect(await take(code, `Call \`${name}\``)).toContain(text);
  });

  it('is not offered where flags would be lost', async () => {
    const place = await at(xdp('\tchar b[4];\n\treturn bpf_skb_store_/*|*/bytes(ctx, 0, b, 4, BPF_F_RECOMPUTE_CSUM);\n'));
    expect(titles(place).filter((t) => t.startsWith('Call'))).toEqual([]);
  });

  it('is not offered where the arguments mean something else', async () => {
    const place = await at(xdp('\treturn bpf_skb_change_/*|*/tail(ctx, 4, 0);\n'));
    expect(place.unit.findings[0]?.message).toContain('bpf_xdp_adjust_tail');
    expect(titles(place).filter((t) => t.startsWith('Call'))).toEqual([]);
  });
});

describe('bpf_probe_read', () => {
  const probe = (section: string, params: string, arg: string): string =>
    `${HEAD}SEC("${section}")\nint f(${params})\n{\n\tchar b[8];\n\n\tbpf_probe_/*|*/read(b, sizeof(b), ${arg});\n\treturn 0;\n}\n${GPL}`;
  const KERNEL = 'Call `bpf_probe_read_kernel`: kernel memory';
  const USER = 'Call `bpf_probe_read_user`: user memory';

  test.each([
    ['nothing is known', 'kprobe/x', 'struct pt_regs *ctx', '(void *)PT_REGS_PARM1(ctx)', [KERNEL, USER]],
    ['a field of a task', 'kprobe/x', 'struct pt_regs *ctx, struct task_struct *t', '&t->comm', [KERNEL]],
    ['the pointer says __user', 'kprobe/x', 'struct pt_regs *ctx, const char __user *p', 'p', [USER]],
    ['a uprobe\'s parameter', 'uprobe//bin/x:f', 'struct pt_regs *ctx', '(void *)PT_REGS_PARM1(ctx)', [USER]],
    ['a system call\'s argument', 'tracepoint/syscalls/sys_enter_openat', 'struct trace_event_raw_sys_enter *ctx', '(void *)ctx->args[1]', [USER]],
  ])('offers by what the argument is: %s', async (_, section, params, arg, wanted) => {
    const place = await at(probe(section, params, arg));
    expect(titles(place)).toEqual(wanted);
    for (const title of wanted) expect(await take(probe(section, params, arg), title)).toContain(`${/`(.*)`/.exec(title)?.[1]}(b, sizeof(b)`);
  });

  it('offers nothing where the target lacks both', async () => {
    expect(titles(await at(probe('kprobe/x', 'void *ctx', 'ctx'), { kernel: '4.14' }))).toEqual([]);
  });
});

describe('a licence line', () => {
  const code = (spdx: string): string => `${spdx}${HEAD}SEC("kprobe/x")\nint f(void *ctx)\n{\n\treturn bpf_trace_/*|*/printk("x", 2);\n}`;

  it('is the author\'s choice', async () => {
    expect(await take(code(''), 'Add the licence "GPL"')).toMatch(/\}\n\nchar LICENSE\[\] SEC\("license"\) = "GPL";\n$/);
    await take(code(''), 'Add the licence "Dual BSD/GPL"');
  });

  test.each([['GPL-2.0-only', 'GPL'], ['(LGPL-2.1 OR BSD-2-Clause)', 'Dual BSD/GPL'], ['GPL-2.0 OR MIT', 'Dual MIT/GPL']])('%s makes it %s', async (spdx, licence) => {
    const place = await at(code(`// SPDX-License-Identifier: ${spdx}\n`));
    expect(titles(place).filter((t) => t.startsWith('Add'))).toEqual([`Add the licence "${licence}"`]);
    expect(find(place, `Add the licence "${licence}"`).preferred).toBe(true);
  });
});

describe('silencing', () => {
  const code = xdp('\t__u32 k = 0;\n\n\tbpf_skb_load_/*|*/bytes(ctx, 0, &k, 4);\n\treturn 0;\n');

  test.each([['statement', '\t/* ebpf-lens: allow(helper-not-allowed) */\n\tbpf_skb'], ['function', '/* ebpf-lens: allow(helper-not-allowed) */\nSEC("xdp")']])('for the %s', async (what, text) => {
    expect(await take(code, `Allow helper-not-allowed for this ${what}`)).toContain(text);
  });

  it('in the file, behind a byte order mark', async () => {
    expect(await take(`\uFEFF${code}`, 'Allow helper-not-allowed in this file')).toMatch(/^\uFEFF\/\* ebpf-lens: allow\(helper-not-allowed\) \*\/\n#include/);
  });

  it('in the settings, where the client can', async () => {
    const { text, offset } = splitCursor(code);
    const offered = codeActions(await unit(text), { start: offset, end: offset }, { settings: true });
    expect(offered.filter((a) => a.switchesOff).map((a) => [a.switchesOff, a.edits])).toEqual([['helper-not-allowed', []]]);
  });
});

describe('fix all', () => {
  it('mends what leaves nothing to choose, at once', async () => {
    const code = `${HEAD}struct bpf_map_def SEC("maps") old = {\n\t.type = BPF_MAP_TYPE_ARRAY, /* four */\n\t.key_size = 4,\n\t.value_size = 8,\n\t.max_entries = 1\n};\nSEC("cgroup/sysctl_x")\nint f(struct bpf_sysctl *ctx)\n{\n\tbpf_rcu_read_lock();\n\tbpf_rcu_read_unlock();\n\treturn 0;\n}\n${GPL}`;
    const before = await unit(code);
    expect(before.findings.map((f) => f.rule).sort()).toEqual(['kfunc-undeclared', 'kfunc-undeclared', 'legacy-map-definition', 'unknown-section']);
    const text = applied({ 'main.bpf.c': code }, fixAll(before))['main.bpf.c'] ?? '';
    expect((await unit(text)).findings).toEqual([]);
    expect(text).toContain('__uint(type, BPF_MAP_TYPE_ARRAY); /* four */\n');
    expect(fixAll(await unit(text))).toEqual([]);
  });

  it('leaves alone what somebody has to decide', async () => {
    const analysed = await unit(xdp('\tchar b[4];\n\treturn bpf_skb_load_bytes(ctx, 0, b, 4);\n').replace('"xdp"', '"xpd"'));
    expect(analysed.findings.length).toBeGreaterThan(0);
    expect(fixAll(analysed)).toEqual([]);
  });
});

it('offers what a header\'s finding carries on its #include, and edits the header', async () => {
  const files = { 'h.h': 'static int g(struct xdp_md *ctx)\n{\n\tchar b[4];\n\treturn bpf_skb_load_bytes(ctx, 0, b, 4);\n}\n' };
  const code = `#include "h.h"\nSEC("xdp") int f(struct xdp_md *ctx) { return g(ctx); }\n${GPL}`;
  const analysed = await unit(code, { files });
  const shown = { start: 10, end: 13 };
  const offered = codeActions(analysed, { start: 11, end: 11 }, { placeOf: () => shown });
  const fix = offered.find((a) => a.title === 'Call `bpf_xdp_load_bytes`');
  expect(fix?.edits.map((e) => e.path)).toEqual(['h.h']);
  const inside = files['h.h'].indexOf('bpf_skb');
  expect(codeActions(analysed, { start: inside, end: inside }, { header: 'h.h' }).map((a) => a.title)).toContain('Call `bpf_xdp_load_bytes`');
});
