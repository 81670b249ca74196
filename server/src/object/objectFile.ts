/**
 * A compiled eBPF object as its ELF tables tell it: sections with their bytes, symbols and relocations. Layout: the System V ABI;
 * relocation types: Documentation/bpf/llvm_reloc.rst. Nothing that the file says of itself is believed.
 */
import { Btf } from '../btf/btf.js';
import type { BtfError } from '../btf/btf.types.js';
import { isElf, readElf, sectionBytes, type ElfSection } from '../btf/elf.js';
import { problem } from '../btf/layout.js';
import { readBtfExt, type BtfExt } from './btfExt.js';

/** `e_machine` of eBPF. */
const EM_BPF = 247;
const EXECUTABLE = 4;
const [SYMBOLS, RELOCATIONS, RELOCATIONS_WITH_ADDENDS] = [2, 9, 4];
const MAX_SYMBOLS = 128 * 1024;
const MAX_NAME = 256;
/** Code of all sections together; sections of a hostile file may lie over each other. */
const MAX_CODE = 4 * 1024 * 1024;
/** Relocations of all sections together, for the same reason. */
const MAX_RELOCATIONS = 1024 * 1024;

export interface ObjectSymbol {
  readonly name: string;
  readonly value: number;
  readonly size: number;
  readonly binding: 'local' | 'global' | 'weak';
  readonly kind: 'function' | 'section' | 'data';
  readonly hidden: boolean;
  /** Index of its section; 0 where another object, or the kernel, defines it, -1 for what is nowhere, such as the name of the source. */
  readonly section: number;
}

export interface ObjectFile {
  readonly littleEndian: boolean;
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ObjectSymbol[];
  /** The symbols of a section. */
  symbolsIn(section: number): readonly ObjectSymbol[];
  readonly btf: Btf | undefined;
  readonly ext: BtfExt | undefined;
  /** The bytes of a section; empty for one without any. */
  bytes(section: number): Uint8Array;
  /** Sections of code. */
  readonly code: readonly ElfSection[];
  /** What is put into a section when it is loaded: symbol by offset. */
  relocations(section: number): ReadonlyMap<number, ObjectSymbol>;
}

/**
 * Reads an object. Never throws.
 * @param file all of it
 * @returns a clause for people where it is none: "it is an ELF file for another machine (62), not for eBPF (247)"
 */
export function readObject(file: Uint8Array): ObjectFile | { readonly error: BtfError } {
  const readAt = (offset: number, length: number): Uint8Array | undefined => (offset + length <= file.length ? file.subarray(offset, offset + length) : undefined);
  if (!isElf(file)) return problem('not-btf', 'it is no ELF file');
  const elf = readElf(readAt, file.length);
  if ('error' in elf) return elf;
  if (elf.machine !== EM_BPF) return problem('unsupported', `it is an ELF file for another machine (${elf.machine}), not for eBPF (${EM_BPF})`);
  if (elf.bits !== 64) return problem('malformed', 'it is an ELF file of 32 bits, and eBPF has 64');
  const { littleEndian, sections } = elf;
  const bytes = (index: number): Uint8Array => (sections[index] === undefined ? new Uint8Array(0) : sectionBytes(readAt, sections[index]) ?? new Uint8Array(0));
  const code = sections.filter((s) => s.type === 1 && (s.flags & EXECUTABLE) !== 0 && s.size > 0);
  const size = code.reduce((sum, s) => sum + s.size, 0);
  if (size > MAX_CODE) return problem('too-large', `its code is said to have ${size} bytes, and more than ${MAX_CODE} are not read`);
  const symbols = symbolsOf(sections, bytes, littleEndian);
  if ('error' in symbols) return symbols;
  const nameless = code.find((s) => s.name !== '.text' && !symbols.some((symbol) => symbol.section === s.index && symbol.kind !== 'section'));
  if (nameless) return problem('malformed', `section ${JSON.stringify(nameless.name.slice(0, MAX_NAME))} has code and no symbol, as after strip: no loader finds its programs (llvm-strip -g leaves symbols)`);
  const raw = sections.find((s) => s.name === '.BTF' && !s.empty && s.size > 0);
  const btf = raw && Btf.read(bytes(raw.index));
  if (btf && 'error' in btf) return problem(btf.error.code, `its BTF cannot be read: ${btf.error.message}`);
  const rawExt = btf && sections.find((s) => s.name === '.BTF.ext' && !s.empty && s.size > 0);
  const ext = btf && rawExt && readBtfExt(bytes(rawExt.index), btf);
  if (ext && 'error' in ext) return problem(ext.error.code, `its .BTF.ext cannot be read: ${ext.error.message}`);
  const tables = new Map<number, ReadonlyMap<number, ObjectSymbol>>();
  const tableOf = new Map(sections.filter((s) => s.type === RELOCATIONS || s.type === RELOCATIONS_WITH_ADDENDS).map((s) => [s.info, s]));
  let left = MAX_RELOCATIONS;
  const relocations = (section: number): ReadonlyMap<number, ObjectSymbol> => {
    let table = tables.get(section);
    if (!table) {
      const own = tableOf.get(section);
      table = own && section !== 0 ? relocationsOf(own, bytes(own.index), left, symbols, littleEndian) : new Map<number, ObjectSymbol>();
      left -= table.size;
      tables.set(section, table);
    }
    return table;
  };
  const grouped = new Map<number, ObjectSymbol[]>();
  for (const symbol of symbols) {
    const list = grouped.get(symbol.section);
    if (list) list.push(symbol);
    else grouped.set(symbol.section, [symbol]);
  }
  return { littleEndian, sections, symbols, symbolsIn: (section) => grouped.get(section) ?? [], btf, ext, bytes, code, relocations };
}

type Bytes = (section: number) => Uint8Array;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function symbolsOf(sections: readonly ElfSection[], bytes: Bytes, le: boolean): readonly ObjectSymbol[] | { readonly error: BtfError } {
  const table = sections.find((s) => s.type === SYMBOLS);
  if (!table) return [];
  const view = viewOf(bytes(table.index));
  const count = Math.floor(view.byteLength / 24);
  if (count > MAX_SYMBOLS) return problem('too-large', `it is said to have ${count} symbols, and more than ${MAX_SYMBOLS} are not read`);
  const names = bytes(table.link);
  return Array.from({ length: count }, (_, i) => symbolAt(view, i * 24, names, sections, le));
}

function symbolAt(view: DataView, at: number, names: Uint8Array, sections: readonly ElfSection[], le: boolean): ObjectSymbol {
  const info = view.getUint8(at + 4);
  const index = view.getUint16(at + 6, le);
  const kind = (info & 0xf) === 2 ? 'function' : (info & 0xf) === 3 ? 'section' : 'data';
  return {
    name: nameAt(names, view.getUint32(at, le)), kind,
    binding: info >>> 4 === 0 ? 'local' : info >>> 4 === 2 ? 'weak' : 'global',
    hidden: [1, 2].includes(view.getUint8(at + 5) & 3),
    section: index < sections.length ? index : -1,
    value: wide(view, at + 8, le), size: wide(view, at + 16, le),
  };
}

function nameAt(names: Uint8Array, at: number): string {
  if (at >= names.length) return '';
  const end = names.subarray(at, at + MAX_NAME).indexOf(0);
  return String.fromCharCode(...names.subarray(at, end < 0 ? Math.min(at + MAX_NAME, names.length) : at + end));
}

function wide(view: DataView, at: number, le: boolean): number {
  return view.getUint32(at + (le ? 4 : 0), le) * 2 ** 32 + view.getUint32(at + (le ? 0 : 4), le);
}

function relocationsOf(table: ElfSection, bytes: Uint8Array, most: number, symbols: readonly ObjectSymbol[], le: boolean): ReadonlyMap<number, ObjectSymbol> {
  const found = new Map<number, ObjectSymbol>();
  const each = table.type === RELOCATIONS ? 16 : 24;
  const view = viewOf(bytes);
  for (let at = 0, n = 0; at + each <= view.byteLength && n < most; at += each, n++) {
    const symbol = symbols[view.getUint32(at + (le ? 12 : 8), le)];
    if (symbol) found.set(wide(view, at, le), symbol);
  }
  return found;
}
