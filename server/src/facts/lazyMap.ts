/** A map whose values are made when they are first asked for: most of the book's entries never are. */
import type { RawEntries } from './factsText.js';

/** The entries of `raw`, each as `make` makes it of what the file has; always the same object for a name. */
export class LazyMap<R, V extends object> implements ReadonlyMap<string, V> {
  readonly #raw: RawEntries<R>;
  readonly #values = new Map<string, V>();
  readonly #make: (raw: R) => V;

  constructor(raw: RawEntries<R>, make: (raw: R) => V) {
    this.#raw = raw;
    this.#make = make;
  }

  get size(): number {
    return this.#raw.names.size;
  }

  get(name: string): V | undefined {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const raw = this.#raw.read(name);
    if (raw === undefined) return undefined;
    const value = this.#make(raw);
    this.#values.set(name, value);
    return value;
  }

  has(name: string): boolean {
    return this.#raw.names.has(name);
  }

  keys(): MapIterator<string> {
    return this.#raw.names.keys();
  }

  *values(): MapIterator<V> {
    for (const name of this.#raw.names.keys()) yield this.get(name)!;
  }

  *entries(): MapIterator<[string, V]> {
    for (const name of this.#raw.names.keys()) yield [name, this.get(name)!];
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(use: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [name, value] of this.entries()) use(value, name, this);
  }
}
