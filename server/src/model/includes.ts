/** Follows the `#include`s of a file through a reader that the caller gives, within limits, so that no input makes it endless. */
import { KNOWN_HEADERS } from './libbpfMacros.js';

/** The texts found, in the shape of the façade's `Input`. */
export interface CollectedInput {
  readonly main: string;
  readonly files: ReadonlyMap<string, string>;
  readonly includes: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

const MAX_FILES = 200;
const MAX_CHARACTERS = 16 * 1024 * 1024;
const MAX_DEPTH = 64;
const INCLUDE = /^[ \t]*#[ \t]*include(?:_next)?[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)/gm;

/** Folds `.` and `..` in a path with `/`; a leading `..` stays. */
export function normalizePath(path: string): string {
  const absolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.replace(/\\/g, '/').split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop();
    else if (part !== '..' || !absolute) parts.push(part);
  }
  return (absolute ? '/' : '') + parts.join('/');
}

function join(folder: string, path: string): string {
  if (path.startsWith('/')) return normalizePath(path);
  return normalizePath(folder === '' ? path : `${folder}/${path}`);
}

function folderOf(path: string): string {
  const slash = path.replace(/\\/g, '/').lastIndexOf('/');
  return slash < 0 ? '' : slash === 0 ? '/' : path.slice(0, slash);
}

/** libbpf's own headers and vmlinux.h are known and never read. */
function isKnown(path: string): boolean {
  return KNOWN_HEADERS.has(path.slice(path.lastIndexOf('/') + 1));
}

/**
 * Collects a file and what it includes: quoted paths from the includer's folder, then `includePaths`; angled ones only
 * from `includePaths`. Missing files are no trouble. A file that is included twice is there once, a cycle ends.
 * @param read text of a path, or undefined if there is none; called at most once a path.
 */
export function collectInput(mainPath: string, mainText: string, read: (path: string) => string | undefined, includePaths: readonly string[]): CollectedInput {
  const files = new Map<string, string>([[mainPath, mainText]]);
  const includes = new Map<string, Map<string, string>>();
  const missing = new Set<string>();
  let size = mainText.length;
  const find = (path: string): string | undefined => {
    const same = files.has(path) ? path : path === normalizePath(mainPath) ? mainPath : undefined;
    if (same !== undefined) return same;
    if (missing.has(path) || files.size >= MAX_FILES) return undefined;
    const text = read(path);
    if (text === undefined || size + text.length > MAX_CHARACTERS) {
      missing.add(path);
      return undefined;
    }
    size += text.length;
    files.set(path, text);
    return path;
  };
  let level: string[] = [mainPath];
  for (let depth = 0; level.length > 0 && depth < MAX_DEPTH; depth++) {
    const next: string[] = [];
    for (const includer of level) {
      const resolved = new Map<string, string>();
      for (const m of files.get(includer)!.matchAll(INCLUDE)) {
        const written = m[1] ?? m[2]!;
        if (isKnown(written) || resolved.has(written)) continue;
        const folders = m[1] === undefined ? includePaths : [folderOf(includer), ...includePaths];
        for (const folder of folders) {
          const before = files.size;
          const path = find(join(folder, written));
          if (path === undefined) continue;
          resolved.set(written, path);
          if (files.size > before) next.push(path);
          break;
        }
      }
      if (resolved.size > 0) includes.set(includer, resolved);
    }
    level = next;
  }
  return { main: mainPath, files, includes };
}
