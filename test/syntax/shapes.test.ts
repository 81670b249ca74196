/** The shapes in which programs are declared, one after the other: each must be found, with its section, and leave no error node. */
import { beforeAll, describe, expect, it } from 'vitest';
import { setupSyntax } from '../support/syntax.js';
import { fn, masked, sections, variable, view } from './support.js';

beforeAll(setupSyntax);

/** Sources with the function that must be found, its sections, its parameters and its wrapper. */
type Shape = [what: string, source: string, name: string, secs: readonly string[], params: readonly string[], wrapper?: string];
const PROGRAMS: Shape[] = [
  ['plain', 'SEC("xdp")\nint f(struct xdp_md *ctx)\n{ return 0; }', 'f', ['xdp'], ['struct xdp_md * ctx']],
  ['void parameters', 'SEC("?syscall") void f(void) { }', 'f', ['?syscall'], []],
  ['empty parameters', 'SEC("syscall") int f() { return 0; }', 'f', ['syscall'], []],
  ['static inline', 'SEC("tc") static __always_inline int f(struct __sk_buff *skb) { return 0; }', 'f', ['tc'], ['struct __sk_buff * skb']],
  ['tags before and after', '__description("x, y") SEC("tc") __failure __msg("a \\"b\\" (") __weak\nint f(void *ctx) { return 0; }', 'f', ['tc'], ['void * ctx']],
  ['adjacent literals', 'SEC("fentry/" SYS_PREFIX "sys_nanosleep")\nint f(void *ctx) { return 0; }', 'f', ['fentry/+SYS_PREFIX+sys_nanosleep'], ['void * ctx']],
  ['identifier', '#define SECTION_NAME "tc"\nSEC(SECTION_NAME)\nint f(void *ctx) { return 0; }', 'f', ['SECTION_NAME'], ['void * ctx']],
  ['attribute', '__attribute__((section(("kprobe/x")), used)) int f(void *ctx) { return 0; }', 'f', ['kprobe/x'], ['void * ctx']],
  ['attribute with a macro', '__attribute__((section((MAIN)), used)) int\nf(void *ctx)\n{ return 0; }', 'f', ['MAIN'], ['void * ctx']],
  ['type first', 'int SEC("filter") f(struct __sk_buff *skb) { return 0; }', 'f', ['filter'], ['struct __sk_buff * skb']],
  ['BPF_PROG', 'SEC("fentry/x")\nint BPF_PROG(f, int a, struct file *file) { return 0; }', 'f', ['fentry/x'], ['int a', 'struct file * file'], 'BPF_PROG'],
  ['BPF_PROG, name only', 'SEC("fentry/x")\nint BPF_PROG(f) { return 0; }', 'f', ['fentry/x'], [], 'BPF_PROG'],
  ['BPF_KPROBE over lines', 'SEC("kprobe/x")\nint BPF_KPROBE(f,\n\t       struct sock *sk)\n{ return 0; }', 'f', ['kprobe/x'], ['struct sock * sk'], 'BPF_KPROBE'],
  ['BPF_KRETPROBE', 'SEC("kretprobe/x") int BPF_KRETPROBE(f, long ret) { return 0; }', 'f', ['kretprobe/x'], ['long ret'], 'BPF_KRETPROBE'],
  ['BPF_UPROBE static', 'SEC("uprobe") static int BPF_UPROBE(f, void *p) { return 0; }', 'f', ['uprobe'], ['void * p'], 'BPF_UPROBE'],
  ['BPF_PROG2', 'SEC("fentry/x") int BPF_PROG2(f, struct s, a) { return 0; }', 'f', ['fentry/x'], [], 'BPF_PROG2'],
  ['BPF_USDT', 'SEC("usdt") int BPF_USDT(f, int x, void *y) { return 0; }', 'f', ['usdt'], ['int x', 'void * y'], 'BPF_USDT'],
  ['BPF_KSYSCALL', 'SEC("ksyscall/kill") int BPF_KSYSCALL(f, pid_t pid, int sig) { return 0; }', 'f', ['ksyscall/kill'], ['pid_t pid', 'int sig'], 'BPF_KSYSCALL'],
  ['BPF_STRUCT_OPS', 's32 BPF_STRUCT_OPS(f, struct task_struct *p, s32 cpu)\n{ return 0; }', 'f', [], ['struct task_struct * p', 's32 cpu'], 'BPF_STRUCT_OPS'],
  ['an unknown macro of that shape', 'SEC("x") int MY_PROBE(f, struct sock *sk) { return 0; }', 'f', ['x'], ['struct sock * sk'], 'MY_PROBE'],
  ['a macro without a type', 'MY_PROBE(f, struct sock *sk) { return 0; }', 'f', [], ['struct sock * sk'], 'MY_PROBE'],
  ['MACRO(x) (ctx)', 'KPROG(do_sys) (struct pt_regs *ctx) { return 0; }', 'do_sys', [], ['struct pt_regs * ctx'], 'KPROG'],
  ['MACRO(x) (ctx) without a type', 'TPPROG(sys_enter) (ctx) { return 0; }', 'sys_enter', [], [' ctx'], 'TPPROG'],
  ['cilium entry', '__section_entry\nint f(struct __ctx_buff *ctx) { return 0; }', 'f', [], ['struct __ctx_buff * ctx']],
  ['cilium tail call', '__declare_tail(CILIUM_CALL_X)\nint f(struct __ctx_buff *ctx __maybe_unused) { return 0; }', 'f', [], ['struct __ctx_buff * ctx']],
  ['cilium test', 'CHECK("tc", "n")\nint f(const struct __ctx_buff *ctx) { return 0; }', 'f', [], ['const struct __ctx_buff * ctx']],
  ['__section', '__section("tc") int f(void *ctx) { return 0; }', 'f', ['tc'], ['void * ctx']],
  ['attributes on parameters', 'SEC("tc") int f(struct s *ctx __arg_ctx, void *p __arg_nullable __arg_tag("x")) { return 0; }', 'f', ['tc'], ['struct s * ctx', 'void * p']],
  ['an unknown attribute before the type', 'static __my_attr int f(int a) { return 0; }', 'f', [], ['int a']],
  ['an unknown attribute before the name', 'static int __my_attr f(int a) { return 0; }', 'f', [], ['int a']],
  ['an unknown attribute macro', 'static int MY_ATTR(3) f(int a) { return 0; }', 'f', [], ['int a']],
  ['function pointer parameter', 'static int f(int (*cb)(void *, int), char name[16]) { return 0; }', 'f', [], ['int * cb', 'char name']],
  ['types behind the parentheses', 'SEC("xdp") int f(ctx)\n\tstruct xdp_md *ctx;\n{ return 0; }', 'f', ['xdp'], ['struct xdp_md * ctx']],
  ['types behind the parentheses, together and for some', 'static long f(a, b, c)\n\tlong *a;\n\tchar b[4];\n{ return 0; }', 'f', [], ['long * a', 'char b', 'int c']],
  ['struct return', 'struct task *f(void) { return 0; }', 'f', [], []],
];

describe('programs', () => {
  it.each(PROGRAMS)('%s', (...[, source, name, secs, params, wrapper]: Shape) => {
    const f = fn(source, name);
    expect(sections(f)).toEqual(secs);
    if (wrapper !== 'BPF_PROG2') expect(f.params.map((p) => `${p.type} ${p.name}`)).toEqual(params);
    expect(f.wrapper).toBe(wrapper);
    expect(source.slice(f.nameSpan.start, f.nameSpan.end)).toBe(name);
    expect(f.bodySpan && source[f.bodySpan.start]).toBe('{');
    expect(f.span.end).toBe(source.length);
    for (const s of f.sections) expect(source.slice(s.argumentSpan.start, s.argumentSpan.end)).not.toContain('SEC(');
    expect(masked(source).errors).toEqual([]);
  });

  it('keeps tags as annotations', () => {
    const f = fn('SEC("tc") __success __msg("a, b") __retval(3) __my(x, y) __naked void f(void) { }', 'f');
    expect(f.annotations.map((a) => `${a.name}(${a.args.join('|')})`)).toEqual(['__success()', '__msg("a, b")', '__retval(3)', '__my(x|y)', '__naked()']);
  });

  it('knows static, extern and inline', () => {
    const v = view('static __always_inline int a(void) { return 0; }\nextern int b(void) __ksym __weak;\nstatic __noinline int c(void) { return 0; }\ninline int d(void) { return 0; }');
    expect(v.functions.map((f) => [f.name, f.isStatic, f.isExtern, f.isInline])).toEqual([['a', true, false, true], ['b', false, true, false], ['c', true, false, false], ['d', false, false, true]]);
    expect(fn(v, 'b').bodySpan).toBeUndefined();
    expect(fn(v, 'b').annotations.map((a) => a.name)).toEqual(['__ksym', '__weak']);
  });

  it('puts both sections of a function under #if and #else, each with its condition', () => {
    const f = fn('#ifdef A\nSEC("kprobe/x")\n#else\nSEC("fentry/x")\n#endif\nint f(void *ctx) { return 0; }', 'f');
    expect(f.sections.map((s) => [s.parts[0]?.value, s.conditions.map((c) => `${c.text}:${c.taken}`)])).toEqual([
      ['kprobe/x', ['defined(A):true']],
      ['fentry/x', ['defined(A):false']],
    ]);
  });

  it('finds a function whose head is cut in two by #if', () => {
    const source = '#if A\nSEC("kprobe/x")\nint f(struct a *ctx)\n#else\nSEC("fentry/x")\nint f(struct b *ctx)\n#endif\n{ return bpf_x(); }\nSEC("tc") int g(void *ctx) { return 0; }';
    const v = view(source);
    expect(v.functions.map((f) => f.name)).toEqual(['f', 'g']);
    expect(fn(v, 'f').sections.map((s) => [s.parts[0]?.value, s.conditions[0]?.taken])).toEqual([['kprobe/x', true], ['fentry/x', false]]);
    expect(masked(source).errors).toEqual([]);
  });

  it('gives two functions where both arms define one', () => {
    const v = view('#ifdef A\nint f(void) { return 1; }\n#else\nint f(void) { return 2; }\n#endif');
    expect(v.functions.map((f) => [f.name, f.conditions.map((c) => c.taken)])).toEqual([['f', [true]], ['f', [false]]]);
  });

  it('says nothing about include guards, and leaves out #if 0', () => {
    const v = view('#ifndef X_H\n#define X_H\nint f(void) { return 1; }\n#if 0\nint g(void) { return 2; }\n#endif\n#endif');
    expect(v.functions.map((f) => [f.name, f.conditions.length])).toEqual([['f', 0]]);
  });

  it('takes attributes from the file\'s own defines', () => {
    const v = view('#define INLINE static __always_inline\n#define MYSEC SEC("tc")\n#define private(name) SEC(".data." #name) __hidden __attribute__((aligned(8)))\nINLINE int f(int a) { return a; }\nMYSEC int g(void *ctx) { return 0; }\nprivate(A) struct bpf_spin_lock lock;');
    expect(fn(v, 'f').params.map((p) => p.name)).toEqual(['a']);
    expect(sections(fn(v, 'g'))).toEqual(['tc']);
    expect(sections(variable(v, 'lock'))).toEqual(['.data.+A']);
  });

  it('lists macros that stand alone', () => {
    const v = view('#define TWO(n) SEC("tc") int a##n(void *c) { return 0; } SEC("tc") int b##n(void *c) { return 1; }\nTWO(1)\nTWO(2)\nBPF_HASH(m, u32, struct x *);\nint f(void) { return 0; }');
    expect(v.macroUses?.map((u) => `${u.name}(${u.args.join('|')})`)).toEqual(['TWO(1)', 'TWO(2)', 'BPF_HASH(m|u32|struct x *)']);
  });
});

describe('bodies that leave no error', () => {
  it.each([
    'bpf_for(i, 0, 10) { x += i; }',
    'bpf_for_each(task, p, NULL, BPF_TASK_ITER_ALL_PROCS) { if (!p) break; }',
    'bpf_repeat(10) { x++; can_loop; }',
    'bpf_for(i, 0, 5) sum += i;',
    'for (i = 0; i < 5 && can_loop; i++) { cond_break; }',
    'list_for_each_entry(p, head, list) { x++; }',
    'if (bpf_core_type_exists(struct bpf_ringbuf)) x = 1;',
    'if (bpf_core_field_exists(struct task_struct, cgroups.x)) x = 1;',
    'if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_x)) x = 1;',
    'struct n *p = container_of(q, struct n, list.next), *z = bpf_obj_new(typeof(*p));',
    'p = bpf_core_cast(q, struct sock *); u = bpf_rdonly_cast(q, bpf_core_type_id_kernel(struct sk_buff));',
    'typeof(x) y = (typeof(x))z; __typeof__(*p) *q = (__typeof__(*p) *)w;',
    'asm volatile ("r1 = %[x]; call %[bpf_y];" : "=r"(x) : [x]"r"(ctx), __imm(bpf_y), __imm_const(k, 1 + 2) : __clobber_all);',
    'asm volatile ("r0 = 0;" ::: "r0", "memory"); asm goto ("x" : : : : out); __asm__ __volatile__("");',
    'asm volatile (MACRO(bpf_x) "a" FOO "b" : : __imm(bpf_x) : __clobber_all);',
    'switch (x) { case 1 ... 5: break; case A ... B: { break; } default: }',
    'out: }  { ({ int a = 1; a; }); x = ({ foo(x); });',
    '__pragma_loop_unroll\nfor (i = 0; i < 5; i++) { }',
    '_Pragma("unroll") for (i = 0; i < 5; i++) { }',
    'MACRO_STATEMENT(x)\nreturn 0;',
    'x = va_arg(ap, int) + __builtin_offsetof(struct a, b.c[0]) + offsetof(struct a, b.c);',
    'if (__builtin_types_compatible_p(typeof(a), unsigned long)) x = 1;',
    'bpf_printk("a" FMT "b" STR(x) "c", x); printf(A B C, 1);',
    'struct x __attribute__((aligned(8))) y = {}; int z __maybe_unused; struct cg *c __free(cg) = f();',
    '__u8 __arena *pg; void __kptr *q; struct foo __percpu_kptr *r;',
    'x = f((struct in_addr){ htonl(1) }, { .a = 1 }); y = (struct b){ .c = { d(1), e(2) } };',
    'CHECK_IT(a, ==, b); DO(return 1); M(, x); M(x,); M(a,,b);',
    'p = MEMBER_VPTR(arr, [i]); q = MEMBER_VPTR(a, .b[c]);',
    'struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, int); } m;',
    'enum { A, B = 3 } e; enum k : __u64 { C }; struct s { __u64 :4; char: 4; } t;',
    '#ifdef A\nif (x)\n#else\nif (y)\n#endif\n{ z(); }',
    'if (a) {\n#ifdef X\n} else if (b) {\n#endif\n}',
    'static const char fmt[] = "x" "y"; _Static_assert(sizeof(int) == 4, "x");',
  ])('%s', (body) => {
    expect(masked(`int f(void *ctx)\n{\n\tint x;\n${body}\n\treturn 0;\n}\nint g(void) { return 1; }\n`).errors).toEqual([]);
  });
});

describe('declarations that leave no error', () => {
  it.each([
    'enum x : __u64 { A, B };',
    'struct s { u64 :64; DECLARE_BITMAP(m, 5); struct x __kptr *p; int a __attribute__((aligned(8))); } __attribute__((packed));',
    '_Static_assert(sizeof(a) != offsetofend(struct b, c.d) - offsetof(struct b, c.e), "x");',
    'extern const int CONFIG_HZ __kconfig __weak; extern bool CONFIG_X __kconfig;',
    'int arr[4] SEC(".data.x") = { 1, 2 }; u64 __arena *p; struct x __hidden y SEC(".bss.z");',
    'static void *(*bpf_old)(void *map, const void *key) = (void *)BPF_FUNC_map_lookup_elem;',
    'asm(".pushsection x"); register long r asm("r1");',
    'typedef int (*fn_t)(void *) __attribute__((x)); struct a; union b;',
    'static volatile const struct { int a; } cfg = { .a = 1 };',
    'TAIL_FUNC(0)\nTAIL_FUNC(1)\nint g(void) { return 0; }',
  ])('%s', (source) => {
    expect(masked(`${source}\nint last(void) { return 0; }\n`).errors).toEqual([]);
    expect(fn(`${source}\nint last(void) { return 0; }\n`, 'last').name).toBe('last');
  });
});

describe('functions written by macros of the file', () => {
  const made = (source: string): unknown[] => view(source).functions.map((f) => [f.name, sections(f), f.fromMacro, f.calls.map((c) => c.name)]);

  it('one macro, a program for each use', () => {
    const source = '#define TAIL_FUNC(x) \\\n\tSEC("tc") \\\n\tint classifier_##x(struct __sk_buff *skb) \\\n\t{ return bpf_redirect(x, 0); }\nTAIL_FUNC(0)\nTAIL_FUNC(1)\nint g(void) { return 0; }';
    expect(made(source)).toEqual([['classifier_0', ['tc'], 'TAIL_FUNC', ['bpf_redirect']], ['classifier_1', ['tc'], 'TAIL_FUNC', ['bpf_redirect']], ['g', [], undefined, []]]);
    const [f] = view(source).functions;
    expect(f && source.slice(f.nameSpan.start, f.nameSpan.end)).toBe('TAIL_FUNC');
    expect(f && source.slice(f.span.start, f.span.end)).toBe('TAIL_FUNC(0)');
    expect(f?.calls[0]?.args.map((a) => a.text)).toEqual(['0', '0']);
  });

  it('the section before the use, the rest in the macro', () => {
    expect(made('#define TRACE(name, id) \\\n int BPF_KPROBE(trace_##name) { return bpf_x(id); }\nSEC("kprobe/a")\nTRACE(a, A);\n\nSEC("kretprobe/a")\nint BPF_KRETPROBE(ret_a) { return 0; }')).toEqual([
      ['trace_a', ['kprobe/a'], 'TRACE', ['bpf_x']], ['ret_a', ['kretprobe/a'], undefined, []],
    ]);
  });

  it('two programs out of one macro, names and sections put together', () => {
    expect(made('#define BOTH(n, sec) SEC("fentry/" #sec) int en_##n(void *c) { return 0; } SEC("fexit/" #sec) int ex_##n(void *c) { return 0; }\nBOTH(a, do_a)\nBOTH(b, do_b)\n')).toEqual([
      ['en_a', ['fentry/+do_a'], 'BOTH', []], ['ex_a', ['fexit/+do_a'], 'BOTH', []], ['en_b', ['fentry/+do_b'], 'BOTH', []], ['ex_b', ['fexit/+do_b'], 'BOTH', []],
    ]);
  });

  it('macros of macros, and none without end', () => {
    expect(made('#define ONE(x) SEC("tc") int f##x(void *c) { return 0; }\n#define TWO(x) ONE(x##0) ONE(x##1)\nTWO(1)\nTWO(2)\n')).toHaveLength(4);
    expect(made('#define LOOP(x) LOOP(x) LOOP(x) SEC("tc") int f(void *c) { return 0; }\nLOOP(1)\n').length).toBeLessThan(250);
  });
});

describe('a section before a macro', () => {
  it('that the file does not define stays with its use', () => {
    const v = view('SEC("kprobe/x")\nTRACE_ENT(vfs_write, ID);\nSEC("tc") int f(void *c) { return 0; }');
    expect(v.macroUses?.map((u) => [u.name, u.sections.map((s) => s.parts[0]?.value)])).toEqual([['TRACE_ENT', ['kprobe/x']]]);
    expect(v.functions.map((x) => x.name)).toEqual(['f']);
  });

  it('on the same line makes a program of each', () => {
    const v = view('#define PROG(foo) int foo(struct pt_regs *ctx) { return 0; }\nSEC("kprobe/a")PROG(p1)\nSEC("kprobe/b")PROG(p2)\n');
    expect(v.functions.map((f) => [f.name, sections(f)])).toEqual([['p1', ['kprobe/a']], ['p2', ['kprobe/b']]]);
  });
});
