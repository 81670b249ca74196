/** Looks up what a target names beside releases and distributions: files with BTF, folders of them, and the running kernel. */
import { closeSync, fstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { Btf } from '../btf/btf.js';
import { isElf, readElf, type ReadAt } from '../btf/elf.js';
import { btfBytes, distilledBase } from '../btf/file.js';
import { readKernelTypes } from '../btf/kernelTypes.js';
import { MAX_BTF_BYTES } from '../btf/layout.js';
import type { FactBook } from '../facts/factBook.types.js';
import { kernelOfTypes, releaseInName, type Kernel, type KernelsByName } from '../facts/kernel.js';
import { parseRelease, type Release } from '../facts/kernelVersion.js';
import { namesToLookUp } from '../model/target.js';
import { OUTSIDE, type MayRead } from './confinement.js';
import { mayBePacked, unpackKernel } from './kernelImage.js';
import { openWithoutWaiting, readAt, reasonOf } from './readText.js';

const OSRELEASE = '/proc/sys/kernel/osrelease';
/** vmlinux's, and those of the loaded modules beside it. */
const RUNNING = '/sys/kernel/btf';
/** A folder of modules may hold this many files, and this many bytes in all. */
const MAX_FILES = 2000;
const MAX_BYTES = 4 * MAX_BTF_BYTES;
/** Kernels that are kept; a server sees a new one each time that a file changes. */
const MAX_KEPT = 16;

interface Found { readonly name: string; readonly path: string; readonly stamp: string }
interface Group {
  readonly name: string;
  readonly files: Found[];
  readonly said: Release | undefined;
  /** A folder with the modules beside vmlinux. */
  readonly whole: boolean;
}

const kept = new WeakMap<FactBook, Map<string, Kernel | { readonly error: string }>>();

/** The text of the running kernel's release, `6.1.0-18-amd64`; undefined where there is no Linux to ask. */
export function runningRelease(): string | undefined {
  try {
    return readFileSync(OSRELEASE, 'latin1').trim();
  } catch {
    return undefined;
  }
}

/**
 * What is behind the names in a target that are files, or `running`. A file that only holds on the one before it (a module's) joins that.
 * Kernels that were read once are kept as long as their files do not change.
 * @param folders where relative paths are looked for, the first that has the file wins
 * @param mayRead refuses files by where they really lie; absent: none
 */
export function lookUpKernels(target: string, facts: FactBook, folders: readonly string[] = ['.'], mayRead?: MayRead): KernelsByName {
  const found = new Map<string, Kernel | { readonly error: string } | { readonly joins: string }>();
  const groups: Group[] = [];
  for (const name of namesToLookUp(target)) {
    try {
      const group = name === 'running' ? runningGroup() : groupOf(name, folders, mayRead);
      const last = groups.at(-1);
      if (last && group.files.length === 1 && joins(group.files[0]!, last)) {
        last.files.push(group.files[0]!);
        found.set(name, { joins: last.name });
      } else groups.push(group);
    } catch (error) {
      found.set(name, { error: name === 'running' ? reasonOf(error) : `${name}: ${reasonOf(error)}` });
    }
  }
  for (const group of groups) found.set(group.name, kernelOf(group, facts));
  return found;
}

/** Tells the content of the files in a target from others of the same names, for what is kept under it. */
export function stampsOf(target: string, folders: readonly string[] = ['.']): string {
  return namesToLookUp(target).map((name) => {
    try {
      return (name === 'running' ? runningGroup() : groupOf(name, folders)).files.map((file) => file.stamp).join() + (runningRelease() ?? '');
    } catch {
      return '';
    }
  }).join('\n');
}

function runningGroup(): Group {
  const text = runningRelease();
  if (text === undefined) throw new Error(`running: ${OSRELEASE} cannot be read, it is there on Linux only`);
  // Some kernels have more parts than mainline's names: 5.15.167.4-microsoft-standard-WSL2.
  const said = parseRelease(/^\d+\.\d+/.exec(text)?.[0] ?? '');
  if (said === undefined) throw new Error(`running: ${OSRELEASE} does not say a kernel release`);
  let files: Found[] = [];
  try {
    files = inFolder(RUNNING);
  } catch {
    // Without types only the version counts.
  }
  return { name: 'running', files, said, whole: true };
}

function groupOf(name: string, folders: readonly string[], mayRead?: MayRead): Group {
  const path = isAbsolute(name) ? name : folders.map((folder) => resolve(folder, name)).find((p) => statSync(p, { throwIfNoEntry: false })) ?? resolve(folders[0] ?? '.', name);
  if (mayRead?.(realpathSync(path)) === false) throw new Error(`it ${OUTSIDE}`);
  const stat = statSync(path);
  const files = stat.isDirectory() ? inFolder(path) : [foundAt(basename(path).replace(/\.btf$|\.ko$/, ''), path)];
  return { name, files, said: releaseInName(name), whole: stat.isDirectory() };
}

/** vmlinux first, then modules in the order of their names. */
function inFolder(folder: string): Found[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
  if (entries.length > MAX_FILES) throw new Error(`has ${entries.length} files, and more than ${MAX_FILES} are not read`);
  const names = entries.map((entry) => entry.name).sort();
  const first = names.find((name) => /^vmlinux(?:\.btf)?$/.test(name));
  if (first === undefined) throw new Error('is a folder without a file vmlinux or vmlinux.btf');
  const files = [first, ...names.filter((name) => name !== first)].map((name) => foundAt(name.replace(/\.btf$|\.ko$/, ''), join(folder, name)));
  if (files.reduce((sum, { path }) => sum + statSync(path).size, 0) > MAX_BYTES) throw new Error(`has more than ${MAX_BYTES} bytes, which are not read`);
  return files;
}

function foundAt(name: string, path: string): Found {
  const { size, mtimeMs, dev, ino } = statSync(path);
  // Of the running kernel the file's date changes at each look.
  return { name: name.replaceAll('-', '_'), path, stamp: path.startsWith(RUNNING) ? `${path} ${size}` : `${path} ${size} ${mtimeMs} ${dev} ${ino}` };
}

/** True if the file is BTF that cannot stand alone, and stands on the group's first or on a base of its own. */
function joins(file: Found, { files: [first] }: Group): boolean {
  if (!first) return false;
  const { bytes, base } = rawBtf(file.path);
  if (!('error' in Btf.read(bytes))) return false;
  const under = Btf.read(base ?? rawBtf(first.path).bytes);
  return !('error' in under) && !('error' in Btf.read(bytes, under));
}

function kernelOf(group: Group, facts: FactBook): Kernel | { readonly error: string } {
  const stamp = [group.name, group.said, ...group.files.map((file) => file.stamp)].join('\n');
  let kernels = kept.get(facts);
  if (!kernels) kept.set(facts, (kernels = new Map()));
  let kernel = kernels.get(stamp);
  if (!kernel) {
    if (kernels.size >= MAX_KEPT) kernels.clear();
    kernels.set(stamp, (kernel = readKernel(group, facts, stamp)));
  }
  return kernel;
}

function readKernel({ name, files, said, whole }: Group, facts: FactBook, stamp: string): Kernel | { readonly error: string } {
  if (files.length === 0) return { label: name, release: said ?? 0, bpf: said ?? 0, backports: false, stamp };
  try {
    const read = files.map((file) => ({ name: file.name, ...rawBtf(file.path) }));
    const types = readKernelTypes(read);
    if ('error' in types) return { error: `${name}: ${types.name === files[0]!.name ? '' : `${types.name}: `}${types.error.message}` };
    if (!types.has('struct', 'task_struct') && types.hasEnumerator('bpf_func_id', 'BPF_FUNC_map_lookup_elem') === undefined) return { error: `${name}: it is BTF, but not that of a kernel` };
    return { ...kernelOfTypes(name, types, facts, said ?? read[0]?.banner, stamp), whole };
  } catch (error) {
    return { error: `${name}: ${reasonOf(error)}` };
  }
}

/** The BTF of a file, what it stands on where it brings that along, and the release that a kernel's banner tells. */
interface RawBtf { readonly bytes: Uint8Array; readonly base?: Uint8Array; readonly banner?: Release }

/** @throws an Error that says why a file has no BTF */
function rawBtf(path: string): RawBtf {
  const fd = openWithoutWaiting(path);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new Error('it is no file');
    const head = readAt(fd, 4, 0);
    if (!mayBePacked(head)) return btfOf((offset, length) => readAt(fd, length, offset), stat.size);
    const { file, text } = unpackKernel(readAt(fd, Math.min(stat.size, MAX_BYTES), 0));
    const found = btfOf((offset, length) => file.subarray(offset, offset + length), file.length);
    const banner = found.banner ?? releaseIn(text);
    return { ...found, ...(banner === undefined ? {} : { banner }) };
  } finally {
    closeSync(fd);
  }
}

function btfOf(read: ReadAt, size: number): RawBtf {
  const bytes = btfBytes(read, size);
  if ('error' in bytes) throw new Error(bytes.error.message);
  const head = read(0, 4);
  if (!head || !isElf(head)) return { bytes };
  const banner = bannerIn(read, size);
  const base = distilledBase(read, size);
  return { bytes, ...(base === undefined ? {} : { base }), ...(banner === undefined ? {} : { banner }) };
}

function bannerIn(read: ReadAt, size: number): Release | undefined {
  const elf = readElf(read, size);
  const section = 'error' in elf ? undefined : elf.sections.find((s) => s.name === '.rodata' && !s.empty);
  const bytes = section && read(section.offset, Math.min(section.size, MAX_BTF_BYTES));
  return bytes && releaseIn(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}

function releaseIn(text: Buffer): Release | undefined {
  const at = text.indexOf('Linux version ');
  return at < 0 ? undefined : parseRelease(/^\d+\.\d+/.exec(text.toString('latin1', at + 14, at + 34))?.[0] ?? '');
}
