/**
 * Names to numbers without making a string of each: a table of hashes over their bytes. A kernel has some 100,000 names, and
 * a file is asked for a few of them.
 */

/** Where a name lies; it ends at a zero byte, at `end` of the names, or after what is longest. */
export interface NamePlace { readonly bytes: Uint8Array; readonly at: number; readonly end: number }

/** Not zero, and not known to who writes a file: nobody can make names that all hash alike. */
const SEED = (Math.random() * 0x7fff_ffff) | 1;

/** FNV-1a over the bytes of a name. */
function hashOf(bytes: Uint8Array, from: number, end: number): number {
  let hash = SEED;
  for (let i = from; i < end && bytes[i] !== 0; i++) hash = Math.imul(hash ^ bytes[i]!, 0x0100_0193);
  return hash ^ (hash >>> 15);
}

function same(bytes: Uint8Array, from: number, end: number, name: Uint8Array): boolean {
  if (from + name.length > end) return false;
  for (let i = 0; i < name.length; i++) if (bytes[from + i] !== name[i]) return false;
  return from + name.length === end || bytes[from + name.length] === 0;
}

/** Numbers by name; several may have one name. */
export class NameIndex {
  readonly #heads: Uint32Array;
  readonly #next: Uint32Array;
  readonly #mask: number;

  /**
   * @param ids the numbers, ascending
   * @param offsets of their names, in the same order; 0 for one that has none
   * @param place where a name lies
   */
  constructor(private readonly ids: Uint32Array, private readonly offsets: Uint32Array, private readonly place: (offset: number) => NamePlace) {
    let slots = 16;
    while (slots < ids.length * 2) slots *= 2;
    this.#mask = slots - 1;
    this.#heads = new Uint32Array(slots);
    this.#next = new Uint32Array(ids.length + 1);
    // From the end, so that the first of several with one name is met first.
    for (let i = ids.length - 1; i >= 0; i--) {
      const offset = offsets[i]!;
      if (offset === 0) continue;
      const { bytes, at, end } = place(offset);
      if (at >= end || bytes[at] === 0) continue;
      const slot = hashOf(bytes, at, end) & this.#mask;
      this.#next[i + 1] = this.#heads[slot]!;
      this.#heads[slot] = i + 1;
    }
  }

  /** The first number of that name. */
  get(name: string): number | undefined {
    return this.#walk(name, 1)[0];
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** All numbers of that name, ascending. */
  all(name: string): readonly number[] {
    return this.#walk(name, Infinity);
  }

  /** The offsets of all names that begin so; a name may come more than once. */
  *offsetsOf(prefix: string): Generator<number> {
    const wanted = encoded(prefix);
    if (!wanted) return;
    for (const offset of this.offsets) {
      if (offset === 0) continue;
      const { bytes, at, end } = this.place(offset);
      let i = 0;
      while (i < wanted.length && at + i < end && bytes[at + i] === wanted[i]) i++;
      if (i === wanted.length && at < end && bytes[at] !== 0) yield offset;
    }
  }

  #walk(name: string, limit: number): number[] {
    const wanted = encoded(name);
    const found: number[] = [];
    if (!wanted || wanted.length === 0) return found;
    let entry = this.#heads[hashOf(wanted, 0, wanted.length) & this.#mask]!;
    for (; entry !== 0 && found.length < limit; entry = this.#next[entry]!) {
      const { bytes, at, end } = this.place(this.offsets[entry - 1]!);
      if (same(bytes, at, end, wanted)) found.push(this.ids[entry - 1]!);
    }
    return found;
  }
}

/** One byte a character, as names are read; undefined for what no name can be. */
function encoded(name: string): Uint8Array | undefined {
  const bytes = new Uint8Array(name.length);
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code === 0 || code > 0xff) return undefined;
    bytes[i] = code;
  }
  return bytes;
}
