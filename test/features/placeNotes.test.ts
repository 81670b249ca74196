/** What a hover says of one place: the guard there, and what the code needs there. */
import { describe, expect, it } from 'vitest';
import { hover } from '../../server/src/features/hover/hover.js';
import type { Settings } from '../../server/src/settings/settings.js';
import { splitCursor } from '../support/carets.js';
import { unit } from '../support/unit.js';

/** The paragraphs of the hover at the mark, as text. */
async function paragraphs(marked: string, settings: Partial<Settings> = {}): Promise<string[]> {
  const { text, offset } = splitCursor(marked);
  const sections = hover(await unit(text, { settings }), offset)?.sections ?? [];
  return sections.flatMap((s) => (s.kind === 'paragraph' ? [s.line.map((part) => (typeof part === 'string' ? part : 'code' in part ? `\`${part.code}\`` : '')).join('')] : []));
}
const prog = (body: string, before = ''): string => `${before}\nstatic long cb(__u32 i, void *d) { return 0; }\nSEC("kprobe/x") int prog(struct pt_regs *ctx)\n{\n${body}\n return 0;\n}\n`;
const LOOP = 'bpf_lo/*|*/op(1, cb, 0, 0);';

describe('a hover on a guarded call', () => {
  it.each([
    ['', `if (bpf_core_type_exists(struct x)) ${LOOP}`, 'Guarded by `bpf_core_type_exists(struct x)`'],
    ['const volatile bool loops = false;', `if (loops) ${LOOP}`, 'User space decides before loading (`loops`)'],
    ['extern bool CONFIG_X __kconfig;', `if (CONFIG_X) ${LOOP}`, 'The kernel\'s configuration decides (`CONFIG_X`)'],
    ['', `#ifdef LOOPS\n${LOOP}\n#endif`, 'Only built under `#if defined(LOOPS)`'],
  ])('says who decides: %s %s', async (before, body, expected) => expect((await paragraphs(prog(body, before)))[0]).toContain(expected));

  it('says nothing where nobody is asked', async () => expect((await paragraphs(prog(LOOP))).join()).not.toMatch(/decides|Guarded|Only/));
});

it('a hover says what came later on the architecture', async () => {
  const code = 'SEC("tc") int prog(struct __sk_buff *skb) { bpf_rcu_read/*|*/_lock(); bpf_rcu_read_unlock(); return 0; }\n';
  expect(await paragraphs(code, { architecture: 'powerpc' })).toContain('Used here: kernel functions on powerpc64, Linux 6.10.');
  expect((await paragraphs(code)).join()).not.toContain('Used here');
});

describe('a hover says what the code needs', () => {
  const loop = (n: string): string => `for (int ${n} = 0; ${n} < c; ${n}++) bpf_ktime_get_ns();`;
  const needs = async (code: string, settings: Partial<Settings> = {}): Promise<string[]> => (await paragraphs(code, settings)).filter((line) => line.startsWith('Used here'));

  it('where it is used first, and where it is used again', async () => {
    const code = 'SEC("tc") int p(struct __sk_buff *skb) { bpf_rcu_read_lock(); bpf_rcu_read_unlock(); return 0; }';
    for (const name of ['lock', 'unlock']) expect(await needs(code.replace(`_${name}()`, `_/*|*/${name}()`), { architecture: 'powerpc' }), name).toEqual(['Used here: kernel functions on powerpc64, Linux 6.10.']);
  });

  it('not at another place of the same function', async () => {
    const code = `SEC("xdp") int p(struct xdp_md *ctx) { int c = ctx->rx_queue_index; bpf_get_/*|*/smp_processor_id(); ${loop('i')} return 0; }`;
    expect(await needs(code)).toEqual([]);
  });

  it('of tail calls in a program that calls a function elsewhere', async () => {
    const map = 'struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u32); } m SEC(".maps");';
    const code = `${map}\nstatic __noinline int f(int a) { return a; }\nstatic __always_inline void go(struct xdp_md *c) { bpf_tail_/*|*/call(c, &m, 0); }\nSEC("xdp") int p(struct xdp_md *ctx) { go(ctx); return f(1); }`;
    expect(await needs(code)).toEqual(['Used here: tail calls in programs with calls, Linux 5.10.']);
    expect(await needs(code.replace('return f(1)', 'return 0'))).toEqual([]);
  });

  it('of a section whose programs the architecture came to late', async () => {
    expect(await needs('SEC("fen/*|*/try/vfs_read") int p(void *ctx) { return 0; }', { architecture: 'powerpc' })).toEqual([expect.stringContaining('powerpc64')]);
  });
});
