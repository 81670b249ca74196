/** A disk in memory, of which a server under test sees one folder. */
import type { DirectoryEntry } from '../../server/src/lsp/fileWalk.js';
import type { ServerHost } from '../../server/src/lsp/host.js';

/** Path in the folder to text. It may be changed at any time. */
export type Disk = Map<string, string>;

export const ROOT = 'file:///work/p';
export const uriOf = (path: string): string => `${ROOT}/${path}`;

/** What reads the disk for the server. */
export function hostOf(disk: Disk): Pick<ServerHost, 'readFile' | 'readDirectory'> {
  return { readFile: async (uri) => disk.get(decodeURIComponent(uri).slice(ROOT.length + 1)), readDirectory: async (uri) => list(disk, uri) };
}

function list(disk: Disk, uri: string): DirectoryEntry[] | undefined {
  const names = new Map<string, DirectoryEntry>();
  for (const path of disk.keys()) {
    if (!uriOf(path).startsWith(`${uri}/`)) continue;
    const [name, rest] = uriOf(path).slice(uri.length + 1).split('/');
    names.set(name!, [name!, rest === undefined ? 'file' : 'folder']);
  }
  return names.size > 0 ? [...names.values()] : undefined;
}
