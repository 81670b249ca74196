/** Writes files so that nobody ever sees a half of one: beside the target first, then renamed. */
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file whole or not at all. What is there already keeps its mode; a link stays a link, its target is replaced; a
 * device or pipe (`/dev/stdout`) is written to as it is.
 * @param sync false where the loss of power may lose the file, not only its newest content
 * @throws what the system says, with nothing left behind
 */
export function writeAtomically(path: string, text: string, sync = true): void {
  const there = statOf(path);
  if (there !== undefined && !there.isFile()) return writeThrough(path, text);
  const target = there === undefined ? path : realpathSync(path);
  const temp = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const fd = openSync(temp, 'wx', 0o666);
    try {
      writeAll(fd, text);
      if (sync) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    if (there !== undefined) chmodSync(temp, there.mode & 0o777);
    renameSync(temp, target);
  } catch (error) {
    rmSync(temp, { force: true });
    throw error;
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function writeThrough(path: string, text: string): void {
  const fd = openSync(path, 'w');
  try {
    writeAll(fd, text);
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at);
}
