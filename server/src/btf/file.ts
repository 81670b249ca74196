/** Raw BTF out of a file, whatever kind of file it is: BTF itself, or an ELF file with a section `.BTF`. */
import type { BtfError } from './btf.types.js';
import { isElf, readElf, sectionBytes, type ReadAt } from './elf.js';
import { MAX_BTF_BYTES, problem } from './layout.js';

/** What files are that people take for BTF, by their first bytes. */
const OTHERS: readonly { readonly magic: readonly number[]; readonly message: string }[] = [
  { magic: [0x1f, 0x8b], message: 'it is compressed with gzip; give it unpacked' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], message: "it is compressed with xz; unpack it first, a module with `xz -dk`, BTFHub's .btf.tar.xz with `tar xf`" },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], message: 'it is compressed with zstd; unpack it first with `zstd -dk`' },
  { magic: [0x42, 0x5a, 0x68], message: 'it is compressed with bzip2; unpack it first with `bzip2 -dk`' },
  { magic: [0x4d, 0x5a], message: "it is a bootable kernel image; unpack it with the kernel's scripts/extract-vmlinux" },
];

/**
 * Finds the BTF in a file. Never throws.
 * @param size of the whole file in bytes
 */
export function btfBytes(readAt: ReadAt, size: number): Uint8Array | { readonly error: BtfError } {
  if (size === 0) return problem('not-btf', 'it is empty');
  const head = readAt(0, Math.min(size, 8)) ?? new Uint8Array(0);
  for (const { magic, message } of OTHERS) if (magic.every((byte, i) => head[i] === byte)) return problem('not-btf', message);
  if (!isElf(head)) {
    if (isTar(readAt, size)) return problem('not-btf', 'it is a tar archive; unpack it first with `tar xf`, and give the .btf file in it');
    if (size > MAX_BTF_BYTES) return problem('too-large', `it has ${size} bytes, and more than ${MAX_BTF_BYTES} are not read`);
    const all = readAt(0, size);
    return all?.length === size ? all : problem('truncated', 'it could not be read to its end');
  }
  const elf = readElf(readAt, size);
  if ('error' in elf) return elf;
  const section = elf.sections.find((s) => s.name === '.BTF' && !s.empty);
  if (!section) return problem('not-btf', 'it is an ELF file without a section .BTF; the kernel has to be built with CONFIG_DEBUG_INFO_BTF');
  if (section.size > MAX_BTF_BYTES) return problem('too-large', `its section .BTF has ${section.size} bytes, and more than ${MAX_BTF_BYTES} are not read`);
  return sectionBytes(readAt, section) ?? problem('truncated', 'its section .BTF could not be read to its end');
}

/**
 * The base that a module brings along (`.BTF.base`, Linux 6.11 and later): the few types of vmlinux that it refers to, by name only. Its own
 * types count on from those, not from vmlinux's. Undefined for files without.
 */
export function distilledBase(readAt: ReadAt, size: number): Uint8Array | undefined {
  const elf = isElf(readAt(0, Math.min(size, 4)) ?? new Uint8Array(0)) ? readElf(readAt, size) : undefined;
  const section = elf && !('error' in elf) ? elf.sections.find((s) => s.name === '.BTF.base' && !s.empty && s.size <= MAX_BTF_BYTES) : undefined;
  return section && sectionBytes(readAt, section);
}

function isTar(readAt: ReadAt, size: number): boolean {
  const bytes = size >= 512 ? readAt(257, 5) : undefined;
  return bytes !== undefined && [0x75, 0x73, 0x74, 0x61, 0x72].every((byte, i) => bytes[i] === byte);
}
