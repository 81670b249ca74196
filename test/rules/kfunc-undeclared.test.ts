/** Kfuncs that nothing declares. */
import { expect, test } from 'vitest';
import { applied, check, only } from '../support/check.js';
import { unit } from '../support/unit.js';

const program = (head: string, carets = ''): string => `${head}
SEC("tc")
int f(struct __sk_buff *ctx)
{
    bpf_rcu_read_lock();
${carets}    bpf_rcu_read_lock();
    return 0;
}
char LICENSE[] SEC("license") = "GPL";
`;
const CARETS = '//  ^^^^^^^^^^^^^^^^^ kfunc-undeclared (warning): call to undeclared function\n';
const HELPERS = '#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n';

test('reported once, and the fix declares it', async () => {
  const code = program(HELPERS, CARETS);
  const [fix] = only(await check(code)).fixes;
  expect(fix && applied(code, fix)).toContain('<bpf/bpf_helpers.h>\n\nextern void bpf_rcu_read_lock(void) __ksym;\n');
});

test.each([
  ['declared', `${HELPERS}extern void bpf_rcu_read_lock(void) __ksym;`],
  ['declared weak', `${HELPERS}void bpf_rcu_read_lock(void) __ksym __weak;`],
  ['defined by the unit', `${HELPERS}static void bpf_rcu_read_lock(void) {}`],
  ['a macro of the unit', `${HELPERS}#define bpf_rcu_read_lock() ((void)0)`],
  ['vmlinux.h may declare it', '#include "vmlinux.h"\n#include <bpf/bpf_helpers.h>'],
  ['a header that was not found may declare it', `${HELPERS}#include "bpf_experimental.h"`],
  ['declared by a macro', `${HELPERS}KFUNC(void, bpf_rcu_read_lock);`],
  ['a fragment without includes', ''],
])('nothing where it is %s', async (_, head) => {
  await check(program(head));
});

test('what bpf_helpers.h declares itself', async () => {
  await check(`${HELPERS}SEC("tc") int f(struct __sk_buff *ctx) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 3); bpf_iter_num_destroy(&it); return 0; }\nchar LICENSE[] SEC("license") = "GPL";\n`);
});

test('a header that was read and declares it', async () => {
  const { findings } = await unit(program(`${HELPERS}#include "k.h"`), { files: { 'k.h': 'extern void bpf_rcu_read_lock(void) __ksym;\n' } });
  expect(findings).toEqual([]);
});

test('a header that was read and does not', async () => {
  const { findings } = await unit(program(`${HELPERS}#include "k.h"`), { files: { 'k.h': '#define A 1\n' } });
  expect(findings.map((f) => f.rule)).toEqual(['kfunc-undeclared']);
});
