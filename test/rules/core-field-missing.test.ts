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

test('a field in a function that the program calls', async () => {
  await check(`#include "vmlinux.h"
static int state_of(struct task_struct *task)
{
    return task->state;
    //           ^^^^^ core-field-missing
}
SEC("fentry/do_unlinkat")
int prog(void *ctx)
{
    return state_of((void *)bpf_get_current_task());
}
char LICENSE[] SEC("license") = "GPL";
`, { kernel: TEST_KERNEL });
});

test('a field of a struct that the program declares as the kernel\'s', async () => {
  const kernels = 'struct task_struct { int state; } __attribute__((preserve_access_index));\n';
  const field = '    return task->state;\n    //           ^^^^^ core-field-missing';
  await check(BODY(field, kernels), { kernel: TEST_KERNEL });
  await check(BODY(field, '#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)\nstruct task_struct { int state; };\n#pragma clang attribute pop\n'), { kernel: TEST_KERNEL });
});

test.each([
  ['what is dead code on that kernel', 'extern int LINUX_KERNEL_VERSION __kconfig;\n', '    if (LINUX_KERNEL_VERSION < KERNEL_VERSION(5, 14, 0))\n        return BPF_CORE_READ(task, state);\n    return task->__state;'],
  ['what the loader may switch off', 'const volatile bool is_old = false;\n', '    if (!is_old)\n        return task->__state;\n    return task->state;'],
  ['what the build may leave out', '', '#ifdef OLD_KERNEL\n    return task->state;\n#endif\n    return 0;'],
  ['a struct of its own beside one of the kernel', 'struct mm_struct { int own; };\nstruct sock { int x; } __attribute__((preserve_access_index));\n', '    struct mm_struct *mine = 0;\n    return mine->own;'],
  ['a struct between two pragmas', '#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)\n#pragma clang attribute pop\nstruct mm_struct { int own; };\n', '    struct mm_struct *mine = 0;\n    return mine->own;'],
  ['a struct that a header which is not in sight may lay out', '#include "own.h"\n', '    return task->state;'],
  ['a name that two declarations share', '', '    for (;;) {\n        own_t *task = 0;\n        return task->state;\n    }'],
  ['a name that a macro writes', '#define state __state\n', '    return task->state;'],
  ['the type of a field', '', '    return container(task, typeof(task->state));'],
])('nothing for %s', async (_, before, body) => {
  await check(BODY(body, `#include "vmlinux.h"\n${before}`), { kernel: TEST_KERNEL });
});

test.each(['?fentry/do_unlinkat', 'fentry/do_rmdir'])('nothing in a program that the loader need not load there: %s', async (section) => {
  const code = BODY('    return task->state;').replace('fentry/do_unlinkat', section);
  await check(section.startsWith('?') ? code : code.replace('\nint prog', '\n//          ^^^^^^^^ attach-target-missing\nint prog'), { kernel: TEST_KERNEL });
});

test('nothing for a struct that the program lays out itself, nor without types', async () => {
  await check(BODY('    return task->state;', 'struct task_struct { int state; };\n'), { kernel: TEST_KERNEL });
  await check(BODY('    return task->state;'), { kernel: '6.1' });
});
