/** `--diff`: the lines that a change adds or alters, out of a unified diff. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { LineRange } from './reporters/reporter.js';
import { entryOf } from '../text/entryOf.js';
import { before } from '../text/ends.js';

/**
 * Which lines of which files are new; files by whole path. Where lines went and none came, the one behind them counts: what they said
 * about it, as a test or a comment of ours does, is said no more.
 */
export interface ChangedLines {
  /** Whether one of the lines is new. @param path as the system takes it */
  touches(path: string, from: number, to: number): boolean;
  /** Closes what is open. */
  close?(): void;
}

/** True if one of the ranges has a changed line. @param main path of ranges without one */
export function anyChanged(changed: ChangedLines, main: string, ranges: readonly LineRange[]): boolean {
  return ranges.some(({ path = main, from, to }) => changed.touches(path, from, to));
}

/** Undoes the quoting that git gives to unusual names: `"b/t\303\244.c"`. */
function unquote(name: string): string {
  if (!name.startsWith('"')) return before(name, '\t');
  const bytes: number[] = [];
  const simple: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };
  const inner = name.slice(1, name.lastIndexOf('"'));
  for (let i = 0; i < inner.length; i++) {
    if (inner[i] !== '\\') {
      bytes.push(...Buffer.from(String.fromCodePoint(inner.codePointAt(i)!)));
      if (inner.codePointAt(i)! > 0xffff) i++;
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(inner.slice(i + 1, i + 4))?.[0];
    const next = inner[i + 1] ?? '\\';
    bytes.push(octal === undefined ? (entryOf(simple, next) ?? next.charCodeAt(0)) : parseInt(octal, 8));
    i += octal === undefined ? 1 : 3;
  }
  return Buffer.from(bytes).toString('utf8');
}

/**
 * Reads a unified diff.
 * @returns the ranges of new lines by the name in the diff, its `b/` included; undefined if the text is no diff
 */
export function parseUnifiedDiff(text: string): ReadonlyMap<string, readonly LineRange[]> | undefined {
  const files = new Map<string, LineRange[]>();
  if (text.trim() === '') return files;
  let ranges: LineRange[] | undefined;
  let known = false;
  let [oldLeft, newLeft, line] = [0, 0, 0];
  // Whether lines went right before the one at hand, and none came for them.
  let gone = false;
  const close = (): void => {
    if (gone) addLine(ranges, line);
    gone = false;
  };
  for (const raw of text.split('\n')) {
    const row = raw.replace(/\r$/, '');
    if (oldLeft > 0 || newLeft > 0) {
      if (raw.startsWith('+')) {
        addLine(ranges, line++);
        newLeft--;
        gone = false;
      } else if (raw.startsWith('-')) {
        oldLeft--;
        gone = true;
      } else if (!raw.startsWith('\\')) {
        close();
        oldLeft--;
        newLeft--;
        line++;
      }
      if (oldLeft <= 0 && newLeft <= 0) close();
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(row);
    if (hunk) {
      known = true;
      oldLeft = Number(hunk[1] ?? 1);
      newLeft = Number(hunk[3] ?? 1);
      // A hunk without new lines names the one before the place.
      line = Number(hunk[2]) + (newLeft === 0 ? 1 : 0);
    } else if (row.startsWith('+++ ')) {
      const name = unquote(row.slice(4));
      known = true;
      ranges = name === '/dev/null' ? undefined : [];
      if (ranges !== undefined) files.set(name, ranges);
    } else if (/^(diff --git |rename to |Binary files |old mode |similarity index )/.test(row)) known = true;
  }
  return known ? files : undefined;
}

function addLine(ranges: LineRange[] | undefined, line: number): void {
  const last = ranges?.at(-1);
  if (last !== undefined && last.to === line - 1) ranges![ranges!.length - 1] = { ...last, to: line };
  else ranges?.push({ from: line, to: line });
}

/** The folder with `.git` at or above a folder. */
export function repositoryOf(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/**
 * Finds the files that a diff names: below the repository's folder, as `git diff` writes them, or below the working folder, as
 * `git diff --relative` and `diff -u` do; with or without git's `b/`.
 */
export function changedLines(files: ReadonlyMap<string, readonly LineRange[]>, cwd: string): ChangedLines {
  const roots = [...new Set([repositoryOf(cwd) ?? cwd, cwd])];
  const byPath = new Map<string, readonly LineRange[]>();
  for (const [name, ranges] of files) {
    const names = /^[a-z]\//.test(name) ? [name.slice(2), name] : [name];
    const candidates = names.flatMap((each) => roots.map((root) => resolve(root, each)));
    const path = candidates.find((each) => existsSync(each)) ?? candidates[0]!;
    byPath.set(path, [...(byPath.get(path) ?? []), ...ranges]);
  }
  return { touches: (path, from, to) => (byPath.get(resolve(path)) ?? []).some((r) => r.from <= to && from <= r.to) };
}
