/** What `.gitignore` and `.ignore` leave out of a walk through folders. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { readText } from './readText.js';

/** Folders that hold no sources of the project, whatever is said about them. */
const SKIPPED = new Set(['node_modules', '.git']);
/** Later ones win, as in other tools that know both. */
const FILES = ['.gitignore', '.ignore'];
const MAX_LEVELS = 40;
/** A longer one was not written by hand. */
const MAX_TEXT = 200_000;

const slashes = (path: string): string => (sep === '\\' ? path.replaceAll('\\', '/') : path);

/** The rules of one folder and of those above it. */
export class IgnoreRules {
  private constructor(private readonly folder: string, private readonly own: Ignore | undefined, private readonly above: IgnoreRules | undefined) {}

  /**
   * The rules for a folder that a walk begins in: its own files, and those of the folders above it up to the repository's.
   * @param folder as the system takes it
   */
  static of(folder: string): IgnoreRules {
    const whole = resolve(folder);
    const above = isRepository(whole) ? undefined : IgnoreRules.above(whole);
    // Who names a folder that is left out wants it all the same.
    return new IgnoreRules(whole, rulesIn(whole), above?.leavesOut(basename(whole), true) === true ? undefined : above);
  }

  /** The rules of the folders above, where one of them is a repository's; what lies above elsewhere is somebody else's. */
  private static above(folder: string): IgnoreRules | undefined {
    const chain: string[] = [];
    for (let at = folder; chain.length < MAX_LEVELS && dirname(at) !== at; ) {
      at = dirname(at);
      chain.push(at);
      if (isRepository(at)) return chain.reverse().reduce<IgnoreRules | undefined>((above, each) => new IgnoreRules(each, rulesIn(each), above), undefined);
    }
    return undefined;
  }

  /** The rules for a folder in this one. @param names of the files in it */
  inside(name: string, names: ReadonlySet<string>): IgnoreRules {
    const folder = join(this.folder, name);
    return new IgnoreRules(folder, FILES.some((file) => names.has(file)) ? rulesIn(folder) : undefined, this);
  }

  /** Whether the nearest file that says something about an entry of this folder says that it is left out. */
  leavesOut(name: string, isFolder: boolean): boolean {
    if (isFolder && SKIPPED.has(name)) return true;
    return this.says(join(this.folder, name), isFolder) === 'ignored';
  }

  private says(path: string, isFolder: boolean): 'ignored' | 'wanted' | undefined {
    const { ignored, unignored } = this.own?.test(slashes(relative(this.folder, path)) + (isFolder ? '/' : '')) ?? {};
    return ignored ? 'ignored' : unignored ? 'wanted' : this.above?.says(path, isFolder);
  }
}

function isRepository(folder: string): boolean {
  return existsSync(join(folder, '.git'));
}

function rulesIn(folder: string): Ignore | undefined {
  let rules: Ignore | undefined;
  for (const name of FILES) {
    const result = readText(join(folder, name));
    if ('text' in result && result.text.length <= MAX_TEXT) rules = (rules ?? ignore()).add(result.text);
  }
  return rules;
}
