/** `--watch`: checks again whenever a file changes, until it is told to stop. */
import { existsSync, watch as watchOne, type FSWatcher } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { watch as watchFiles } from 'chokidar';
import picomatch from 'picomatch';
import { MemoryCache } from './cache.js';
import { check } from './check.js';
import { colourOf, type CheckOptions } from './checkOptions.js';
import { UsageError, type CliHost } from './host.js';
import { isStandardInput } from './inputs.js';
import { reasonOf } from './readText.js';
import { printable } from './terminal.js';
import { PROJECT_FILE } from '../project/projectKeys.js';
import { entryOf } from '../text/entryOf.js';

/** Editors write a file in several steps. */
const SETTLE_MS = 120;
const MAX_NAMED = 3;
/** Folders above a path in which a project file is waited for. */
const MAX_LEVELS = 8;
const CLEAR = '\u001b[2J\u001b[3J\u001b[H';
/** Of Linux, by the error for which they are the cause. */
const LIMITS: Readonly<Record<string, string>> = { ENOSPC: 'max_user_watches', EMFILE: 'max_user_instances' };
/** What a shell says of a process that Ctrl-C ended. */
export const INTERRUPTED = 130;

const matters = (path: string): boolean => /\.(?:c|h|o)$/.test(path) || [PROJECT_FILE, '.clangd', 'compile_commands.json', '.gitignore', '.ignore'].includes(basename(path));

/**
 * Checks, and checks again, until it is told to stop or nobody reads what it writes.
 * @param stop gives what ends it; asked for after the first check, which Ctrl-C ends as it ends any other
 * @returns the exit code, always that of an interrupted process
 * @throws UsageError if the first check finds options or paths that make no sense
 */
export async function watchAndCheck(paths: readonly string[], options: CheckOptions, host: CliHost, stop: () => AbortSignal): Promise<number> {
  if (paths.some(isStandardInput) || options.diff === '-') throw new UsageError('standard input cannot be watched: it is read once');
  const headers = new Set<string>();
  const seen = (found: readonly string[]): void => found.forEach((header) => headers.add(header));
  const again: CheckOptions = { ...options, seen, ...(options.cache === undefined ? { memory: new MemoryCache() } : {}) };
  await check(paths, again, host);
  const end = stop();
  const roots = paths.map((path) => (existsSync(path) ? path : picomatch.scan(path).base || '.'));
  const below = roots.map((root) => `${resolve(root)}/`);
  // Headers that lie elsewhere; the others are watched already.
  const elsewhere = (): string[] => [...headers].filter((header) => !below.some((root) => `${resolve(header)}/`.startsWith(root)));
  const watcher = watchFiles([...new Set([...roots, ...elsewhere()])], { ignoreInitial: true, followSymlinks: false, ignored: (path) => /(?:^|[/\\])(?:node_modules|\.git)(?:[/\\]|$)/.test(path) });
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const run = async (): Promise<void> => {
    const names = [...changed];
    changed.clear();
    if (host.colour && colourOf(options, host)) host.out(CLEAR);
    host.err(`ebpf-lens: ${names.slice(0, MAX_NAMED).map(printable).join(', ')}${names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : ''} changed\n`);
    try {
      await check(paths, again, host);
      watcher.add(elsewhere());
    } catch (error) {
      host.err(`ebpf-lens: ${error instanceof UsageError ? error.message : reasonOf(error)}\n`);
    }
  };
  const look = (_: string, path: string): void => {
    if (!matters(path)) return;
    changed.add(relative(process.cwd(), path) || path);
    clearTimeout(timer);
    timer = setTimeout(() => (running = running.then(run)), SETTLE_MS);
  };
  watcher.on('all', look).on('error', (error) => host.err(`ebpf-lens: --watch: ${whyDeaf(error)}\n`));
  const above = [...new Set(roots.flatMap(foldersAbove))].flatMap((folder) => watchFolder(folder, (name) => name === PROJECT_FILE && look('', join(folder, name))));
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  host.err('ebpf-lens: watching; Ctrl-C ends it\n');
  await aborted([end, ...(host.deaf ? [host.deaf] : [])]);
  clearTimeout(timer);
  for (const each of above) each.close();
  await watcher.close();
  await running;
  return INTERRUPTED;
}

/** Waits for the first of them. */
function aborted(signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of signals) {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    }
  });
}

/** Why changes are not heard of. Linux says of its limits on watching that the disk is full, or that too many files are open. */
function whyDeaf(error: unknown): string {
  const limit = entryOf(LIMITS, String((error as { readonly code?: unknown }).code));
  return limit === undefined ? reasonOf(error) : `the system watches no more files (fs.inotify.${limit} is the limit), so that changes of some are missed`;
}

/** Watches what is right in a folder; nothing where that is not allowed. */
function watchFolder(folder: string, heard: (name: string | null) => void): FSWatcher[] {
  try {
    return [watchOne(folder, (_, name) => heard(name)).on('error', () => undefined)];
  } catch {
    return [];
  }
}

/** The folders above a path in which a project file may count for it, up to the repository's. */
function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let at = dirname(resolve(path)); folders.length < MAX_LEVELS; at = dirname(at)) {
    folders.push(at);
    if (existsSync(join(at, '.git')) || dirname(at) === at) break;
  }
  return folders;
}
