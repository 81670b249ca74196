/** What the fact book knows of the things that a message names: helpers, kfuncs, map types. */
import type { FactBook } from '../../facts/factBook.types.js';
import { formatRelease } from '../../facts/kernelVersion.js';
import type { Captures } from '../../verifier/verifier.types.js';
import { permissionRows } from '../describe/permissions.js';
import { versionText } from '../describe/common.js';
import { code, paragraph, type InfoSection } from '../text/info.js';

/** The number that libbpf puts where a relocation failed: src/relo_core.c, `bpf_core_poison_insn()`. */
const POISON = 195896080;
const MAX_ROWS = 12;

/** Sections about named things; none for what the book does not know. */
export function relatedFacts(facts: FactBook, captures: Captures): readonly InfoSection[] {
  return [...helper(facts, captures), ...kfunc(facts, captures), ...mapType(facts, captures)];
}

function helper(facts: FactBook, captures: Captures): readonly InfoSection[] {
  const id = captures['number'] === undefined ? undefined : Number(captures['number']);
  const name = captures['helper']?.replace(/#\d+$/, '');
  const fact = facts.helpers.get(name ?? '') ?? (id === undefined || id === POISON ? undefined : [...facts.helpers.values()].find((known) => known.id === id));
  if (fact === undefined) return [];
  const rows = permissionRows(facts, fact).slice(0, MAX_ROWS);
  return [
    paragraph(code(fact.name), ` is in mainline since Linux ${formatRelease(fact.since)}. ${rows.length > 0 ? 'Who may call it:' : ''}`),
    ...(rows.length > 0 ? [{ kind: 'table', head: ['Program type', 'From Linux', ''], rows } as const] : []),
  ];
}

function kfunc(facts: FactBook, captures: Captures): readonly InfoSection[] {
  const name = captures['kfunc'];
  const fact = name === undefined ? undefined : facts.kfuncs.get(name);
  if (fact === undefined) return [];
  const where = fact.module === 'vmlinux' ? '' : `, in the module ${fact.module}`;
  const partner = fact.partner === undefined ? [] : ['; its partner is ', code(fact.partner)];
  return [paragraph(code(fact.name), `: ${versionText(fact.lifetime)}${where}`, ...partner, '.')];
}

/** `enum bpf_map_type` of include/uapi/linux/bpf.h from 1 on, whose numbers never change. */
const MAP_TYPES = [
  'HASH', 'ARRAY', 'PROG_ARRAY', 'PERF_EVENT_ARRAY', 'PERCPU_HASH', 'PERCPU_ARRAY', 'STACK_TRACE', 'CGROUP_ARRAY', 'LRU_HASH', 'LRU_PERCPU_HASH', 'LPM_TRIE', 'ARRAY_OF_MAPS', 'HASH_OF_MAPS', 'DEVMAP',
  'SOCKMAP', 'CPUMAP', 'XSKMAP', 'SOCKHASH', 'CGROUP_STORAGE', 'REUSEPORT_SOCKARRAY', 'PERCPU_CGROUP_STORAGE', 'QUEUE', 'STACK', 'SK_STORAGE', 'DEVMAP_HASH', 'STRUCT_OPS', 'RINGBUF', 'INODE_STORAGE',
  'TASK_STORAGE', 'BLOOM_FILTER', 'USER_RINGBUF', 'CGRP_STORAGE', 'ARENA',
];

/** The verifier names map types by number. */
function mapType(facts: FactBook, captures: Captures): readonly InfoSection[] {
  const word = captures['helper'] === undefined ? undefined : MAP_TYPES[Number(captures['type'] ?? 0) - 1];
  const fact = word === undefined ? undefined : facts.mapTypes.get(`BPF_MAP_TYPE_${word}`);
  return fact === undefined ? [] : [paragraph(`Map type ${captures['type']} is `, code(fact.name), '.')];
}
