/** Reads source files for the command line: only regular files of a sane size, and only text. */
import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { OUTSIDE, type MayRead } from './confinement.js';
import { entryOf } from '../text/entryOf.js';

/** Larger files are no C that anybody wrote; vmlinux.h has 3 to 4 MiB. */
export const MAX_BYTES = 16 * 1024 * 1024;

/** A file's text, or why there is none. `there`: it is not missing, so that it is worth telling of one that nobody named. */
export type ReadResult = { readonly text: string } | { readonly error: string; readonly there?: true };

const TOO_LARGE: ReadResult = { error: `is larger than ${MAX_BYTES / 1024 / 1024} MiB`, there: true };

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ELOOP: 'too many symbolic links',
  ENOTDIR: 'a part of the path is not a directory',
  ENAMETOOLONG: 'the name is too long',
  EISDIR: 'is a directory',
  EMFILE: 'too many open files',
  ENXIO: 'not a regular file',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the quota is used up',
  EFBIG: 'the file would be larger than the system allows',
  EROFS: 'the file system can only be read',
  EIO: 'the device reports an error',
};

/** Says in words why the system refused. */
export function reasonOf(error: unknown): string {
  const { code, path } = error as { readonly code?: unknown; readonly path?: unknown };
  // Node gives names as text, and a name that is none comes back as another.
  if (code === 'ENOENT' && typeof path === 'string' && path.includes('\ufffd')) return 'no such file or directory; names that are not UTF-8 cannot be opened';
  if (typeof code === 'string') return entryOf(REASONS, code) ?? code;
  return error instanceof Error ? error.message : String(error);
}

/** Opens a file to read. Without O_NONBLOCK the open itself would wait for a writer of a named pipe, for ever. */
export function openWithoutWaiting(path: string): number {
  return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

/** Reads a part of an open file, in as many steps as the system takes for it; less where the file ends, which may have shrunk meanwhile. */
export function readAt(fd: number, length: number, position: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let got = 0;
  while (got < length) {
    const n = readSync(fd, buffer, got, length - got, position + got);
    if (n === 0) break;
    got += n;
  }
  return buffer.subarray(0, got);
}

/** Bytes to text: UTF-8 without its byte order mark, bad bytes replaced; binary content is refused. */
export function decode(bytes: Buffer): ReadResult {
  if (bytes.length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)))
    return { error: 'is UTF-16; C compilers want UTF-8', there: true };
  if (bytes.includes(0)) return { error: 'is a binary file (it has NUL bytes)', there: true };
  return { text: new TextDecoder('utf-8').decode(bytes) };
}

/** What people take for objects, by the first bytes. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['!<arch>\n', 'is an archive; its objects can be checked one by one (ar x)'],
  ['BC\u00c0\u00de', 'is LLVM bitcode; compile it to an object (llc -march=bpf -filetype=obj)'],
];

/** The same, and objects too: an ELF file's text is its bytes, a character each. */
function decodeInput(bytes: Buffer): ReadResult {
  const head = bytes.toString('latin1', 0, 8);
  if (head.startsWith('\u007fELF')) return { text: bytes.toString('latin1') };
  const other = OTHERS.find(([magic]) => head.startsWith(magic));
  return other ? { error: other[1] } : decode(bytes);
}

/** Reads a file that may be a compiled object. As `readText` else. */
export function readInput(path: string): ReadResult {
  return readText(path, decodeInput);
}

/** Reads all of standard input, a source or an object. */
export function readStandardInput(): ReadResult {
  try {
    const bytes = readToEnd(0, MAX_BYTES);
    return bytes === undefined ? TOO_LARGE : decodeInput(bytes);
  } catch (error) {
    return { error: reasonOf(error) };
  }
}

/** What comes out of a pipe, a terminal or a file until it ends. Waits where there is nothing yet. */
export function* chunksOf(fd: number): Generator<Buffer> {
  for (;;) {
    const chunk = Buffer.allocUnsafe(1 << 16);
    let length: number;
    try {
      length = readSync(fd, chunk, 0, chunk.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      continue;
    }
    if (length === 0) return;
    yield chunk.subarray(0, length);
  }
}

/** Reads to the end. @returns undefined for more than `max` bytes, of which a device may have any number */
export function readToEnd(fd: number, max: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  let size = 0;
  for (const chunk of chunksOf(fd)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > max) return undefined;
  }
  return Buffer.concat(chunks);
}

/**
 * Reads a file. Never blocks on a pipe or device, never throws.
 * @param path as the system takes it
 * @param understand makes text of bytes
 * @param mayRead refuses files by where they really lie; absent: none
 */
export function readText(path: string, understand = decode, mayRead?: MayRead): ReadResult {
  let fd: number | undefined;
  try {
    const real = mayRead === undefined ? path : realpathSync(path);
    if (mayRead?.(real) === false) return { error: OUTSIDE };
    fd = openWithoutWaiting(real);
    const stat = fstatSync(fd);
    if (stat.isDirectory()) return { error: 'is a directory' };
    if (!stat.isFile()) return { error: 'not a regular file', there: true };
    if (stat.size > MAX_BYTES) return TOO_LARGE;
    return understand(readAt(fd, stat.size, 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { error: reasonOf(error), ...((code === 'EACCES' || code === 'EPERM') && existsSync(path) ? { there: true } : {}) };
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** The names in a folder, in order; none where it cannot be read. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** True for a folder, or a link to one. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
