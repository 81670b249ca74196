/** Kfuncs that a kernel of the target no longer has. */
import { expect, test } from 'vitest';
import { check, only } from '../support/check.js';

const GPL = 'char LICENSE[] SEC("license") = "GPL";\n';
const RSTAT = `
extern void cgroup_rstat_updated(struct cgroup *cgrp, int cpu) __ksym;
SEC("fentry/bpf_rstat_flush")
int f(void *ctx)
{
    cgroup_rstat_updated(0, 0);
//  ^^^^^^^^^^^^^^^^^^^^ kfunc-removed-in-target (error): css_rstat_updated
    return 0;
}
${GPL}`;
const without = (code: string): string => code.replace(/\n.*\^\^.*/, '');

test.each(['6.16', '6.18', '7.3', '6.1..6.18'])('removed on %s', async (kernel) => {
  const unit = await check(RSTAT, { kernel });
  expect(only(unit).message).toContain("extern (func ksym) 'cgroup_rstat_updated': not found in kernel or module BTFs");
});

test.each(['6.1', '6.12'])('still there on %s', async (kernel) => {
  await check(without(RSTAT), { kernel });
});

test('nothing without a target', async () => {
  await check(without(RSTAT));
});

test('nothing behind a guard', async () => {
  await check(
    `extern void cgroup_rstat_updated(struct cgroup *cgrp, int cpu) __ksym __weak;
SEC("fentry/bpf_rstat_flush")
int f(void *ctx)
{
    if (bpf_ksym_exists(cgroup_rstat_updated))
        cgroup_rstat_updated(0, 0);
    return 0;
}
${GPL}`,
    { kernel: '6.18' },
  );
});

test('a target that lies around its life has both findings', async () => {
  await check(
    `
extern void cgroup_rstat_updated(struct cgroup *cgrp, int cpu) __ksym;
SEC("fentry/bpf_rstat_flush")
int f(void *ctx)
{
    cgroup_rstat_updated(0, 0);
//  ^^^^^^^^^^^^^^^^^^^^ kfunc-removed-in-target
//  ^^^^^^^^^^^^^^^^^^^^ kfunc-newer-than-target
    return 0;
}
${GPL}`,
    { kernel: '5.15..6.18' },
  );
});
