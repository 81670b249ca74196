/** Which files count: what is eBPF C, what is a header whose programs are elsewhere, and what is none of our business. */
import type { Unit } from '../analysis.types.js';

/** `program`: an eBPF C file; `header`: a header with eBPF code in it; `other`: no eBPF. */
export type FileKind = 'program' | 'header' | 'other';

const HEADER_NAME = /\.(h|hh|hpp|inc)$/i;
const SOURCE_NAME = /\.(bpf|ebpf|kern|xdp)\.c$|_kern\.c$/i;
/** Headers that only eBPF programs include. User space includes `bpf/libbpf.h`, `bpf/bpf.h` and skeletons instead. */
const BPF_HEADER = /(^|\/)(vmlinux\.h|bpf_helpers\.h|bpf_helper_defs\.h|bpf_tracing\.h|bpf_core_read\.h|bpf_endian\.h|usdt\.bpf\.h|[\w-]+\.bpf\.h)$/;

/** True for what is called like a header. */
export const isHeader = (path: string): boolean => HEADER_NAME.test(path);

/**
 * @param path path or URI; only its end is looked at
 * @param included true where eBPF programs are known to include it, whatever it looks like
 */
export function fileKind(unit: Unit, path: string, included = false): FileKind {
  const header = isHeader(path);
  if (!isEbpf(unit, path) && !(header && included)) return 'other';
  return header && unit.model.programs.length === 0 ? 'header' : 'program';
}

function isEbpf(unit: Unit, path: string): boolean {
  const { main, programs, maps, dialect } = unit.model;
  if (SOURCE_NAME.test(path) || /\.bpf\.h$/i.test(path) || maps.length > 0 || dialect !== undefined) return true;
  // Kernel code has sections too (`.init.text`): one that is not known says nothing by itself.
  if (programs.some((program) => program.programType !== null)) return true;
  if (main.functions.some((fn) => fn.sections.some(isSec)) || main.variables.some((v) => v.sections.some(isSec))) return true;
  return main.includes.some((include) => BPF_HEADER.test(include.path));
}

/** `SEC("…")`; a plain `section` attribute is used by all sorts of C. */
const isSec = (use: { readonly macro: string }): boolean => use.macro === 'SEC';

/** What nearly every eBPF file has in its own text. */
const SIGN = /\bSEC\s*\(|\bsection\s*\(|\b__section\w*\s*\(|(?:vmlinux|bpf_helpers|bpf_helper_defs|bpf_tracing|\.bpf)\.h[">]/;

/**
 * A look at a text, before any parsing, that says which files are worth analysing. It may say yes too often; it misses a file whose
 * sections are all hidden in a project's own macros, if its name does not say what it is.
 */
export function mayBeProgram(path: string, text: string): boolean {
  return SOURCE_NAME.test(path) || SIGN.test(text);
}
