/** `--diff BASE`: what changed since a commit of the repository, file by file as it is asked for. */
import { existsSync, realpathSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { diffArrays } from 'diff';
import { repositoryOf, type ChangedLines } from './changedLines.js';
import { GitError, readFile } from './git/objects.js';
import { Repository } from './git/repository.js';
import { UsageError } from './host.js';
import { reasonOf } from './readText.js';
import { printable } from './terminal.js';
import type { LineRange } from './reporters/reporter.js';

/** More edits than this between two versions make it another file, whose every line is new. */
const MAX_EDITS = 20_000;
/** Files that went away, among which a new one's former self is looked for. */
const MAX_GONE = 500;
/** As git has it for renames: what both have of the larger. */
const SIMILAR = 0.5;

const ALL: readonly LineRange[] = [{ from: 1, to: Infinity }];
const NONE: readonly LineRange[] = [];

/**
 * @param base a branch, tag or commit, `~2` or `^` behind it; with `...` at its end, the commit at which HEAD left it
 * @throws UsageError where there is no repository or no such commit
 */
export function changedSince(base: string, cwd: string): ChangedLines {
  const dir = repositoryOf(realpathSync(cwd));
  if (dir === undefined) throw new UsageError(`--diff: ${printable(base)} is no file, and there is no repository here to look for such a commit`);
  let repository: Repository | undefined;
  try {
    repository = new Repository(dir);
    const named = process.env['GIT_DIR'];
    if (named !== undefined && named !== '' && !repository.isAt(resolve(cwd, named))) throw new GitError('GIT_DIR names another repository than the one here, which this build does not follow');
    return new ChangesSince(dir, repository, base, treeOf(repository, base));
  } catch (error) {
    repository?.objects.close();
    throw noBase(base, error);
  }
}

/** The tree to compare with. */
function treeOf(repository: Repository, base: string): string {
  const name = base.replace(/\.\.\.(?:HEAD|@)?$/, '');
  const commit = repository.commitOf(name);
  return (name === base ? commit : repository.mergeBase(commit, repository.commitOf('HEAD'))).tree;
}

function noBase(base: string, error: unknown): UsageError {
  return new UsageError(`--diff: ${printable(base)} is no file, and no commit that can be read: ${printable(reasonOf(error))}; a diff does as well: git diff -U0 ${printable(base)} | ebpf-lens check --diff -`);
}

class ChangesSince implements ChangedLines {
  private readonly known = new Map<string, readonly LineRange[]>();
  private readonly submodules = new Map<string, ChangesSince>();
  private gone: readonly (readonly [path: string, oid: string])[] | undefined;

  /** @param dir the folder with `.git`, without links */
  constructor(private readonly dir: string, private readonly repository: Repository, private readonly base: string, private readonly tree: string) {}

  touches(path: string, from: number, to: number): boolean {
    const whole = resolve(path);
    let ranges = this.known.get(whole);
    if (ranges === undefined) {
      try {
        ranges = this.changesOf(whole);
      } catch (error) {
        throw noBase(this.base, error);
      }
      this.known.set(whole, ranges);
    }
    return ranges.some((r) => r.from <= to && from <= r.to);
  }

  close(): void {
    this.repository.objects.close();
    for (const submodule of this.submodules.values()) submodule.close();
  }

  private changesOf(path: string): readonly LineRange[] {
    // What is reached by a link stands in the tree where it really lies.
    const whole = existsSync(path) ? realpathSync(path) : path;
    const now = whole.startsWith(this.dir + sep) ? readFile(whole) : undefined;
    // Elsewhere, or gone meanwhile: nothing is known of it.
    if (now === undefined) return ALL;
    const name = whole.slice(this.dir.length + 1).replaceAll(sep, '/');
    const then = this.repository.at(this.tree, name);
    const submodule = then?.kind === 'submodule' ? name.slice(0, name.length - then.rest.length).replace(/\/$/, '') : undefined;
    // Where that was taken apart since, its files are this repository's, and new.
    if (then !== undefined && submodule !== undefined && existsSync(join(this.dir, submodule, '.git'))) return this.submodule(submodule, then.oid).changesOf(whole);
    const id = this.repository.blobId(now);
    if (then?.kind === 'blob') return then.oid === id ? NONE : newLines(this.textOf(then.oid), now.toString('utf8'));
    return this.sinceRename(now, id);
  }

  /** A repository in this one, since the commit of its own that the tree names. */
  private submodule(name: string, commit: string): ChangesSince {
    let changes = this.submodules.get(name);
    if (changes === undefined) {
      const dir = join(this.dir, name);
      const repository = new Repository(dir);
      this.submodules.set(name, (changes = new ChangesSince(dir, repository, this.base, repository.commitOf(commit).tree)));
    }
    return changes;
  }

  /** What the commit does not have is new as a whole, but for what was called otherwise. */
  private sinceRename(now: Buffer, id: string): readonly LineRange[] {
    this.gone ??= this.filesGone();
    if (this.gone.some(([, oid]) => oid === id)) return NONE;
    const text = now.toString('utf8');
    let best: { readonly share: number; readonly before: string } | undefined;
    for (const [, oid] of this.gone.slice(0, MAX_GONE)) {
      const before = this.textOf(oid);
      const share = inCommon(before, text);
      if (share >= SIMILAR && share > (best?.share ?? 0)) best = { share, before };
    }
    return best === undefined ? ALL : newLines(best.before, text);
  }

  /** C files and headers of the commit that are here no more. */
  private filesGone(): readonly (readonly [path: string, oid: string])[] {
    return [...this.repository.files(this.tree)].filter(([path]) => /\.[ch]$/.test(path) && !existsSync(join(this.dir, path)));
  }

  private textOf(oid: string): string {
    return this.repository.blob(oid).toString('utf8');
  }
}

const linesOf = (text: string): string[] => text.split(/\r?\n/);

/** How much of the larger text, line by line, the other one has too. */
function inCommon(a: string, b: string): number {
  const counts = new Map<string, number>();
  for (const line of linesOf(a)) counts.set(line, (counts.get(line) ?? 0) + 1);
  let same = 0;
  for (const line of linesOf(b)) {
    const left = counts.get(line) ?? 0;
    if (left === 0) continue;
    counts.set(line, left - 1);
    same += line.length + 1;
  }
  return same / Math.max(a.length, b.length, 1);
}

/** The lines of `after` that `before` does not have, and those behind lines that went. Where only line ends differ, as they do in some checkouts, none. */
function newLines(before: string, after: string): readonly LineRange[] {
  const parts = diffArrays(linesOf(before), linesOf(after), { maxEditLength: MAX_EDITS });
  if (parts === undefined) return ALL;
  const ranges: LineRange[] = [];
  let line = 1;
  parts.forEach(({ added, removed, value }, i) => {
    if (added) ranges.push({ from: line, to: line + value.length - 1 });
    else if (removed && parts[i + 1]?.added !== true && parts[i - 1]?.added !== true) ranges.push({ from: line, to: line });
    if (!removed) line += value.length;
  });
  return ranges;
}
