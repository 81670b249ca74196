/** What stands under a cursor. */
import { beforeAll, describe, expect, it } from 'vitest';
import { setupSyntax } from '../support/syntax.js';
import { inProgram, roleAt } from './support.js';

beforeAll(setupSyntax);

function role(marked: string): string {
  const r = roleAt(marked);
  if (r.kind === 'none') return 'none';
  if (r.kind === 'section') return `section ${r.use.parts.map((p) => p.value).join('+')}`;
  if (r.kind === 'field') return `field ${r.access.base}${r.access.arrow ? '->' : '.'}${r.name}`;
  return `${r.kind} ${r.name}`;
}

describe('roleAt in a body', () => {
  it.each([
    ['bpf_/*|*/ktime_get_ns();', 'callee bpf_ktime_get_ns'],
    ['bpf_ktime_get_ns/*|*/();', 'callee bpf_ktime_get_ns'],
    ['/*|*/bpf_ktime_get_ns();', 'callee bpf_ktime_get_ns'],
    ['x = ctx->da/*|*/ta;', 'field ctx->data'],
    ['x = ct/*|*/x->data;', 'identifier ctx'],
    ['x = ctx->a.b/*|*/;', 'field .b'],
    ['x = XDP_/*|*/PASS;', 'identifier XDP_PASS'],
    ['struct ev/*|*/ent *e = p;', 'type event'],
    ['u/*|*/64 x = 1;', 'type u64'],
    ['__u/*|*/32 x = 1;', 'type __u32'],
    ['x = (my_/*|*/t *)p;', 'type my_t'],
    ['int lo/*|*/cal = 1;', 'identifier local'],
    ['x = bpf_core_type_exists(struct bpf_/*|*/ringbuf);', 'type bpf_ringbuf'],
    ['x = sizeof(struct fo/*|*/o);', 'type foo'],
    ['bpf_f/*|*/or(i, 0, 1) { }', 'callee bpf_for'],
    ['/* bpf_kti/*|*/me_get_ns() */', 'none'],
    ['// bpf_kti/*|*/me_get_ns()', 'none'],
    ['f("bpf_kti/*|*/me_get_ns");', 'none'],
    ['ret/*|*/urn 0;', 'none'],
    ['in/*|*/t x;', 'none'],
    ['x =/*|*/ 1;', 'none'],
    ['x = 12/*|*/3;', 'none'],
    ['asm volatile ("call %[bpf_get_/*|*/prandom_u32];" :: __imm(bpf_get_prandom_u32));', 'callee bpf_get_prandom_u32'],
    ['asm volatile ("r1 = /*|*/r2; call %[bpf_x];" :: __imm(bpf_x));', 'none'],
    ['asm volatile ("" :: __imm(bpf_/*|*/x));', 'identifier bpf_x'],
    ['bpf_loop(10, c/*|*/b, NULL, 0);', 'identifier cb'],
  ])('%s is %s', (body, expected) => {
    expect(role(inProgram(body))).toBe(expected);
  });
});

describe('roleAt at file level', () => {
  it.each([
    ['SEC("xd/*|*/p")\nint f(void *c) { return 0; }', 'section xdp'],
    ['SEC("/*|*/xdp")\nint f(void *c) { return 0; }', 'section xdp'],
    ['SEC("xdp/*|*/")\nint f(void *c) { return 0; }', 'section xdp'],
    ['SE/*|*/C("xdp")\nint f(void *c) { return 0; }', 'macro SEC'],
    ['SEC("fentry/" PRE/*|*/FIX "x")\nint f(void *c) { return 0; }', 'section fentry/+PREFIX+x'],
    ['SEC("xdp")\nint f(struct xdp/*|*/_md *c) { return 0; }', 'type xdp_md'],
    ['SEC("xdp")\nint f/*|*/oo(struct xdp_md *c) { return 0; }', 'identifier foo'],
    ['SEC("fentry/x")\nint BPF_/*|*/PROG(f, int a) { return 0; }', 'macro BPF_PROG'],
    ['SEC("fentry/x")\nint BPF_PROG(f/*|*/f, int a) { return 0; }', 'identifier ff'],
    ['static __always/*|*/_inline int f(void) { return 0; }', 'macro __always_inline'],
    ['static __my/*|*/_attr int f(void) { return 0; }', 'macro __my_attr'],
    ['struct { __uint(type, BPF_MAP_/*|*/TYPE_HASH); } m SEC(".maps");', 'identifier BPF_MAP_TYPE_HASH'],
    ['struct { __ui/*|*/nt(type, BPF_MAP_TYPE_HASH); } m SEC(".maps");', 'macro __uint'],
    ['struct { __uint(ty/*|*/pe, BPF_MAP_TYPE_HASH); } m SEC(".maps");', 'none'],
    ['struct { __type(key, struct ke/*|*/y); } m SEC(".maps");', 'type key'],
    ['struct { int x; } m SEC(".ma/*|*/ps");', 'section .maps'],
    ['struct s { int fie/*|*/ld; };', 'none'],
    ['struct s { int a, fie/*|*/ld[4]; struct t *n/*x*/ext; };', 'none'],
    ['struct s/*|*/s { int a; };', 'type ss'],
    ['extern int bpf_k/*|*/func(int a) __ksym;', 'identifier bpf_kfunc'],
    ['extern int bpf_kfunc(int a) __ks/*|*/ym;', 'macro __ksym'],
    ['#include "vm/*|*/linux.h"', 'none'],
    ['#define X bpf_re/*|*/direct(1)', 'callee bpf_redirect'],
    ['#define X/*|*/Y bpf_redirect(1)', 'none'],
    ['#define X XDP_/*|*/PASS', 'identifier XDP_PASS'],
    ['#define X /* XDP_/*|*/PASS */', 'none'],
    ['#if LINUX_VER/*|*/SION_CODE > 3\n#endif', 'identifier LINUX_VERSION_CODE'],
    ['char l[] SEC("lic/*|*/ense") = "GPL";', 'section license'],
    ['char l[] SEC("license") = "G/*|*/PL";', 'none'],
    ['/*|*/', 'none'],
    ['int x;\n/*|*/\nint y;', 'none'],
  ])('%s is %s', (source, expected) => {
    expect(role(source)).toBe(expected);
  });

  it('covers the text between the quotes of a section', () => {
    const source = 'SEC("xd/*|*/p.frags")\nint f(void *c) { return 0; }';
    const r = roleAt(source);
    const text = source.replace('/*|*/', '');
    expect(r.kind !== 'none' && text.slice(r.span.start, r.span.end)).toBe('xdp.frags');
  });

  it('answers in half-typed code', () => {
    expect(role('SEC("xdp")\nint f(struct xdp_md *ctx)\n{\n\tif (ctx->da/*|*/ta\n\treturn bpf_x();\n}')).toBe('field ctx->data');
    expect(role('SEC("xdp")\nint f(struct xdp_md *ctx)\n{\n\tif (ctx->\n\treturn bpf_/*|*/x();\n}')).toBe('callee bpf_x');
    expect(role('SEC("xd/*|*/p')).toBe('section xdp');
  });
});
