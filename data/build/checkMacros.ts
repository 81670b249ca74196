/** Macros of libbpf's headers call helpers and kfuncs that exist. */
import { checkLifetime } from './checkLifetime.js';
import type { Complain } from './checkLifetime.js';
import type { DataFiles } from './dataFiles.js';

/** Stands for the iterator that `bpf_for_each` names. */
const ANY_ITERATOR = /^bpf_iter_\*_(new|next|destroy)$/;

export function checkMacros(files: DataFiles, complain: Complain): void {
  for (const [name, macro] of files.macros) {
    const file = `macros/${name}.yaml`;
    if (!macro.usage.includes(name)) complain(file, 'usage', `does not use ${name}`);
    if (macro.kernel) checkLifetime(file, 'kernel.lifetime', macro.kernel.lifetime, files, complain);
    for (const [i, need] of (macro.needs ?? []).entries()) {
      const known = need.kind === 'helper' ? files.helpers.has(need.name) : files.kfuncs.has(need.name) || ANY_ITERATOR.test(need.name);
      if (!known) complain(file, `needs.${i}`, `no such ${need.kind}: ${need.name}`);
    }
  }
}

/** `(dst, src, a, ...)` → `dst`, `src`, `a`, `...`; GNU's `args...` is named without its dots. */
export function macroParams(args: string | null): readonly string[] {
  const inner = args?.slice(1, -1).trim() ?? '';
  return inner === '' ? [] : inner.split(',').map((param) => param.trim()).map((param) => (param === '...' ? param : param.replace(/\.\.\.$/, '')));
}
