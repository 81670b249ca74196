/** A git repository as files: its references, commits and trees. No git is run, since no program is. */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
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
/** What git takes for a name of a reference, and nothing that leads out of its folder. */
const REF_NAME = /^(?!.*(?:\.\.|\/\/|@\{|\/\.|\.lock$))[^\u0000- ~^:?*[\\\u007f./-][^\u0000- ~^:?*[\\\u007f]*$/; // eslint-disable-line no-control-regex -- git's own list

export class Repository {
  readonly objects: ObjectStore;
  /** Of this work tree alone: HEAD. */
  private readonly own: string;
  /** What all work trees have in common. */
  private readonly common: string;
  private readonly sha256: boolean;
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
    const config = readFile(join(this.common, 'config'))?.toString('utf8') ?? '';
    this.sha256 = /^[\t ]*objectformat[\t ]*=[\t ]*sha256\b/im.test(config);
    if (/^[\t ]*refstorage[\t ]*=[\t ]*reftable\b/im.test(config)) throw new GitError('its references are kept as a reftable, which this build does not read');
    this.objects = new ObjectStore(join(this.common, 'objects'), this.sha256 ? 32 : 20);
  }

  /** Whether it has not all of its history. */
  get isShallow(): boolean {
    return this.cut.size > 0;
  }

  private get cut(): ReadonlySet<string> {
    return new Set((readFile(join(this.common, 'shallow'))?.toString('utf8') ?? '').split('\n').filter((line) => line !== ''));
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
    throw new GitError(`it has no commit in common with HEAD${this.isShallow ? ` that is here; ${DEEPEN}` : ''}`);
  }

  /** What is at a path of a tree, `/` between the folders. */
  at(tree: string, path: string): TreeEntry | undefined {
    let entry: TreeEntry = { oid: tree, kind: 'tree' };
    for (const name of path.split('/')) {
      // What is in a submodule is another repository's.
      if (entry.kind !== 'tree') return entry.kind === 'submodule' ? entry : undefined;
      const next = this.entries(entry.oid).get(name);
      if (next === undefined) return undefined;
      entry = next;
    }
    return entry;
  }

  /** All files below a tree. */
  *files(tree: string, folder = ''): Generator<readonly [path: string, oid: string]> {
    for (const [name, { oid, kind }] of this.entries(tree)) {
      if (kind === 'tree') yield* this.files(oid, `${folder}${name}/`);
      else if (kind === 'blob') yield [folder + name, oid];
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
    let object = this.objects.read(oid);
    // A tag is followed to what it tags.
    for (let i = 0; object?.type === 'tag' && type === 'commit' && i < MAX_SYMBOLIC; i++) object = this.objects.read(/^object ([0-9a-f]+)\n/.exec(object.data.toString('latin1'))?.[1] ?? '');
    if (object === undefined) throw new GitError(`its ${type} ${oid.slice(0, 10)} is not here${this.isShallow ? `, the checkout is shallow; ${DEEPEN}` : ''}`);
    if (object.type !== type) throw new GitError(`${oid.slice(0, 10)} is no ${type}`);
    return object;
  }

  private named(name: string): string {
    const whole = new RegExp(`^[0-9a-f]{${this.sha256 ? 64 : 40}}$`);
    if (whole.test(name)) return name;
    const ref = this.reference(name);
    if (ref !== undefined) return ref;
    if (/^[0-9a-f]{4,64}$/.test(name)) {
      const [found, ...others] = this.objects.beginningWith(name);
      if (others.length > 0) throw new GitError(`several objects begin with ${name}`);
      if (found !== undefined) return found;
    }
    throw new GitError(`nothing here has this name${this.isShallow ? `, and the checkout is shallow; ${DEEPEN}` : ''}`);
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
    for (const line of (readFile(join(this.common, 'packed-refs'))?.toString('utf8') ?? '').split('\n')) if (line.endsWith(` ${name}`)) return line.slice(0, line.indexOf(' '));
    return undefined;
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
