/** Which files may be read where the workspace is a stranger's: those in its folders and the system's headers, wherever links lead. */
import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';

/** Where compilers, libbpf's package and packages of kernel headers put what programs include, and the kernel its own types. */
const SYSTEM = ['/usr/include', '/usr/local/include', '/usr/src', '/lib/modules', '/usr/lib/modules', '/sys/kernel/btf'];

/** Ends the sentence that begins with the file's name. */
export const OUTSIDE = 'lies outside of the workspace, which is not trusted';

/** True if a file may be read, by its path with all links resolved. */
export type MayRead = (realPath: string) => boolean;

const isBelow = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
};

/** A folder as the system knows it; one that is not there holds nothing. */
function realFolder(folder: string): readonly string[] {
  try {
    return [realpathSync(folder)];
  } catch {
    return [];
  }
}

/** What may be read if only these folders, and the system's headers, are trusted. Links that the folders themselves are count as the user's. */
export function confinedTo(folders: readonly string[]): MayRead {
  const roots = [...folders, ...SYSTEM].flatMap(realFolder);
  return (path) => roots.some((root) => isBelow(path, root));
}

/** True if a path, as it is written, names something in one of the folders: where it may still not be read, a link leads out of them. */
export function isWrittenBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => isBelow(resolve(path), resolve(folder)));
}
