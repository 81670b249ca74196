/** `--diff BASE`: what changed since a commit of the repository, read by a library in this process; no git is run. */
import { createHash } from 'node:crypto';
import fs, { closeSync, fstatSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { diffArrays } from 'diff';
import git from 'isomorphic-git';
import { repositoryOf, type ChangedLines } from './changedLines.js';
import { UsageError } from './host.js';
import { MAX_BYTES, openWithoutWaiting } from './readText.js';
import { printable } from './terminal.js';
import type { LineRange } from './reporters/reporter.js';

/** More edits than this between two versions make it another file, whose every line is new. */
const MAX_EDITS = 20_000;

/**
 * @param base a branch, tag or commit; with `...` behind it, the commit at which HEAD left it
 * @throws UsageError where there is no repository or no such commit
 */
export async function changedSince(base: string, cwd: string): Promise<ChangedLines> {
  const dir = repositoryOf(cwd);
  if (dir === undefined) throw new UsageError(`--diff: ${printable(base)} is no file, and there is no repository here to look for such a commit`);
  const blobs = await blobsOf(base, dir);
  const cache = {};
  const changed = new Map<string, readonly LineRange[]>();
  for (const [path, oid] of blobs) {
    const now = read(join(dir, path));
    if (now === undefined || blobId(now) === oid) continue;
    const { blob } = await git.readBlob({ fs, dir, oid, cache });
    changed.set(join(dir, path), newLines(Buffer.from(blob).toString('utf8'), now.toString('utf8')));
  }
  return {
    touches(path, from, to) {
      const whole = resolve(path);
      const ranges = changed.get(whole);
      if (ranges !== undefined) return ranges.some((r) => r.from <= to && from <= r.to);
      // What the commit does not have is new as a whole.
      return !whole.startsWith(`${dir}/`) || !blobs.has(whole.slice(dir.length + 1));
    },
  };
}

/** Paths of C files and headers in the commit, with the ids of their contents. */
async function blobsOf(base: string, dir: string): Promise<ReadonlyMap<string, string>> {
  const blobs = new Map<string, string>();
  try {
    const commit = await commitOf(base, dir);
    await git.walk({
      fs,
      dir,
      trees: [git.TREE({ ref: commit })],
      async map(path, [entry]) {
        if (/\.[ch]$/.test(path) && entry !== null && entry !== undefined && (await entry.type()) === 'blob') blobs.set(path, await entry.oid());
      },
    });
  } catch (error) {
    throw new UsageError(`--diff: ${printable(base)} is no file, and no commit that can be read: ${printable(error instanceof Error ? error.message : String(error))}; a diff does as well: git diff -U0 ${printable(base)} | ebpf-lens check --diff -`);
  }
  return blobs;
}

async function commitOf(base: string, dir: string): Promise<string> {
  const name = base.replace(/\.\.\.$/, '');
  const oid = await git.resolveRef({ fs, dir, ref: name }).catch(() => git.expandOid({ fs, dir, oid: name }));
  if (name === base) return oid;
  const head = await git.resolveRef({ fs, dir, ref: 'HEAD' });
  const [found]: readonly string[] = await git.findMergeBase({ fs, dir, oids: [oid, head] });
  if (found === undefined) throw new Error('it has no commit in common with HEAD');
  return found;
}

/** What a file of the commit holds now; undefined if it is gone, or no file that a commit could have. */
function read(path: string): Buffer | undefined {
  let fd: number | undefined;
  try {
    fd = openWithoutWaiting(path);
    const stat = fstatSync(fd);
    return stat.isFile() && stat.size <= MAX_BYTES ? readFileSync(fd) : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function blobId(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** The lines of `after` that `before` does not have. Where only line ends differ, as they do in some checkouts, none. */
function newLines(before: string, after: string): readonly LineRange[] {
  const lines = (text: string): string[] => text.split(/\r?\n/);
  const parts = diffArrays(lines(before), lines(after), { maxEditLength: MAX_EDITS });
  if (parts === undefined) return [{ from: 1, to: Infinity }];
  const ranges: LineRange[] = [];
  let line = 1;
  for (const { added, removed, value } of parts) {
    if (added) ranges.push({ from: line, to: line + value.length - 1 });
    if (!removed) line += value.length;
  }
  return ranges;
}
