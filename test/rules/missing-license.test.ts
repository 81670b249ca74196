/** Units that state no licence and need one. */
import { expect, test } from 'vitest';
import { check } from '../support/check.js';
import { unit } from '../support/unit.js';

const program = (head: string, carets = '', call = 'bpf_probe_read_kernel(&x, sizeof(x), ctx);'): string => `${head}
SEC("kprobe/do_unlinkat")
int f(void *ctx)
{
    int x = 0;
    ${call}
${carets}    return x;
}
`;
const CARETS = '//  ^^^^^^^^^^^^^^^^^^^^^ missing-license (info): no licence is in sight\n';
const HELPERS = '#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n';

test('a GPL-only helper and no licence', async () => {
  await check(program(HELPERS, CARETS));
});

test('said once, at the first call', async () => {
  await check(program(HELPERS, `${CARETS}    bpf_probe_read_kernel(&x, sizeof(x), ctx);\n`));
});

test.each([
  ['a licence', program(`${HELPERS}char LICENSE[] SEC("license") = "GPL";`)],
  ['a licence whose text cannot be read', program(`${HELPERS}char LICENSE[] SEC("license") = MY_LICENSE;`)],
  ['a header that was not found', program(`${HELPERS}#include "common.h"`)],
  ['a macro that writes it', program(`${HELPERS}BPF_LICENSE("GPL");`)],
  ['a function of another object', program(`${HELPERS}extern int other(void *ctx);`)],
  ['a variable of another object', program(`${HELPERS}extern const volatile int verbose;`)],
  ['a function for other objects', program(`${HELPERS}__hidden int shared(void *p) { return 0; }`)],
  ['no include: a fragment', program('')],
  ['a helper for everyone', program(HELPERS, '', 'bpf_ktime_get_ns();')],
  ['a guarded call', program(HELPERS, '', 'if (bpf_core_type_exists(struct y)) bpf_probe_read_kernel(&x, sizeof(x), ctx);')],
])('nothing with %s', async (_, code) => {
  await check(code);
});

test('nothing in a header', async () => {
  const { findings } = await unit(program(HELPERS), { path: 'probe.bpf.h' });
  expect(findings).toEqual([]);
});

test('nothing where a header that was read states it', async () => {
  const { findings } = await unit(program(`${HELPERS}#include "l.h"`), { files: { 'l.h': 'char LICENSE[] SEC("license") = "GPL";\n' } });
  expect(findings).toEqual([]);
});

test('nothing where the setting says what to assume', async () => {
  await check(program(HELPERS), { settings: { assumeLicense: 'GPL' } });
});
