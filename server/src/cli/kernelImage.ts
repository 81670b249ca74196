/** The kernel inside of a bootable image or a gzip file, as distributions install it: `vmlinuz`, `Image.gz`. Bounded; others are named, not unpacked. */
import { inflateRawSync } from 'node:zlib';
import { Btf } from '../btf/btf.js';
import { isElf } from '../btf/elf.js';

/** An image as it is booted has some 15 MB, and unpacked some 80; all that is unpacked on the way counts. */
const MAX_IMAGE = 128 * 1024 * 1024;
const MAX_UNPACKED = 512 * 1024 * 1024;
/** Places in an image that look like the beginning of what is packed; a hostile file is full of them. */
const MAX_TRIES = 64;
/** BTF of a kernel is not small; what is may be a bit of data that looks like a header. */
const LEAST_TYPES = 1000;

const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);
/** magic, version 1, no flags, a header of 24 bytes. */
const BTF_HEADERS = [Buffer.from([0x9f, 0xeb, 1, 0, 24, 0, 0, 0]), Buffer.from([0xeb, 0x9f, 1, 0, 0, 0, 0, 24])];
/** What else kernels are packed with, and the tool that unpacks it. */
const OTHERS: readonly (readonly [Buffer, string])[] = [
  [Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), 'xz'], [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 'zstd'], [Buffer.from([0x02, 0x21, 0x4c, 0x18]), 'lz4'],
  [Buffer.from([0x89, 0x4c, 0x5a, 0x4f]), 'lzo'], [Buffer.from('BZh9'), 'bzip2'],
];
/** Lzma has no magic: one byte of properties, four for the dictionary's size, and eight for the length, which is said to be unknown. */
const LZMA = Buffer.from([0x5d, 0, 0]);
const UNKNOWN_LENGTH = Buffer.alloc(8, 0xff);
const HOW = "unpack it with the kernel's scripts/extract-vmlinux, or take /sys/kernel/btf/vmlinux of a machine that runs it";

/** True for files that `unpackKernel` may know: by their first bytes gzip, or what a boot loader starts. */
export function mayBePacked(head: Uint8Array): boolean {
  return (head[0] === 0x1f && head[1] === 0x8b) || (head[0] === 0x4d && head[1] === 0x5a);
}

/** An ELF file, or raw BTF with the text of its kernel around it. */
export interface Unpacked { readonly file: Buffer; readonly text: Buffer }

/**
 * Finds the kernel in an image.
 * @throws an Error that says in a clause why there is none
 */
export function unpackKernel(image: Buffer): Unpacked {
  if (image.length > MAX_IMAGE) throw new Error(`it is an image of ${image.length} bytes, and more than ${MAX_IMAGE} are not unpacked`);
  let tries = 0;
  let left = MAX_UNPACKED;
  for (let at = image.indexOf(GZIP); at >= 0 && tries < MAX_TRIES && left > 0; at = image.indexOf(GZIP, at + 1), tries++) {
    const inner = gunzipped(image.subarray(at), left);
    if (inner === 'too large') break;
    const found = inner && (isElf(inner) ? { file: inner, text: inner } : withBtf(inner));
    if (found) return found;
    left -= inner?.length ?? 0;
  }
  // What 64-bit Arm boots is not packed.
  const plain = withBtf(image);
  if (plain) return plain;
  if (image[0] === 0x1f) throw new Error('it is packed with gzip, and there is no kernel with BTF in it');
  const other = OTHERS.find(([magic]) => image.includes(magic))?.[1] ?? (hasLzma(image) ? 'lzma' : undefined);
  throw new Error(`it is a bootable kernel image${other ? `, packed with ${other}` : ' without BTF that could be found'}: ${HOW}`);
}

function hasLzma(image: Buffer): boolean {
  for (let at = image.indexOf(LZMA); at >= 0; at = image.indexOf(LZMA, at + 1)) if (image.subarray(at + 5, at + 13).equals(UNKNOWN_LENGTH)) return true;
  return false;
}

/** The unpacked bytes; what stands behind them in an image is not looked at, which is why gzip's own reader will not do. Undefined for what only looks packed. */
function gunzipped(bytes: Buffer, most: number): Buffer | 'too large' | undefined {
  try {
    return inflateRawSync(bytes.subarray(headerLength(bytes)), { maxOutputLength: most });
  } catch (error) {
    return error instanceof RangeError ? 'too large' : undefined;
  }
}

/** Of a gzip member (RFC 1952): ten bytes, then what its flags announce. */
function headerLength(bytes: Buffer): number {
  const flags = bytes[3] ?? 0;
  let at = 10;
  if ((flags & 4) !== 0 && bytes.length >= at + 2) at += 2 + bytes.readUInt16LE(at);
  for (const text of [8, 16]) if ((flags & text) !== 0) at = bytes.indexOf(0, at) + 1;
  return (flags & 2) === 0 ? at : at + 2;
}

function withBtf(bytes: Buffer): Unpacked | undefined {
  for (const magic of BTF_HEADERS) {
    let tries = 0;
    for (let at = bytes.indexOf(magic); at >= 0 && tries < MAX_TRIES; at = bytes.indexOf(magic, at + 1), tries++) {
      const little = magic[0] === 0x9f;
      const u32 = (offset: number): number => (at + offset + 4 > bytes.length ? 0 : little ? bytes.readUInt32LE(at + offset) : bytes.readUInt32BE(at + offset));
      const size = 24 + u32(16) + u32(20);
      if (size <= 24 || at + size > bytes.length) continue;
      const file = bytes.subarray(at, at + size);
      const btf = Btf.read(file);
      if (!('error' in btf) && btf.end > LEAST_TYPES) return { file, text: bytes };
    }
  }
  return undefined;
}
