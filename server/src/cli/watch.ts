/** `--watch`: checks again whenever a file changes, until it is told to stop. */
import { existsSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { watch as watchFiles } from 'chokidar';
import picomatch from 'picomatch';
import { MemoryCache } from './cache.js';
import { check } from './check.js';
import { colourOf, type CheckOptions } from './checkOptions.js';
import { UsageError, type CliHost } from './host.js';
import { reasonOf } from './readText.js';
import { printable } from './terminal.js';

/** Editors write a file in several steps. */
const SETTLE_MS = 120;
const MAX_NAMED = 3;
const CLEAR = '\u001b[2J\u001b[3J\u001b[H';
/** What a shell says of a process that Ctrl-C ended. */
export const INTERRUPTED = 130;

const matters = (path: string): boolean => /\.(?:c|h|o)$/.test(path) || ['.ebpf-lens.yaml', '.clangd', 'compile_commands.json', '.gitignore', '.ignore'].includes(basename(path));

/**
 * Checks, and checks again.
 * @param stop ends it
 * @returns the exit code, always that of an interrupted process
 * @throws UsageError if the first check finds options or paths that make no sense
 */
export async function watchAndCheck(paths: readonly string[], options: CheckOptions, host: CliHost, stop: AbortSignal): Promise<number> {
  const again: CheckOptions = options.cache === undefined ? { ...options, memory: new MemoryCache() } : options;
  await check(paths, again, host);
  const roots = paths.map((path) => (existsSync(path) ? path : picomatch.scan(path).base || '.'));
  const watcher = watchFiles([...new Set(roots)], { ignoreInitial: true, followSymlinks: false, ignored: (path) => /(?:^|[/\\])(?:node_modules|\.git)(?:[/\\]|$)/.test(path) });
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
    } catch (error) {
      host.err(`ebpf-lens: ${error instanceof UsageError ? error.message : reasonOf(error)}\n`);
    }
  };
  watcher.on('all', (_, path) => {
    if (!matters(path)) return;
    changed.add(relative(process.cwd(), path) || path);
    clearTimeout(timer);
    timer = setTimeout(() => (running = running.then(run)), SETTLE_MS);
  });
  watcher.on('error', (error) => host.err(`ebpf-lens: --watch: ${reasonOf(error)}\n`));
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  host.err('ebpf-lens: watching; Ctrl-C ends it\n');
  await new Promise<void>((resolve) => (stop.aborted ? resolve() : stop.addEventListener('abort', () => resolve(), { once: true })));
  clearTimeout(timer);
  await watcher.close();
  await running;
  return INTERRUPTED;
}
