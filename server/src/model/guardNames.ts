/** Names that make a condition a guard by themselves: questions to the kernel that runs the program. */

/** CO-RE and libbpf queries (bpf_core_read.h, bpf_helpers.h), and the version variable of bpf_helpers.h's `__kconfig`. */
export const GUARD_NAMES: ReadonlySet<string> = new Set([
  'bpf_core_field_exists', 'bpf_core_type_exists', 'bpf_core_type_matches', 'bpf_core_enum_value_exists',
  'bpf_core_field_size', 'bpf_core_type_size', 'bpf_core_field_offset', 'bpf_ksym_exists',
  '__builtin_preserve_field_info', '__builtin_preserve_type_info', '__builtin_preserve_enum_value',
  'LINUX_KERNEL_VERSION', 'LINUX_HAS_SYSCALL_WRAPPER', 'LINUX_HAS_BPF_COOKIE',
]);
