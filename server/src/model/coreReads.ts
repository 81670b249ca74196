/** Reads of kernel structs that libbpf relocates: the macros of bpf_core_read.h that take a chain of fields, and what a variable's type points to. */

const READS = /^BPF_CORE_READ(?:_USER)?(?:(?:_STR)?_INTO)?$/;
const POINTER = /^(?:const )?struct (\w+) ?\*$/;

/** Which argument of a call begins a chain of fields: 0 in `BPF_CORE_READ(task, mm)`, 1 in `BPF_CORE_READ_INTO(&x, task, mm)`; undefined for other names. */
export function chainStart(callee: string): number | undefined {
  return READS.test(callee) ? (callee.endsWith('_INTO') ? 1 : 0) : undefined;
}

/** The name of the struct that a type as written, `const struct task_struct *`, points to; undefined for other types. */
export function structPointedTo(type: string): string | undefined {
  return POINTER.exec(type.trim())?.[1];
}
