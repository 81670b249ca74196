/** Follows the `#include`s of a file through a reader that the caller gives, within limits, so that no input makes it endless. */
import { isKnownHeader, isSystemHeader } from './knownHeaders.js';

/** The texts found, in the shape of the façade's `Input`. */
export interface CollectedInput {
  readonly main: string;
  readonly files: ReadonlyMap<string, string>;
  readonly includes: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Sentences about files that the limits left out, for the log. */
  readonly limits?: readonly string[];
}

/** Where to look, and what the compiler's command line says. */
export interface IncludeSearch {
  /** Folders that the user named: searched first, for the system's headers too. */
  readonly includePaths: readonly string[];
  /** Folders for quoted includes only, then folders for all. */
  readonly quote?: readonly string[];
  readonly paths?: readonly string[];
  /** Files included ahead of the main file's first line. */
  readonly forced?: readonly string[];
  /** Macros set from outside: name to value. */
  readonly defines?: ReadonlyMap<string, string>;
}

type Read = (path: string) => string | undefined;

/** The path under which macros set from outside are in a unit. */
export const COMMAND_LINE = '<command line>';

const MAX_FILES = 200;
const MAX_CHARACTERS = 16 * 1024 * 1024;
const MAX_DEPTH = 64;
/** Folders above the main file that are looked through: up to the repository's, or only the nearest where none is in sight. */
const MAX_ANCESTORS = 8;
const ANCESTORS_WITHOUT_REPOSITORY = 3;
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

/** The folder above; a relative path goes on with `..`. */
function parentOf(folder: string): string | undefined {
  if (folder === '/' || /^[A-Za-z]:$/.test(folder)) return undefined;
  if (folder === '' || folder === '..' || folder.endsWith('/..')) return folder === '' ? '..' : `${folder}/..`;
  return folderOf(folder);
}

/**
 * The main file's folder and those above it, up to the one that holds `.git`, each followed by its `include` folder:
 * where builds put `-I` most often, for want of better knowledge.
 */
function ancestorFolders(mainPath: string, read: Read): readonly string[] {
  const folders: string[] = [];
  let found = false;
  for (let folder: string | undefined = folderOf(normalizePath(mainPath)); folder !== undefined && folders.length <= MAX_ANCESTORS && !found; folder = parentOf(folder)) {
    folders.push(folder);
    // A file in a work tree or submodule, a folder elsewhere.
    found = read(join(folder, '.git/HEAD')) !== undefined || read(join(folder, '.git')) !== undefined;
  }
  const kept = found ? folders : folders.slice(0, ANCESTORS_WITHOUT_REPOSITORY + 1);
  return kept.flatMap((folder) => [folder, join(folder, 'include')]);
}

/** Reads what a main file includes, within the limits. */
class Collector {
  readonly files: Map<string, string>;
  readonly includes = new Map<string, ReadonlyMap<string, string>>();
  readonly limits = new Set<string>();
  private readonly missing = new Set<string>();
  private size: number;
  /** Where headers are looked for that are nowhere else; found out when it is asked for. */
  private above: readonly string[] | undefined;

  constructor(private readonly main: string, text: string, private readonly read: Read, private readonly search: IncludeSearch) {
    this.files = new Map([[main, text]]);
    this.size = text.length;
  }

  /** Takes the file at a path. @returns the path as the file is known by; undefined if it is not there or beyond the limits */
  take(path: string): string | undefined {
    const { main, files, missing, limits } = this;
    const same = files.has(path) ? path : path === normalizePath(main) ? main : undefined;
    if (same !== undefined) return same;
    if (missing.has(path)) return undefined;
    if (files.size >= MAX_FILES) {
      limits.add(`${main} includes more than ${MAX_FILES} files: the rest is not read`);
      return undefined;
    }
    const text = this.read(path);
    const isLarge = text !== undefined && this.size + text.length > MAX_CHARACTERS;
    if (isLarge) limits.add(`${path} is not read: with it, ${main} includes more than ${MAX_CHARACTERS / 1024 / 1024} million characters`);
    if (text === undefined || isLarge) {
      missing.add(path);
      return undefined;
    }
    this.size += text.length;
    files.set(path, text);
    return path;
  }

  /** Takes all that a file includes. @returns what was not known before */
  takeIncludesOf(includer: string): readonly string[] {
    const resolved = new Map<string, string>();
    const fresh: string[] = [];
    for (const m of this.files.get(includer)!.matchAll(INCLUDE)) {
      const written = m[1] ?? m[2]!;
      if (isKnownHeader(written) || resolved.has(written)) continue;
      const before = this.files.size;
      const path = this.resolve(includer, written, m[1] === undefined);
      if (path === undefined) continue;
      resolved.set(written, path);
      if (this.files.size > before) fresh.push(path);
    }
    if (resolved.size > 0) this.includes.set(includer, resolved);
    return fresh;
  }

  private resolve(includer: string, written: string, angled: boolean): string | undefined {
    const { includePaths, quote = [], paths = [] } = this.search;
    const named = angled ? includePaths : [folderOf(includer), ...includePaths];
    const direct = this.among(isSystemHeader(written) ? named : angled ? [...named, ...paths] : [...named, ...quote, ...paths], written);
    if (direct !== undefined || isSystemHeader(written)) return direct;
    return this.among((this.above ??= ancestorFolders(this.main, this.read)), written);
  }

  private among(folders: readonly string[], written: string): string | undefined {
    for (const folder of folders) {
      const path = this.take(join(folder, written));
      if (path !== undefined) return path;
    }
    return undefined;
  }
}

/**
 * Collects a file and what it includes: quoted paths from the includer's folder, then `includePaths`; angled ones
 * from `includePaths`. What is found in neither, and is no header of the system, is looked for in the folders above the
 * main file and their `include` folders. Missing files are no trouble. A file that is included twice is there once, a cycle ends.
 * @param read text of a path, or undefined if there is none; called at most once a path.
 */
export function collectInput(mainPath: string, mainText: string, read: Read, search: readonly string[] | IncludeSearch): CollectedInput {
  const whole: IncludeSearch = 'includePaths' in search ? search : { includePaths: search };
  const { forced = [], defines } = whole;
  const collector = new Collector(mainPath, mainText, read, whole);
  const { files, includes, limits } = collector;
  let level: string[] = [mainPath];
  for (const path of forced) {
    const known = isKnownHeader(path) ? undefined : collector.take(path);
    if (known !== undefined && !level.includes(known)) level.push(known);
  }
  if (defines && defines.size > 0) files.set(COMMAND_LINE, [...defines].map(([name, value]) => `#define ${name} ${value}\n`).join(''));
  for (let depth = 0; level.length > 0 && depth < MAX_DEPTH; depth++) level = level.flatMap((includer) => collector.takeIncludesOf(includer));
  if (level.length > 0) limits.add(`includes of ${mainPath} are nested more than ${MAX_DEPTH} deep: the rest is not read`);
  return { main: mainPath, files, includes, limits: [...limits] };
}
