/** `--cache`: results by what they depend on, on disk or in memory. Any number of runs may use one folder at the same time. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeAtomically } from './atomicWrite.js';
import { UsageError } from './host.js';
import { isFolder, namesIn, reasonOf } from './readText.js';
import type { PlainChecked } from './reporters/reporter.js';
import { printable } from './terminal.js';

/** Results by key. */
export interface ResultCache {
  get(key: string): PlainChecked | undefined;
  put(key: string, checked: PlainChecked): void;
  /** Ends a run. @returns what is to be told */
  finish(): readonly string[];
}

/** For as long as the process lives. */
export class MemoryCache implements ResultCache {
  private readonly results = new Map<string, PlainChecked>();

  constructor(private readonly max = 5_000) {}

  get(key: string): PlainChecked | undefined {
    return this.results.get(key);
  }

  put(key: string, checked: PlainChecked): void {
    if (this.results.size >= this.max) this.results.clear();
    this.results.set(key, checked);
  }

  finish(): readonly string[] {
    return [];
  }
}

const DAY = 86_400_000;
/** Says to backup tools that this can be made again (bford.info/cachedir). */
const TAG = 'Signature: 8a477f597d28d172789f06886806bc55\n# Results of eBPF Lens; may be removed at any time.\n';
const TAG_FILE = 'CACHEDIR.TAG';
/** Entries live below this, so that nothing else in the folder is ever touched. */
const ENTRIES = 'results';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Where results are kept if nobody says where. */
export function defaultCacheDir(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base !== undefined && base.startsWith('/') ? base : join(homedir(), '.cache'), 'ebpf-lens');
}

/**
 * One file a result: a checksum, then JSON. They are written beside and renamed, so a reader sees a whole one or none; one whose
 * checksum is wrong is no result.
 */
export class DiskCache implements ResultCache {
  private readonly entries: string;
  private wrote = false;
  private broken: string | undefined;

  /**
   * @param maxBytes the least recently used entries beyond it are removed at the end of a run that wrote some
   * @throws UsageError if the folder cannot be made, or is somebody's: `--cache src` takes the path behind it for its folder
   */
  constructor(private readonly dir: string, private readonly maxBytes: number) {
    this.entries = join(dir, ENTRIES);
    if (isSomethingElse(dir)) throw new UsageError(`--cache: ${printable(dir)} holds other things than results, so it may be a path to check; name a folder that is empty or not there yet`);
    try {
      makeFolder(this.entries);
      writeFileSync(join(dir, TAG_FILE), TAG, { flag: 'wx' });
    } catch (error) {
      // There already, or readable only: what is in it can be used.
      if (!isFolder(this.entries)) throw new UsageError(`--cache: ${printable(dir)}: ${(error as NodeJS.ErrnoException).code === 'EEXIST' ? 'is no folder' : reasonOf(error)}`);
    }
  }

  get(key: string): PlainChecked | undefined {
    const path = this.pathOf(key);
    try {
      const text = readFileSync(path, 'utf8');
      const body = text.slice(65);
      if (text[64] !== '\n' || text.slice(0, 64) !== sha(body)) return undefined;
      const checked = JSON.parse(body) as PlainChecked;
      touch(path);
      return checked;
    } catch {
      return undefined;
    }
  }

  /** A full disk is told once; results go on without the cache. */
  put(key: string, checked: PlainChecked): void {
    if (this.broken !== undefined) return;
    const body = JSON.stringify(checked);
    const path = this.pathOf(key);
    try {
      makeFolder(join(path, '..'));
      writeAtomically(path, `${sha(body)}\n${body}`, false);
      this.wrote = true;
    } catch (error) {
      this.broken = reasonOf(error);
    }
  }

  finish(): readonly string[] {
    const notes = this.broken === undefined ? [] : [`--cache: ${this.dir} cannot be written to: ${this.broken}; results are right, but not kept`];
    if (this.wrote) this.prune();
    this.wrote = false;
    this.broken = undefined;
    return notes;
  }

  /** Removes what was not used for longest, until what is left is three quarters of the bound. */
  private prune(): void {
    const files = namesIn(this.entries).flatMap((name) => (/^[0-9a-f]{2}$/.test(name) ? filesIn(join(this.entries, name)) : []));
    let size = files.reduce((n, f) => n + f.size, 0);
    if (size <= this.maxBytes) return;
    for (const file of files.sort((a, b) => a.used - b.used)) {
      if (size <= this.maxBytes * 0.75) return;
      rmSync(file.path, { force: true });
      size -= file.size;
    }
  }

  private pathOf(key: string): string {
    return join(this.entries, key.slice(0, 2), `${key.slice(2)}.json`);
  }
}

/** Makes a folder and those above it. (Node's own way never ends where the system says that nothing is there, as /proc does.) */
function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let at = path; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
  for (const each of missing.reverse()) {
    try {
      mkdirSync(each);
    } catch (error) {
      // Another run was faster.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** True for a folder with files in it, none of which says that it is a cache. */
function isSomethingElse(dir: string): boolean {
  const names = namesIn(dir);
  return names.length > 0 && !names.includes(TAG_FILE) && !names.includes(ENTRIES);
}

/** Notes that an entry was used, at most once a day, since that is a write. */
function touch(path: string): void {
  const now = Date.now();
  try {
    if (now - statSync(path).mtimeMs > DAY) utimesSync(path, now / 1000, now / 1000);
  } catch {
    // Another run pruned it, or the folder is readable only.
  }
}

function filesIn(folder: string): { readonly path: string; readonly size: number; readonly used: number }[] {
  return namesIn(folder).flatMap((name) => {
    const path = join(folder, name);
    // A half-written one of a run that was killed has a name that ends in .tmp; it ages like the others.
    try {
      const { size, mtimeMs } = statSync(path);
      return [{ path, size, used: mtimeMs }];
    } catch {
      return [];
    }
  });
}
