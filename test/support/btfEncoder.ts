/** Writes BTF for tests, either byte order, whole or split, so that no binaries have to be committed. */

export interface EncodedMember { readonly name: string; readonly type: number; readonly offset: number; readonly bits?: number }

const KIND = {
  int: 1, pointer: 2, array: 3, struct: 4, union: 5, enum: 6, forward: 7, typedef: 8, volatile: 9, const: 10, restrict: 11, function: 12,
  prototype: 13, variable: 14, section: 15, float: 16, declTag: 17, typeTag: 18, enum64: 19,
} as const;

/** Adds types and hands out their ids; `bytes()` is the finished BTF. */
export class BtfEncoder {
  private readonly words: number[] = [];
  private readonly strings: number[] = [];
  private readonly known = new Map<string, number>();
  private next: number;

  /** @param base for split BTF: ids and names go on where those of the base end */
  constructor(private readonly littleEndian = true, private readonly base?: { readonly end: number; readonly nameBytes: number }) {
    this.next = base?.end ?? 1;
    if (!base) this.strings.push(0);
  }

  int(name: string, size: number, signed = false): number {
    return this.add(KIND.int, name, 0, size, [((signed ? 1 : 0) << 24) | (size * 8)]);
  }
  pointer(type: number): number { return this.add(KIND.pointer, '', 0, type); }
  array(element: number, index: number, count: number): number { return this.add(KIND.array, '', 0, 0, [element, index, count]); }
  struct(name: string, size: number, members: readonly EncodedMember[]): number { return this.composite(KIND.struct, name, size, members); }
  union(name: string, size: number, members: readonly EncodedMember[]): number { return this.composite(KIND.union, name, size, members); }
  enum(name: string, values: Readonly<Record<string, number>>, signed = false): number {
    const list = Object.entries(values);
    return this.add(KIND.enum, name, list.length, 4, list.flatMap(([n, v]) => [this.string(n), v]), signed);
  }
  enum64(name: string, values: Readonly<Record<string, bigint>>, signed = false): number {
    const list = Object.entries(values);
    return this.add(KIND.enum64, name, list.length, 8, list.flatMap(([n, v]) => [this.string(n), Number(v & 0xffffffffn), Number((v >> 32n) & 0xffffffffn)]), signed);
  }
  forward(name: string, union = false): number { return this.add(KIND.forward, name, 0, 0, [], union); }
  typedef(name: string, type: number): number { return this.add(KIND.typedef, name, 0, type); }
  qualifier(kind: 'volatile' | 'const' | 'restrict', type: number): number { return this.add(KIND[kind], '', 0, type); }
  prototype(returns: number, parameters: readonly (readonly [name: string, type: number])[]): number {
    return this.add(KIND.prototype, '', parameters.length, returns, parameters.flatMap(([n, t]) => [this.string(n), t]));
  }
  function(name: string, prototype: number, linkage = 0): number { return this.add(KIND.function, name, linkage, prototype); }
  variable(name: string, type: number, linkage = 1): number { return this.add(KIND.variable, name, 0, type, [linkage]); }
  section(name: string, size: number, variables: readonly (readonly [type: number, offset: number, size: number])[]): number {
    return this.add(KIND.section, name, variables.length, size, variables.flat());
  }
  float(name: string, size: number): number { return this.add(KIND.float, name, 0, size); }
  declTag(name: string, type: number, component = -1, attribute = false): number { return this.add(KIND.declTag, name, 0, type, [component], attribute); }
  typeTag(name: string, type: number, attribute = false): number { return this.add(KIND.typeTag, name, 0, type, [], attribute); }

  /** One type as raw words, for what no kernel would write. */
  raw(kind: number, name: number, count: number, last: number, tail: readonly number[] = []): number {
    this.words.push(name, (kind << 24) | count, last);
    for (const word of tail) this.words.push(word);
    return this.next++;
  }

  bytes(): Uint8Array {
    const types = this.words.length * 4;
    const out = new Uint8Array(24 + types + this.strings.length);
    const view = new DataView(out.buffer);
    view.setUint16(0, 0xeb9f, this.littleEndian);
    view.setUint8(2, 1);
    [24, 0, types, types, this.strings.length].forEach((word, i) => view.setUint32(4 + 4 * i, word, this.littleEndian));
    this.words.forEach((word, i) => view.setUint32(24 + 4 * i, word >>> 0, this.littleEndian));
    out.set(this.strings, 24 + types);
    return out;
  }

  private composite(kind: number, name: string, size: number, members: readonly EncodedMember[]): number {
    const flag = members.some((m) => m.bits !== undefined);
    return this.add(kind, name, members.length, size, members.flatMap((m) => [this.string(m.name), m.type, flag ? ((m.bits ?? 0) << 24) | m.offset : m.offset]), flag);
  }

  private add(kind: number, name: string, count: number, last: number, tail: readonly number[] = [], flag = false): number {
    this.words.push(this.string(name), ((flag ? 1 : 0) << 31) | (kind << 24) | count, last);
    for (const word of tail) this.words.push(word);
    return this.next++;
  }

  /** The offset of a name, for what refers to names from outside. */
  string(text: string): number {
    if (text === '') return 0;
    let at = this.known.get(text);
    if (at === undefined) {
      at = (this.base?.nameBytes ?? 0) + this.strings.length;
      this.strings.push(...[...text].map((c) => c.charCodeAt(0)), 0);
      this.known.set(text, at);
    }
    return at;
  }
}

/** An ELF file with these sections, and nothing else in it. */
export function encodeElf(sections: Readonly<Record<string, Uint8Array>>, { bits = 64, littleEndian = true }: { readonly bits?: 32 | 64; readonly littleEndian?: boolean } = {}): Uint8Array {
  const list = [['', new Uint8Array(0)] as const, ...Object.entries(sections)];
  const names: number[] = [];
  const nameAt = [...list.map(([n]) => n), '.shstrtab'].map((name) => {
    const at = names.length;
    names.push(...[...name].map((c) => c.charCodeAt(0)), 0);
    return at;
  });
  const all = [...list, ['.shstrtab', Uint8Array.from(names)] as const];
  const [head, entry] = bits === 64 ? [64, 64] : [52, 40];
  const total = all.reduce((sum, [, bytes]) => sum + bytes.length, head);
  const out = new Uint8Array(total + entry * all.length);
  const view = new DataView(out.buffer);
  const word = (at: number, value: number): void => (bits === 64 ? view.setBigUint64(at, BigInt(value), littleEndian) : view.setUint32(at, value, littleEndian));
  out.set([0x7f, 0x45, 0x4c, 0x46, bits === 64 ? 2 : 1, littleEndian ? 1 : 2, 1]);
  view.setUint16(16, 1, littleEndian);
  view.setUint16(18, 247, littleEndian);
  word(bits === 64 ? 40 : 32, total);
  [entry, all.length, all.length - 1].forEach((n, i) => view.setUint16((bits === 64 ? 58 : 46) + 2 * i, n, littleEndian));
  let at = head;
  all.forEach(([, bytes], i) => {
    const header = total + i * entry;
    out.set(bytes, at);
    view.setUint32(header, nameAt[i]!, littleEndian);
    view.setUint32(header + 4, i === 0 ? 0 : 1, littleEndian);
    word(header + (bits === 64 ? 24 : 16), i === 0 ? 0 : at);
    word(header + (bits === 64 ? 32 : 20), bytes.length);
    at += bytes.length;
  });
  return out;
}
