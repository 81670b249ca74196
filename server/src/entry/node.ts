/** Entry of dist/server.cjs: the language server in a node process, over standard input and output or node's IPC. */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { loadEngine, type Engine } from '../cli/engine.js';
import { readText } from '../cli/readText.js';
import type { DirectoryEntry } from '../lsp/fileWalk.js';
import { startServer } from '../lsp/startServer.js';

declare const __EBPF_LENS_VERSION__: string;

// The young generation stays small: what an edit leaves behind is dead at once, and letting it grow to V8's default
// costs some 35 MiB in a file of 5,000 lines without making anything faster.
setFlagsFromString('--semi-space-growth-factor=1');

/** The workspace's folders, where the files in a target are looked for. */
let folders: readonly string[] = [];

/** Loads facts and parser. The handshake goes first: it is on its way already, and the editor waits for it. */
async function load(): Promise<Engine> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  return loadEngine(__dirname, () => folders);
}

/** A link is neither a file nor a folder here. */
async function readDirectory(uri: string): Promise<readonly DirectoryEntry[] | undefined> {
  try {
    const entries = await readdir(fileURLToPath(uri), { withFileTypes: true });
    return entries.flatMap((entry): DirectoryEntry[] => (entry.isDirectory() ? [[entry.name, 'folder']] : entry.isFile() ? [[entry.name, 'file']] : []));
  } catch {
    return undefined;
  }
}

startServer(createConnection(ProposedFeatures.all), {
  version: __EBPF_LENS_VERSION__,
  load,
  setFolders: (uris) => (folders = uris.flatMap((uri) => (uri.startsWith('file:') ? [fileURLToPath(uri)] : []))),
  canRead: (uri) => uri.startsWith('file:'),
  readDirectory,
  readFile: async (uri) => {
    if (!uri.startsWith('file:')) return undefined;
    const result = readText(fileURLToPath(uri));
    return 'text' in result ? result.text : undefined;
  },
  whyUnread: async (uri) => {
    const result = uri.startsWith('file:') ? readText(fileURLToPath(uri)) : undefined;
    return result !== undefined && 'error' in result && /larger|binary|UTF-16/.test(result.error) ? result.error : undefined;
  },
});
