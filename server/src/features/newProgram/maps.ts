/** Definitions of maps as `.maps` has them, and the few lines that use one. */
import type { FactBook } from '../../facts/factBook.types.js';
import { entryOf } from '../../text/entryOf.js';

export interface WrittenMap {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** Types that are no map of a program's own: filled in by libbpf or the kernel, or names of the past. */
const NOT_OFFERED = /_DEPRECATED$|^BPF_MAP_TYPE_(?:STRUCT_OPS|INSN_ARRAY|UNSPEC)$/;
const KEYS: Readonly<Record<string, string>> = { BPF_MAP_TYPE_LPM_TRIE: 'struct lpm_key', BPF_MAP_TYPE_CGROUP_STORAGE: 'struct bpf_cgroup_storage_key', BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE: 'struct bpf_cgroup_storage_key' };
/** What stands in front of the first map of a type. */
const STRUCTS: Readonly<Record<string, string>> = {
  BPF_MAP_TYPE_LPM_TRIE: 'struct lpm_key {\n\t__u32 prefixlen;\n\t__u32 address;\n};\n',
  BPF_MAP_TYPE_RINGBUF: 'struct event {\n\t__u64 time;\n};\n',
};
/** What holds other things of the kernel: 4 bytes for their descriptor. */
const HOLDS = /_(?:PERF_EVENT_ARRAY|PROG_ARRAY|CGROUP_ARRAY|CPUMAP|DEVMAP|DEVMAP_HASH|XSKMAP)$/;
const SOCKETS = /_(?:SOCKMAP|SOCKHASH|REUSEPORT_SOCKARRAY)$/;

/** The map types that a new program may have, as the book sorts them. */
export function offeredMapTypes(facts: FactBook): readonly string[] {
  return [...facts.mapTypes.values()].filter((t) => t.aliasOf === undefined && !NOT_OFFERED.test(t.name)).map((t) => t.name);
}

/** One definition for each type, in this order; two of a type get names of their own. */
export function writeMaps(facts: FactBook, types: readonly string[]): readonly WrittenMap[] {
  const used = new Set<string>();
  return types.map((type, index) => {
    const short = type.replace('BPF_MAP_TYPE_', '').toLowerCase();
    const base = type === 'BPF_MAP_TYPE_RINGBUF' ? 'events' : /map$|_map/.test(short) ? short : `${short}_map`;
    let name = base;
    for (let i = 2; used.has(name); i++) name = `${base}${i}`;
    used.add(name);
    const struct = types.indexOf(type) === index ? entryOf(STRUCTS, type) : undefined;
    return { name, type, text: `${struct === undefined ? '' : `${struct}\n`}${definition(facts, type, name)}` };
  });
}

function definition(facts: FactBook, type: string, name: string): string {
  const limits = facts.mapLimits.get(type);
  const flags = limits?.needsFlags ?? (type === 'BPF_MAP_TYPE_RHASH' ? ['BPF_F_NO_PREALLOC'] : []);
  const lines = [`__uint(type, ${type});`, ...sizes(type), ...(flags.length > 0 ? [`__uint(map_flags, ${flags.join(' | ')});`] : [])];
  return `struct {\n${lines.map((line) => `\t${line}\n`).join('')}} ${name} SEC(".maps");\n`;
}

function sizes(type: string): readonly string[] {
  const key = `__type(key, ${entryOf(KEYS, type) ?? '__u32'});`;
  if (/_(?:USER_)?RINGBUF$/.test(type)) return ['__uint(max_entries, 256 * 1024);'];
  if (type.endsWith('_ARENA')) return ['__uint(max_entries, 100); /* pages */'];
  if (/_(?:QUEUE|STACK|BLOOM_FILTER)$/.test(type)) return ['__uint(max_entries, 1024);', '__type(value, __u64);'];
  if (type.endsWith('_STACK_TRACE')) return ['__uint(max_entries, 1024);', key, '__uint(value_size, 127 * sizeof(__u64));'];
  if (/_(?:SK|TASK|INODE|CGRP)_STORAGE$/.test(type)) return ['__type(key, int);', '__type(value, __u64);'];
  if (/_CGROUP_STORAGE$/.test(type)) return [key, '__type(value, __u64);'];
  if (/_OF_MAPS$/.test(type)) {
    const inner = 'struct {\n\t\t__uint(type, BPF_MAP_TYPE_ARRAY);\n\t\t__uint(max_entries, 1);\n\t\t__type(key, __u32);\n\t\t__type(value, __u64);\n\t}';
    return ['__uint(max_entries, 64);', key, `__array(values, ${inner});`];
  }
  if (HOLDS.test(type)) return [...(type.endsWith('PERF_EVENT_ARRAY') ? [] : ['__uint(max_entries, 64);']), key, '__type(value, __u32);'];
  if (SOCKETS.test(type)) return ['__uint(max_entries, 64);', key, '__type(value, __u64);'];
  if (/_ARRAY$/.test(type)) return ['__uint(max_entries, 1);', key, '__type(value, __u64);'];
  return ['__uint(max_entries, 1024);', key, '__type(value, __u64);'];
}

const COUNTED = /^BPF_MAP_TYPE_(?:LRU_)?(?:PERCPU_)?(?:HASH|ARRAY)$/;

/** Lines of a body that use the first map that counts, and the first ring buffer; `allowed` says which helpers the program may call. */
export function uses(maps: readonly WrittenMap[], allowed: (helper: string) => boolean): { readonly declarations: string; readonly statements: string } {
  const counted = maps.find((m) => COUNTED.test(m.type) && allowed('bpf_map_lookup_elem'));
  const ring = maps.find((m) => m.type === 'BPF_MAP_TYPE_RINGBUF' && ['bpf_ringbuf_reserve', 'bpf_ringbuf_submit', 'bpf_ktime_get_ns'].every(allowed));
  const add = counted && /PERCPU/.test(counted.type) ? '*count += 1;' : '__sync_fetch_and_add(count, 1);';
  return {
    declarations: `${counted ? '\t__u64 *count;\n\t__u32 key = 0;\n' : ''}${ring ? '\tstruct event *event;\n' : ''}`,
    statements:
      (counted ? `\tcount = bpf_map_lookup_elem(&${counted.name}, &key);\n\tif (count)\n\t\t${add}\n\n` : '') +
      (ring ? `\tevent = bpf_ringbuf_reserve(&${ring.name}, sizeof(*event), 0);\n\tif (event) {\n\t\tevent->time = bpf_ktime_get_ns();\n\t\tbpf_ringbuf_submit(event, 0);\n\t}\n\n` : ''),
  };
}
