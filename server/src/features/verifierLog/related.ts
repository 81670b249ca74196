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

/**
 * The fields of contexts at the offset that a refused access names. A log does not say which context it is about; where the source line
 * names one of the fields, only that is told.
 */
export function fieldsAt(facts: FactBook, captures: Captures, source: string): readonly InfoSection[] {
  const offset = Number(captures['off']);
  const all = [...facts.contexts.values()].filter((context) => context.checked).flatMap((context) =>
    [...context.fields.values()].filter((field) => field.offset <= offset && offset < field.offset + field.size).map((field) => ({ context, field })));
  const words = new Set(source.match(/\w+/g));
  const named = all.filter(({ field }) => words.has(field.name));
  const shown = named.length > 0 ? named : all;
  if (shown.length === 0) return [];
  const rows = shown.map(({ context, field }) => [[code(`struct ${context.name}`)], [code(field.name)], `${field.type}, offset ${field.offset}, ${field.size} bytes`]);
  return [paragraph(named.length > 0 ? 'The field of the source line stands there:' : 'What stands there, by context:'), { kind: 'table', head: ['Context', 'Field', 'Type'], rows }];
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
