/**
 * The definition that a map of maps gives its values, `__array(values, struct { … })` or `__array(values, struct inner)`: loaders create such
 * a map too, as the pattern of all that are put in later (libbpf's `bpf_object__create_map()`), so it is judged as any other.
 */
import type { FactBook } from '../facts/factBook.types.js';
import type { MapAttribute } from '../syntax/views.js';
import { mapTypeOf } from './maps.js';
import type { MapDef } from './model.types.js';
import { closing, placedTokens, type PlacedToken } from './tokens.js';
import type { UnitIndex } from './unitIndex.js';

const MAX_TEXT = 10_000;

/** True for the types whose values are maps. */
export function holdsMaps(type: string | null): boolean {
  return type === 'BPF_MAP_TYPE_ARRAY_OF_MAPS' || type === 'BPF_MAP_TYPE_HASH_OF_MAPS';
}

/**
 * The inner map of a map of maps, called as libbpf calls it, with places in the text as it is now: not to be kept. Undefined for other maps,
 * and where its definition is not in sight or the build decides about it.
 */
export function innerMap(map: MapDef, index: UnitIndex, facts: FactBook): MapDef | undefined {
  const values = holdsMaps(map.type) ? map.attributes.find((a) => a.name === 'values' && a.macro === '__array') : undefined;
  const text = index.files.get(map.path)?.text;
  if (!values || text === undefined || values.conditions.length > 0 || values.valueSpan.end - values.valueSpan.start > MAX_TEXT) return undefined;
  const source = text.slice(values.valueSpan.start, values.valueSpan.end);
  const tokens = placedTokens(source);
  if (tokens[0]?.value !== 'struct') return undefined;
  const named = tokens.length === 2 ? namedStruct(tokens[1]!.value, map.path, index) : undefined;
  const written = named?.attributes ?? (tokens[1]?.value === '{' && !source.includes('#') ? attributesIn(tokens, source, values.valueSpan.start) : undefined);
  const types = written?.filter((a) => a.name === 'type') ?? [];
  const [type] = types;
  if (!written || !type || types.length > 1 || written.some((a) => a.conditions.length > 0)) return undefined;
  return {
    name: `${map.name}.inner`, path: named?.path ?? map.path, variable: map.variable, attributes: written,
    type: mapTypeOf(type.value, index, facts), typeSpan: type.valueSpan, legacy: false, within: map,
  };
}

function namedStruct(tag: string, path: string, index: UnitIndex): { readonly path: string; readonly attributes: readonly MapAttribute[] } | undefined {
  for (const file of [index.files.get(path), ...index.files.values()]) {
    const found = file?.mapStructs?.find((s) => s.tag === tag);
    if (file && found) return { path: file.path, attributes: found.attributes };
  }
  return undefined;
}

/** The lines `__uint(name, value);` between the brackets; undefined where something else stands there. */
function attributesIn(tokens: readonly PlacedToken[], source: string, start: number): readonly MapAttribute[] | undefined {
  const attributes: MapAttribute[] = [];
  const end = closing(tokens, 1);
  for (let i = 2; i < end; i++) {
    if (tokens[i]!.value === ';') continue;
    const [macro, open, name, comma] = tokens.slice(i, i + 4);
    const close = open?.value === '(' ? closing(tokens, i + 1) : end;
    const last = tokens[close - 1];
    if (close >= end || name?.kind !== 'word' || comma?.value !== ',' || !last || close - 1 < i + 4 || !/^__(?:uint|type|array|ulong)$/.test(macro!.value)) return undefined;
    const from = tokens[i + 4]!.at;
    const to = source.slice(0, tokens[close]!.at).trimEnd().length;
    attributes.push({
      macro: macro!.value, name: name.value, nameSpan: { start: start + name.at, end: start + name.at + name.value.length },
      value: source.slice(from, to), valueSpan: { start: start + from, end: start + to }, conditions: [],
    });
    i = close;
  }
  return attributes;
}
