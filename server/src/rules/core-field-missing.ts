/**
 * Flags fields of kernel structs that a kernel does not have, by that kernel's own types. libbpf relocates such accesses
 * (`bpf_core_apply_relo`); one whose field is missing becomes an instruction that the verifier refuses when it is reached.
 */
import type { KernelTypes } from '../btf/kernelTypes.js';
import type { Program } from '../model/model.types.js';
import { defineRule, type RuleContext } from './rule.js';
import { attachTarget, isEverywhere, knowsTarget } from './support/attachTarget.js';
import { coreFieldUses } from './support/coreFields.js';
import { named } from './support/words.js';

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
      'Structs that the kernel does not have or that the program lays out itself, flavours (`struct task_struct___old`), and fields that the unit asks for with `bpf_core_field_exists` are not judged. ' +
      'Nor is what a test of the kernel (`LINUX_KERNEL_VERSION`), of a constant that the loader sets, or an `#if` may keep out, nor programs that need not be loaded there: optional ones (`SEC("?fentry/…")`), and those whose target the kernel does not have. ' +
      'Where a header of the project is not in sight, it may lay structs out, and only those are judged that the unit declares with `preserve_access_index`.',
  },
  run(context, report) {
    const { model, target } = context;
    const kernel = target?.kernel;
    if (!kernel?.types) return;
    const { types } = kernel;
    for (const { struct, field, path, span, fn, conditions } of coreFieldUses(context, types)) {
      const fields = types.fields('struct', struct);
      if (!fields || fields.size === 0 || fields.has(field)) continue;
      const programs = (model.placesOf?.(fn, conditions, span.start) ?? []).flatMap((place) => (place.guard === undefined ? place.programs.filter((program) => isLoaded(context, types, program)) : []));
      if (programs.length === 0) continue;
      report({
        path, span, subject: `${struct}.${field}`, programs,
        message: `\`struct ${struct}\` of ${named(kernel)} has no field \`${field}\`: libbpf puts an invalid call in place of the access, and the verifier refuses the program where it is reached. Ask \`bpf_core_field_exists\` first, or declare a flavour of the struct with the other layout.`,
      });
    }
  },
});

/** Whether a loader surely loads the program on a kernel of these types: it may have others for other kernels. */
function isLoaded({ model }: RuleContext, types: KernelTypes, program: Program): boolean {
  const wanted = attachTarget(program);
  return (wanted === undefined || knowsTarget(types, wanted)) && isEverywhere(model, program);
}
