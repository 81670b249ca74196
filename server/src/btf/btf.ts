/**
 * BTF, the types that a kernel or an object describes itself with: an index over the bytes, decoded type by type when
 * asked. Format: include/uapi/linux/btf.h, up to decl tags, type tags, enum64 and their kind_flag.
 */
import { BTF_KINDS, type BtfEnumerator, type BtfError, type BtfKind, type BtfMember, type BtfType } from './btf.types.js';
import { indexTypes, problem, readLayout, type Layout } from './layout.js';
import { NameIndex, type NamePlace } from './nameIndex.js';

/** Chains of typedefs, qualifiers and tags are followed this far; a longer one is a circle, or nonsense. */
const MAX_CHAIN = 64;

/** A name has less than 512 bytes in a kernel (KSYM_NAME_LEN). Many may lie over each other, and would be as many strings. */
const MAX_NAME = 512;
/** The lines of sources that objects keep are longer. */
const MAX_LINE = 16_384;

const LINKAGE = ['static', 'global', 'extern'] as const;

/** Types by id. Ids count from 1 (0 is `void`), those of a split BTF from the end of its base's. */
export class Btf {
  readonly littleEndian: boolean;
  /** One more than the last id. */
  readonly end: number;
  /** Bytes of names, the base's included. */
  readonly nameBytes: number;
  /** The first own id: 1, or the base's `end`. */
  readonly first: number;
  readonly #namesBefore: number;
  readonly #named = new Map<BtfKind, NameIndex>();

  private constructor(
    private readonly bytes: Uint8Array,
    private readonly view: DataView,
    private readonly layout: Layout,
    private readonly offsets: Uint32Array,
    private readonly kinds: Uint8Array,
    readonly base: Btf | undefined,
  ) {
    this.littleEndian = layout.littleEndian;
    this.first = base?.end ?? 1;
    this.end = this.first + offsets.length;
    this.#namesBefore = base?.nameBytes ?? 0;
    this.nameBytes = this.#namesBefore + (layout.strings.end - layout.strings.start);
  }

  /**
   * Reads raw BTF, as in `/sys/kernel/btf/vmlinux` or the section `.BTF`. Never throws.
   * @param base of a module: its vmlinux's
   */
  static read(bytes: Uint8Array, base?: Btf): Btf | { readonly error: BtfError } {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const layout = readLayout(view);
    if ('error' in layout) return layout;
    if (base && base.littleEndian !== layout.littleEndian) return problem('malformed', 'its byte order is not that of its base');
    const { start, end } = layout.strings;
    if (end > start ? bytes[end - 1] !== 0 : !base) return problem('malformed', 'its names do not begin and end with a zero byte');
    // Those of a module go on where its base's end.
    if (!base && bytes[start] !== 0) return problem('needs-base', 'its names do not begin with a zero byte; the BTF of a module needs that of its vmlinux beside it');
    const index = indexTypes(view, layout, (base?.nameBytes ?? 0) + end - start, base !== undefined);
    return 'error' in index ? index : new Btf(bytes, view, layout, index.offsets, index.kinds, base);
  }

  /** The kind of a type, without decoding it; undefined for an id that names none. */
  kind(id: number): BtfKind | undefined {
    if (id === 0) return 'void';
    if (id < this.first) return this.base?.kind(id);
    const kind = this.kinds[id - this.first];
    return kind === undefined ? undefined : BTF_KINDS[kind];
  }

  /** The name of a type, '' for one without, or none at all. */
  name(id: number): string {
    if (id < this.first) return this.base?.name(id) ?? '';
    const at = this.offsets[id - this.first];
    return at === undefined ? '' : this.string(this.#u32(at));
  }

  /** The name at an offset of the names, '' for one that lies outside of them; of what is very long, the beginning. */
  string(offset: number): string {
    return this.#text(offset, MAX_NAME);
  }

  /** The line of a source, or its path, at an offset of the names; else as `string`. */
  line(offset: number): string {
    return this.#text(offset, MAX_LINE);
  }

  #text(offset: number, most: number): string {
    const { bytes, at, end } = this.#place(offset, most);
    if (at >= end || bytes[at] === 0) return '';
    let to = at + 1;
    while (to < end && bytes[to] !== 0) to++;
    return latin1(bytes, at, to);
  }

  /** Where a name lies: in the base's bytes, or in its own. Looking for its end stops after what is longest, since the end may not come. */
  #place(offset: number, most = MAX_NAME): NamePlace {
    if (this.base && offset < this.#namesBefore) return this.base.#place(offset, most);
    const { start, end } = this.layout.strings;
    const at = start + offset - this.#namesBefore;
    return { bytes: this.bytes, at, end: Math.min(end, at + most) };
  }

  /** Own ids of one kind, ascending; not those of the base. */
  *ids(kind: BtfKind): Generator<number> {
    const number = BTF_KINDS.indexOf(kind);
    for (let i = this.kinds.indexOf(number); i >= 0; i = this.kinds.indexOf(number, i + 1)) yield this.first + i;
  }

  /** The first type of a kind that has this name, in the base first, as the kernel looks for it. */
  find(kind: BtfKind, name: string): number | undefined {
    return this.base?.find(kind, name) ?? this.named(kind).get(name);
  }

  /** Own types of one kind by name. Made once. */
  named(kind: BtfKind): NameIndex {
    let index = this.#named.get(kind);
    if (!index) {
      const number = BTF_KINDS.indexOf(kind);
      const ids = new Uint32Array(this.offsets.length);
      const names = new Uint32Array(this.offsets.length);
      let count = 0;
      for (let i = 0; i < this.kinds.length; i++) {
        if (this.kinds[i] !== number) continue;
        ids[count] = this.first + i;
        names[count++] = this.#u32(this.offsets[i]!);
      }
      this.#named.set(kind, (index = this.#index(ids.slice(0, count), names.slice(0, count))));
    }
    return index;
  }

  /** Own enumerators of all enums, named or not, by name; the numbers are the ids of their enums. */
  enumerators(limit: number): NameIndex {
    const ids: number[] = [];
    const names: number[] = [];
    for (const [kind, each] of [['enum', 8], ['enum64', 12]] as const) {
      for (const id of this.ids(kind)) {
        const at = this.offsets[id - this.first]!;
        const count = this.#u32(at + 4) & 0xffff;
        for (let i = 0; i < count; i++) {
          ids.push(id);
          names.push(this.#u32(at + 12 + each * i));
        }
        if (ids.length > limit) return this.#index(Uint32Array.from(ids), Uint32Array.from(names));
      }
    }
    return this.#index(Uint32Array.from(ids), Uint32Array.from(names));
  }

  /** Own types of one kind whose names begin so; a name may come more than once. */
  *namesOf(kind: BtfKind, prefix: string): Generator<string> {
    for (const offset of this.named(kind).offsetsOf(prefix)) yield this.string(offset);
  }

  #index(ids: Uint32Array, names: Uint32Array): NameIndex {
    return new NameIndex(ids, names, (offset) => this.#place(offset));
  }

  /**
   * Decodes one type; undefined for an id that names none. Types that it refers to may not exist.
   * @param most members, values, parameters or variables that are decoded: a type may have 65,535, and be asked for as often
   */
  type(id: number, most = Infinity): BtfType | undefined {
    if (id === 0) return { id, name: '', kind: 'void' };
    if (id < this.first) return this.base?.type(id, most);
    const at = this.offsets[id - this.first];
    return at === undefined ? undefined : this.#decode(id, at, most);
  }

  /** Leaves typedefs, qualifiers and type tags behind; undefined where that leads nowhere. @param most as for `type` */
  resolve(id: number, most = Infinity): BtfType | undefined {
    const found = this.resolveId(id);
    return found === undefined ? undefined : this.type(found, most);
  }

  /** The id of what `resolve` would decode. */
  resolveId(id: number): number | undefined {
    for (let step = 0; step < MAX_CHAIN; step++) {
      switch (this.kind(id)) {
        case 'typedef': case 'volatile': case 'const': case 'restrict': case 'type-tag':
          id = this.#refersTo(id);
          break;
        case undefined:
          return undefined;
        default:
          return id;
      }
    }
    return undefined;
  }

  /** One member of a struct or union by its index. */
  member(id: number, index: number): BtfMember | undefined {
    const own = this.#listed(id, index, ['struct', 'union']);
    return own && own.btf.#member(own.at + 12 + 12 * index, own.flag);
  }

  /** One value of an enum by its index. */
  enumerator(id: number, index: number): BtfEnumerator | undefined {
    const own = this.#listed(id, index, ['enum', 'enum64']);
    const wide = this.kind(id) === 'enum64';
    return own && own.btf.#value(own.at + 12 + (wide ? 12 : 8) * index, wide, own.flag);
  }

  /** Where a type of these kinds lies, if it has so many of what it lists. */
  #listed(id: number, index: number, kinds: readonly BtfKind[]): { readonly btf: Btf; readonly at: number; readonly flag: boolean } | undefined {
    if (id < this.first) return this.base ? this.base.#listed(id, index, kinds) : undefined;
    const at = this.offsets[id - this.first];
    if (at === undefined || !kinds.includes(this.kind(id)!)) return undefined;
    const info = this.#u32(at + 4);
    return index >= 0 && index < (info & 0xffff) ? { btf: this, at, flag: info >>> 31 === 1 } : undefined;
  }

  /** The third word of a type: of those that refer to one, its id. */
  #refersTo(id: number): number {
    if (id < this.first) return this.base ? this.base.#refersTo(id) : 0;
    return this.#u32(this.offsets[id - this.first]! + 8);
  }

  #decode(id: number, at: number, most: number): BtfType {
    const info = this.#u32(at + 4);
    const last = this.#u32(at + 8);
    const flag = info >>> 31 === 1;
    const kind = BTF_KINDS[(info >>> 24) & 0x1f] ?? 'void';
    // Of a function it is the linkage.
    const count = kind === 'function' ? info & 0xffff : Math.min(info & 0xffff, most);
    const own = { id, name: this.string(this.#u32(at)) };
    const tail = at + 12;
    switch (kind) {
      case 'int': {
        const data = this.#u32(tail);
        const encoding = (data >>> 24) & 0xf;
        return { ...own, kind, size: last, signed: (encoding & 1) !== 0, char: (encoding & 2) !== 0, bool: (encoding & 4) !== 0, bits: data & 0xff, offset: (data >>> 16) & 0xff };
      }
      case 'array':
        return { ...own, kind, element: this.#u32(tail), index: this.#u32(tail + 4), count: this.#u32(tail + 8) };
      case 'struct': case 'union':
        return { ...own, kind, size: last, members: times(count, (i) => this.#member(tail + 12 * i, flag)) };
      case 'enum': case 'enum64':
        return { ...own, kind, size: last, signed: flag, values: times(count, (i) => this.#value(tail + (kind === 'enum64' ? 12 : 8) * i, kind === 'enum64', flag)) };
      case 'forward':
        return { ...own, kind, union: flag };
      case 'function':
        return { ...own, kind, type: last, linkage: LINKAGE[count] ?? 'unknown' };
      case 'prototype':
        return { ...own, kind, returns: last, parameters: times(count, (i) => ({ name: this.string(this.#u32(tail + 8 * i)), type: this.#u32(tail + 8 * i + 4) })) };
      case 'variable':
        return { ...own, kind, type: last, linkage: LINKAGE[this.#u32(tail)] ?? 'unknown' };
      case 'section':
        return { ...own, kind, size: last, variables: times(count, (i) => ({ type: this.#u32(tail + 12 * i), offset: this.#u32(tail + 12 * i + 4), size: this.#u32(tail + 12 * i + 8) })) };
      case 'float':
        return { ...own, kind, size: last };
      case 'decl-tag':
        return { ...own, kind, type: last, component: this.#u32(tail) | 0, attribute: flag };
      case 'type-tag':
        return { ...own, kind, type: last, attribute: flag };
      case 'pointer': case 'typedef': case 'volatile': case 'const': case 'restrict':
        return { ...own, kind, type: last };
      case 'void':
        return { ...own, kind };
    }
  }

  /** With the kind_flag, the upper 8 bits of an offset are the size of a bit field. */
  #member(at: number, flag: boolean): BtfMember {
    const offset = this.#u32(at + 8);
    return { name: this.string(this.#u32(at)), type: this.#u32(at + 4), offset: flag ? offset & 0xffffff : offset, bits: flag ? offset >>> 24 : 0 };
  }

  #value(at: number, wide: boolean, signed: boolean): BtfEnumerator {
    const low = this.#u32(at + 4);
    const value = wide ? (BigInt(this.#u32(at + 8)) << 32n) | BigInt(low) : BigInt(low);
    return { name: this.string(this.#u32(at)), value: signed ? BigInt.asIntN(wide ? 64 : 32, value) : value };
  }

  #u32(at: number): number {
    return this.view.getUint32(at, this.littleEndian);
  }
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

/** Bytes as characters, one each: names are ASCII. */
function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  // Spreading the bytes takes longer, and a call bears so many arguments only.
  for (let at = from; at < to; at += 4096) text += String.fromCharCode.apply(null, bytes.subarray(at, Math.min(at + 4096, to)) as unknown as number[]);
  return text;
}
