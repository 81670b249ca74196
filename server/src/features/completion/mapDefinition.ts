/** In a map's definition: the lines that its type needs or takes, attributes by their macro, and values. */
import type { Unit } from '../../analysis.types.js';
import type { ConstantFact, MapLimits } from '../../facts/factBook.types.js';
import type { CompletionRole, MapAttributeText } from '../../syntax/views.js';
import { constantEntry } from './constants.js';
import { orderOf, type CompletionEntry, type CompletionResult } from './entry.js';
import { completeMapTypes } from './mapTypes.js';

type MapRole = Extract<CompletionRole, { kind: 'map' }>;

interface Attribute {
  readonly name: string;
  readonly macro: '__uint' | '__type' | '__array' | '__ulong';
  /** In the grammar of snippets. */
  readonly value: string;
  readonly need: 'needed' | 'optional';
  readonly detail: string;
}

/** Map types whose elements are maps or programs, given by `values`. */
const HOLDERS = new Set(['BPF_MAP_TYPE_ARRAY_OF_MAPS', 'BPF_MAP_TYPE_HASH_OF_MAPS', 'BPF_MAP_TYPE_PROG_ARRAY']);
/** Map types with a use for `map_extra` (kernel/bpf/bloom_filter.c, arena.c). */
const EXTRA: ReadonlyMap<string, string> = new Map([['BPF_MAP_TYPE_BLOOM_FILTER', 'number of hash functions, 1 to 15'], ['BPF_MAP_TYPE_ARENA', 'address at which it is mapped']]);
/** Map types that are made without any size: libbpf or the loader sets it (libbpf's bpf_map_create of perf event arrays). */
const SIZED_BY_LOADER = new Set(['BPF_MAP_TYPE_PERF_EVENT_ARRAY']);
/** Allocation on a given NUMA node, by the maps' alloc checks: what takes BPF_F_NUMA_NODE. */
const NUMA = 'BPF_F_NUMA_NODE';

/** What fits in a map's definition: a line, the member that a line names, or its value; undefined where nothing does. */
export function completeMap(unit: Unit, role: MapRole): CompletionResult | undefined {
  const { place, replace } = role;
  const type = role.attributes.find(({ name }) => name === 'type')?.value.trim();
  const entries = place.at === 'line' ? lines(unit, type, role.attributes) : place.at === 'name' ? names(unit, type, place.macro, role) : values(unit, type, place.name, role);
  return entries.length > 0 ? { replace, entries, incomplete: false } : place.at === 'value' && place.name === 'type' ? completeMapTypes(unit, replace) : undefined;
}

/** Whole lines that are not there yet, those that the type needs first. */
function lines(unit: Unit, type: string | undefined, present: readonly MapAttributeText[]): readonly CompletionEntry[] {
  return missing(unit, type, present).map(
    (attribute, i): CompletionEntry => ({
      label: attribute.name,
      kind: 'macro',
      detail: `${attribute.macro}, ${attribute.detail}`,
      filter: `${attribute.macro} ${attribute.name}`,
      snippet: `${attribute.macro}(${attribute.name}, ${attribute.value});`,
      order: orderOf(attribute.need === 'needed' ? 0 : 1, String(i).padStart(2, '0')),
      ...(i === 0 && attribute.need === 'needed' ? { preselect: true } : {}),
      ref: { kind: 'macro', name: attribute.macro },
    }),
  );
}

/** Behind `__uint(`: the attributes that this macro gives. */
function names(unit: Unit, type: string | undefined, macro: string, role: MapRole): readonly CompletionEntry[] {
  const followed = /^\s*,/.test(unit.model.main.text.slice(role.replace.end, role.replace.end + 20));
  return missing(unit, type, role.attributes)
    .filter((attribute) => attribute.macro === macro || (macro === '__ulong' && attribute.name === 'map_extra'))
    .map(
      (attribute, i): CompletionEntry => ({
        label: attribute.name,
        kind: 'field',
        detail: attribute.detail,
        ...(followed ? {} : { insert: `${attribute.name}, `, snippet: `${attribute.name}, ${attribute.value}` }),
        order: orderOf(attribute.need === 'needed' ? 0 : 1, String(i).padStart(2, '0')),
        ref: { kind: 'macro', name: attribute.macro },
      }),
    );
}

/** The attributes of a map of this type, needed ones first, without those that are there or given in another way. */
function missing(unit: Unit, type: string | undefined, present: readonly MapAttributeText[]): readonly Attribute[] {
  const there = new Set(present.map(({ name }) => name));
  const given = (attribute: Attribute): boolean => there.has(attribute.name) || SAME.some(([a, b]) => (attribute.name === a && there.has(b)) || (attribute.name === b && there.has(a)));
  return attributesOf(unit, type)
    .filter((attribute) => !given(attribute))
    .sort((a, b) => Number(a.need === 'optional') - Number(b.need === 'optional'));
}

/** Two ways to say one thing. */
const SAME: readonly (readonly [string, string])[] = [['key', 'key_size'], ['value', 'value_size'], ['value', 'values'], ['value_size', 'values']];

function attributesOf(unit: Unit, type: string | undefined): readonly Attribute[] {
  const limits: MapLimits = (type === undefined ? undefined : unit.facts.mapLimits.get(type)) ?? {};
  const known = type !== undefined && unit.facts.mapTypes.has(type);
  const all: (Attribute | undefined)[] = [
    { name: 'type', macro: '__uint', value: '${1:BPF_MAP_TYPE_HASH}', need: 'needed', detail: 'needed' },
    ...(limits.keyRange === undefined ? sizes('key', limits.keySize, '__u32') : [prefixKey(limits.keyRange)]),
    ...(type !== undefined && HOLDERS.has(type) ? holder(type) : sizes('value', limits.valueSize, '__u64')),
    maxEntries(type, limits),
    flags(unit, type, limits),
    type !== undefined && EXTRA.has(type) ? { name: 'map_extra', macro: type === 'BPF_MAP_TYPE_ARENA' ? '__ulong' : '__uint', value: '${1:3}', need: 'optional', detail: EXTRA.get(type)! } : undefined,
    { name: 'pinning', macro: '__uint', value: '${1:LIBBPF_PIN_BY_NAME}', need: 'optional', detail: 'keep it in bpffs under its name' },
    !known || mapFlags(unit, type).some((fact) => fact.name === NUMA) ? { name: 'numa_node', macro: '__uint', value: '${1:0}', need: 'optional', detail: `memory of this node; needs ${NUMA}` } : undefined,
  ];
  return all.filter((attribute) => attribute !== undefined);
}

/** Key or value, by its type or by its size in bytes; nothing where the kernel wants none. */
function sizes(of: 'key' | 'value', bytes: readonly number[] | undefined, usual: string): Attribute[] {
  if (bytes?.length === 1 && bytes[0] === 0) return [];
  const only = bytes?.filter((size) => size > 0) ?? [];
  const detail = only.length > 0 ? `needed: ${only.join(' or ')} bytes` : 'needed';
  const type = only[0] === 4 ? '__u32' : only[0] === 8 ? '__u64' : usual;
  return [
    { name: of, macro: '__type', value: `\${1:${type}}`, need: 'needed', detail },
    { name: `${of}_size`, macro: '__uint', value: `\${1:${only[0] ?? `sizeof(${usual})`}}`, need: 'optional', detail: `instead of ${of}: in bytes` },
  ];
}

/** The key of a trie: how many bits of what follows count, then those. */
function prefixKey([least, most]: readonly number[]): Attribute {
  return { name: 'key', macro: '__type', value: '${1:struct { __u32 prefixlen; __u32 address; \\}}', need: 'needed', detail: `needed: ${least} to ${most} bytes, the length of the prefix in the first 4` };
}

function holder(type: string): Attribute[] {
  const programs = type === 'BPF_MAP_TYPE_PROG_ARRAY';
  return [
    ...sizes('value', [4], '__u32').map((attribute): Attribute => ({ ...attribute, need: programs ? 'optional' : attribute.need, detail: 'instead of values: 4 bytes' })),
    { name: 'values', macro: '__array', value: programs ? '${1:int (void *)}' : '${1:struct inner_map}', need: programs ? 'needed' : 'optional', detail: programs ? 'the programs, as functions' : 'the maps, by the definition of one' },
  ];
}

function maxEntries(type: string | undefined, { maxEntries: limit }: MapLimits): Attribute | undefined {
  if (limit === 'none') return undefined;
  if (type !== undefined && SIZED_BY_LOADER.has(type)) return { name: 'max_entries', macro: '__uint', value: '${1:64}', need: 'optional', detail: 'libbpf takes the number of CPUs without it' };
  if (limit === 'pages') return { name: 'max_entries', macro: '__uint', value: '${1:256 * 1024}', need: 'needed', detail: 'needed: bytes, a power of two and whole pages' };
  return { name: 'max_entries', macro: '__uint', value: '${1:1024}', need: 'needed', detail: 'needed' };
}

/** Flags that the kernel demands make the line a needed one. */
function flags(unit: Unit, type: string | undefined, { needsFlags = [] }: MapLimits): Attribute | undefined {
  if (needsFlags.length > 0) return { name: 'map_flags', macro: '__uint', value: `\${1:${needsFlags.join(' | ')}}`, need: 'needed', detail: `needed: ${needsFlags.join(', ')}` };
  const known = mapFlags(unit, type);
  return type !== undefined && known.length === 0 ? undefined : { name: 'map_flags', macro: '__uint', value: `\${1:${known.find(({ name }) => name === 'BPF_F_NO_PREALLOC')?.name ?? '0'}}`, need: 'optional', detail: 'flags' };
}

/** Flags that maps of a type take, of every type where it is not known. */
function mapFlags(unit: Unit, type: string | undefined): readonly ConstantFact[] {
  const refused = (type === undefined ? undefined : unit.facts.mapLimits.get(type)?.refusesFlags) ?? [];
  const known = type !== undefined && unit.facts.mapTypes.has(type);
  return [...unit.facts.constants.values()].filter(
    (fact) => !refused.includes(fact.name) && fact.belongs.some((owner) => owner.kind === 'map-type' && owner.param === 'map_flags' && (!known || owner.name === type || owner.name === '*')),
  );
}

/** Behind `__uint(map_flags, ` and its like. */
function values(unit: Unit, type: string | undefined, name: string, role: MapRole): readonly CompletionEntry[] {
  const { start } = role.replace;
  const typed = unit.model.main.text.slice(Math.max(0, start - 500), start).replace(/^[\s\S]*[;({]/, '');
  if (name === 'map_flags') {
    const needed = (type === undefined ? undefined : unit.facts.mapLimits.get(type)?.needsFlags) ?? [];
    return mapFlags(unit, type)
      .filter((fact) => !new RegExp(`\\b${fact.name}\\b`).test(typed))
      .map((fact) => constantEntry(unit, fact, { rank: needed.includes(fact.name) ? 0 : 1 }));
  }
  if (name === 'pinning') return ['LIBBPF_PIN_BY_NAME', 'LIBBPF_PIN_NONE'].flatMap((constant) => unit.facts.constants.get(constant) ?? []).map((fact, rank) => constantEntry(unit, fact, { rank }));
  if (name === 'key' || name === 'value') return types(unit, type, name);
  const attribute = attributesOf(unit, type).find((a) => a.name === name);
  if (attribute === undefined || name === 'type') return [];
  const proposed = attribute.value.replace(/^\$\{1:|\}$/g, '');
  return [{ label: proposed, kind: 'value', detail: attribute.detail, order: ' 0', ref: { kind: 'macro', name: attribute.macro } }];
}

/** Types for a key or value: numbers of the size that the map type demands, and the structs of this file. */
function types(unit: Unit, type: string | undefined, of: 'key' | 'value'): readonly CompletionEntry[] {
  const limits = type === undefined ? undefined : unit.facts.mapLimits.get(type);
  const sizes = (of === 'key' ? limits?.keySize : limits?.valueSize)?.filter((size) => size > 0);
  const numbers = Object.entries(NUMBERS).filter(([, size]) => sizes === undefined || sizes.includes(size));
  const structs = sizes === undefined ? structsOf(unit) : [];
  return [...numbers.map(([label, size]) => ({ label, detail: `${size} bytes` })), ...structs.map((name) => ({ label: `struct ${name}`, detail: 'of this file' }))].map(
    ({ label, detail }, i): CompletionEntry => ({ label, kind: 'type', detail, order: ` ${String(i).padStart(3, '0')}` }),
  );
}

const NUMBERS: Readonly<Record<string, number>> = { __u32: 4, __u64: 8, int: 4, __u16: 2, __u8: 1 };

/** Tags of the structs that the main file defines, in its order. */
function structsOf(unit: Unit): readonly string[] {
  return [...new Set([...unit.model.main.text.matchAll(/^[ \t]*(?:typedef[ \t]+)?struct[ \t]+(\w+)[ \t\r\n]*\{/gm)].map((m) => m[1]!))].slice(0, 100);
}

/** The lines that a map of a type needs beside `type`, their placeholders numbered from `first` on. */
export function neededLines(unit: Unit, type: string, first: number): readonly string[] {
  return attributesOf(unit, type)
    .filter(({ need, name }) => need === 'needed' && name !== 'type')
    .map(({ macro, name, value }, i) => `${macro}(${name}, ${value.replace('${1:', `\${${first + i}:`)});`);
}
