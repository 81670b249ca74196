/** Writes compiled eBPF objects for tests, instruction by instruction, so that no compiler is needed and no binaries are committed. */
import { BtfEncoder } from './btfEncoder.js';

export interface EncodedInstruction { readonly code: number; readonly dst?: number; readonly src?: number; readonly off?: number; readonly imm?: number; readonly high?: number }

/** The few instructions that tests are made of. */
export const op = {
  move: (dst: number, imm: number): EncodedInstruction => ({ code: 0xb7, dst, imm }),
  copy: (dst: number, src: number): EncodedInstruction => ({ code: 0xbf, dst, src }),
  add: (dst: number, imm: number): EncodedInstruction => ({ code: 0x07, dst, imm }),
  /** A load of 4 bytes. */
  load: (dst: number, src: number, off: number): EncodedInstruction => ({ code: 0x61, dst, src, off }),
  load64: (dst: number, src: number, off: number): EncodedInstruction => ({ code: 0x79, dst, src, off }),
  store: (dst: number, src: number, off: number): EncodedInstruction => ({ code: 0x63, dst, src, off }),
  store64: (dst: number, src: number, off: number): EncodedInstruction => ({ code: 0x7b, dst, src, off }),
  /** An address, or a constant; two slots. */
  wide: (dst: number, imm = 0, high = 0): EncodedInstruction => ({ code: 0x18, dst, imm, high }),
  call: (helper: number): EncodedInstruction => ({ code: 0x85, imm: helper }),
  /** A function of the object, or of the kernel; `imm` counts instructions where no relocation says more. */
  callFunction: (imm = -1): EncodedInstruction => ({ code: 0x85, src: 1, imm }),
  jump: (off: number): EncodedInstruction => ({ code: 0x05, off }),
  /** Jumps where the register is `imm`. */
  jumpIf: (dst: number, imm: number, off: number): EncodedInstruction => ({ code: 0x15, dst, imm, off }),
  exit: (): EncodedInstruction => ({ code: 0x95 }),
};

interface Section { readonly name: string; readonly bytes: Uint8Array; readonly type: number; readonly flags: number; readonly link: number; readonly info: number }

export interface SymbolOptions { readonly section?: number; readonly value?: number; readonly size?: number; readonly kind?: 'function' | 'data' | 'section'; readonly binding?: 'local' | 'global' | 'weak' }

/** One line of `.BTF.ext`'s tables, in the section it belongs to. */
interface Note { readonly section: string; readonly words: readonly number[] }

/** Stands for the section in which `map()` puts maps, for relocations into it. */
export const MAPS = 1000;

export class ObjectEncoder {
  readonly btf: BtfEncoder;
  private readonly sections: Section[] = [{ name: '', bytes: new Uint8Array(0), type: 0, flags: 0, link: 0, info: 0 }];
  private readonly symbols: { readonly name: string; readonly options: SymbolOptions }[] = [{ name: '', options: {} }];
  private readonly relocations = new Map<number, { readonly offset: number; readonly symbol: number }[]>();
  private readonly functions: Note[] = [];
  private readonly lines: Note[] = [];
  private readonly core: Note[] = [];
  private readonly maps: { readonly name: string; readonly type: number; readonly size: number }[] = [];

  constructor(readonly littleEndian = true) {
    this.btf = new BtfEncoder(littleEndian);
  }

  /** Adds a section; its index. */
  section(name: string, bytes: Uint8Array, flags = 0): number {
    return this.sections.push({ name, bytes, type: 1, flags, link: 0, info: 0 }) - 1;
  }

  /** Adds a section of code with one function in it. */
  program(section: string, name: string, code: readonly EncodedInstruction[], binding: SymbolOptions['binding'] = 'global'): number {
    const bytes = this.code(code);
    const index = this.section(section, bytes, 4);
    this.symbol(name, { section: index, size: bytes.length, kind: 'function', binding });
    return index;
  }

  license(text = 'GPL'): void {
    this.section('license', Uint8Array.from([...text, '\0'].map((c) => c.charCodeAt(0))));
  }

  symbol(name: string, options: SymbolOptions): number {
    return this.symbols.push({ name, options }) - 1;
  }

  relocate(section: number, offset: number, symbol: number): void {
    this.relocations.set(section, [...(this.relocations.get(section) ?? []), { offset, symbol }]);
  }

  /** Says which function's type begins at an offset of a section. */
  functionInfo(section: string, offset: number, type: number): void {
    this.functions.push({ section, words: [offset, type] });
  }

  line(section: string, offset: number, file: string, line: number, column: number, text: string): void {
    this.lines.push({ section, words: [offset, this.btf.string(file), this.btf.string(text), (line << 10) | column] });
  }

  coreRelocation(section: string, offset: number, type: number, access: string, kind: number): void {
    this.core.push({ section, words: [offset, type, this.btf.string(access), kind] });
  }

  /** A map in `.maps` with these attributes, and those said by a type of a size; its symbol. */
  map(name: string, attributes: Readonly<Record<string, number>>, types: Readonly<Record<string, number>> = {}): number {
    const { btf } = this;
    const int = btf.int('int', 4, true);
    const members = Object.entries(attributes).map(([member, count], i) => ({ name: member, type: btf.pointer(btf.array(int, int, count)), offset: 64 * i }));
    for (const [member, size] of Object.entries(types)) members.push({ name: member, type: btf.pointer(btf.struct('value', size, [])), offset: 64 * members.length });
    const type = btf.variable(name, btf.struct('', 8 * members.length, members));
    const value = this.maps.reduce((sum, m) => sum + m.size, 0);
    this.maps.push({ name, type, size: 8 * members.length });
    return this.symbol(name, { section: MAPS, value, size: 8 * members.length, kind: 'data' });
  }

  code(list: readonly EncodedInstruction[]): Uint8Array {
    const le = this.littleEndian;
    const out = new DataView(new ArrayBuffer(8 * list.reduce((n, i) => n + (i.code === 0x18 ? 2 : 1), 0)));
    let at = 0;
    for (const { code, dst = 0, src = 0, off = 0, imm = 0, high = 0 } of list) {
      out.setUint8(at, code);
      out.setUint8(at + 1, le ? dst | (src << 4) : (dst << 4) | src);
      out.setInt16(at + 2, off, le);
      out.setInt32(at + 4, imm, le);
      if (code === 0x18) out.setInt32(at + 12, high, le);
      at += code === 0x18 ? 16 : 8;
    }
    return new Uint8Array(out.buffer);
  }

  bytes({ machine = 247, bits = 64 } = {}): Uint8Array {
    const sections = [...this.sections];
    const mapsIndex = sections.length;
    if (this.maps.length > 0) {
      let offset = 0;
      this.btf.section('.maps', 0, this.maps.map(({ type, size }) => [type, (offset += size) - size, size] as const));
      sections.push({ name: '.maps', bytes: new Uint8Array(offset), type: 1, flags: 3, link: 0, info: 0 });
    }
    sections.push({ name: '.BTF.ext', bytes: this.ext(), type: 1, flags: 0, link: 0, info: 0 });
    sections.push({ name: '.BTF', bytes: this.btf.bytes(), type: 1, flags: 0, link: 0, info: 0 });
    const symbolsIndex = sections.length;
    const strings = new Strings();
    const symbols = this.words(this.symbols.length * 24, (view) => this.symbols.forEach(({ name, options }, i) => this.putSymbol(view, i * 24, strings.at(name), options, mapsIndex)));
    sections.push({ name: '.symtab', bytes: symbols, type: 2, flags: 0, link: symbolsIndex + 1, info: 1 });
    sections.push({ name: '.strtab', bytes: strings.bytes(), type: 3, flags: 0, link: 0, info: 0 });
    for (const [section, list] of this.relocations) {
      const target = section === MAPS ? mapsIndex : section;
      const bytes = this.words(list.length * 16, (view) => list.forEach(({ offset, symbol }, i) => {
        this.wide(view, i * 16, offset);
        view.setUint32(i * 16 + (this.littleEndian ? 12 : 8), symbol, this.littleEndian);
        view.setUint32(i * 16 + (this.littleEndian ? 8 : 12), 1, this.littleEndian);
      }));
      sections.push({ name: `.rel${sections[target]!.name}`, bytes, type: 9, flags: 0, link: symbolsIndex, info: target });
    }
    return this.file(sections, machine, bits);
  }

  private file(sections: readonly Section[], machine: number, bits: number): Uint8Array {
    const le = this.littleEndian;
    const names = new Strings();
    const nameAt = [...sections.map((s) => names.at(s.name)), names.at('.shstrtab')];
    const all = [...sections, { name: '.shstrtab', bytes: names.bytes(), type: 3, flags: 0, link: 0, info: 0 }];
    const table = all.reduce((sum, s) => sum + s.bytes.length, 64);
    const out = new Uint8Array(table + 64 * all.length);
    const view = new DataView(out.buffer);
    out.set([0x7f, 0x45, 0x4c, 0x46, bits === 64 ? 2 : 1, le ? 1 : 2, 1]);
    view.setUint16(16, 1, le);
    view.setUint16(18, machine, le);
    this.wide(view, 40, table);
    [64, all.length, all.length - 1].forEach((n, i) => view.setUint16(58 + 2 * i, n, le));
    let at = 64;
    all.forEach((s, i) => {
      const header = table + 64 * i;
      out.set(s.bytes, at);
      view.setUint32(header, nameAt[i]!, le);
      view.setUint32(header + 4, s.type, le);
      this.wide(view, header + 8, s.flags);
      this.wide(view, header + 24, at);
      this.wide(view, header + 32, s.bytes.length);
      view.setUint32(header + 40, s.link, le);
      view.setUint32(header + 44, s.info, le);
      at += s.bytes.length;
    });
    return out;
  }

  private putSymbol(view: DataView, at: number, name: number, { section = 0, value = 0, size = 0, kind, binding = 'global' }: SymbolOptions, maps: number): void {
    view.setUint32(at, name, this.littleEndian);
    view.setUint8(at + 4, ({ local: 0, global: 1, weak: 2 }[binding] << 4) | { function: 2, section: 3, data: 1, none: 0 }[kind ?? 'none']);
    view.setUint16(at + 6, section === MAPS ? maps : section, this.littleEndian);
    this.wide(view, at + 8, value);
    this.wide(view, at + 16, size);
  }

  private ext(): Uint8Array {
    const table = (notes: readonly Note[], each: number): number[] => {
      if (notes.length === 0) return [];
      const sections = [...new Set(notes.map((n) => n.section))];
      return [each, ...sections.flatMap((section) => {
        const own = notes.filter((n) => n.section === section).sort((a, b) => a.words[0]! - b.words[0]!);
        return [this.btf.string(section), own.length, ...own.flatMap((n) => n.words)];
      })];
    };
    const tables = [table(this.functions, 8), table(this.lines, 16), table(this.core, 16)];
    return this.words(32 + 4 * tables.flat().length, (view) => {
      const le = this.littleEndian;
      view.setUint16(0, 0xeb9f, le);
      view.setUint8(2, 1);
      view.setUint32(4, 32, le);
      let at = 0;
      tables.forEach((words, i) => {
        view.setUint32(8 + 8 * i, at, le);
        view.setUint32(12 + 8 * i, 4 * words.length, le);
        words.forEach((word, w) => view.setUint32(32 + at + 4 * w, word >>> 0, le));
        at += 4 * words.length;
      });
    });
  }

  private words(size: number, fill: (view: DataView) => void): Uint8Array {
    const view = new DataView(new ArrayBuffer(size));
    fill(view);
    return new Uint8Array(view.buffer);
  }

  private wide(view: DataView, at: number, value: number): void {
    view.setBigUint64(at, BigInt(value), this.littleEndian);
  }
}

class Strings {
  private readonly list: number[] = [0];

  at(text: string): number {
    if (text === '') return 0;
    const at = this.list.length;
    this.list.push(...[...text].map((c) => c.charCodeAt(0)), 0);
    return at;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.list);
  }
}
