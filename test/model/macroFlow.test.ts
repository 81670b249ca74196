/** Macros that decide what runs, out of the file, a header or the project: what they keep from old kernels is no finding, and the rest stays one. */
import { describe, expect, it } from 'vitest';
import { unit, type UnitOptions } from '../support/unit.js';

const OPTIONS: UnitOptions = { kernel: '5.4' };

/**
 * Takes code in which `^` stands before each call of bpf_loop that must be a finding, and the macros before it.
 * @returns what the findings are, written the same way: equal to the code where all is right.
 */
async function marked(before: string, body: string, options: UnitOptions = OPTIONS): Promise<string> {
  const head = `${before}\nstatic long cb(__u32 i, void *d) { return 0; }\nSEC("kprobe/x") int prog(struct pt_regs *ctx)\n{\n`;
  const plain = body.replaceAll('^', '');
  const { findings } = await unit(`${head}${plain}\n  return 0;\n}\n`, options);
  const at = findings.filter((f) => f.subject === 'bpf_loop').map((f) => f.span.start - head.length).sort((a, b) => b - a);
  return [...new Set(at)].reduce((text, offset) => `${text.slice(0, offset)}^${text.slice(offset)}`, plain);
}

const LOOP = 'bpf_loop(1, cb, 0, 0);';
const NEW = 'bpf_core_type_exists(struct x)';

const REQUIRES = [
  '#define REQUIRE(x) if (!(x)) return 0',
  '#define REQUIRE(x) if (!(x)) return 0;',
  '#define REQUIRE(x) \\\n\tdo { \\\n\t\tif (!(x)) \\\n\t\t\treturn 0; \\\n\t} while (0)',
  '#define REQUIRE(x) do { if (unlikely(!(x))) { bpf_printk("no"); return 0; } } while (0)',
  '#define REQUIRE(x) do { if (x) break; return 0; } while (0)',
  '#define REQUIRE(x) if (x) { } else return 0',
  '#define REQUIRE(x) if (!(x)) goto out',
  '#define REQUIRE(x) ({ if (!(x)) return 0; 1; })',
  '#define UNLESS(c, what) if (!(c)) what\n#define REQUIRE(x) UNLESS(x, return 0)',
  '#define LEAVE return 0\n#define REQUIRE(x) do { if (!(x)) { LEAVE; } } while (0)',
  '#ifdef DEBUG\n#define REQUIRE(x) if (!(x)) { bpf_printk("no"); return 0; }\n#else\n#define REQUIRE(x) if (!(x)) return 0\n#endif',
];

describe('a macro that leaves unless something holds', () => {
  it.each(REQUIRES.filter((r) => !r.includes('break;')))('%s', async (macro) => {
    for (const body of [
      `REQUIRE(${NEW}); ${LOOP}\nout: return 1;`,
      `^${LOOP} REQUIRE(${NEW}); if (ctx) { ${LOOP} } return 2;\nout: ^${LOOP}`.replace(/out: \^/, macro.includes('goto') ? 'out: ^' : 'out: '),
      `{ REQUIRE(${NEW}); } ${LOOP}\nout: return 1;`,
      `int n = 1; REQUIRE(n && ${NEW}); ${LOOP}\nout: return 1;`,
      `bool has = ${NEW}; REQUIRE(has); ${LOOP}\nout: return 1;`,
      `if (ctx) { REQUIRE(${NEW}); ${LOOP} } ^${LOOP}\nout: return 1;`,
      `if (ctx) REQUIRE(${NEW}); ^${LOOP}\nout: return 1;`,
      `for (int i = 0; i < 3; i++) { REQUIRE(${NEW}); ${LOOP} } ^${LOOP}\nout: return 1;`,
      `switch (ctx->di) { case 1: REQUIRE(${NEW}); ${LOOP} break; case 2: ^${LOOP} } ^${LOOP}\nout: return 1;`,
      `REQUIRE(ctx); ^${LOOP}\nout: return 1;`,
      `REQUIRE(1); ^${LOOP}\nout: return 1;`,
    ]) expect(await marked(macro, body), body).toBe(body);
  });

  it.each([
    ['#define NEXT_UNLESS(x) if (!(x)) continue'],
    ['#define NEXT_UNLESS(x) if (!(x)) break'],
    ['#define NEXT_UNLESS(x) { if (!(x)) continue; }'],
  ])('to the next round, or out of the loop: %s', async (macro) => {
    const body = `for (int i = 0; i < 3; i++) { ^${LOOP} NEXT_UNLESS(${NEW}); ${LOOP} } ^${LOOP}`;
    expect(await marked(macro, body)).toBe(body);
  });

  it.each([
    ['a block that ends there', '#define STOP_UNLESS(x) do { if (!(x)) break; } while (0)', `for (;;) { STOP_UNLESS(${NEW}); ^${LOOP} }`],
    ['a condition that holds either way', '#define CHECK(x) do { if (!(x)) bpf_printk("no"); } while (0)', `CHECK(${NEW}); ^${LOOP}`],
    ['leaving where it is there', '#define OLD_ONLY(x) if (ctx->di && !(x)) return 0', `OLD_ONLY(ctx->si); ^${LOOP}`],
    ['nothing in this build', '#define REQUIRE(x)', `REQUIRE(${NEW}); ^${LOOP}`],
    ['a label that is jumped to before', '#define REQUIRE(x) if (!(x)) return 0', `if (ctx->di) goto on; REQUIRE(${NEW}); ${LOOP}\non: ^${LOOP}`],
  ])('but not %s', async (_, macro, body) => expect(await marked(macro, body)).toBe(body));

  it('a jump that a macro makes, under a condition that is written', async () => {
    for (const macro of ['#define FAIL return 0', '#define FAIL do { bpf_printk("no"); return 0; } while (0)']) {
      const body = `if (!${NEW}) FAIL; ${LOOP}`;
      expect(await marked(macro, body)).toBe(body);
    }
    expect(await marked('#define FAIL(how) return how', `if (!${NEW}) { ctx = 0; FAIL(1); } ${LOOP}`)).not.toContain('^');
    const body = `if (!${NEW}) LOG; ^${LOOP}`;
    expect(await marked('#define LOG bpf_printk("no")', body)).toBe(body);
  });

  it('out of a header, and out of the project', async () => {
    const body = `^${LOOP} REQUIRE(${NEW}); ${LOOP}`;
    const macro = '#define REQUIRE(x) if (!(x)) return 0';
    expect(await marked('#include "require.h"', body, { ...OPTIONS, files: { 'require.h': `${macro}\n` } })).toBe(body);
    expect(await marked('#include "require.h"', body, { ...OPTIONS, files: { 'require.h': '#define REQUIRE(x) bpf_printk("%d", x)\n' } })).toBe(body.replace(`; ${LOOP}`, `; ^${LOOP}`));
  });
});

describe('a macro that ends with an open condition', () => {
  it.each([
    ['#define IF_NEW if (LINUX_KERNEL_VERSION >= KERNEL_VERSION(5, 17, 0))'],
    ['#define IF_NEW if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop))'],
    ['#define NEW_ENOUGH (LINUX_KERNEL_VERSION >= KERNEL_VERSION(5, 17, 0))\n#define IF_NEW if (NEW_ENOUGH)'],
    ['static __always_inline bool is_new(void) { return bpf_core_type_exists(struct x); }\n#define IF_NEW if (is_new())'],
  ])('without parameters: %s', async (macro) => {
    for (const body of [
      `IF_NEW { ${LOOP} } ^${LOOP}`,
      `IF_NEW { ${LOOP} } else { ctx = 0; } ^${LOOP}`,
      `IF_NEW { ctx = 0; } else { ctx = 0; } ^${LOOP}`,
      `IF_NEW\n{ ${LOOP} return 1; }\nelse if (ctx) { ctx = 0; }\n`,
      `IF_NEW ${LOOP}\nctx = 0; ^${LOOP}`,
      `if (ctx) IF_NEW { ${LOOP} } ^${LOOP}`,
    ]) expect(await marked(macro, body), body).toBe(body);
  });

  it.each([
    ['#define IF_HAVE(x) if (bpf_core_enum_value_exists(enum bpf_func_id, x))', 'IF_HAVE(BPF_FUNC_loop)'],
    ['#define IF(x) if (x)', `IF(${NEW})`],
    ['#define WHERE(x) if (likely(x))', `WHERE(${NEW})`],
    ['#define HAVE(n) bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_##n)\n#define IF_HAVE(n) if (HAVE(n))', 'IF_HAVE(loop)'],
  ])('with parameters: %s', async (macro, use) => {
    for (const body of [
      `${use} { ${LOOP} } ^${LOOP}`,
      `${use} { ${LOOP} } else { ctx = 0; } ^${LOOP}`,
      `${use}\n\t${LOOP}\nelse\n\tctx = 0;\n^${LOOP}`,
      `${use} ${LOOP} ^${LOOP}`,
    ]) expect(await marked(macro, body), body).toBe(body);
  });

  it('is a condition of the program where it asks nothing of the kernel', async () => {
    const body = `IF_SMALL { ^${LOOP} } else { ^${LOOP} } ^${LOOP}`;
    expect(await marked('#define IF_SMALL if (ctx->di < 4)', body)).toBe(body);
    const open = `BEGIN(${NEW}) ${LOOP} END; ^${LOOP}`;
    expect(await marked('#define BEGIN(x) if (x) {\n#define END }', open)).toBe(open);
  });
});

describe('a macro around other code', () => {
  it.each([
    ['#define WHEN(c, what) do { if (c) { what; } } while (0)', `WHEN(${NEW}, bpf_loop(1, cb, 0, 0)); ^${LOOP}`],
    ['#define WHEN(c, what) ((c) ? (what) : 0)', `long r = WHEN(${NEW}, bpf_loop(1, cb, 0, 0)); ^${LOOP}`],
    ['#define WHEN(c, what) ((c) && (what))', `WHEN(${NEW}, bpf_loop(1, cb, 0, 0)); WHEN(ctx, ^bpf_loop(1, cb, 0, 0));`],
    ['#define EITHER(c, a, b) ({ long r_; if (c) r_ = a; else r_ = b; r_; })', `EITHER(${NEW}, bpf_loop(1, cb, 0, 0), 0); EITHER(ctx, 0, ^bpf_loop(1, cb, 0, 0));`],
    ['#define BOTH(c, what) do { if (c) what; what; } while (0)', `BOTH(${NEW}, ^bpf_loop(1, cb, 0, 0));`],
    ['#define MAX(a, b) ((a) > (b) ? (a) : (b))', `long r = MAX(1, ^bpf_loop(1, cb, 0, 0));`],
  ])('%s', async (macro, body) => expect(await marked(macro, body)).toBe(body));

  it.each([
    ['static bool has(void) { return bpf_core_type_exists(struct x); }\n#define TRY() (has() ? bpf_loop(1, cb, 0, 0) : 0)', 'TRY();'],
    ['static bool has(void) { return bpf_core_type_exists(struct x); }\n#define TRY() ({ long r = 0; if (has()) r = bpf_loop(1, cb, 0, 0); r; })', 'TRY();'],
    ['static bool has(void) { return bpf_core_type_exists(struct x); }\n#define CALL bpf_loop(1, cb, 0, 0)\n#define TRY do { if (has()) CALL; } while (0)', 'TRY;'],
    ['#define TRY(c) ({ if (!(c)) return 0; bpf_loop(1, cb, 0, 0); })', `^TRY(ctx); TRY(${NEW}); TRY(ctx);`],
    ['static bool has(void) { return 1; }\n#define TRY() (has() ? bpf_loop(1, cb, 0, 0) : 0)', '^TRY();'],
  ])('calls what it asks for: %s', async (macro, body) => expect(await marked(macro, body)).toBe(body));

  it('declares a variable for what it asks', async () => {
    const macro = '#define TRY(x) ({ long r_ = (x); if (r_ < 0) return r_; r_; })\nstatic long need(void) { return bpf_core_type_exists(struct x) ? 0 : -1; }\nstatic long other(void) { return bpf_get_prandom_u32(); }';
    const body = `TRY(other()); ^${LOOP} TRY(need()); ${LOOP}`;
    expect(await marked(macro, body)).toBe(body);
  });

  it('is no dead code where only one of its definitions makes it so', async () => {
    const debug = '#ifdef DEBUG\n#define DBG(x) x\n#else\n#define DBG(x) if (0) x\n#endif';
    const { model } = await unit(`${debug}\nSEC("xdp") int f(struct xdp_md *ctx) { DBG(bpf_get_prandom_u32()); return 0; }\n`);
    expect(model.calls.map((c) => [c.name, c.guard === undefined])).toEqual([['bpf_get_prandom_u32', false]]);
    const filter = '#define FILTER(on) do { if (on) { if (bpf_loop(1, cb, 0, 0)) return 0; } } while (0)';
    for (const body of ['FILTER(0);', '^FILTER(1);', '^FILTER(ctx);']) expect(await marked(filter, body)).toBe(body);
    const never = await unit('#define DBG(x) if (0) x\nSEC("xdp") int f(struct xdp_md *ctx) { DBG(bpf_get_prandom_u32()); return 0; }\n');
    expect(never.model.calls).toEqual([]);
  });
});

describe('what macros make of a function', () => {
  it('is known of maps and fields as well', async () => {
    const { findings } = await unit(`#define REQUIRE(x) if (!(x)) return 0
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
SEC("xdp") int f(struct xdp_md *ctx) {
  REQUIRE(bpf_core_type_exists(struct bpf_ringbuf));
  bpf_ringbuf_output(&events, ctx, 4, ctx->egress_ifindex);
  return 0;
}
char LICENSE[] SEC("license") = "GPL";
`, { kernel: '4.19' });
    expect(findings.map((f) => [f.rule, f.subject])).toEqual([]);
  });

  it.each([
    [`if (${NEW}) ${LOOP}`, true],
    [`if (!${NEW}) return 0; ${LOOP}`, true],
    [`if (!${NEW}) { return 0; } else { ${LOOP} }`, true],
    [LOOP, false],
    [`if (${NEW}) ctx = 0; ${LOOP}`, false],
    [`if (${NEW}) ${LOOP} ${LOOP}`, false],
  ])('is known of functions that a macro of a header makes: %s', async (body, isGuarded) => {
    const { findings } = await unit('#include "h.h"\nstatic long cb(__u32 i, void *d) { return 0; }\nPROG(a)\nPROG(b);\n', {
      ...OPTIONS, files: { 'h.h': `#define PROG(n) SEC("kprobe/" #n) int n(void *ctx) { ${body} return 0; }\n` },
    });
    expect(findings.filter((f) => f.subject === 'bpf_loop')).toHaveLength(isGuarded ? 0 : 2);
  });

  it('is known to rules that ask for what is ordinary', async () => {
    const code = (before: string): string => `#define REQUIRE(x) if (!(x)) return 0
SEC("xdp") int f(struct xdp_md *ctx) {
  ${before}
  for (int i = 0; i < ctx->data; i++) bpf_get_prandom_u32();
  return 0;
}
`;
    const rules = async (before: string): Promise<readonly string[]> => (await unit(code(before), { kernel: '4.19' })).findings.map((f) => f.rule);
    expect(await rules('')).toEqual(['loop-newer-than-target']);
    expect(await rules('REQUIRE(ctx);')).toEqual(['loop-newer-than-target']);
    expect(await rules('REQUIRE(LINUX_KERNEL_VERSION >= KERNEL_VERSION(5, 3, 0));')).toEqual([]);
  });

  it.each([
    ['without end', `#define A(x) ${'B(x) '.repeat(40)}\n#define B(x) ${'C(x) '.repeat(40)}\n#define C(x) ${'D(x) '.repeat(40)}\n#define D(x) if (!(x)) return 0;`, `A(${NEW}) ^${LOOP}`],
    ['in a circle', '#define A(x) if (x) B(x)\n#define B(x) if (x) A(x)', `A(${NEW}); ^${LOOP}`],
    ['with brackets that do not match', '#define A(x) if (x) {{', `A(${NEW}) ^${LOOP} }`],
    ['deep in itself', '#define A(x) if (!(x)) return 0', `${'if (ctx) { '.repeat(400)} A(${NEW}); ${'}'.repeat(400)} ^${LOOP}`],
    ['half typed', '#define A(x) if (!(x)) return 0', `^${LOOP} A(${NEW}`],
  ])('is given up %s', async (_, macro, body) => {
    const found = await marked(macro, body);
    expect([body, body.replace('^', '')]).toContain(found);
  });
});
