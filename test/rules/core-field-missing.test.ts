/** Fields of kernel structs against the types of a kernel. */
import { test } from 'vitest';
import { check } from '../support/check.js';
import { TEST_KERNEL } from '../support/kernels.js';

const BODY = (body: string, before = '#include "vmlinux.h"\n'): string => `${before}SEC("fentry/do_unlinkat")
int prog(void *ctx)
{
    struct task_struct *task = (void *)bpf_get_current_task();
${body}
}
char LICENSE[] SEC("license") = "GPL";
`;

test('a field that is not there, read through a pointer', async () => {
  await check(BODY('    return task->state;\n    //           ^^^^^ core-field-missing (warning): has no field `state`'), { kernel: TEST_KERNEL });
});

test('a field in a chain, of the struct that the types say', async () => {
  await check(BODY('    return BPF_CORE_READ(task, mm, pgdir);\n    //                             ^^^^^ core-field-missing (warning): `struct mm_struct`'), { kernel: TEST_KERNEL });
});

test.each([
  ['fields that are there', '    return task->__state + BPF_CORE_READ(task, mm, pgd) + task->tgid;'],
  ['fields that are asked for', '    if (bpf_core_field_exists(task->state))\n        return task->state;\n    return 0;'],
  ['structs that the kernel does not have', '    struct task_strange *other = (void *)task;\n    return other->x;'],
  ['flavours', '    struct task_struct___old *old = (void *)task;\n    return old->state;'],
])('nothing for %s', async (_, body) => {
  await check(BODY(body), { kernel: TEST_KERNEL });
});

test('nothing for a struct that the program lays out itself, nor without types', async () => {
  await check(BODY('    return task->state;', 'struct task_struct { int state; };\n'), { kernel: TEST_KERNEL });
  await check(BODY('    return task->state;'), { kernel: '6.1' });
});
