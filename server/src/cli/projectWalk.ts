/** Looks for files of a project beside those that the user named: bounded, so that a huge one is looked through in part only. */
import { readdirSync, type Dirent } from 'node:fs';
import { join, relative } from 'node:path';

const MAX_ENTRIES = 20_000;
const MAX_DEPTH = 12;
/** Folders without sources that anybody wrote. */
const SKIPPED = new Set(['node_modules', '.git', 'target', 'dist']);

/**
 * Files below some folders, breadth first and the first folders' first, each once. Links are not followed.
 * @param wanted asked for a file's name
 * @param skipped names of folders that are left out beside those that always are
 */
export function* filesBelow(folders: readonly string[], wanted: (name: string) => boolean, skipped: readonly string[] = []): Generator<string> {
  const queue = folders.map((folder) => ({ folder, depth: 0 }));
  const seen = new Set<string>();
  let entries = 0;
  for (const { folder, depth } of queue) {
    if (seen.has(folder)) continue;
    seen.add(folder);
    for (const entry of entriesOf(folder)) {
      if (++entries > MAX_ENTRIES) return;
      const path = join(folder, entry.name);
      if (entry.isFile() && wanted(entry.name)) yield path;
      else if (entry.isDirectory() && depth < MAX_DEPTH && !SKIPPED.has(entry.name) && !skipped.includes(entry.name)) queue.push({ folder: path, depth: depth + 1 });
    }
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** A path from the working folder where that leads downwards, as one would type it. */
export function shortest(path: string): string {
  const short = relative(process.cwd(), path);
  return (short === '' || short.startsWith('..') ? path : short).replaceAll('\\', '/');
}
