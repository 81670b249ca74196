/** Code that only runs where the kernel can: none of it may be a finding, and the rest must stay one. */
import { describe, expect, it } from 'vitest';
import { unit } from '../support/unit.js';

/** Is the call of bpf_loop guarded in a program with this body? */
async function guarded(body: string, before = ''): Promise<boolean> {
  const u = await unit(`${before}
static long cb(__u32 i, void *d) { return 0; }
SEC("kprobe/x") int prog(struct pt_regs *ctx)
{
${body}
  return 0;
}
`, { kernel: '5.4' });
  const calls = u.model.calls.filter((c) => c.name === 'bpf_loop');
  const found = u.findings.filter((f) => f.subject === 'bpf_loop');
  expect(found.length > 0).toBe(calls.some((c) => c.guard === undefined));
  return calls.every((c) => c.guard !== undefined);
}
const LOOP = 'bpf_loop(1, cb, 0, 0);';

describe('what asks the kernel', () => {
  it.each([
    [`if (bpf_core_field_exists(t->a)) { ${LOOP} }`],
    [`if (bpf_core_type_exists(struct bpf_ringbuf)) ${LOOP}`],
    [`if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop)) ${LOOP}`],
    [`if (!bpf_core_type_matches(struct x___new)) { return 0; }\n${LOOP}`],
    [`if (!bpf_core_type_exists(struct x)) return 0;\n${LOOP}`],
    [`if (!bpf_core_type_exists(struct x)) { } else { ${LOOP} }`],
    [`bool has = bpf_core_field_exists(t->a); if (has) ${LOOP}`],
    [`bool has; has = bpf_core_field_exists(t->a); if (has && ctx) ${LOOP}`],
    [`if (ctx && bpf_ksym_exists(bpf_rcu_read_lock)) ${LOOP}`],
    [`if (LINUX_KERNEL_VERSION >= KERNEL_VERSION(5, 17, 0)) ${LOOP}`],
    [`bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop) && ${LOOP}`],
    [`long n = bpf_core_type_exists(struct x) ? bpf_loop(1, cb, 0, 0) : 0;`],
  ])('%s', async (body) => expect(await guarded(body)).toBe(true));

  it('in a macro, in a wrapper function, and around the call of a function', async () => {
    expect(await guarded(`if (HAS_LOOP) ${LOOP}`, '#define HAS_LOOP bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop)')).toBe(true);
    expect(await guarded(`if (has_loop()) ${LOOP}`, 'static bool has_loop(void) { return bpf_core_type_exists(struct x); }')).toBe(true);
    expect(await guarded(`if (has_loop()) ${LOOP}`, 'static int has_loop(void) { if (bpf_core_type_exists(struct x)) return 1; return 0; }')).toBe(true);
    expect(await guarded('if (bpf_core_type_exists(struct x)) go();', `static long cb(__u32 i, void *d);\nstatic void go(void) { ${LOOP} }`)).toBe(true);
  });

  it('in what an `if` assigned, a member, an argument, or around an argument of a macro', async () => {
    expect(await guarded(`bool has = false; if (bpf_core_type_exists(struct x)) has = true; if (has) ${LOOP}`)).toBe(true);
    expect(await guarded(`if (has_loop()) ${LOOP}`, 'static int has_loop(void) { int r = 0; if (bpf_core_type_exists(struct x)) { r = 1; } return r; }')).toBe(true);
    expect(await guarded(`struct { bool h; } s = {}; s.h = bpf_core_type_exists(struct x); if (s.h) ${LOOP}`)).toBe(true);
    expect(await guarded('go(bpf_core_type_exists(struct x));', `static long cb(__u32 i, void *d);\nstatic void go(bool has) { if (has) ${LOOP} }`)).toBe(true);
    expect(await guarded(`IF_HAS(struct x, ${LOOP})`, '#define IF_HAS(type, code) if (bpf_core_type_exists(type)) { code }')).toBe(true);
    expect(await guarded(`bool has = false; if (ctx) has = true; if (has) ${LOOP}`)).toBe(false);
    expect(await guarded(`RUN(${LOOP})`, '#define RUN(code) do { code } while (0)')).toBe(false);
  });

  it.each([
    [`if (bpf_core_type_exists(struct x)) RUN(return bpf_loop(1, cb, 0, 0);); return 0;`],
    [`if (bpf_core_type_exists(struct x)) { RUN(int, if (ctx) bpf_loop(1, cb, 0, 0)); }`],
    [`if (!bpf_core_type_exists(struct x)) return 0; RUN(bpf_loop(1, cb, 0, 0);)return 0;`],
    [`return bpf_core_type_exists(struct x) ? RUN(int, return bpf_loop(1, cb, 0, 0)) : 0;`],
    [`RUN(if (bpf_core_type_exists(struct x)) bpf_loop(1, cb, 0, 0));`],
    [`RUN(if (ctx && bpf_core_type_exists(struct x)) { if (ctx) { } bpf_loop(1, cb, 0, 0); });`],
    [`RUN(if (!bpf_core_type_exists(struct x)) return 0; bpf_loop(1, cb, 0, 0););`],
    [`RUN(if (!bpf_core_type_exists(struct x)) ctx = 0; else bpf_loop(1, cb, 0, 0););`],
    [`RUN(if (!bpf_core_type_exists(struct x)) { ctx = 0; } else if (ctx) { bpf_loop(1, cb, 0, 0); });`],
  ])('around statements that are a macro\'s argument, and in them: %s', async (body) => expect(await guarded(body)).toBe(true));

  it.each([
    [`RUN(if (bpf_core_type_exists(struct x)) { ctx = 0; } bpf_loop(1, cb, 0, 0););`],
    [`RUN(if (bpf_core_type_exists(struct x)) ctx = 0; bpf_loop(1, cb, 0, 0););`],
    [`RUN(if (bpf_core_type_exists(struct x)) { ctx = 0; } else { ctx = 0; } bpf_loop(1, cb, 0, 0););`],
    [`if (bpf_core_type_exists(struct x)) RUN(int); RUN(if (ctx) bpf_loop(1, cb, 0, 0););`],
  ])('but not behind them: %s', async (body) => expect(await guarded(body)).toBe(false));

  it('as a bare weak symbol', async () => {
    expect(await guarded(`if (bpf_rcu_read_lock) ${LOOP}`, 'extern void bpf_rcu_read_lock(void) __ksym __weak;')).toBe(true);
    expect(await guarded(`if (!bpf_link_fops) return 0;\n${LOOP}`, 'extern const void bpf_link_fops __ksym __weak;')).toBe(true);
  });
});

describe('what is fixed before loading', () => {
  it.each([
    ['const volatile bool enabled = false;', `if (enabled) ${LOOP}`],
    ['const volatile bool enabled = false;', `if (!enabled) return 0;\n${LOOP}`],
    ['const volatile bool enabled = false;', `if (enabled && ctx) ${LOOP}`],
    ['const volatile bool enabled = false;', `if (!enabled || !ctx) return 0;\n${LOOP}`],
    ['const volatile struct { bool on; } cfg = {};', `if (cfg.on) ${LOOP}`],
    ['volatile const struct conf conf;\n#define FIELD(g, t, n) (((t *)&g)->n)\n#define CONFIG(n) FIELD(conf, struct conf, n)', `if (CONFIG(LOOPS)) ${LOOP}`],
    ['#define CONFIG(n) LATER(n)\n#define LATER(n) conf.n\nvolatile const struct conf conf;', `if (!CONFIG(LOOPS)) return 0;\n${LOOP}`],
    ['const volatile int mode = 0;', `switch (mode) { case 1: ${LOOP} break; }`],
    ['extern bool CONFIG_X __kconfig;', `if (CONFIG_X) ${LOOP}`],
    ['extern int LINUX_KERNEL_VERSION __kconfig;', `if (LINUX_KERNEL_VERSION > 5) ${LOOP}`],
    ['const volatile bool enabled = false;\nstatic bool on(void) { return enabled; }', `if (on()) ${LOOP}`],
    ['static const bool enabled = false;', `if (enabled) ${LOOP}`],
    ['enum { ENABLED = 0 };', `if (ENABLED) ${LOOP}`],
    ['#include "config.h"', `if (LEVEL >= 2) ${LOOP}`],
    ['#include "config.h"', `if (!LEVEL) return 0;\n${LOOP}`],
    ['#include <linux/version.h>', `if (LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)) ${LOOP}`],
    ['#ifndef LEVEL\n#define LEVEL 2\n#endif', `if (LEVEL >= 2) ${LOOP}`],
    ['#ifndef LEVEL\r\n#define LEVEL 2\r\n#endif\r', `#if LEVEL >= 2\n${LOOP}\n#endif`],
    ['', `if (sizeof(long) == 4) ${LOOP}`],
    ['enum { MODE = 1 };', `switch (MODE) { case 2: ${LOOP} break; }`],
  ])('%s %s', async (before, body) => expect(await guarded(body, before)).toBe(true));

  it.each([
    ['#define LEVEL 1', `if (LEVEL >= 2) ${LOOP}`],
    ['#define LEVEL 1\n#define IS_LOUD (LEVEL > 1)', `if (IS_LOUD) ${LOOP}`],
    ['', `0 && ${LOOP}`],
    ['', `int x = 1 ? 0 : bpf_loop(1, cb, 0, 0);`],
    ['', `for (; 0;) ${LOOP}`],
  ])('dead code: %s %s', async (before, body) => {
    const { model } = await unit(`${before}\nstatic long cb(__u32 i, void *d) { return 0; }\nSEC("kprobe/x") int prog(struct pt_regs *ctx)\n{\n${body}\n  return 0;\n}\n`);
    expect(model.calls).toEqual([]);
  });

  it.each([
    ['#define LEVEL 3', `if (LEVEL >= 2) ${LOOP}`],
    ['#define FLAGS 0x100000001ULL', `if (FLAGS & 0x100000000ULL) ${LOOP}`],
    ['#define LENGTH (ctx->di)', `if (LENGTH) ${LOOP}`],
    ['int COUNT;', `if (COUNT == 3) ${LOOP}`],
    ['', `int VALUE = ctx->di; if (VALUE == 3) ${LOOP}`],
    ['', `bpf_repeat(ROUNDS) { ${LOOP} }`],
    ['', `int i; for (i = 0; i < ROUNDS; i++) ${LOOP}`],
    ['const char *name;', `if (name) ${LOOP}`],
  ])('but not what the program decides as it runs, nor what is fixed and holds: %s %s', async (before, body) => expect(await guarded(body, before)).toBe(false));

  it.each([
    ['#define TRACE(x) if (trace_messages) x'],
    ['#define TRACE(x) \\\n  do { \\\n    if (trace_messages && !quiet) { x; } \\\n  } while (0)'],
    ['#define TRACE(x) (trace_messages ? x : 0)'],
    ['#define TRACE(x) ({ if (trace_messages) x; else 0; })'],
  ])('a macro of a header that asks before all that it does: %s', async (macro) => {
    expect(await guarded('TRACE_LOOP();', `volatile const bool trace_messages = 0; bool quiet;\n${macro}\n#define TRACE_LOOP() TRACE(bpf_loop(1, cb, 0, 0))`)).toBe(true);
    expect(await guarded('TRACE_LOOP();', `bool trace_messages = 0; bool quiet;\n${macro}\n#define TRACE_LOOP() TRACE(bpf_loop(1, cb, 0, 0))`)).toBe(false);
  });

  it('a macro that asks for a setting, out of a header that is not in sight', async () => {
    expect(await guarded(`if (CONFIG(ITER_NUM)) ${LOOP}`, '#include "config.h"')).toBe(true);
    expect(await guarded(`if (!FEATURE_ENABLED(LOOPS)) return 0;\n${LOOP}`, '#include "config.h"')).toBe(true);
    expect(await guarded(`if (CONFIG(ITER_NUM)) ${LOOP}`)).toBe(false);
    expect(await guarded(`int n = 1; if (CONFIG(n)) ${LOOP}`, '#include "config.h"')).toBe(false);
    expect(await guarded(`if (IS_ERR(NULL)) ${LOOP}`, '#include "config.h"')).toBe(false);
  });

  it('a function that is called as one that asks the kernel, out of a header that is not in sight', async () => {
    for (const name of ['has_loop', 'have_bpf_loop', 'kernel_supports_loop', 'loop_available', 'feature_loop']) {
      expect(await guarded(`if (${name}()) ${LOOP}`, '#include "compat.h"'), name).toBe(true);
      expect(await guarded(`bool b = ${name}(); if (!b) return 0;\n${LOOP}`, '#include "compat.h"'), name).toBe(true);
      expect(await guarded(`if (${name}()) ${LOOP}`), name).toBe(false);
      expect(await guarded(`if (${name}(ctx)) ${LOOP}`, '#include "compat.h"'), name).toBe(false);
    }
    expect(await guarded(`if (has_loop()) ${LOOP}`, '#include "compat.h"\nstatic bool has_loop(void) { return bpf_get_prandom_u32() > 3; }')).toBe(false);
    expect(await guarded(`if (hash()) ${LOOP}`, '#include "compat.h"')).toBe(false);
  });

  it('a macro whose arms differ asks the build where an arm is a constant, and only reads its arguments where none is', async () => {
    const arms = (one: string, other: string): string => `#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__\n#define BYTE(x) ${one}\n#else\n#define BYTE(x) ${other}\n#endif`;
    const body = `if (BYTE(ctx->data) == 1) ${LOOP}`;
    expect(await guarded(body, arms('((x) & 0xff)', '((x) >> 24)'))).toBe(false);
    expect(await guarded(`int v = 0; v |= BYTE(ctx->data); if (ctx->data_end != v) return 0;\n${LOOP}`, arms('((x) & 0xff)', '((x) >> 24)'))).toBe(false);
    expect(await guarded(`if (WRAP(ctx->data) == 1) ${LOOP}`, `${arms('((x) & 0xff)', '((x) >> 24)')}\n#define WRAP(x) BYTE(x)`)).toBe(false);
    expect(await guarded(`if (BYTE(0) == 1) ${LOOP}`, arms('((x) & 0xff)', '((x) >> 24)'))).toBe(true);
    expect(await guarded(body, arms('((x) & 0xff)', '(0)'))).toBe(true);
    expect(await guarded(body, arms('((x) & 0xff)', '(bpf_core_type_exists(struct x) && (x))'))).toBe(true);
  });

  it('a macro that goes on after what it asked is no guard', async () => {
    expect(await guarded('TRACE();', 'volatile const bool on = 0; int n;\n#define TRACE() do { if (on) n++; bpf_loop(1, cb, 0, 0); } while (0)')).toBe(false);
    expect(await guarded('TRACE();', 'volatile const bool on = 0; int n;\n#define TRACE() if (on || n) bpf_loop(1, cb, 0, 0)')).toBe(false);
  });

  it('but not where the rest of the condition can let the code run all the same', async () => {
    const pid = 'const volatile int target = 0;';
    expect(await guarded(`int pid = bpf_get_current_pid_tgid(); if (target && target != pid) return 0;\n${LOOP}`, pid)).toBe(false);
    expect(await guarded(`int pid = bpf_get_current_pid_tgid(); if (target == pid) ${LOOP}`, pid)).toBe(false);
    expect(await guarded(`if (target || ctx) ${LOOP}`, pid)).toBe(false);
  });

  it('a constant argument of an inlined function decides what the function tests', async () => {
    const before = `static long cb(__u32 i, void *d);\nstatic __always_inline void go(void *ctx, bool loops) { if (loops) { ${LOOP} } }`;
    expect(await guarded('go(ctx, false);', before)).toBe(true);
    expect(await guarded('go(ctx, ctx != 0);', before)).toBe(false);
    for (const head of ['__attribute__((always_inline)) void', '__attribute__((__always_inline__)) inline void']) {
      expect(await guarded('go(ctx, false);', before.replace('static __always_inline void', head)), head).toBe(true);
    }
    expect(await guarded('go(ctx, false);', before.replace('static __always_inline void', '__attribute__((noinline)) void'))).toBe(false);
  });
});

describe('what the build decides', () => {
  it.each([
    [`#ifdef HAVE_LOOP\n${LOOP}\n#endif`, true],
    [`#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)\n${LOOP}\n#endif`, true],
    [`#ifndef OLD\n${LOOP}\n#endif`, true],
    [`#if 1\n${LOOP}\n#endif`, false],
    [`#if defined(__bpf__)\n${LOOP}\n#endif`, false],
    [`#define HERE 1\n#ifdef HERE\n${LOOP}\n#endif`, false],
    [`#define N 2\n#if N > 1\n${LOOP}\n#endif`, false],
    [`#if (1 << 40 | 3) >> 40 == 1 && 7 % 4 == 3\n${LOOP}\n#endif`, false],
    [`#if 1 << N\n${LOOP}\n#endif`, true],
  ])('%s: %s', async (body, expected) => expect(await guarded(body)).toBe(expected));

  it('is not computed without end: macros of macros are left to the build', async () => {
    const macros = Array.from({ length: 9 }, (_, i) => `#define A${i + 1} ${Array<string>(20).fill(`A${i}`).join(' + ')}\n`).join('');
    for (const body of [`if (A9 > 1) ${LOOP}`, `if (A9 > UNKNOWN) ${LOOP}`, `#if A9 > 1\n${LOOP}\n#endif`]) expect((await unit(`#define A0 1\n${macros}SEC("xdp") int f(void *ctx) {\n${body}\nreturn 0; }\n`)).model.programs).toHaveLength(1);
  });

  it('leaves out what is surely not compiled', async () => {
    const u = await unit(`#define OFF 0\nSEC("xdp") int f(struct xdp_md *ctx) {\n#if OFF\n  bpf_loop(1, 0, 0, 0);\n#endif\n#if 0\n  bpf_loop(1, 0, 0, 0);\n#endif\n  if (0) bpf_loop(1, 0, 0, 0);\n  return 0;\n}\n`);
    expect(u.model.calls).toEqual([]);
  });

  it.each(['#ifndef FLAGS', '#if !defined(FLAGS)'])('a default under %s is what the build may change', async (head) => {
    const code = (define: string): string => `${define}\n#define F_XDP (FLAGS & (1 << 6))\n`;
    const body = `#if F_XDP\nreturn 0;\n#else\n${LOOP}\n#endif`;
    expect(await guarded(body, code(`${head}\n/* by default */\n#define FLAGS 0\n#endif`))).toBe(true);
    expect(await guarded(body, code('#define FLAGS 0'))).toBe(false);
  });

  it('does not take an include guard for a condition', async () => {
    const u = await unit('#include "h.h"\nSEC("xdp") int f(struct xdp_md *ctx) { return go(); }\n', {
      files: { 'h.h': '#ifndef H_H\n#define H_H\nstatic int go(void) { return bpf_get_smp_processor_id(); }\n#endif\n' },
    });
    expect(u.model.calls.map((c) => c.guard)).toEqual([undefined]);
  });
});

describe('what is no guard', () => {
  it.each([
    [LOOP],
    [`if (ctx) ${LOOP}`],
    [`if (bpf_get_smp_processor_id() > 1) ${LOOP}`],
    [`int r = 1; if (!r) return 0;\n${LOOP}`],
  ])('%s', async (body) => expect(await guarded(body)).toBe(false));

  it('a program that reaches a function freely, though another asks first', async () => {
    const u = await unit(`
static long cb(__u32 i, void *d) { return 0; }
static void go(void) { bpf_loop(1, cb, 0, 0); }
SEC("kprobe/a") int careful(struct pt_regs *ctx) { if (bpf_core_type_exists(struct x)) go(); return 0; }
SEC("kprobe/b") int careless(struct pt_regs *ctx) { go(); return 0; }
`, { kernel: '5.4' });
    expect(u.findings.map((f) => [f.subject, f.programs])).toEqual([['bpf_loop', ['careless']]]);
  });
});
