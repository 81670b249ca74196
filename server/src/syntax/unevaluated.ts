/** What takes expressions for their type, place or existence, so that nothing in them is run. */
import { OPERATOR, TYPEOF, flagsOf } from './words.js';

/** Macros and built-ins whose arguments are looked at and not loaded, or not surely. */
export const UNEVALUATING: ReadonlySet<string> = new Set([
  'bpf_core_field_exists', 'bpf_core_field_size', 'bpf_core_field_offset', 'bpf_core_type_exists', 'bpf_core_type_size', '__builtin_preserve_field_info', '__builtin_offsetof', 'container_of',
  '__builtin_types_compatible_p', '__builtin_object_size', 'offsetof', 'offsetofend', 'sizeof_field', 'ARRAY_SIZE', 'bpf_core_type_matches', 'bpf_core_type_id_local', 'bpf_core_type_id_kernel', 'FIELD_SIZEOF', 'bpf_ksym_exists',
  '__builtin_constant_p', '__builtin_choose_expr', '_Generic',
]);

/** True for `sizeof`, `typeof` and their like, by the number of a known word. */
export function isUnevaluating(word: number): boolean {
  return (flagsOf(word) & (OPERATOR | TYPEOF)) !== 0;
}
