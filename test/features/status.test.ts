/** Status, quick fixes and which files count. */
import { describe, expect, it } from 'vitest';
import { codeActions } from '../../server/src/features/codeActions/codeActions.js';
import { fileKind } from '../../server/src/features/ebpfFile.js';
import { symbols } from '../../server/src/features/symbols.js';
import { splitCursor } from '../support/carets.js';
import { unit } from '../support/unit.js';
import { earlierToo } from '../../server/src/features/reasons.js';
import { statusAt } from './harness.js';

describe('status', () => {
  it('names the least kernel and what forces it, with its line', async () => {
    const s = await statusAt('SEC("xdp.frags/devmap")\nint p(struct xdp_md *ctx) { return ctx->egress_ifindex; }\n');
    expect(s).toMatchObject({ state: 'ebpf', text: 'eBPF ≥ 5.18', minKernel: '5.18', maxKernel: null, exceedsTarget: false, program: null });
    expect(s.plain).toMatch(/^Needs at least Linux 5\.18 for this file:/);
    expect(s.plain).toMatch(/- 5\.18: xdp\.frags\S* \(line 1\)/);
    expect(s.plain).toContain('5.8: ');
  });

  it('is the program’s where the cursor is in one', async () => {
    const two = (at: string): string => `SEC("xdp.frags") int a(struct xdp_md *ctx) { ${at} return 0; }\nSEC("xdp") int b(struct xdp_md *ctx) { return bpf_loop(1, 0, 0, 0); }\n`;
    expect(await statusAt(two('/*|*/'))).toMatchObject({ program: 'a', text: 'eBPF ≥ 5.18' });
    expect(await statusAt(`${two('')}SEC("tc") int c(struct __sk_buff *s) { return /*|*/0; }`)).toMatchObject({ program: 'c' });
  });

  it('goes red above the lowest target', async () => {
    const code = 'SEC("xdp.frags") int a(struct xdp_md *ctx) { return 0; }';
    const red = await statusAt(code, { kernel: '5.15..6.1' });
    expect(red.exceedsTarget).toBe(true);
    expect(red.plain).toContain('[no] The target kernel 5.15..6.1 is not met');
    expect(red.reasons.filter((r) => r.exceedsTarget).map((r) => r.feature)).toContain('xdp.frags');
    expect((await statusAt(code, { kernel: '6.1' })).exceedsTarget).toBe(false);
  });

  it('shows guarded requirements apart', async () => {
    const s = await statusAt(`SEC("xdp") int a(struct xdp_md *ctx) {
  if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop))
    bpf_loop(1, 0, 0, 0);
  return 0;
}`);
    expect(Number(s.minKernel)).toBeLessThan(5.17);
    expect(s.plain).toMatch(/Used when present:\n {2}- 5\.17: bpf_loop \(line 3\)/);
    expect(s.reasons.find((r) => r.feature === 'bpf_loop')).toMatchObject({ guarded: true, exceedsTarget: false });
  });

  it('says that a header’s programs are not known', async () => {
    const s = await statusAt('#include <bpf/bpf_helpers.h>\nstatic inline int f(void) { return bpf_ktime_get_ns(); }\n', { path: 'common.h' });
    expect(s.state).toBe('header');
    expect(s.plain).toMatch(/programs that include it are not known yet/);
  });

  it('has states for files without programs and without eBPF', async () => {
    expect(await statusAt('#include "vmlinux.h"\n')).toMatchObject({ state: 'no-programs', text: 'eBPF', minKernel: null });
    expect(await statusAt('int main(void) { return 0; }', { path: 'main.c' })).toMatchObject({ state: 'not-ebpf', text: '' });
  });
});

describe('which files count', () => {
  it.each([
    ['x.bpf.c', 'int x;', 'program'],
    ['x.c', 'SEC("xdp") int p(struct xdp_md *c) { return 0; }', 'program'],
    ['x.c', '#include <bpf/bpf_helpers.h>\n', 'program'],
    ['x.c', '#include <bpf/libbpf.h>\nint main(void) { return 0; }', 'other'],
    ['x.c', '__attribute__((section(".init.text"))) int f(void) { return 0; }', 'other'],
    ['x.h', '#include <bpf/bpf_helpers.h>\n', 'header'],
    ['x.h', 'int f(void);', 'other'],
  ])('%s with %j is %s', async (path, code, kind) => {
    expect(fileKind(await unit(code, { path }), path)).toBe(kind);
  });
});

describe('quick fixes', () => {
  /** Titles at the cursor, and the text after one of them. */
  async function actionsAt(marked: string) {
    const { text, offset } = splitCursor(marked);
    const actions = codeActions(await unit(text), { start: offset, end: offset });
    const apply = (title: RegExp): string => {
      const edits = actions.find((action) => title.test(action.title))!.edits;
      return edits.reduceRight((t, e) => t.slice(0, e.span.start) + e.newText + t.slice(e.span.end), text);
    };
    return { titles: actions.map((action) => action.title), apply };
  }

  it('put a comment above the statement, which then is silent', async () => {
    const { titles, apply } = await actionsAt('SEC("xdp") int p(struct xdp_md *ctx) {\n\tint x = 1;\n\tx += bpf_skb_load/*|*/_bytes(ctx, 0,\n\t\t0, 0);\n\treturn x;\n}\n');
    expect(titles).toContain('Allow helper-not-allowed for this statement');
    const after = apply(/statement/);
    expect(after).toContain('\tint x = 1;\n\t/* ebpf-lens: allow(helper-not-allowed) */\n\tx += bpf_skb_load_bytes');
    expect((await unit(after)).findings).toEqual([]);
  });

  it('put one at the top of the file, which then is silent', async () => {
    const { apply } = await actionsAt('// a file\r\n#include <x.h>\r\nSEC("xdp") int p(struct xdp_md *ctx) { return bpf_skb_load/*|*/_bytes(ctx, 0, 0, 0); }\r\n');
    const after = apply(/file/);
    expect(after.startsWith('/* ebpf-lens: allow(helper-not-allowed) */\r\n// a file')).toBe(true);
    expect((await unit(after)).findings).toEqual([]);
  });

  it('come with the correction first', async () => {
    const { titles, apply } = await actionsAt('SEC("xp/*|*/d") int p(struct xdp_md *ctx) { return 0; }\n');
    expect(apply(/SEC|xdp/)).toContain('SEC("xdp")');
    expect(titles[0]).toMatch(/xdp/);
    expect((await unit(apply(/for this function/))).findings).toEqual([]);
  });

  it('are none where nothing is found', async () => {
    expect((await actionsAt('SEC("xdp") int p(struct xdp_md *ctx) { return /*|*/0; }')).titles).toEqual([]);
  });
});

it('lists programs and maps in source order', async () => {
  const found = symbols(await unit('SEC("xdp/devmap") int p(struct xdp_md *ctx) { return 0; }\nstruct { __uint(type, BPF_MAP_TYPE_HASH); } m SEC(".maps");\n'));
  expect(found.map((s) => `${s.kind} ${s.name} ${s.detail}`)).toEqual(['program p XDP, devmap', 'map m BPF_MAP_TYPE_HASH']);
});

describe('a least kernel that is only known as the end of a range', () => {
  const bind = 'SEC("cgroup/bind4") int p(struct bpf_sock_addr *ctx) { int v; return !bpf_getsockopt(ctx, 1, 2, &v, 4); }';

  it('is said to be that', async () => {
    expect((await statusAt(bind)).plain).toMatch(/at least Linux 6\.1, or an earlier one after 5\.10 for this file/);
    expect((await statusAt('SEC("xdp") int p(struct xdp_md *ctx) { return bpf_redirect(1, 0); }')).plain).not.toMatch(/earlier/);
  });

  it('is no news where something else needs as much, and the later of two bounds otherwise', () => {
    expect(earlierToo(6001, [{ since: 6001, after: 5010 }, { since: 6001 }])).toBe('');
    expect(earlierToo(6001, [{ since: 6001, after: 5010 }, { since: 5018 }])).toBe(', or an earlier one from 5.18 on');
    expect(earlierToo(6001, [{ since: 6001, after: 5010 }, { since: 5018 }, { since: 6001, after: 5019 }])).toBe(', or an earlier one after 5.19');
    expect(earlierToo(undefined, [])).toBe('');
  });
});
