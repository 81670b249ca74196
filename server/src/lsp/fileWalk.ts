/**
 * Finds the files of a workspace folder: not through links, not in folders of tools and builds, not what `.gitignore` leaves out,
 * and never more than a bounded number of them. How a folder is read is for the caller to say.
 */
import ignore, { type Ignore } from 'ignore';
import { encodePath } from './uriPath.js';
import { withoutEnd } from '../text/ends.js';

/** What is in a folder; links and special files are left out. */
export type DirectoryEntry = readonly [name: string, kind: 'file' | 'folder'];

export interface FolderReader {
  /** Entries of a folder by its URI; undefined if it is not there or may not be read. */
  readDirectory(uri: string): Promise<readonly DirectoryEntry[] | undefined>;
  readFile(uri: string): Promise<string | undefined>;
}

export interface Found {
  /** In the order in which they were found: a folder's files before those of its folders, each by name. */
  readonly uris: readonly string[];
  /** True where a bound was met, so that there may be more. */
  readonly truncated: boolean;
  readonly rules: IgnoreRules;
}

/** Folders that hold no sources of the project. What else a build writes is in `.gitignore`. */
const SKIPPED = new Set(['.git', '.hg', '.svn', 'node_modules', '.cache', '.ccls-cache', '.clangd', '.vscode-test', 'target', '.output', '.venv', '__pycache__']);
const MAX_DEPTH = 40;
/** Folders looked into; a tree with more of them is no project to wait for. */
const MAX_FOLDERS = 20_000;
/** Folders read at the same time: enough for a slow connection, few enough for a small machine. */
const AT_ONCE = 8;
/** A longer one was not written by hand. */
const MAX_IGNORE_TEXT = 200_000;

/** `.gitignore` files by the folder they stand in, relative to the root and without a slash at the end. */
export class IgnoreRules {
  private readonly byFolder = new Map<string, Ignore>();

  constructor(private readonly root: string) {}

  add(folder: string, text: string): void {
    if (text.length <= MAX_IGNORE_TEXT) this.byFolder.set(folder, ignore().add(text));
  }

  /**
   * @param path relative to the root; a folder's ends in a slash
   * @returns whether the nearest file that says something about the path says that it is left out
   */
  leavesOut(path: string): boolean {
    const isFolder = path.endsWith('/');
    for (let folder = parentOf(isFolder ? path.slice(0, -1) : path); ; folder = parentOf(folder)) {
      const rules = this.byFolder.get(folder);
      if (rules !== undefined) {
        const { ignored, unignored } = rules.test(folder === '' ? path : path.slice(folder.length + 1));
        if (ignored || unignored) return ignored;
      }
      if (folder === '') return false;
    }
  }

  /** Whether a walk would not come to a file, for one that turned up later. */
  leavesOutUri(uri: string): boolean {
    const path = this.pathOf(uri);
    if (path === undefined) return true;
    const parts = path.split('/');
    return parts.some((part, i) => {
      const last = i === parts.length - 1;
      return (!last && SKIPPED.has(part)) || this.leavesOut(parts.slice(0, i + 1).join('/') + (last ? '' : '/'));
    });
  }

  private pathOf(uri: string): string | undefined {
    if (!uri.startsWith(`${this.root}/`)) return undefined;
    try {
      return decodeURIComponent(uri.slice(this.root.length + 1));
    } catch {
      return undefined;
    }
  }
}

const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0));

/**
 * Lists the files under a folder whose names `wanted` takes.
 * @param root URI of the folder
 * @param max files after which the walk ends
 * @param goOn asked between folders; the walk ends early when it says no
 */
export async function walk(root: string, reader: FolderReader, wanted: (name: string) => boolean, max: number, goOn: () => boolean): Promise<Found> {
  const base = withoutEnd(root, '/');
  const rules = new IgnoreRules(base);
  const uris: string[] = [];
  const found = (truncated: boolean): Found => ({ uris: uris.slice(0, max), truncated: truncated || uris.length > max, rules });
  let folders = 0;
  let level: string[] = [''];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return found(true);
    const next: string[] = [];
    for (let at = 0; at < level.length; at += AT_ONCE) {
      if (!goOn()) return found(false);
      const some = level.slice(at, at + AT_ONCE);
      folders += some.length;
      if (folders > MAX_FOLDERS || uris.length > max) return found(true);
      const read = await Promise.all(some.map(open));
      some.forEach((folder, i) => next.push(...take(folder, read[i]!)));
    }
    level = next;
  }
  return found(false);

  /** Keeps the files of a folder; gives the folders in it that are to be looked into. */
  function take(folder: string, entries: readonly DirectoryEntry[]): string[] {
    const inside: string[] = [];
    for (const [name, kind] of entries) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (kind === 'folder') {
        if (!SKIPPED.has(name) && !rules.leavesOut(`${path}/`)) inside.push(path);
      } else if (wanted(name) && !rules.leavesOut(path)) uris.push(uriOf(path));
    }
    return inside;
  }

  function uriOf(path: string): string {
    return path === '' ? base : `${base}/${encodePath(path)}`;
  }

  async function open(folder: string): Promise<readonly DirectoryEntry[]> {
    const entries = [...((await reader.readDirectory(uriOf(folder))) ?? [])].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    if (entries.some(([name, kind]) => name === '.gitignore' && kind === 'file')) {
      const text = await reader.readFile(uriOf(folder === '' ? '.gitignore' : `${folder}/.gitignore`));
      if (text !== undefined) rules.add(folder, text);
    }
    return entries;
  }
}
