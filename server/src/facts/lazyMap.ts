/** A map whose values are made when they are first asked for: most of the book's entries never are. */

interface Entry<R, V> {
  readonly raw: R;
  value: V | undefined;
}

export class LazyMap<R extends { readonly name: string }, V extends object> implements ReadonlyMap<string, V> {
  readonly #entries = new Map<string, Entry<R, V>>();
  readonly #make: (raw: R) => V;

  /** @param list entries by their name; of several with one name the last counts. */
  constructor(list: readonly R[], make: (raw: R) => V) {
    for (const raw of list) this.#entries.set(raw.name, { raw, value: undefined });
    this.#make = make;
  }

  get size(): number {
    return this.#entries.size;
  }

  #valueOf(entry: Entry<R, V>): V {
    return (entry.value ??= this.#make(entry.raw));
  }

  get(name: string): V | undefined {
    const entry = this.#entries.get(name);
    return entry && this.#valueOf(entry);
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  keys(): MapIterator<string> {
    return this.#entries.keys();
  }

  *values(): MapIterator<V> {
    for (const entry of this.#entries.values()) yield this.#valueOf(entry);
  }

  *entries(): MapIterator<[string, V]> {
    for (const [name, entry] of this.#entries) yield [name, this.#valueOf(entry)];
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(use: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [name, value] of this.entries()) use(value, name, this);
  }
}
