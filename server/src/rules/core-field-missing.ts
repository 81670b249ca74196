/**
 * Flags fields of kernel structs that a kernel does not have, by that kernel's own types. libbpf relocates such accesses
 * (`bpf_core_apply_relo`); one whose field is missing becomes an instruction that the verifier refuses when it is reached.
 */
import { fieldUses, programsOf } from './support/coreFields.js';
import { defineRule } from './rule.js';

export const coreFieldMissing = defineRule({
  id: 'core-field-missing',
  severity: 'warning',
  doc: {
    summary: 'The program reads a field of a kernel struct that the target kernel does not have.',
    why:
      'Structs of the kernel change between releases and configurations. libbpf moves each access to where the field is on the running kernel; ' +
      'where there is none, it puts an invalid call (`invalid func unknown#195896080`) in its place, and the verifier refuses the program unless that is dead code. ' +
      'Only the types of the kernel itself tell, so the rule speaks where a target is a BTF file or the running kernel.',
    bad: {
      kernel: './vmlinux.btf',
      code: `#include "vmlinux.h"
#include <bpf/bpf_core_read.h>

SEC("fentry/do_unlinkat")
int on_unlink(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, state);
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      kernel: './vmlinux.btf',
      code: `#include "vmlinux.h"
#include <bpf/bpf_core_read.h>

SEC("fentry/do_unlinkat")
int on_unlink(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, __state);
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions:
      'Structs that the kernel does not have or that the program lays out itself, flavours (`struct task_struct___old`), and fields that the unit asks for with `bpf_core_field_exists` are not judged.',
  },
  run(context, report) {
    const { target } = context;
    const types = target?.kernel?.types;
    if (!types) return;
    for (const use of fieldUses(context)) {
      const fields = types.fields('struct', use.struct);
      if (!fields || fields.size === 0 || fields.has(use.field)) continue;
      const programs = programsOf(context, use.fn);
      if (programs.length === 0) continue;
      report({
        path: use.path, span: use.span, subject: `${use.struct}.${use.field}`, programs,
        message: `\`struct ${use.struct}\` of ${target.kernel?.label} has no field \`${use.field}\`: libbpf puts an invalid call in place of the access, and the verifier refuses the program where it is reached. Ask \`bpf_core_field_exists\` first, or declare a flavour of the struct with the other layout.`,
      });
    }
  },
});
