/** From a name to its definition and uses. */
import { describe, expect, it } from 'vitest';
import { definitions, references } from '../../server/src/features/navigation/references.js';
import { subjectAt } from '../../server/src/features/navigation/subject.js';
import { splitCursor } from '../support/carets.js';
import { unit, type UnitOptions } from '../support/unit.js';

interface Found {
  readonly kind: string | undefined;
  /** `line: text of the line` of each place, with its file if it is not the main one. */
  readonly definitions: readonly string[];
  /** `line:column`, `*` in front of those that declare. */
  readonly references: readonly string[];
}

async function at(marked: string, options: UnitOptions = {}): Promise<Found> {
  const { text, offset } = splitCursor(marked);
  const analysed = await unit(text, options);
  const subject = subjectAt(analysed, offset);
  if (subject === undefined) return { kind: undefined, definitions: [], references: [] };
  const place = (path: string, start: number): { line: number; column: number; text: string; file: string } => {
    const source = analysed.input.files.get(path)!;
    const before = source.slice(0, start).split('\n');
    return { line: before.length, column: before.at(-1)!.length + 1, text: source.split('\n')[before.length - 1]!.trim(), file: path === analysed.input.main ? '' : `${path} ` };
  };
  return {
    kind: subject.kind === 'name' ? subject.nature : subject.kind,
    definitions: definitions(analysed, subject).map(({ path, span }) => place(path, span.start)).map((p) => `${p.file}${p.line}: ${p.text}`),
    references: references(analysed, subject).map(({ path, span, declares }) => ({ ...place(path, span.start), declares })).map((p) => `${p.declares ? '*' : ''}${p.file}${p.line}:${p.column}`),
  };
}

const JUMPS = `enum { PARSE, STOP };
int stop(struct xdp_md *ctx);
int parse(struct xdp_md *ctx);
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 2); __array(values, int(void *)); } jumps SEC(".maps") = {
	.values = { [PARSE] = (void *)&parse, [STOP] = (void *)&stop },
};
SEC("xdp") int entry(struct xdp_md *ctx) { bpf_tail_call(ctx, &jumps, PARSE); return 0; }
SEC("xdp") int parse(struct xdp_md *ctx) { return 1; }
SEC("xdp") int stop(struct xdp_md *ctx) { return 2; }
`;

describe('definitions and references', () => {
  it('of a map, wherever it is named', async () => {
    const code = `struct { __uint(type, BPF_MAP_TYPE_HASH); } counts SEC(".maps");
struct s { int counts; };
#define LOOK(k) bpf_map_lookup_elem(&counts, k)
/* counts */
static int g(int counts) { return counts; }
SEC("xdp") int f(struct xdp_md *ctx) {
	struct s v;
	v.counts = 1;
	bpf_printk("counts");
	return bpf_map_lookup_elem(&co/*|*/unts, &v) ? LOOK(&v) : 0;
}
`;
    expect(await at(code)).toEqual({ kind: 'map', definitions: ['1: struct { __uint(type, BPF_MAP_TYPE_HASH); } counts SEC(".maps");'], references: ['*1:45', '3:38', '10:30'] });
  });

  it('of a program in an array, from the array and from the slot of a tail call', async () => {
    expect(await at(JUMPS.replace('&parse', '&par/*|*/se'))).toEqual({ kind: 'program', definitions: ['8: SEC("xdp") int parse(struct xdp_md *ctx) { return 1; }'], references: ['*3:5', '5:33', '*8:16'] });
    expect(await at(JUMPS.replace('jumps, PARSE', 'jumps, PA/*|*/RSE'))).toMatchObject({ kind: 'slot', definitions: ['8: SEC("xdp") int parse(struct xdp_md *ctx) { return 1; }'] });
    expect(await at(JUMPS.replace('SEC("xdp") int stop', 'SEC("xd/*|*/p") int stop'))).toMatchObject({ kind: 'section', definitions: [expect.stringMatching(/^5: \.values/)] });
  });

  it('of a callback', async () => {
    const code = `static long each(__u32 i, void *data) { return 0; }
SEC("xdp") int f(struct xdp_md *ctx) { bpf_loop(3, ea/*|*/ch, 0, 0); return 0; }
`;
    expect(await at(code)).toEqual({ kind: 'function', definitions: [expect.stringMatching(/^1: static long each/)], references: ['*1:13', '2:52'] });
  });

  it('of a struct_ops member, from both ends', async () => {
    const code = (member: string, section: string): string => `SEC("struct_ops${section}/init") void BPF_PROG(my_init, struct sock *sk) { }
SEC(".struct_ops") struct tcp_congestion_ops mine = { .in${member}it = (void *)my_init, .name = "x" };
`;
    expect(await at(code('/*|*/', ''))).toEqual({ kind: 'member', definitions: [expect.stringMatching(/^1: .*my_init/)], references: ['*1:38', '2:71'] });
    expect(await at(code('', '/*|*/'))).toMatchObject({ kind: 'section', definitions: [expect.stringMatching(/^2: SEC\("\.struct_ops"\)/)] });
  });

  it('of a kfunc, which leads to its declaration, in an included header too', async () => {
    const code = `#include "kfuncs.h"
SEC("tp_btf/x") int BPF_PROG(f) { bpf_task_rel/*|*/ease(0); return 0; }
`;
    const files = { 'kfuncs.h': 'extern void bpf_task_release(struct task_struct *p) __ksym;\n' };
    expect(await at(code, { files })).toEqual({ kind: 'kfunc', definitions: ['kfuncs.h 1: extern void bpf_task_release(struct task_struct *p) __ksym;'], references: ['2:35', '*kfuncs.h 1:13'] });
  });

  it('of a helper: its calls, in assembly too', async () => {
    const code = `SEC("xdp") int f(struct xdp_md *ctx) {
	bpf_ktime_/*|*/get_ns();
	asm volatile ("call %[bpf_ktime_get_ns]" : : __imm(bpf_ktime_get_ns));
	return 0;
}
`;
    const found = await at(code);
    expect(found).toMatchObject({ kind: 'helper', definitions: [] });
    expect(found.references.slice(0, 2)).toEqual(['2:2', '3:24']);
  });

  it('of a program that a macro makes', async () => {
    expect(await at(`#define PROG(n) SEC("xdp") int n(struct xdp_md *ctx) { return 0; }
PROG(made)
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); } jumps SEC(".maps") = { .values = { (void *)&ma/*|*/de } };
`)).toMatchObject({ kind: 'program', definitions: ['2: PROG(made)'] });
  });

  it.each([
    ['a comment', 'SEC("xdp") int f(struct xdp_md *ctx) { /* f/*|*/ */ return 0; }\n'],
    ['an ordinary string', 'SEC("xdp") int f(struct xdp_md *ctx) { bpf_printk("f/*|*/"); return 0; }\n'],
    ['a local', 'int x; SEC("xdp") int f(struct xdp_md *ctx) { int x = 0; return x/*|*/; }\n'],
    ['a member', 'int x; SEC("xdp") int f(struct xdp_md *ctx) { return ctx->x/*|*/; }\n'],
    ['a type', 'SEC("xdp") int f(struct xdp_/*|*/md *ctx) { return 0; }\n'],
    ['nothing', '/*|*/'],
  ])('are none on %s', async (_what, code) => {
    expect((await at(code)).kind).toBeUndefined();
  });

  it('answer at every offset of half-typed code with CRLF', async () => {
    const code = JUMPS.replaceAll('\n', '\r\n').slice(0, -60);
    const analysed = await unit(code);
    for (let offset = 0; offset <= code.length; offset++) {
      const subject = subjectAt(analysed, offset);
      if (subject === undefined) continue;
      expect(subject.span.start <= offset && offset <= subject.span.end).toBe(true);
      definitions(analysed, subject);
      references(analysed, subject);
    }
  });
});
