/** From headers that were found in a workspace, the folders that clang has to be told of. */
import { entryOf } from '../text/entryOf.js';

/** Names that architectures go by in folders, by the name in `__TARGET_ARCH_…`. */
const ARCHES: Readonly<Record<string, readonly string[]>> = {
  x86: ['x86', 'x86_64', 'amd64', 'i386'], arm64: ['arm64', 'aarch64'], arm: ['arm', 'armhf'], powerpc: ['powerpc', 'ppc64', 'ppc64le', 'powerpc64'],
  s390: ['s390', 's390x'], riscv: ['riscv', 'riscv64'], loongarch: ['loongarch', 'loongarch64'], mips: ['mips', 'mips64'],
};
/** More folders than this are more than one project: the nearest ones count. */
const MAX_FOLDERS = 6;

/**
 * @param headers whole paths with `/`
 * @param arch as in `__TARGET_ARCH_x86`: `vmlinux.h` of others is left out
 * @returns folders for `-I`, those nearest to the top first, each once
 */
export function headerFolders(headers: readonly string[], arch: string): readonly string[] {
  const folders = new Set<string>();
  for (const header of [...headers].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))) {
    const parts = header.split('/');
    const name = parts.pop() ?? '';
    if (name === 'vmlinux.h' && !isOther(parts, arch)) folders.add(parts.join('/'));
    else if (name === 'bpf_helpers.h' && parts.at(-1) === 'bpf') folders.add(parts.slice(0, -1).join('/'));
    else if (header.endsWith('/include/uapi/linux/bpf.h')) folders.add(parts.slice(0, -1).join('/'));
  }
  const kernels = [...folders].filter((folder) => headers.includes(`${folder}/vmlinux.h`));
  // Two folders with the same header: the first one wins for the compiler, so the others only confuse.
  return [...folders].filter((folder) => !kernels.includes(folder) || folder === kernels[0]).slice(0, MAX_FOLDERS);
}

const depth = (path: string): number => path.split('/').length;

function isOther(folders: readonly string[], arch: string): boolean {
  const own = new Set(entryOf(ARCHES, arch) ?? [arch]);
  return folders.slice(-2).some((folder) => !own.has(folder) && Object.values(ARCHES).some((names) => names.includes(folder)));
}
