/** Kfunc calls under licences that are known not to be compatible. */
import { test } from 'vitest';
import { check } from '../support/check.js';

const program = (licence: string, caret = ''): string => `
extern void bpf_rcu_read_lock(void) __ksym;
SEC("tp_btf/task_newtask")
int f(void *ctx)
{
    bpf_rcu_read_lock();
${caret}    return 0;
}
${licence}`;
const CARET = '//  ^^^^^^^^^^^^^^^^^ kfunc-needs-gpl (error): cannot call kernel function from non-GPL compatible program\n';

test.each(['Apache-2.0', 'BSD-2-Clause'])('refused under "%s"', async (text) => {
  await check(program(`char LICENSE[] SEC("license") = "${text}";\n`, CARET));
});

test.each(['GPL', 'Dual BSD/GPL'])('fine under "%s"', async (text) => {
  await check(program(`char LICENSE[] SEC("license") = "${text}";\n`));
});

test('a licence that is not in sight is not known', async () => {
  await check(program(''));
});
