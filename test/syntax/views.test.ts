/** What the views say of calls, fields, locals, variables, maps, defines, includes and suppressions. */
import { beforeAll, describe, expect, it } from 'vitest';
import { setupSyntax } from '../support/syntax.js';
import { callNames, fn, inProgram, sections, variable, view } from './support.js';
import type { FieldAccessView } from '../../server/src/syntax/views.js';

beforeAll(setupSyntax);

const fields = (body: string): readonly FieldAccessView[] => fn(inProgram(body), 'prog').fields;
const accesses = (body: string): string[] => fields(body).map((f) => `${f.access} ${f.base}${f.arrow ? '->' : '.'}${f.field}${f.element ? '[]' : ''}`);

describe('calls', () => {
  it('have name, arguments and places', () => {
    const source = inProgram('return bpf_map_update_elem(&m, (void *)key, &(v), BPF_ANY | 1);');
    const call = fn(source, 'prog').calls[0];
    expect(call?.name).toBe('bpf_map_update_elem');
    expect(call && source.slice(call.nameSpan.start, call.nameSpan.end)).toBe('bpf_map_update_elem');
    expect(call && source.slice(call.span.start, call.span.end)).toBe('bpf_map_update_elem(&m, (void *)key, &(v), BPF_ANY | 1)');
    expect(call?.args.map((a) => [a.text, a.identifier, a.addressOf])).toEqual([['&m', 'm', true], ['(void *)key', 'key', undefined], ['&(v)', 'v', true], ['BPF_ANY | 1', undefined, undefined]]);
  });

  it('are found in arguments, macros, conditions, initializers and statement expressions', () => {
    const f = fn(inProgram('int a = f1(), b[] = { f2() }; if (f3(f4())) M(f5(), struct x); a = ({ f6(); }) ? f7() : x[f8()]; for (f9(); f10(); f11()) {} return f12();'), 'prog');
    expect(callNames(f)).toEqual(['f1', 'f2', 'f3', 'f4', 'M', 'f5', 'f6', 'f7', 'f8', 'f9', 'f10', 'f11', 'f12']);
  });

  it('keep the raw text of type arguments', () => {
    const f = fn(inProgram('x = bpf_core_type_exists(struct bpf_ringbuf) + bpf_obj_new(typeof(*n)) + va(unsigned long, enum e);'), 'prog');
    expect(f.calls.map((c) => c.args.map((a) => a.text))).toEqual([['struct bpf_ringbuf'], ['typeof(*n)'], ['unsigned long', 'enum e']]);
  });

  it('are found in assembly, with the place of the name', () => {
    const source = inProgram('asm volatile ("r1 = r10;\\\n  call %[bpf_get_prandom_u32]; call sub_prog; callx r1;"\n  : : __imm(bpf_get_prandom_u32) : __clobber_all);');
    const asm = fn(source, 'prog').calls.filter((c) => c.form === 'asm');
    expect(asm.map((c) => [c.name, source.slice(c.nameSpan.start, c.nameSpan.end)])).toEqual([['bpf_get_prandom_u32', 'bpf_get_prandom_u32'], ['sub_prog', 'sub_prog']]);
  });

  it('include loop macros', () => {
    expect(callNames(fn(inProgram('bpf_for(i, 0, 10) { a(); } bpf_repeat(5) b(); cond_break;'), 'prog'))).toEqual(['bpf_for', 'a', 'bpf_repeat', 'b']);
  });

  it('through BPF_FUNC have the helper\'s full name', () => {
    const call = fn(inProgram('BPF_FUNC(map_lookup_elem, &m, &k);'), 'prog').calls[0];
    expect([call?.name, call?.form, call?.args.length]).toEqual(['bpf_map_lookup_elem', 'prefix-macro', 2]);
  });

  it('are not found through members, in comments, strings, defines and #if 0', () => {
    const f = fn(inProgram('ops->bpf_a(1); /* bpf_b() */ x = "bpf_c()"; // bpf_d()\n#define X bpf_e()\n#if 0\nbpf_f();\n#endif\nbpf_g();'), 'prog');
    expect(callNames(f)).toEqual(['bpf_g']);
  });

  it('are found in dropped arms too, under their condition', () => {
    const f = fn(inProgram('#ifdef A\nif (bpf_a() &&\n#else\nif (bpf_b() &&\n#endif\n1) bpf_c();'), 'prog');
    expect(f.calls.map((c) => [c.name, c.conditions.filter((x) => x.kind === 'preprocessor').map((x) => x.taken)])).toEqual([['bpf_a', [true]], ['bpf_b', [false]], ['bpf_c', []]]);
  });

  it('in a nested macro statement argument are found', () => {
    expect(callNames(fn(inProgram('DO(return bpf_a(), { bpf_b(); }); bpf_c();'), 'prog'))).toEqual(['DO', 'bpf_a', 'bpf_b', 'bpf_c']);
  });
});

describe('field accesses', () => {
  it.each([
    ['x = ctx->data;', ['read ctx->data']],
    ['ctx->mark = 3;', ['write ctx->mark']],
    ['ctx->mark += 3; ctx->mark <<= 1;', ['readwrite ctx->mark', 'readwrite ctx->mark']],
    ['ctx->mark++; --ctx->prio;', ['readwrite ctx->mark', 'readwrite ctx->prio']],
    ['p = &ctx->cb;', ['address ctx->cb']],
    ['p = &ctx->cb[1]; x = ctx->cb[i]; ctx->cb[2] = 1;', ['address ctx->cb[]', 'read ctx->cb[]', 'write ctx->cb[]']],
    ['x = sizeof(ctx->data) + sizeof ctx->mark;', ['none ctx->data', 'none ctx->mark']],
    ['x = bpf_core_field_exists(ctx->f) + bpf_core_field_offset(ctx->g);', ['none ctx->f', 'none ctx->g']],
    ['bpf_core_read(&x, sizeof(x), &ctx->f);', ['address ctx->f']],
    ['x = (ctx)->data; x = (*ctx).data;', ['read ctx->data', 'read ctx->data']],
    ['x = (ctx->data) = 1;', ['write ctx->data']],
    ['x = *ctx->p; *ctx->p = 1;', ['read ctx->p', 'read ctx->p']],
    ['x = s.a; s.b = 1;', ['read s.a', 'write s.b']],
    ['f(ctx->a, -ctx->b);', ['read ctx->a', 'read ctx->b']],
    ['return ctx->a ? ctx->b : 0;', ['read ctx->a', 'read ctx->b']],
    ['x = f(y)->a;', ['read ->a']],
    ['asm volatile ("" :: "r"(ctx->a));', ['read ctx->a']],
  ])('%s', (body, expected) => {
    expect(accesses(body)).toEqual(expected);
  });

  it('of deeper members have no base, and the first one takes the access', () => {
    expect(accesses('ctx->a.b = 1; x = ctx->a->b; p = &ctx->a.b[2];').sort()).toEqual(
      ['write ctx->a', 'write .b', 'read ctx->a', 'read ->b', 'address ctx->a', 'address .b[]'].sort(),
    );
  });

  it('name the type of a cast', () => {
    const [first] = fields('x = ((struct __sk_buff *)ctx)->mark;');
    expect([first?.base, first?.castType, first?.field]).toEqual(['ctx', 'struct __sk_buff', 'mark']);
  });

  it('have places in the text', () => {
    const source = inProgram('x = ((struct y *)ctx)->mark;');
    const [f] = fn(source, 'prog').fields;
    expect(f && [source.slice(f.baseSpan.start, f.baseSpan.end), source.slice(f.fieldSpan.start, f.fieldSpan.end)]).toEqual(['ctx', 'mark']);
  });
});

describe('locals, assignments, identifiers and loops', () => {
  it('locals have types and what they start as', () => {
    const f = fn(inProgram('struct __sk_buff *skb = (void *)ctx, *other; const volatile int n[4] = {1}; u64 a = 1, b = a; void *(*fp)(int) = cb; for (int i = 0;;) {} struct foo __kptr *k;'), 'prog');
    expect(f.locals.map((l) => [l.type, l.name, l.init])).toEqual([
      ['struct __sk_buff *', 'skb', 'ctx'], ['struct __sk_buff *', 'other', undefined], ['const volatile int', 'n', undefined], ['u64', 'a', undefined], ['u64', 'b', 'a'],
      ['void **', 'fp', 'cb'], ['int', 'i', undefined], ['struct foo *', 'k', undefined],
    ]);
  });

  it('assignments between plain identifiers are listed', () => {
    expect(fn(inProgram('a = b; c = (void *)d; e = f + 1; g == h; *i = j; k = &l;'), 'prog').assignments).toEqual([['a', 'b'], ['c', 'd']]);
  });

  it('identifiers are values, no callees, fields or labels', () => {
    const f = fn(inProgram('int x = A; f(B, cb); y->z = C; goto out; out: return D[E];'), 'prog');
    expect(f.identifiers.map((i) => i.name)).toEqual(['A', 'B', 'cb', 'y', 'C', 'D', 'E']);
  });

  it('returns have their value and the conditions they stand under', () => {
    const source = inProgram('if (x)\n\treturn XDP_DROP;\n#ifdef A\nreturn (int) 1 ;\n#endif\nif (!y) return;\nreturn\n\tf(a,\n\tb); ');
    const f = fn(source, 'prog');
    expect(f.returns?.map((r) => [r.text, r.conditions.map((c) => c.kind)])).toEqual([
      ['XDP_DROP', ['if']], ['(int) 1', ['early-exit', 'preprocessor']], ['', ['early-exit', 'if']], ['f(a,\n\tb)', ['early-exit', 'early-exit']],
    ]);
    for (const r of f.returns ?? []) expect(source.slice(r.span.start, r.span.end)).toBe(r.text);
  });

  it('loops tell whether they are unrolled', () => {
    const f = fn(inProgram('for (;;) {}\n#pragma unroll\nwhile (x) {}\n#pragma clang loop unroll(full)\nfor (;;) {}\n_Pragma("unroll")\nfor (;;) {}\n#pragma nounroll\ndo {} while (x);\nbpf_for(i, 0, 1) {}'), 'prog');
    expect(f.loops.map((l) => l.unrolled)).toEqual([false, true, true, true, false]);
  });
});

describe('variables', () => {
  it('a BTF map', () => {
    const source = 'struct {\n\t__uint(type, BPF_MAP_TYPE_HASH);\n\t__uint(max_entries, 1 << 4);\n\t__type(key, struct a *);\n\t__array(values, struct { __uint(type, X); });\n} m SEC(".maps");';
    const m = variable(source, 'm');
    expect(m.type).toBe('struct');
    expect(sections(m)).toEqual(['.maps']);
    expect(m.mapAttributes.map((a) => `${a.macro} ${a.name}=${a.value}`)).toEqual(['__uint type=BPF_MAP_TYPE_HASH', '__uint max_entries=1 << 4', '__type key=struct a *', '__array values=struct { __uint(type, X); }']);
    const [type] = m.mapAttributes;
    expect(type && source.slice(type.valueSpan.start, type.valueSpan.end)).toBe('BPF_MAP_TYPE_HASH');
  });

  it('a map of maps with values', () => {
    const m = variable('struct {\n__uint(type, BPF_MAP_TYPE_PROG_ARRAY);\n__array(values, int (void *));\n} m SEC(".maps") = { .values = { [0] = (void *)&f, [1] = (void *)&g } };', 'm');
    expect(m.initializers.map((i) => i.field)).toEqual(['values']);
  });

  it('a legacy map', () => {
    const m = variable('struct bpf_map_def SEC("maps/x") m = {\n\t.type = BPF_MAP_TYPE_ARRAY,\n\t.key_size = sizeof(int),\n};', 'm');
    expect(m.type).toBe('struct bpf_map_def');
    expect(m.mapAttributes.map((a) => `${a.macro}${a.name}=${a.value}`)).toEqual(['type=BPF_MAP_TYPE_ARRAY', 'key_size=sizeof(int)']);
  });

  it.each([
    'char _license[] SEC("license") = "GPL";', 'const char LICENSE[] SEC("license") = "GPL";', 'char l[] __attribute__((section("license"))) = "GPL";',
    'SEC("license") const char l[] = "GPL";', 'char l[] __attribute__((section("license"), used)) = "GPL";', 'static const char l[4] SEC("license") = ("G" "PL");',
  ])('a licence: %s', (source) => {
    const [l] = view(source).variables;
    expect(l && [sections(l), l.stringValue]).toEqual([['license'], 'GPL']);
  });

  it('storage, qualifiers, annotations', () => {
    const v = view('extern const int CONFIG_HZ __kconfig __weak; const volatile bool on = false; static u64 __my_attr x, *y = 0; extern struct foo f __ksym;');
    expect(v.variables.map((x) => [x.name, x.type, x.isExtern, x.isStatic, x.isConst, x.isVolatile])).toEqual([
      ['CONFIG_HZ', 'const int', true, false, true, false], ['on', 'const volatile bool', false, false, true, true], ['x', 'u64', false, true, false, false], ['y', 'u64 *', false, true, false, false],
      ['f', 'struct foo', true, false, false, false],
    ]);
    expect(variable(v, 'CONFIG_HZ').annotations.map((a) => a.name)).toEqual(['__kconfig', '__weak']);
  });

  it('struct_ops maps give the functions of their members', () => {
    const m = variable('SEC(".struct_ops.link")\nstruct tcp_congestion_ops ops = {\n\t.init = (void *)my_init,\n\t.ssthresh\t= (void *)(my_ss),\n\t.name = "x",\n\t.flags = A | B,\n};', 'ops');
    expect(m.initializers.map((i) => [i.field, i.identifier, i.text])).toEqual([['init', 'my_init', '(void *)my_init'], ['ssthresh', 'my_ss', '(void *)(my_ss)'], ['name', undefined, '"x"'], ['flags', undefined, 'A | B']]);
  });

  it('SCX_OPS_DEFINE is one', () => {
    const m = variable('SCX_OPS_DEFINE(simple_ops,\n\t       .select_cpu = (void *)simple_select_cpu,\n\t       .name = "simple");', 'simple_ops');
    expect(m.initializers.map((i) => [i.field, i.identifier])).toEqual([['select_cpu', 'simple_select_cpu'], ['name', undefined]]);
  });

  it('redeclared helpers say what they start as', () => {
    const m = variable('static int (*bpf_x)(void *a, int b) = (void *)BPF_FUNC_x;', 'bpf_x');
    expect(m.initializer?.identifier).toBe('BPF_FUNC_x');
  });

  it('typedefs, bare structs and enums are none', () => {
    expect(view('typedef int x; struct y { int z; }; enum { A }; struct w; union u { int a; };').variables).toEqual([]);
  });

  it('in #if arms carry conditions', () => {
    expect(variable('#if X > 3\nint a;\n#endif', 'a').conditions.map((c) => c.text)).toEqual(['X > 3']);
  });
});

describe('preprocessor and comments', () => {
  it('defines', () => {
    const source = '#define A\n#define B 1 /* c */ + 2\n# define C(x, ...) foo(x) \\\n  bar()\n#define D (x)\n';
    const v = view(source);
    expect(v.defines.map((d) => [d.name, d.params, d.body.replace(/\s+/g, ' ')])).toEqual([['A', undefined, ''], ['B', undefined, '1 + 2'], ['C', ['x', '...'], 'foo(x) bar()'], ['D', undefined, '(x)']]);
    for (const d of v.defines) expect(source.slice(d.nameSpan.start, d.nameSpan.end)).toBe(d.name);
    const c = v.defines[2];
    expect(c && source.slice(c.bodySpan.start, c.bodySpan.end)).toBe('foo(x) \\\n  bar()');
  });

  it('includes', () => {
    const source = '#include "vmlinux.h"\n#  include <bpf/bpf_helpers.h> // x\n#include MACRO\n';
    const v = view(source);
    expect(v.includes.map((i) => [i.path, i.angled, source.slice(i.span.start, i.span.end)])).toEqual([['vmlinux.h', false, 'vmlinux.h'], ['bpf/bpf_helpers.h', true, 'bpf/bpf_helpers.h']]);
  });

  it('suppressions', () => {
    const source = '/* ebpf-lens: allow(a-b, c) */ int x; // ebpf-lens: allow(d)\nchar *s = "/* ebpf-lens: allow(no) */";';
    const v = view(source);
    expect(v.suppressions.map((s) => [s.rules, source.slice(s.span.start, s.span.end)])).toEqual([[['a-b', 'c'], '/* ebpf-lens: allow(a-b, c) */'], [['d'], '// ebpf-lens: allow(d)']]);
  });

  it('a CRLF file has true offsets', () => {
    const source = '#include "a.h"\r\n#define X \\\r\n  1\r\n\r\nSEC("xdp")\r\nint f(struct xdp_md *ctx)\r\n{\r\n\treturn ctx->data;\r\n}\r\n';
    const f = fn(source, 'f');
    expect(f.fields.map((x) => source.slice(x.fieldSpan.start, x.fieldSpan.end))).toEqual(['data']);
    expect(view(source).defines.map((d) => d.body)).toEqual(['1']);
  });

  it('text outside of ASCII does not move anything', () => {
    const source = '/* 🐝 é */ char *s = "🐝";\nSEC("xdp") int f(struct xdp_md *ctx) { /* ü */ return ctx->data; }';
    const f = fn(source, 'f');
    expect(f.fields.map((x) => source.slice(x.fieldSpan.start, x.fieldSpan.end))).toEqual(['data']);
  });
});
