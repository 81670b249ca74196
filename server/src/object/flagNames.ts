/** Numbers back to the names of the flags that a helper or a map takes: rules and people speak of names. */
import type { ConstantFact, FactBook } from '../facts/factBook.types.js';
import { integerValue } from '../model/tokens.js';

const books = new WeakMap<FactBook, ReadonlyMap<string, readonly Flag[]>>();

interface Flag { readonly name: string; readonly value: number; readonly since: number }

/** By `helper param`, and by the type of a map. */
function flagsIn(facts: FactBook): ReadonlyMap<string, readonly Flag[]> {
  let known = books.get(facts);
  if (known) return known;
  const found = new Map<string, Flag[]>();
  for (const constant of facts.constants.values()) {
    const value = constant.args === undefined ? valueOf(constant) : undefined;
    if (value === undefined || value === 0) continue;
    for (const { kind, name, param } of constant.belongs) {
      const id = kind === 'helper' && param !== undefined ? `${name} ${param}` : kind === 'map-type' && param === 'map_flags' ? name : undefined;
      if (id !== undefined) found.set(id, [...(found.get(id) ?? []), { name: constant.name, value, since: constant.lifetime?.since ?? 0 }]);
    }
  }
  // The kernel sees values: of two names for one the older is meant.
  for (const list of found.values()) list.sort((a, b) => a.since - b.since);
  books.set(facts, (known = found));
  return known;
}

/** `1U << 3`, `(1ULL << 32)`, `0x10`; undefined for anything else, and for what no number holds. */
function valueOf({ value }: ConstantFact): number | undefined {
  const m = /^(\w+)(?:\s*<<\s*(\w+))?$/.exec(value.replace(/[()]/g, '').trim());
  const left = m && integerValue(m[1]!);
  const shift = m?.[2] === undefined ? 0 : integerValue(m[2]);
  if (left === undefined || left === null || shift === undefined || shift > 52) return undefined;
  const result = left * 2 ** shift;
  return Number.isSafeInteger(result) && result > 0 ? result : undefined;
}

/** The number as names with `|`, as far as they are known; the rest stays a number. */
function named(value: number, flags: readonly Flag[]): string {
  const whole = flags.find((f) => f.value === value);
  if (whole) return whole.name;
  let rest = BigInt(value);
  const words: string[] = [];
  for (const flag of flags) {
    const bits = BigInt(flag.value);
    // Values of more than one bit are masks and choices, not flags.
    if ((bits & (bits - 1n)) !== 0n || (rest & bits) === 0n) continue;
    rest &= ~bits;
    words.push(flag.name);
  }
  return rest === 0n ? words.join(' | ') : [...words, String(rest)].join(' | ');
}

/** A constant that a helper is given, as one would write it. */
export function argumentText(facts: FactBook, helper: string, param: string, value: number): string {
  const flags = value > 0 ? flagsIn(facts).get(`${helper} ${param}`) : undefined;
  return flags ? named(value, flags) : String(value);
}

/** `map_flags` of a map, as one would write them. */
export function mapFlagsText(facts: FactBook, mapType: string, value: number): string {
  if (value <= 0) return String(value);
  const flags = flagsIn(facts);
  return named(value, [...(flags.get(mapType) ?? []), ...(flags.get('*') ?? [])]);
}
