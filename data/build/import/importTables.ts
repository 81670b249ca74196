/** Imports the tables that rules decide by: maps and helpers, limits of map definitions, ranges of return values. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CommonSource, MapHelpersData, MapLimitsData, MapLimitsLimit, ReturnRangesData } from '../../../server/src/facts/types.gen.js';

interface Compatibility {
  readonly map_allows_only: Readonly<Record<string, readonly string[]>>;
  readonly helper_allows_only: Readonly<Record<string, readonly string[]>>;
}
interface Created {
  readonly creatable: boolean;
  readonly base_flags?: number;
  readonly key_sizes?: readonly number[];
  readonly value_sizes?: readonly number[];
  readonly max_entries?: readonly number[];
  readonly flags_ok?: readonly string[];
}
interface Range { readonly ok: 'any' | readonly number[] }

const KERNELS = ['6.12', '7.3'];
const MEASURED: CommonSource = { source: 'measured', ref: '6.18' };

/** check_map_func_compatibility() leaves these to may_update_sockmap(), which asks for the program's type. */
const SOCKMAP_UPDATES = ['bpf_map_update_elem', 'bpf_map_delete_elem'];

/** Local storage was not measured, since it wants BTF: bpf_local_storage_map_alloc_check(). */
const LOCAL_STORAGE: MapLimitsLimit = { keySize: [4], maxEntries: 'none', needsFlags: ['BPF_F_NO_PREALLOC'] };
const LOCAL_STORAGES = ['SK', 'INODE', 'TASK', 'CGRP'].map((owner) => `BPF_MAP_TYPE_${owner}_STORAGE`);

/**
 * Sizes that have no short list. A trie's key is the length of the prefix and 1 to 256 bytes of it (trie_alloc()); stacks have entries of 8
 * bytes, or of 32 with BPF_F_STACK_BUILD_ID (stack_map_alloc()).
 */
const SIZES: Readonly<Record<string, MapLimitsLimit>> = { BPF_MAP_TYPE_LPM_TRIE: { keyRange: [5, 260] }, BPF_MAP_TYPE_STACK_TRACE: { valueUnit: 8 } };

/** Types that bpf_map_meta_alloc() refuses, on 6.18 too: without map_meta_equal, or maps of maps themselves. */
const NEVER_INNER = ['PROG_ARRAY', 'CGROUP_STORAGE', 'PERCPU_CGROUP_STORAGE', 'ARRAY_OF_MAPS', 'HASH_OF_MAPS'].map((name) => `BPF_MAP_TYPE_${name}`);

/** Flags that one type or another was seen to take and that no later kernel gave to more types. */
const JUDGED_FLAGS = ['NO_PREALLOC', 'NO_COMMON_LRU', 'STACK_BUILD_ID', 'MMAPABLE'];
const FLAG_BITS: Readonly<Record<number, string>> = { 1: 'BPF_F_NO_PREALLOC', 1024: 'BPF_F_MMAPABLE' };

/** Ranges of attach types that were not measured, by the sources of 6.1 and 6.12 the same, or of 6.12 alone: check_return_code(). */
const BY_SOURCE: readonly { readonly programType: string; readonly attachTypes: readonly string[]; readonly min: number; readonly max: number; readonly since?: '6.12' }[] = [
  { programType: 'CGROUP_SKB', attachTypes: ['BPF_CGROUP_INET_INGRESS'], min: 0, max: 1 },
  { programType: 'CGROUP_SOCK', attachTypes: ['BPF_CGROUP_INET_SOCK_RELEASE', 'BPF_CGROUP_INET6_POST_BIND'], min: 0, max: 1 },
  { programType: 'CGROUP_SOCK_ADDR', attachTypes: ['BPF_CGROUP_INET6_CONNECT', 'BPF_CGROUP_UDP6_SENDMSG'], min: 0, max: 1 },
  { programType: 'CGROUP_SOCK_ADDR', attachTypes: ['BPF_CGROUP_UDP6_RECVMSG', 'BPF_CGROUP_INET6_GETPEERNAME', 'BPF_CGROUP_INET6_GETSOCKNAME'], min: 1, max: 1 },
  { programType: 'CGROUP_SOCK_ADDR', attachTypes: ['BPF_CGROUP_UNIX_SENDMSG'], min: 0, max: 1, since: '6.12' },
  { programType: 'CGROUP_SOCK_ADDR', attachTypes: ['BPF_CGROUP_UNIX_GETPEERNAME', 'BPF_CGROUP_UNIX_GETSOCKNAME'], min: 1, max: 1, since: '6.12' },
  { programType: 'TRACING', attachTypes: ['BPF_TRACE_FENTRY', 'BPF_TRACE_FEXIT'], min: 0, max: 0 },
];
/** Loaded on 6.18 with one value after the other, apart from the table. */
const MEASURED_APART: ReturnRangesData['ranges'] = [
  { programType: 'BPF_PROG_TYPE_KPROBE', attachTypes: ['BPF_TRACE_UPROBE_SESSION'], min: 0, max: 1, since: '6.18', sources: [MEASURED] },
];
/** Where a type without attach types was measured, the one that libbpf gives it. */
const ONLY_ATTACH_TYPE: Readonly<Record<string, string>> = { CGROUP_DEVICE: 'BPF_CGROUP_DEVICE', CGROUP_SYSCTL: 'BPF_CGROUP_SYSCTL' };
/** Attach types that came after 6.1, whose source the others are also known from. */
const LATER: Readonly<Record<string, string>> = { BPF_NETFILTER: '6.12', BPF_TRACE_KPROBE_SESSION: '6.12', BPF_CGROUP_UNIX_CONNECT: '6.12', BPF_CGROUP_UNIX_RECVMSG: '6.12' };

/** Reads the tables below `reference` and returns the data by file name. */
export async function importTables(reference: string): Promise<{ 'map-helpers': MapHelpersData; 'map-limits': MapLimitsData; 'return-ranges': ReturnRangesData }> {
  const json = async <T>(file: string): Promise<T> => JSON.parse(await readFile(path.join(reference, 'facts', file), 'utf8')) as T;
  const tables = await Promise.all(KERNELS.map((kernel) => json<Compatibility>(`map_helper_compat_${kernel}.json`)));
  return {
    'map-helpers': mapHelpers(tables),
    'map-limits': mapLimits(await json<Record<string, Created>>('map_create_measured_6.18.json')),
    'return-ranges': returnRanges(await json<Record<string, Range>>('return_range_measured_6.18.json')),
  };
}

function mapHelpers(tables: readonly Compatibility[]): MapHelpersData {
  const sources: CommonSource[] = KERNELS.map((kernel) => ({ source: 'kernel-source', ref: `${kernel} kernel/bpf/verifier.c check_map_func_compatibility()` }));
  const helper = (name: string): string => `bpf_${name}`;
  return {
    mapTypes: common(tables.map((t) => t.map_allows_only), helper),
    depends: { BPF_MAP_TYPE_SOCKMAP: SOCKMAP_UPDATES, BPF_MAP_TYPE_SOCKHASH: SOCKMAP_UPDATES },
    helpers: Object.fromEntries(Object.entries(common(tables.map((t) => t.helper_allows_only), (type) => type)).map(([name, types]) => [helper(name), types])),
    sources,
  };
}

/** Rows that all tables have, with what any of them allows: what is left out is refused by each. */
function common(tables: readonly Readonly<Record<string, readonly string[]>>[], rename: (name: string) => string): Record<string, string[]> {
  const [first = {}, ...others] = tables;
  const names = Object.keys(first).filter((name) => others.every((t) => t[name])).sort();
  return Object.fromEntries(names.map((name) => [name, [...new Set(tables.flatMap((t) => t[name] ?? []))].map(rename).sort()]));
}

function mapLimits(created: Readonly<Record<string, Created>>): MapLimitsData {
  const mapTypes: MapLimitsData['mapTypes'] = {};
  for (const [name, type] of Object.entries(created)) if (type.creatable) mapTypes[name] = limit(type, SIZES[name]);
  // libbpf puts the number of CPUs where a perf event array has 0 (map_set_def_max_entries).
  delete mapTypes['BPF_MAP_TYPE_PERF_EVENT_ARRAY']?.maxEntries;
  for (const name of LOCAL_STORAGES) mapTypes[name] = LOCAL_STORAGE;
  for (const name of NEVER_INNER) mapTypes[name] = { ...mapTypes[name], inner: 'never' };
  const read = ['bpf_local_storage.c bpf_local_storage_map_alloc_check()', 'lpm_trie.c trie_alloc()', 'stackmap.c stack_map_alloc()', 'map_in_map.c bpf_map_meta_alloc()'].map((where): CommonSource => ({ source: 'kernel-source', ref: `6.12 kernel/bpf/${where}` }));
  return { mapTypes: Object.fromEntries(Object.entries(mapTypes).sort(([a], [b]) => (a < b ? -1 : 1))), sources: [MEASURED, ...read] };
}

function limit({ base_flags = 0, key_sizes = [], value_sizes = [], max_entries = [], flags_ok = [] }: Created, sizes: MapLimitsLimit = {}): MapLimitsLimit {
  const needed = FLAG_BITS[base_flags];
  const few = (sizes: readonly number[]): number[] | undefined => (sizes.length <= 2 ? [...sizes] : undefined);
  const keySize = few(key_sizes);
  const valueSize = few(value_sizes);
  return {
    ...(keySize ? { keySize } : {}),
    ...(valueSize ? { valueSize } : {}),
    ...sizes,
    maxEntries: max_entries.length > 1 ? 'some' : max_entries[0] === 0 ? 'none' : 'pages',
    ...(needed === undefined ? {} : { needsFlags: [needed] }),
    refusesFlags: JUDGED_FLAGS.filter((flag) => !flags_ok.includes(flag) && `BPF_F_${flag}` !== needed).map((flag) => `BPF_F_${flag}`),
  };
}

function returnRanges(measured: Readonly<Record<string, Range>>): ReturnRangesData {
  const ranges: ReturnRangesData['ranges'] = [];
  for (const [name, { ok }] of Object.entries(measured)) {
    const [type = '', attach = ''] = name.split('|');
    const attachType = attach === '0' ? ONLY_ATTACH_TYPE[type] : attach;
    if (ok === 'any' || attachType === undefined || type.includes('/')) continue;
    const since = LATER[attachType] ?? '6.1';
    ranges.push({
      programType: `BPF_PROG_TYPE_${type}`, attachTypes: [attachType], min: Math.min(...ok), max: Math.max(...ok), since,
      sources: [MEASURED, { source: 'kernel-source', ref: `${since} kernel/bpf/verifier.c check_return_code()` }],
    });
  }
  for (const { programType, attachTypes, min, max, since } of BY_SOURCE) {
    const refs = (since ? [since] : ['6.1', '6.12']).map((kernel): CommonSource => ({ source: 'kernel-source', ref: `${kernel} kernel/bpf/verifier.c check_return_code()` }));
    ranges.push({ programType: `BPF_PROG_TYPE_${programType}`, attachTypes: [...attachTypes], min, max, since: since ?? '6.1', sources: refs });
  }
  ranges.push(...MEASURED_APART);
  return { ranges: ranges.sort((a, b) => (a.programType < b.programType ? -1 : a.programType > b.programType ? 1 : 0)) };
}
