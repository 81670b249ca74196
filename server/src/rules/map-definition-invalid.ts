/**
 * Flags definitions of maps that no kernel accepts. Evidence: what Linux 6.18 accepts by map type, measured, and
 * bpf_local_storage_map_alloc_check() of 6.12, both in data/map-limits.yaml.
 */
import type { MapLimits } from '../facts/factBook.types.js';
import type { MapDef } from '../model/model.types.js';
import { indentAt } from '../text/layout.js';
import { defineRule, type Fix, type Report, type RuleContext } from './rule.js';
import { innerMaps } from './support/innerMaps.js';
import { listKeeper, namesOf } from './support/keep.js';
import { constantValue, sizeOfType } from './support/unit.js';
import { list } from './support/words.js';

type MapAttribute = MapDef['variable']['mapAttributes'][number];

const PAGE = 4096;

export const mapDefinitionInvalid = defineRule({
  id: 'map-definition-invalid',
  severity: 'error',
  doc: {
    summary: "A size or flag in the map's definition is one that its type does not accept.",
    why:
      'Each map type has its own demands: keys of arrays are 4 bytes, queues and ring buffers have no key, longest-prefix tries must not be preallocated. ' +
      'The kernel answers `EINVAL` when the map is created, and nothing of the object is loaded. ' +
      'Sizes of ring buffers that are no power of two, or no whole pages, are told as information: libbpf 0.8 and later round them up, other loaders do not. So is a type for the values of ring buffers, arenas and per-CPU event arrays, which cilium/ebpf leaves out.',
    bad: {
      code: `struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u64);
	__type(value, __u64);
} counters SEC(".maps");
`,
    },
    good: {
      code: `struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");
`,
    },
    exceptions:
      'Only what can be computed from the text is judged: literals, macros that are in sight, `sizeof` of plain types; in the definition of inner maps too (`__array(values, …)`). What is missing, or 0 entries, makes no finding, since programs set it before they load the object (`bpf_map__set_max_entries`).',
  },
  run(context, report) {
    const names = namesOf(context.model);
    for (const map of wrong(names, names, context.model.maps, (one) => (isFine(context, one) ? [] : [one]))) look(context, map, report);
    for (const map of innerMaps(context)) {
      look(context, map, report);
      inside(context, map, report);
    }
  },
});

/** Maps in which nothing was found need no second look while the names in them stand for the same. */
const wrong = listKeeper<MapDef, MapDef>();

type Sink = (finding: Report) => void;

function isFine(context: RuleContext, map: MapDef): boolean {
  let fine = true;
  look(context, map, () => (fine = false));
  return fine;
}

/** Types of which no map may be the inner one, and what libbpf refuses there. */
function inside(context: RuleContext, map: MapDef, report: Sink): void {
  const outer = map.within!;
  const pinning = map.attributes.find((a) => a.name === 'pinning');
  if (map.type !== null && context.facts.mapLimits.get(map.type)?.inner === 'never') {
    report(problem(map, map.attributes.find((a) => a.name === 'type'), `No map of type \`${map.type}\` may be in another map, and \`${outer.name}\` asks for such ones. Creating it fails.`));
  } else if (pinning) {
    report(problem(map, pinning, `Maps in other maps are not pinned by their definition. libbpf says \`inner def can't be pinned\` of \`${outer.name}\`, and loads nothing.`));
  }
}

function look(context: RuleContext, map: MapDef, report: Sink): void {
  const limits = map.type === null ? undefined : context.facts.mapLimits.get(map.type);
  // Fields in another file are not looked at, so nothing is known to be missing.
  if (!limits || map.attributes.length === 0) return;
  // What stands under an `#if` of its own may not be there together with the rest.
  const open = new Set(map.attributes.flatMap((a) => (a.conditions.length > 0 ? [a.name] : [])));
  const attributes = new Map(map.attributes.filter((a) => !open.has(a.name)).map((a) => [a.name, a]));
  size(context, map, attributes, 'key', limits.keySize, report);
  size(context, map, attributes, 'value', limits.valueSize, report);
  bounds(context, map, attributes, limits, report);
  entries(context, map, attributes.get('max_entries'), limits, report);
  if (!open.has('map_flags')) flags(context, map, attributes.get('map_flags'), limits, report);
}

/** The size of the key or value, as far as the text says it. */
interface Size { readonly attribute: MapAttribute; readonly bytes: number }

function sizeIn(context: RuleContext, attributes: ReadonlyMap<string, MapAttribute>, what: 'key' | 'value'): Size | undefined {
  const typed = attributes.get(what);
  const attribute = typed?.macro === '__type' ? typed : attributes.get(`${what}_size`);
  const bytes = attribute?.macro === '__type' ? sizeOfType(attribute.value) : attribute && constantValue(context, attribute.value);
  return attribute === undefined || bytes === undefined ? undefined : { attribute, bytes };
}

/** Sizes that have bounds and no list; 0 is what a loader is expected to replace. */
function bounds(context: RuleContext, map: MapDef, attributes: ReadonlyMap<string, MapAttribute>, { keyRange, valueUnit }: MapLimits, report: Sink): void {
  const key = keyRange && sizeIn(context, attributes, 'key');
  if (key && key.bytes !== 0 && (key.bytes < keyRange[0]! || key.bytes > keyRange[1]!)) {
    const why = map.type === 'BPF_MAP_TYPE_LPM_TRIE' ? ', the length of the prefix in 4 and 1 to 256 that it counts in' : '';
    report(problem(map, key.attribute, `A map of type \`${map.type}\` takes keys of ${keyRange[0]} to ${keyRange[1]} bytes${why}, and \`${map.name}\` has one of ${key.bytes}. Creating it fails with \`EINVAL\`.`));
  }
  const value = valueUnit === undefined ? undefined : sizeIn(context, attributes, 'value');
  if (value && value.bytes % valueUnit! !== 0) {
    report(problem(map, value.attribute, `A map of type \`${map.type}\` takes values of a multiple of ${valueUnit} bytes, and \`${map.name}\` has one of ${value.bytes}. Creating it fails with \`EINVAL\`.`));
  }
}

function problem(map: MapDef, attribute: MapAttribute | undefined, message: string, fixes: readonly Fix[] = []): Report {
  return { path: map.path, span: attribute?.valueSpan ?? map.typeSpan, message, subject: map.name, programs: [], fixes };
}

function size(context: RuleContext, map: MapDef, attributes: ReadonlyMap<string, MapAttribute>, what: 'key' | 'value', accepted: readonly number[] | undefined, report: Sink): void {
  const found = accepted && sizeIn(context, attributes, what);
  if (!found || accepted.includes(found.bytes)) return;
  const { attribute, bytes } = found;
  // cilium/ebpf's `fixupMagicFields()` sets these: 0 is what a loader is expected to replace.
  if (bytes === 0 && filledIn(map, what)) return;
  if (attribute.macro === '__type' && what === 'value' && TYPED.has(map.type ?? '')) {
    const message =
      `\`${map.name}\` gives its values a type of ${bytes} bytes, which no map of type \`${map.type}\` has. cilium/ebpf takes that for a type to generate code for; ` +
      'libbpf asks the kernel for values of that size, which fails with `EINVAL`.';
    report({ ...problem(map, attribute, message), severity: 'info' });
    return;
  }
  const wants = accepted.length === 1 && accepted[0] === 0 ? `has no ${what}s` : `takes ${what}s of ${list(accepted.map(String), 'or')} bytes only`;
  report(problem(map, attribute, `A map of type \`${map.type}\` ${wants}, and \`${map.name}\` has one of ${bytes}. Creating it fails with \`EINVAL\`.`));
}

/** Where cilium/ebpf's ELF reader leaves the size of a typed value out (`mapType.canHaveValueSize()`). */
const TYPED: ReadonlySet<string> = new Set(['BPF_MAP_TYPE_RINGBUF', 'BPF_MAP_TYPE_ARENA', 'BPF_MAP_TYPE_PERF_EVENT_ARRAY']);

/** Sizes that loaders write themselves where the definition says 0: those of per-CPU event arrays, and values of maps of maps. */
function filledIn({ type }: MapDef, what: 'key' | 'value'): boolean {
  return type === 'BPF_MAP_TYPE_PERF_EVENT_ARRAY' || (what === 'value' && /_OF_MAPS$/.test(type ?? ''));
}

function entries(context: RuleContext, map: MapDef, attribute: MapAttribute | undefined, limits: MapLimits, report: Sink): void {
  const count = attribute ? constantValue(context, attribute.value) : undefined;
  // 0 is what a loader is expected to replace.
  if (count === undefined || count === 0) return;
  if (limits.maxEntries === 'none') {
    report(problem(map, attribute, `A map of type \`${map.type}\` takes no \`max_entries\`, and \`${map.name}\` asks for ${count}. Creating it fails with \`EINVAL\`.`));
  } else if (limits.maxEntries === 'pages' && (count % PAGE !== 0 || !Number.isInteger(Math.log2(count)))) {
    const message =
      `The size of \`${map.name}\`, ${count} bytes, is no power of two in whole pages, as the kernel demands for \`${map.type}\` (\`EINVAL\`). ` +
      'libbpf 0.8 and later round it up; other loaders do not.';
    report({ ...problem(map, attribute, message), severity: 'info' });
  }
}

function flags(context: RuleContext, map: MapDef, attribute: MapAttribute | undefined, limits: MapLimits, report: Sink): void {
  const value = attribute ? constantValue(context, attribute.value) : 0;
  if (value === undefined || value < 0 || (value === 0 && !limits.needsFlags)) return;
  const has = (flag: string): boolean => {
    const bit = constantValue(context, flag);
    return bit !== undefined && Math.floor(value / bit) % 2 === 1;
  };
  const missing = (limits.needsFlags ?? []).filter((flag) => !has(flag));
  if (missing.length > 0) {
    const names = list(missing.map((flag) => `\`${flag}\``));
    report(problem(map, attribute, `A map of type \`${map.type}\` must be created with ${names}, and \`${map.name}\` is not. Creating it fails with \`EINVAL\`.`, addFlags(context, map, attribute, value, missing)));
  }
  for (const flag of limits.refusesFlags ?? []) {
    if (has(flag)) report(problem(map, attribute, `A map of type \`${map.type}\` takes no \`${flag}\`, and \`${map.name}\` asks for it. Creating it fails.`));
  }
}

function addFlags(context: RuleContext, map: MapDef, attribute: MapAttribute | undefined, value: number, missing: readonly string[]): readonly Fix[] {
  const title = `Add ${list(missing.map((flag) => `\`${flag}\``))}`;
  if (attribute) {
    const newText = value === 0 ? missing.join(' | ') : `${attribute.value} | ${missing.join(' | ')}`;
    return [{ title, edits: [{ path: map.path, span: attribute.valueSpan, newText }], safe: true }];
  }
  const type = map.attributes.find((a) => a.name === 'type');
  if (type?.macro !== '__uint') return [];
  const end = type.valueSpan.end;
  const indent = indentAt(context.model.files.get(map.path)?.text ?? '', type.nameSpan.start) || '\t';
  return [{ title, edits: [{ path: map.path, span: { start: end, end }, newText: `);\n${indent}__uint(map_flags, ${missing.join(' | ')}` }], safe: true }];
}
