/** After any edits a session says what a fresh analysis says: findings, programs, maps, calls, accesses, requirements. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSession } from '../../server/src/analysis.js';
import type { Input } from '../../server/src/analysis.types.js';
import type { FactBook } from '../../server/src/facts/factBook.types.js';
import { DEFAULT_SETTINGS } from '../../server/src/settings/parseSettings.js';
import { breathe } from '../support/breathe.js';
import { loadTestFacts } from '../support/facts.js';
import { startParser } from '../support/unit.js';
import { expectSame } from '../support/unitSaid.js';

let facts: FactBook;
beforeAll(async () => {
  await startParser();
  facts = await loadTestFacts();
});

const HEADER = `#define CALL_IT(x) bpf_skb_load_bytes(x, 0, 0, 0)
#define NEED(x) if (!(x)) return 0
#define WHERE(x) if (x)
static __always_inline int shared(struct xdp_md *ctx, int how)
{
	if (how)
		return bpf_redirect(ctx->ingress_ifindex, 0);
	return bpf_get_current_pid_tgid();
}
`;

const MAIN = `#include "shared.h"
#define MAX 10
#define NOW bpf_ktime_get_tai_ns()

struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, MAX); } events SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 2); __array(values, int (void *)); } jumps SEC(".maps") = { .values = { [0] = (void *)&by_skb } };
const volatile int has_it = 0;
extern int bpf_thing(struct task_struct *p) __ksym __weak;

static int knows(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop);
}

static __noinline int deep(struct xdp_md *packet, int flag)
{
	if (flag)
		bpf_loop(MAX, 0, 0, 0);
	if (has_it)
		bpf_get_current_task_btf();
	return packet->egress_ifindex + shared(packet, 1);
}

#ifdef FEATURE
SEC("xdp.frags")
int by_frags(struct xdp_md *ctx)
{
	return deep(ctx, 0);
}
#endif

SEC("xdp")
int by_packet(struct xdp_md *ctx)
{
	struct xdp_md *alias = ctx;

	bpf_ringbuf_output(&events, &alias, 8, 0);
	if (knows())
		return deep(alias, 1);
	CALL_IT(ctx);
	return NOW;
}

SEC("tc")
int by_skb(struct __sk_buff *skb)
{
	/* ebpf-lens: allow(context-field-not-allowed) */
	skb->ingress_ifindex = 1;
	bpf_tail_call(skb, &jumps, 0);
	return skb->mark;
}

SEC("lsm/file_open")
int BPF_PROG(on_open, struct file *file)
{
	char c;

	bpf_copy_from_user(&c, 1, 0);
	return 3;
}

char LICENSE[] SEC("license") = "MIT";
`;

/** Swaps that change what a unit means: guards, callers, sections, macros, maps, contexts, heads. */
const SWAPS: readonly (readonly [string, string])[] = [
  ['deep(alias, 1)', 'deep(alias, 0)'], ['deep(ctx, 0)', 'shared(ctx, 0)'], ['if (knows())', 'if (has_it)'], ['if (knows())', 'if (ctx->data)'], ['bpf_core_enum_value_exists', 'bpf_get_prandom_u32'],
  ['if (flag)', 'if (!flag)'], ['if (has_it)', ''], ['const volatile int', 'int'], ['SEC("xdp")', 'SEC("tc")'], ['SEC("tc")', 'SEC("cgroup/skb")'], ['SEC("lsm/', 'SEC("lsm.s/'], ['"MIT"', '"GPL"'],
  ['#define MAX 10', '#define MAX 0'], ['bpf_ktime_get_tai_ns', 'bpf_ktime_get_ns'], ['BPF_MAP_TYPE_RINGBUF', 'BPF_MAP_TYPE_HASH'], ['&by_skb', '&by_packet'], ['#ifdef FEATURE', '#ifndef FEATURE'], ['#ifdef FEATURE', '#if 1'],
  ['struct xdp_md *alias = ctx', 'struct xdp_md *alias = 0'], ['static __noinline int deep', 'int deep'], ['(struct xdp_md *packet', '(struct __sk_buff *packet'], ['return 3;', 'return -1;'], ['allow(', 'deny('], ['by_packet(', 'by_skb('],
  ['bpf_ringbuf_output', 'bpf_map_lookup_elem'], ['return NOW', 'return knows()'], ['static int knows(void)', 'static int knows(int a)'], [') __ksym __weak', ') __ksym'], ['shared(packet, 1)', 'shared(packet, flag)'], ['\treturn deep', '\tfor (;;) deep'],
];
const LINES = ['bpf_trace_printk("x", 2);', 'NEED(knows());', 'NEED(has_it); bpf_loop(1, 0, 0, 0);', 'WHERE(has_it) { bpf_loop(1, 0, 0, 0); } else { NEED(knows()); }', 'knows();', 'return deep(ctx, 1);', 'int v = knows();\nif (v) bpf_loop(1, 0, 0, 0);', 'x', '\n\n', '// c\n', 'if (has_it) return 0;', '{', '}', 'for (int i = 0; i < ctx->data; i++) bpf_redirect(i, 0);'];
const HEADER_SWAPS: readonly (readonly [string, string])[] = [['if (!(x)) return 0', 'bpf_redirect(x, 0)'], ['#define WHERE(x) if (x)', '#define WHERE(x)'], ['if (how)', 'if (ctx->data)'], ['bpf_redirect(', 'bpf_xdp_adjust_tail('], ['#define CALL_IT(x)', '#define CALL_THEM(x)'], ['return bpf_get', 'return how; bpf_get'], ['static __always_inline', '']];

type Edit = { readonly file: 'main' | 'header'; readonly swap: readonly [string, string] } | { readonly file: 'main'; readonly line: number; readonly text: string };

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...SWAPS).map((swap): Edit => ({ file: 'main', swap })) },
  { weight: 4, arbitrary: fc.record({ line: fc.nat(MAIN.split('\n').length), text: fc.constantFrom(...LINES) }).map((e): Edit => ({ file: 'main', ...e })) },
  { weight: 1, arbitrary: fc.constantFrom(...HEADER_SWAPS).map((swap): Edit => ({ file: 'header', swap })) },
);

/** A swap is made, or taken back where it was made before. */
function swapped(text: string, [from, to]: readonly [string, string]): string {
  return text.includes(from) ? text.replace(from, () => to) : to === '' ? text : text.replace(to, () => from);
}

function apply(texts: { main: string; header: string }, e: Edit): { main: string; header: string } {
  if ('swap' in e) return { ...texts, [e.file]: swapped(texts[e.file], e.swap) };
  const lines = texts.main.split('\n');
  lines.splice(Math.min(e.line, lines.length), 0, e.text);
  return { ...texts, main: lines.join('\n') };
}

const input = ({ main, header }: { main: string; header: string }): Input => ({
  main: 'a.bpf.c', files: new Map([['a.bpf.c', main], ['shared.h', header]]), includes: new Map([['a.bpf.c', new Map([['shared.h', 'shared.h']])]]),
});

describe('a session', () => {
  it.each(['', '5.4..6.8'])('says of edited texts what a fresh analysis says, for the target "%s"', async (targetKernel) => {
    const settings = { ...DEFAULT_SETTINGS, targetKernel };
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        await breathe();
        let texts = { main: MAIN, header: HEADER };
        const session = createSession(facts);
        session.analyze(input(texts), settings);
        for (const e of edits) {
          texts = apply(texts, e);
          const fresh = createSession(facts);
          expectSame(session.analyze(input(texts), settings), fresh.analyze(input(texts), settings));
          fresh.dispose();
        }
        session.dispose();
      }),
      { numRuns: 120 },
    );
  });

  it('keeps programs, and calls of other functions, when a body changes', () => {
    const session = createSession(facts);
    const before = session.analyze(input({ main: MAIN, header: HEADER }), DEFAULT_SETTINGS).model;
    const program = before.programs.find((p) => p.name === 'by_packet');
    const call = before.calls.find((c) => c.name === 'bpf_copy_from_user');
    const fn = program?.fn;
    const after = session.analyze(input({ main: MAIN.replace('return NOW', 'bpf_x();\n\treturn NOW'), header: HEADER }), DEFAULT_SETTINGS).model;
    expect(after.programs.find((p) => p.name === 'by_packet')).toBe(program);
    expect(program?.fn).not.toBe(fn);
    expect(after.calls).toContain(call);
    session.dispose();
  });
});
