/** Entry of dist/serverMain.cjs: the language server in a node process, for dist/server.cjs, which has answered `initialize` by then. */
import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadEngine, type Engine } from '../cli/engine.js';
import { confinedTo, isWrittenBelow, OUTSIDE, type MayRead } from '../cli/confinement.js';
import { decode, readText } from '../cli/readText.js';
import type { DirectoryEntry } from '../lsp/fileWalk.js';
import { startServer } from '../lsp/startServer.js';
import { connect } from './connect.js';

declare const __EBPF_LENS_VERSION__: string;

/** The workspace's folders, where the files in a target are looked for. */
let folders: readonly string[] = [];
/** Refuses what lies outside of a workspace that is not trusted; undefined in one that is. */
let mayRead: MayRead | undefined;

/** Loads facts and parser. */
async function load(): Promise<Engine> {
  return loadEngine(__dirname, { folders: () => folders, mayRead: () => mayRead });
}

/** The path of a folder on this machine; none for others, and for URIs that no path can have. */
function localPath(uri: string): readonly string[] {
  try {
    return uri.startsWith('file:') ? [fileURLToPath(uri)] : [];
  } catch {
    return [];
  }
}

/** A link is neither a file nor a folder here. */
async function readDirectory(uri: string): Promise<readonly DirectoryEntry[] | undefined> {
  try {
    const path = fileURLToPath(uri);
    if (mayRead?.(await realpath(path)) === false) return undefined;
    const entries = await readdir(path, { withFileTypes: true });
    return entries.flatMap((entry): DirectoryEntry[] => (entry.isDirectory() ? [[entry.name, 'folder']] : entry.isFile() ? [[entry.name, 'file']] : []));
  } catch {
    return undefined;
  }
}

// Node ends a process for an answer that nobody waited for. A client that refuses one request of ours is no reason to leave it alone; standard error is in its log.
process.on('unhandledRejection', (reason) => process.stderr.write(`eBPF Lens: not waited for: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`));

/** Serves. @param answered id of an `initialize` that is yet to be read, but has its answer */
export const serve = (answered?: number | string): void => startServer(connect(answered), {
  version: __EBPF_LENS_VERSION__,
  load,
  setFolders(uris, trusted) {
    folders = uris.flatMap(localPath);
    mayRead = trusted ? undefined : confinedTo(folders);
  },
  canRead: (uri) => uri.startsWith('file:'),
  readDirectory,
  readFile: async (uri) => {
    if (!uri.startsWith('file:')) return undefined;
    const result = readText(fileURLToPath(uri), decode, mayRead);
    return 'text' in result ? result.text : undefined;
  },
  whyUnread: async (uri) => {
    if (!uri.startsWith('file:')) return undefined;
    const path = fileURLToPath(uri);
    // Asked of every folder in which a header might have been.
    if (!existsSync(path)) return undefined;
    const result = readText(path, decode, mayRead);
    if (!('error' in result)) return undefined;
    // Whether there is anything behind a path that leads out by itself is told to nobody.
    return result.there || (result.error === OUTSIDE && isWrittenBelow(path, folders)) ? result.error : undefined;
  },
});
