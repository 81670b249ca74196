/** Where a file's project file is looked for: the same folders in the editor and on the command line. */

/** Nobody's folders are nested deeper. */
const MAX_LEVELS = 40;

/** What tells that a folder is the top of a repository: `.git` is a folder there, or a file in a work tree or submodule. */
export const REPOSITORY_SIGNS = ['.git/HEAD', '.git'];

/** The file's folder and those above it, nearest first; whoever looks stops at the first project file and at the top of a repository. */
export function projectFolders(file: string): readonly string[] {
  const folders: string[] = [];
  for (let at = file.lastIndexOf('/'); at >= 0 && folders.length < MAX_LEVELS; at = at === 0 ? -1 : file.lastIndexOf('/', at - 1)) folders.push(file.slice(0, at));
  return folders;
}
