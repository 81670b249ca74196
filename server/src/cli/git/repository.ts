/** A git repository as files: its references, commits and trees. No git is run, since no program is. */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { namesIn } from '../readText.js';
import { GitError, ObjectStore, readFile, type GitObject } from './objects.js';

export interface Commit {
  readonly oid: string;
  readonly tree: string;
  readonly parents: readonly string[];
  /** When it was made, in seconds. */
  readonly time: number;
}

export interface TreeEntry {
  readonly oid: string;
  readonly kind: 'tree' | 'blob' | 'submodule';
}

const MAX_SYMBOLIC = 10;
/** Commits that a search for a common one looks at. */
const MAX_COMMITS = 1_000_000;
/** Files and folders of one tree; the largest repositories have some hundred thousand. */
const MAX_ENTRIES = 2_000_000;
/** Longer ones no system takes. */
const MAX_PATH = 4096;
/** What git takes for a name of a reference, and nothing that leads out of its folder. */
const REF_NAME = /^(?!.*(?:\.\.|\/\/|@\{|\/\.|\.lock$))[^\u0000- ~^:?*[\\\u007f./-][^\u0000- ~^:?*[\\\u007f]*$/; // eslint-disable-line no-control-regex -- git's own list

export class Repository {
  readonly objects: ObjectStore;
  /** Of this work tree alone: HEAD. */
  private readonly own: string;
  /** What all work trees have in common. */
  private readonly common: string;
  private readonly sha256: boolean;
  /** Commits whose parents a shallow checkout does not have. */
  private readonly cut: ReadonlySet<string>;
  /** What git reads in an object's stead (git replace). */
  private readonly replaced: ReadonlyMap<string, string>;
  /** Ends the sentence about an object that is missing. */
  private readonly whyMissing: string;
  private readonly trees = new Map<string, ReadonlyMap<string, TreeEntry>>();

  /**
   * @param folder the one with `.git`
   * @throws GitError for what cannot be read
   */
  constructor(folder: string) {
    // In other work trees and in submodules it is a file.
    const link = /^gitdir: (.+)/.exec(readFile(join(folder, '.git'))?.toString('utf8') ?? '')?.[1];
    this.own = resolve(folder, link ?? '.git');
    const common = readFile(join(this.own, 'commondir'))?.toString('utf8').trim();
    this.common = common === undefined ? this.own : resolve(this.own, common);
    const config = this.text('config');
    this.sha256 = /^[\t ]*objectformat[\t ]*=[\t ]*sha256\b/im.test(config);
    if (/^[\t ]*refstorage[\t ]*=[\t ]*reftable\b/im.test(config)) throw new GitError('its references are kept as a reftable, which this build does not read');
    if (this.text('info/grafts').trim() !== '') throw new GitError('its history is grafted (info/grafts), which this build does not read; git replace --convert-graft-file makes references of that');
    this.objects = new ObjectStore(join(this.common, 'objects'), this.sha256 ? 32 : 20);
    this.cut = new Set(this.text('shallow').split('\n').filter((line) => line !== ''));
    this.replaced = this.replacements();
    this.whyMissing = this.cut.size > 0 ? `, the checkout is shallow; ${DEEPEN}` : /^[\t ]*(?:partialclonefilter|promisor)[\t ]*=/im.test(config) ? ', the clone is partial, and git alone fetches what it left out' : '';
  }

  /** A file of git's own as text, '' where there is none. */
  private text(name: string): string {
    return readFile(join(this.common, name))?.toString('utf8') ?? '';
  }

  /** The references `refs/replace/OBJECT`. */
  private replacements(): ReadonlyMap<string, string> {
    const packed = [...this.text('packed-refs').matchAll(/^([0-9a-f]+) refs\/replace\/([0-9a-f]+)$/gm)].map(([, by, oid]) => [oid!, by!] as const);
    const loose = namesIn(join(this.common, 'refs/replace')).map((oid) => [oid, this.text(`refs/replace/${oid}`).trim()] as const);
    return new Map([...packed, ...loose]);
  }

  /** Whether a folder of git's, as `GIT_DIR` names one, is this one's. @param folder whole */
  isAt(folder: string): boolean {
    return realPath(folder) === realPath(this.own);
  }

  /** The name that git gives to a file's content. */
  blobId(content: Buffer): string {
    return createHash(this.sha256 ? 'sha256' : 'sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  }

  /**
   * The commit that a revision names: `main`, `origin/main`, `v1.2`, a commit's name or its beginning, with `~2`, `^` or `^2` behind.
   * @throws GitError where there is none
   */
  commitOf(revision: string): Commit {
    const end = revision.search(/[~^]/);
    const name = end < 0 ? revision : revision.slice(0, end);
    const steps = end < 0 ? '' : revision.slice(end);
    if (!/^(?:[~^]\d{0,6}|\^\{(?:commit)?\})*$/.test(steps)) throw new GitError(`${steps} is more than this build understands of revisions`);
    let commit = this.commit(this.named(name === '' || name === '@' ? 'HEAD' : name));
    for (const [step] of steps.matchAll(/[~^](?:\d+|\{\w*\})?/g)) {
      if (step.startsWith('^{')) continue;
      const count = step.length === 1 ? 1 : Number(step.slice(1));
      if (step.startsWith('~')) for (let i = 0; i < count; i++) commit = this.parent(commit, 1);
      else if (count > 0) commit = this.parent(commit, count);
    }
    return commit;
  }

  /**
   * The newest commit that both come from.
   * @throws GitError where there is none in sight
   */
  mergeBase(a: Commit, b: Commit): Commit {
    // As git does it: paint what each comes from, the newest first, until only what is painted twice is left.
    const paint = new Map<string, number>();
    const queue: Commit[] = [];
    const add = (commit: Commit, colour: number): void => {
      const before = paint.get(commit.oid) ?? 0;
      if ((before & colour) === colour) return;
      paint.set(commit.oid, before | colour);
      let [low, high] = [0, queue.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (queue[middle]!.time < commit.time) low = middle + 1;
        else high = middle;
      }
      queue.splice(low, 0, commit);
    };
    add(a, 1);
    add(b, 2);
    for (let commit = queue.pop(), seen = 0; commit !== undefined && seen < MAX_COMMITS; commit = queue.pop(), seen++) {
      const colour = paint.get(commit.oid) ?? 0;
      if (colour === 3) return commit;
      for (const parent of this.parentsOf(commit)) add(this.commit(parent), colour);
    }
    throw new GitError(`it has no commit in common with HEAD${this.cut.size > 0 ? ` that is here; ${DEEPEN}` : ''}`);
  }

  /** What is at a path of a tree, `/` between the folders; `rest` is what of the path lies in a submodule, which is another repository's. */
  at(tree: string, path: string): (TreeEntry & { readonly rest: string }) | undefined {
    let entry: TreeEntry = { oid: tree, kind: 'tree' };
    const names = path.split('/');
    for (let i = 0; i < names.length && entry.kind === 'tree'; i++) {
      const next = this.entries(entry.oid).get(names[i]!);
      if (next === undefined) return undefined;
      if (next.kind === 'blob' && i < names.length - 1) return undefined;
      if (next.kind === 'submodule') return { ...next, rest: names.slice(i + 1).join('/') };
      entry = next;
    }
    return { ...entry, rest: '' };
  }

  /**
   * All files below a tree, folder by folder.
   * @throws GitError for more than any repository has: trees may hold one another many times over
   */
  *files(tree: string): Generator<readonly [path: string, oid: string]> {
    let left = MAX_ENTRIES;
    const folders = [{ tree, path: '' }];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const [name, { oid, kind }] of this.entries(folder.tree)) {
        if (--left < 0 || name.length + folder.path.length > MAX_PATH) throw new GitError('its trees have no end');
        if (kind === 'tree') folders.push({ tree: oid, path: `${folder.path}${name}/` });
        else if (kind === 'blob') yield [folder.path + name, oid];
      }
    }
  }

  /** @throws GitError if it is not there, or no file's content */
  blob(oid: string): Buffer {
    return this.object(oid, 'blob').data;
  }

  private entries(oid: string): ReadonlyMap<string, TreeEntry> {
    let entries = this.trees.get(oid);
    if (entries === undefined) this.trees.set(oid, (entries = parseTree(this.object(oid, 'tree').data, this.sha256 ? 32 : 20)));
    return entries;
  }

  private parent(commit: Commit, number: number): Commit {
    const parent = this.parentsOf(commit)[number - 1];
    if (parent !== undefined) return this.commit(parent);
    throw new GitError(this.cut.has(commit.oid) ? `what comes before ${commit.oid.slice(0, 10)} is not here, the checkout is shallow; ${DEEPEN}` : `${commit.oid.slice(0, 10)} has no parent ${number}`);
  }

  private parentsOf({ oid, parents }: Commit): readonly string[] {
    return this.cut.has(oid) ? [] : parents;
  }

  private commit(oid: string): Commit {
    const text = this.object(oid, 'commit').data.toString('utf8');
    const head = text.slice(0, text.indexOf('\n\n'));
    const tree = /^tree ([0-9a-f]+)$/m.exec(head)?.[1];
    if (tree === undefined) throw new GitError(`commit ${oid} has no tree`);
    return { oid, tree, parents: [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map((m) => m[1]!), time: Number(/^committer [^\n]*> (\d+) /m.exec(head)?.[1] ?? 0) };
  }

  private object(oid: string, type: GitObject['type']): GitObject {
    const read = (name: string): GitObject | undefined => this.objects.read(this.replaced.get(name) ?? name);
    let object = read(oid);
    // A tag is followed to what it tags.
    for (let i = 0; object?.type === 'tag' && type === 'commit' && i < MAX_SYMBOLIC; i++) object = read(/^object ([0-9a-f]+)\n/.exec(object.data.toString('latin1'))?.[1] ?? '');
    if (object === undefined) throw new GitError(`its ${type} ${oid.slice(0, 10)} is not here${this.whyMissing}`);
    if (object.type !== type) throw new GitError(`${oid.slice(0, 10)} is no ${type}`);
    return object;
  }

  private named(name: string): string {
    const digits = name.toLowerCase();
    const whole = new RegExp(`^[0-9a-f]{${this.sha256 ? 64 : 40}}$`);
    if (whole.test(digits)) return digits;
    if (name.includes('..')) throw new GitError('it is a range; name the commit where it begins, and what is in the files now is its end');
    // Older values of references, what a branch follows, paths, and words of messages.
    if (/@\{|:/.test(name)) throw new GitError(`${name} is more than this build understands of revisions`);
    const ref = this.reference(name);
    if (ref !== undefined) return ref;
    // The end of what git describe says is the beginning of a commit's name.
    const begins = /^(?:.+-g)?([0-9a-f]{4,64})$/.exec(digits)?.[1];
    if (begins !== undefined) {
      const [found, ...others] = this.objects.beginningWith(begins);
      if (others.length > 0) throw new GitError(`several objects begin with ${begins}`);
      if (found !== undefined) return found;
    }
    throw new GitError(`nothing here has this name${this.cut.size > 0 ? `, and the checkout is shallow; ${DEEPEN}` : ''}`);
  }

  /** What a reference says, looked for where git does (gitrevisions). */
  private reference(name: string): string | undefined {
    if (!REF_NAME.test(name)) return undefined;
    for (const full of [name, `refs/${name}`, `refs/tags/${name}`, `refs/heads/${name}`, `refs/remotes/${name}`, `refs/remotes/${name}/HEAD`]) {
      // Beside HEAD and its like there are other files in the folder.
      if (!full.startsWith('refs/') && !/^(?:[A-Z]+_)?HEAD$/.test(full)) continue;
      const found = this.follow(full);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private follow(name: string, depth = 0): string | undefined {
    const text = (readFile(join(this.own, name)) ?? readFile(join(this.common, name)))?.toString('utf8');
    const symbolic = text === undefined ? undefined : /^ref: (.+)/.exec(text)?.[1]?.trim();
    if (symbolic !== undefined) return depth < MAX_SYMBOLIC && REF_NAME.test(symbolic) ? this.follow(symbolic, depth + 1) : undefined;
    const oid = /^[0-9a-f]{40,64}/.exec(text ?? '')?.[0];
    if (oid !== undefined) return oid;
    for (const line of this.text('packed-refs').split('\n')) if (line.endsWith(` ${name}`)) return line.slice(0, line.indexOf(' '));
    return undefined;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

const DEEPEN = 'fetch more of the history (fetch-depth: 0 of actions/checkout, git fetch --unshallow)';

function parseTree(data: Buffer, hash: number): ReadonlyMap<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  for (let at = 0; at < data.length; ) {
    const blank = data.indexOf(0x20, at);
    const end = data.indexOf(0, at);
    if (blank < 0 || end < blank || end + 1 + hash > data.length) throw new GitError('a tree is broken');
    const mode = data.toString('latin1', at, blank);
    entries.set(data.toString('utf8', blank + 1, end), { oid: data.toString('hex', end + 1, end + 1 + hash), kind: mode === '40000' ? 'tree' : mode === '160000' ? 'submodule' : 'blob' });
    at = end + 1 + hash;
  }
  return entries;
}
