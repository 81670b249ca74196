/** Descriptions that were given before: what the book says of an entry is the same wherever it is asked for. */
import type { FactBook } from '../../facts/factBook.types.js';
import type { InfoSection } from '../text/info.js';

type Sections = readonly InfoSection[];

/**
 * Makes a description that is composed once for each entry and variant of it.
 * @param describe composes it; a variant is a plain value, and there are few
 */
export function keptByEntry<F extends object, K extends boolean | string | undefined>(describe: (facts: FactBook, fact: F, variant: K) => Sections): (facts: FactBook, fact: F, variant: K) => Sections {
  const books = new WeakMap<FactBook, WeakMap<F, Map<K, Sections>>>();
  return (facts, fact, variant) => {
    let entries = books.get(facts);
    if (entries === undefined) books.set(facts, (entries = new WeakMap()));
    let variants = entries.get(fact);
    if (variants === undefined) entries.set(fact, (variants = new Map()));
    let sections = variants.get(variant);
    if (sections === undefined) variants.set(variant, (sections = describe(facts, fact, variant)));
    return sections;
  };
}
