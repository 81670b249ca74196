/** Reads files for a server that cannot: one in a browser, or one whose workspace is no folder of its machine. */
import { Disposable, FileType, Uri, workspace } from 'vscode';
import { READ_DIRECTORY_REQUEST, READ_FILE_REQUEST } from '../../server/src/lsp/messages.js';
import type { ReadParams } from '../../server/src/lsp/messages.js';
import type { PartContext } from './part.js';

/** Larger files are no C that anybody wrote. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Of a workspace that is not trusted nothing outside of its folders is read, whatever its files name. */
function mayRead(uri: Uri): boolean {
  return workspace.isTrusted || (workspace.getWorkspaceFolder(uri) !== undefined && !uri.path.split('/').includes('..'));
}

/** A folder's entries; links are left out, so that a walk ends. */
async function readDirectory({ uri }: ReadParams): Promise<[string, 'file' | 'folder'][] | null> {
  try {
    const at = Uri.parse(uri, true);
    if (!mayRead(at)) return null;
    const entries = await workspace.fs.readDirectory(at);
    return entries.flatMap(([name, type]): [string, 'file' | 'folder'][] => (type === FileType.Directory ? [[name, 'folder']] : type === FileType.File ? [[name, 'file']] : []));
  } catch {
    return null;
  }
}

/** A file's text; null if it is not there, too large, or no text. */
async function readFile({ uri }: ReadParams): Promise<string | null> {
  try {
    const at = Uri.parse(uri, true);
    if (!mayRead(at) || (await workspace.fs.stat(at)).size > MAX_BYTES) return null;
    const bytes = await workspace.fs.readFile(at);
    return bytes.includes(0) ? null : new TextDecoder().decode(bytes);
  } catch {
    return null;
  }
}

export function serveFiles({ onRequest }: PartContext): Disposable {
  return Disposable.from(onRequest(READ_DIRECTORY_REQUEST, readDirectory), onRequest(READ_FILE_REQUEST, readFile));
}
