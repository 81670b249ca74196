/** Loops that old kernels refuse. */
import { test } from 'vitest';
import { check } from '../support/check.js';

const program = (body: string): string => `const volatile int on;\nstruct n { int len; };\nSEC("tc")\nint f(struct __sk_buff *ctx)\n{\n    int i, n = bpf_get_prandom_u32();\n    struct n s, *p = &s;\n${body}\n    return 0;\n}\nchar LICENSE[] SEC("license") = "GPL";\n`;
const CARET = '//  ^^^ loop-newer-than-target';

test('a loop up to a field of the context', async () => {
  await check(program(`    for (i = 0; i < ctx->len; i++)\n${CARET} (error): upstream since Linux 5.3, and Linux 4.19 refuses them: \`back-edge\n        n += i;`), { kernel: '4.19' });
});

test('under a condition of its own', async () => {
  await check(program(`    if (n > 3)\n    for (i = 0; i < ctx->len; i++)\n${CARET}\n        n += i;`), { kernel: '4.19' });
});

test.each([
  'for (i = 0; i < 16; i++) n += i;',
  'for (i = 0; i < n; i++) n += i;',
  'for (i = 0; i < p->len; i++) n += i;',
  'for (i = 0; i < ctx->len && i < 8; i++) n += i;',
  'for (i = 0; i < ctx->len; i++) { if (i > 7) break; n += i; }',
  'for (i = 0; i < ctx->len; i++) { if (i > 7) return 1; n += i; }',
  'while (n) n--;',
  'do { n--; } while (n);',
  '#pragma unroll\n    for (i = 0; i < ctx->len; i++) n += i;',
  '#pragma clang loop unroll(full)\n    for (i = 0; i < ctx->len; i++) n += i;',
  'UNROLL\n    for (i = 0; i < ctx->len; i++) n += i;',
  'if (on) for (i = 0; i < ctx->len; i++) n += i;',
  '#ifdef LOOPS\n    for (i = 0; i < ctx->len; i++) n += i;\n#endif',
  'if (bpf_core_type_exists(struct y)) for (i = 0; i < ctx->len; i++) n += i;',
])('nothing about %s', async (body) => {
  await check(program(`    ${body}`), { kernel: '4.19' });
});

test.each(['5.3', '6.1', undefined])('nothing on %s', async (kernel) => {
  await check(program('    for (i = 0; i < ctx->len; i++)\n        n += i;'), { kernel });
});

test('a function that the program calls may be unrolled where it is inlined', async () => {
  await check('static __always_inline int g(struct __sk_buff *ctx) { int i, n = 0; for (i = 0; i < ctx->len; i++) n += i; return n; }\nSEC("tc") int f(struct __sk_buff *ctx) { return g(ctx); }\nchar LICENSE[] SEC("license") = "GPL";\n', { kernel: '4.19' });
});
