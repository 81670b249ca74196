/**
 * The sections of an ELF file, 32 or 64 bits, either byte order: enough to find `.BTF` in a vmlinux of hundreds of
 * megabytes without reading the rest. Layout: the System V ABI; what a file says of itself is checked against its size.
 */
import type { BtfError } from './btf.types.js';
import { problem } from './layout.js';

/** Hands out a part of the file; shorter, or undefined, where the file ends. */
export type ReadAt = (offset: number, length: number) => Uint8Array | undefined;

/** A section as its header describes it; `offset` and `size` lie within the file unless it is `empty` (SHT_NOBITS). */
export interface ElfSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly entrySize: number;
  readonly empty: boolean;
}

export interface Elf {
  readonly littleEndian: boolean;
  readonly bits: 32 | 64;
  /** `e_type`: 1 for an object, 2 and 3 for what runs. */
  readonly type: number;
  /** `e_machine`: 247 is BPF. */
  readonly machine: number;
  readonly sections: readonly ElfSection[];
}

const NOBITS = 8;
/** A kernel has some 80 sections; a module with a section a function, thousands. */
const MAX_SECTIONS = 100_000;
const MAX_NAMES = 16 * 1024 * 1024;
const MAX_NAME = 256;

/** True if the bytes begin as ELF does. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** Reads the table of sections. Never throws. @param size of the whole file */
export function readElf(readAt: ReadAt, size: number): Elf | { readonly error: BtfError } {
  const head = viewOf(readAt, 0, 52, size);
  if (!head || !isElf(bytesOf(head))) return problem('not-btf', 'it is no ELF file');
  const [cls, data] = [head.getUint8(4), head.getUint8(5)];
  if ((cls !== 1 && cls !== 2) || (data !== 1 && data !== 2)) return problem('unsupported', `it is ELF of class ${cls} and byte order ${data}`);
  const bits = cls === 2 ? 64 : 32;
  const littleEndian = data === 1;
  const whole = bits === 64 ? viewOf(readAt, 0, 64, size) : head;
  if (!whole) return problem('truncated', 'its ELF header is cut off');
  const word = (at: number): number => (bits === 64 ? wide(whole, at, littleEndian) : whole.getUint32(at, littleEndian));
  const half = (at: number): number => whole.getUint16(at, littleEndian);
  const [tableAt, entry, named] = bits === 64 ? [word(40), half(58), half(62)] : [word(32), half(46), half(50)];
  let [count, namesIndex] = [half(bits === 64 ? 60 : 48), named];
  const result = { littleEndian, bits, type: half(16), machine: half(18) } as const;
  if (tableAt === 0) return { ...result, sections: [] };
  if (entry < (bits === 64 ? 64 : 40)) return problem('malformed', `the headers of its sections are said to have ${entry} bytes each`);
  const first = viewOf(readAt, tableAt, entry, size);
  if (!first) return problem('truncated', 'its table of sections lies behind its end');
  // More than 65,279 of them: the numbers then stand in the first header.
  if (count === 0) count = sectionAt(first, 0, 0, bits, littleEndian).size;
  if (namesIndex === 0xffff) namesIndex = sectionAt(first, 0, 0, bits, littleEndian).link;
  if (count > MAX_SECTIONS) return problem('too-large', `it is said to have ${count} sections`);
  const table = viewOf(readAt, tableAt, count * entry, size);
  if (!table) return problem('truncated', 'its table of sections is cut off');
  const raw = Array.from({ length: count }, (_, i) => sectionAt(table, i, i * entry, bits, littleEndian));
  for (const { index, offset, size: length, empty } of raw) if (index > 0 && !empty && offset + length > size) return problem('truncated', `its section ${index} is said to end at byte ${offset + length}, and it has ${size}`);
  const names = namesIn(readAt, raw[namesIndex], size);
  return { ...result, sections: raw.map(({ nameAt, ...section }) => ({ ...section, name: names(nameAt) })) };
}

/** The bytes of one section; undefined where the file does not hold them. */
export function sectionBytes(readAt: ReadAt, { offset, size, empty }: ElfSection): Uint8Array | undefined {
  if (empty) return new Uint8Array(0);
  const bytes = readAt(offset, size);
  return bytes?.length === size ? bytes : undefined;
}

function sectionAt(view: DataView, index: number, at: number, bits: 32 | 64, le: boolean): Omit<ElfSection, 'name'> & { readonly nameAt: number } {
  const u32 = (offset: number): number => view.getUint32(at + offset, le);
  const type = u32(4);
  const common = { index, nameAt: u32(0), type, empty: type === NOBITS };
  if (bits === 32) return { ...common, flags: u32(8), offset: u32(16), size: u32(20), link: u32(24), info: u32(28), entrySize: u32(36) };
  const u64 = (offset: number): number => wide(view, at + offset, le);
  return { ...common, flags: u64(8), offset: u64(24), size: u64(32), link: u32(40), info: u32(44), entrySize: u64(56) };
}

function namesIn(readAt: ReadAt, section: Omit<ElfSection, 'name'> | undefined, size: number): (at: number) => string {
  const bytes = section && !section.empty && section.size <= MAX_NAMES && section.offset + section.size <= size ? readAt(section.offset, section.size) : undefined;
  return (at) => {
    if (!bytes || at >= bytes.length) return '';
    // A name of a section is short; what is not was made to be slow, and is not looked through for its end either.
    const name = bytes.subarray(at, at + MAX_NAME);
    const end = name.indexOf(0);
    return String.fromCharCode(...(end < 0 ? name : name.subarray(0, end)));
  };
}

/** 64 bits as a number; what is beyond 2^53 is beyond any file, and told as such by the checks against its size. */
function wide(view: DataView, at: number, le: boolean): number {
  return view.getUint32(at + (le ? 4 : 0), le) * 2 ** 32 + view.getUint32(at + (le ? 0 : 4), le);
}

function viewOf(readAt: ReadAt, offset: number, length: number, size: number): DataView | undefined {
  if (offset + length > size) return undefined;
  const bytes = readAt(offset, length);
  return bytes?.length === length ? new DataView(bytes.buffer, bytes.byteOffset, length) : undefined;
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
