/** Maps as skeletons: for each type the lines that it needs. */
import type { Unit } from '../../analysis.types.js';
import { lateNote } from './constants.js';
import { orderOf, plainOf, type CompletionEntry } from './entry.js';
import { neededLines } from './mapDefinition.js';
import { freeName, takenNames } from './programSkeletons.js';
import { entryOf } from '../../text/entryOf.js';

/** Types that are written most, in this order before the others. */
const COMMON = ['HASH', 'ARRAY', 'RINGBUF', 'PERCPU_ARRAY', 'LRU_HASH', 'PERCPU_HASH', 'PERF_EVENT_ARRAY', 'LPM_TRIE', 'PROG_ARRAY', 'STACK_TRACE', 'DEVMAP', 'CPUMAP', 'XSKMAP', 'SOCKHASH', 'TASK_STORAGE'];
/** Made by the loader out of operations tables, or by the kernel only. */
const NOT_WRITTEN = new Set(['BPF_MAP_TYPE_UNSPEC', 'BPF_MAP_TYPE_STRUCT_OPS']);

/** A definition for each type of map that sources write, with a name that the unit does not use yet. */
export function mapSkeletons(unit: Unit): readonly CompletionEntry[] {
  const taken = takenNames(unit);
  return [...unit.facts.mapTypes.values()].flatMap((fact): CompletionEntry[] => {
    if (fact.aliasOf !== undefined || NOT_WRITTEN.has(fact.name)) return [];
    const short = fact.name.replace('BPF_MAP_TYPE_', '');
    const name = freeName(entryOf(NAMES, short) ?? `${short.toLowerCase()}_map`, taken);
    // The name is asked for last, when it is clear what the map holds.
    const lines = neededLines(unit, fact.name, 1);
    const snippet = `struct {\n\t__uint(type, ${fact.name});\n${lines.map((line) => `\t${line}\n`).join('')}} \${${lines.length + 1}:${name}} SEC(".maps");`;
    const note = lateNote(unit, fact.lifetime, 'map-type', fact.name);
    const rank = COMMON.indexOf(short);
    return [{
      label: `map ${short.toLowerCase()}`,
      kind: 'snippet',
      detail: fact.name,
      filter: `map ${short.toLowerCase()} struct`,
      ...(note === '' ? {} : { note, discouraged: true }),
      snippet,
      insert: plainOf(snippet),
      order: orderOf(note === '' ? (rank < 0 ? 2 : 1) : 8, `${String(rank).padStart(2, '0')}${short}`),
      ref: { kind: 'map-type', name: fact.name },
    }];
  });
}

/** What such maps mostly hold. */
const NAMES: Readonly<Record<string, string>> = { RINGBUF: 'events', PERF_EVENT_ARRAY: 'events', PROG_ARRAY: 'programs', STACK_TRACE: 'stacks', ARRAY: 'values', PERCPU_ARRAY: 'counters', XSKMAP: 'xsks', DEVMAP: 'devices', CPUMAP: 'cpus' };
