/** Kfuncs that came after the oldest kernel of the target. */
import { expect, test } from 'vitest';
import { check, only } from '../support/check.js';

const GPL = 'char LICENSE[] SEC("license") = "GPL";\n';
const LOCK = `
extern void bpf_rcu_read_lock(void) __ksym;
SEC("tp_btf/task_newtask")
int f(void *ctx)
{
    bpf_rcu_read_lock();
//  ^^^^^^^^^^^^^^^^^ kfunc-newer-than-target (error): extern (func ksym) 'bpf_rcu_read_lock': not found in kernel or module BTFs
    return 0;
}
${GPL}`;
const without = (code: string): string => code.replace(/\n.*\^\^.*/, '');

test('the kernel lacks it', async () => {
  const unit = await check(LOCK, { kernel: '6.1' });
  expect(only(unit).message).toContain('Linux 6.1 lacks it');
});

test('one kernel of the range lacks it', async () => {
  await check(LOCK, { kernel: '6.1..6.12' });
});

test.each(['6.2', '6.6..6.18'])('nothing on %s', async (kernel) => {
  await check(without(LOCK), { kernel });
});

test('nothing without a target', async () => {
  await check(without(LOCK));
});

test('allowed in this type by a later kernel', async () => {
  await check(
    `
extern void bpf_key_put(struct bpf_key *bkey) __ksym;
SEC("tc")
int f(struct __sk_buff *skb)
{
    bpf_key_put(0);
//  ^^^^^^^^^^^ kfunc-newer-than-target: calling kernel function bpf_key_put is not allowed
    return 0;
}
${GPL}`,
    { kernel: '6.12' },
  );
});

test.each([
  ['bpf_ksym_exists', 'if (bpf_ksym_exists(bpf_rcu_read_lock)) bpf_rcu_read_lock();'],
  ['the weak symbol itself', 'if (bpf_rcu_read_lock) bpf_rcu_read_lock();'],
  ['an early return', 'if (!bpf_ksym_exists(bpf_rcu_read_lock)) return 0; bpf_rcu_read_lock();'],
])('nothing is said behind %s', async (_, body) => {
  await check(`extern void bpf_rcu_read_lock(void) __ksym __weak;\nSEC("tp_btf/task_newtask")\nint f(void *ctx)\n{\n    ${body}\n    return 0;\n}\n${GPL}`, { kernel: '6.1' });
});

test('a weak kfunc lets the object load, and the call is refused', async () => {
  await check(LOCK.replace('__ksym;', '__ksym __weak;').replace(/: extern \(func.*/, ": kfunc 'bpf_rcu_read_lock' is referenced but wasn't resolved"), { kernel: '6.1' });
});

test('a loop macro stands for three kfuncs, and one finding says enough', async () => {
  await check(
    `SEC("xdp")
int f(struct xdp_md *ctx)
{
    int i;
    bpf_for(i, 0, 10)
//  ^^^^^^^ kfunc-newer-than-target: bpf_iter_num_new
        bpf_get_smp_processor_id();
    return 0;
}
${GPL}`,
    { kernel: '5.15' },
  );
});
