/** Finds the files of a project that include a header, for a header that is checked by itself. */
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { mayBeProgram } from '../features/ebpfFile.js';
import { filesBelow } from './projectWalk.js';
import { readText } from './readText.js';

/** Folders above the header that are looked at for the project's root. */
const MAX_LEVELS = 8;
/** Of a project with more, only these are read, those of the header's own folder first. */
const MAX_FILES = 4_000;
const ROOTS = ['.git', 'compile_commands.json', '.clangd'];
const INCLUDE = /^[ \t]*#[ \t]*include(?:_next)?[ \t]*["<]([^">\n]+)[">]/gm;

const nameOf = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/**
 * The C files that may include a header, through others too, as far as the names in their `#include`s say; who collects their
 * includes knows for certain. Nearest first. Looks in the header's folder and in those of its project: below the nearest folder
 * above with a `.git`, a `compile_commands.json` or a `.clangd`; without one in the folder and what is below it.
 */
export function mayInclude(header: string): readonly string[] {
  const whole = resolve(header);
  const own = dirname(whole);
  const includers = new Map<string, string[]>();
  const sources = new Set<string>();
  let read = 0;
  for (const path of filesBelow([own, rootOf(own)], (name) => /\.[ch]$/.test(name))) {
    if (++read > MAX_FILES) break;
    const result = readText(path);
    if ('error' in result) continue;
    if (/\.c$/.test(path) && mayBeProgram(path, result.text)) sources.add(path);
    for (const m of result.text.matchAll(INCLUDE)) {
      const name = nameOf(m[1]!);
      const list = includers.get(name);
      if (list) list.push(path);
      else includers.set(name, [path]);
    }
  }
  const names = new Set([nameOf(whole)]);
  const found = new Set<string>();
  for (const name of names) {
    for (const path of includers.get(name) ?? []) {
      if (sources.has(path)) found.add(path);
      names.add(nameOf(path));
    }
  }
  found.delete(whole);
  const distance = (path: string): number => relative(own, dirname(path)).split(/[/\\]/).length;
  return [...found].sort((a, b) => distance(a) - distance(b) || (a < b ? -1 : 1));
}

function rootOf(folder: string): string {
  let at = folder;
  for (let level = 0; level <= MAX_LEVELS; level++) {
    if (ROOTS.some((name) => existsSync(join(at, name)))) return at;
    if (dirname(at) === at) break;
    at = dirname(at);
  }
  return folder;
}
