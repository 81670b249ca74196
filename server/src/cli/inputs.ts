/** Turns the PATHs of the command line into the list of files to analyse. */
import { readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { readText, reasonOf, type ReadResult } from './readText.js';

/** One file to analyse: its path as given or found, with `/`, and how reading it went. */
export interface InputFile {
  readonly path: string;
  read(): ReadResult;
}

const SKIPPED = new Set(['node_modules', '.git']);

/** Comments, strings and the word looked for, in one pass: `SEC(` in a comment or string makes no eBPF file. */
const SEC = /\/\*[^]*?\*\/|\/\/[^\n]*|"(?:\\[^]|[^"\\\n])*"|'(?:\\.|[^'\\\n]){1,4}'|\bSEC\s*\(/g;

/** True if the text places something with `SEC(…)`. */
export function hasSec(text: string): boolean {
  if (!text.includes('SEC')) return false;
  SEC.lastIndex = 0;
  for (let m = SEC.exec(text); m; m = SEC.exec(text)) if (m[0].startsWith('SEC')) return true;
  return false;
}

const slashes = (path: string): string => (process.platform === 'win32' ? path.replaceAll('\\', '/') : path);
const join = (dir: string, name: string): string => (dir.endsWith('/') ? dir + name : `${dir}/${name}`);

/** `.c` files with a `SEC` under a folder, in a stable order: by name, a folder's files where the folder's name stands. */
function* walk(dir: string): Generator<InputFile> {
  let entries;
  try {
    entries = readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    const reason = reasonOf(error);
    yield { path: dir, read: () => ({ error: reason }) };
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const entry of entries) {
    const path = join(dir, entry.name);
    // A link is neither a file nor a directory here, so loops cannot arise.
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* walk(path);
    } else if (entry.isFile() && entry.name.endsWith('.c')) {
      const result = readText(path);
      // What is no text has no SEC; what may not be read could have one, so that is said.
      if ('text' in result ? hasSec(result.text) : !/binary|UTF-16|larger/.test(result.error)) yield { path, read: () => result };
    }
  }
}

/**
 * Files to analyse, in the order of the arguments, each once. Lazy: a folder's files are read as they come.
 * A path that is neither file nor folder yields an input whose `read` gives the reason.
 */
export function* expandInputs(paths: readonly string[]): Generator<InputFile> {
  const seen = new Set<string>();
  for (const given of paths) {
    const path = slashes(given);
    let isDirectory = false;
    try {
      isDirectory = statSync(given).isDirectory();
    } catch {
      // Reading it will say why.
    }
    for (const input of isDirectory ? walk(path) : [{ path, read: () => readText(given) }]) {
      const key = resolve(input.path);
      if (seen.has(key)) continue;
      seen.add(key);
      yield input;
    }
  }
}
