/** Context structs: fields from the newest kernel's layout, versions from ebpf-docs' pages, access from the kernels' *_is_valid_access. */
import { docsPage } from './docsPages.js';
import { PROGRAM_TYPE_NOTES } from './programTypeNotes.js';
import type { Sources } from './sources.js';
import type { CommonLifetime, CommonSource, ContextData } from '../../../server/src/facts/types.gen.js';

type Field = ContextData['fields'][string];
type Access = NonNullable<ContextData['access']>;

/** Context struct → the page of ebpf-docs that dates its fields. */
const PAGES: Readonly<Record<string, string>> = {
  __sk_buff: 'program-context/__sk_buff.md',
  xdp_md: 'program-type/BPF_PROG_TYPE_XDP.md',
  bpf_sock: 'program-type/BPF_PROG_TYPE_CGROUP_SOCK.md',
  bpf_sock_addr: 'program-type/BPF_PROG_TYPE_CGROUP_SOCK_ADDR.md',
  bpf_sock_ops: 'program-type/BPF_PROG_TYPE_SOCK_OPS.md',
  sk_msg_md: 'program-type/BPF_PROG_TYPE_SK_MSG.md',
  sk_reuseport_md: 'program-type/BPF_PROG_TYPE_SK_REUSEPORT.md',
  bpf_sk_lookup: 'program-type/BPF_PROG_TYPE_SK_LOOKUP.md',
  bpf_sysctl: 'program-type/BPF_PROG_TYPE_CGROUP_SYSCTL.md',
  bpf_sockopt: 'program-type/BPF_PROG_TYPE_CGROUP_SOCKOPT.md',
  bpf_cgroup_dev_ctx: 'program-type/BPF_PROG_TYPE_CGROUP_DEVICE.md',
};
/** Structs that programs get and the kernel checks without a table of fields. */
const UNCHECKED = ['bpf_perf_event_data', 'bpf_raw_tracepoint_args', 'bpf_nf_ctx'];
const NEWEST = '7.3';

export async function importContexts(sources: Sources): Promise<Map<string, ContextData>> {
  const out = new Map<string, ContextData>();
  for (const name of Object.keys(PAGES).sort()) {
    const dated = fieldVersions(await docsPage(sources.ebpfDocsDir, PAGES[name] ?? ''));
    out.set(name, { name, checked: true, fields: checkedFields(name, dated, sources), access: accessOf(name, sources) });
  }
  for (const name of UNCHECKED) {
    const fields = Object.entries(sources.structs[name] ?? {}).map(([field, at]) => [field, { type: at.type, offset: at.off, size: at.size }] as const);
    out.set(name, { name, checked: false, fields: Object.fromEntries(fields) });
  }
  return out;
}

function checkedFields(context: string, dated: ReadonlyMap<string, { version: string; commit: string }>, sources: Sources): Record<string, Field> {
  const fields: Record<string, Field> = {};
  for (const [field, at] of Object.entries(sources.layout[NEWEST]?.[context] ?? {})) {
    if (field === '.' || typeof at !== 'object') continue;
    const docs = dated.get(field);
    fields[field] = {
      type: at.type,
      ...(at.array === null ? {} : { array: Number(at.array) }),
      offset: at.off,
      size: at.size,
      ...(docs ? { lifetime: { since: docs.version }, sources: [{ source: 'ebpf-docs', ref: docs.commit }] } : hinted(context, field, sources)),
    };
  }
  return fields;
}

/** `### \`field\`` (or two fields joined by "and") followed by a version tag. */
export function fieldVersions(page: string): Map<string, { version: string; commit: string }> {
  const out = new Map<string, { version: string; commit: string }>();
  const heading = /^### (`\w+`(?: and `\w+`)*)\s*\n+\[:octicons-tag-24: v?(\d+\.\d+)\]\(https:\/\/github\.com\/torvalds\/linux\/commit\/([0-9a-f]{40})\)/gm;
  for (const [, names, version, commit] of page.matchAll(heading)) {
    // The first heading counts: the page of __sk_buff goes on with the struct behind its `sk`, which has fields of the same names.
    for (const name of (names ?? '').match(/\w+/g) ?? []) if (name !== 'and' && !out.has(name)) out.set(name, { version: version ?? '', commit: commit ?? '' });
  }
  return out;
}

/** The uapi history's word, one release off at worst; a field as old as its program type is exact. */
function hinted(context: string, field: string, sources: Sources): { lifetime?: CommonLifetime; hint?: boolean; sources?: CommonSource[] } {
  const hint = sources.fieldSince[`${context}.${field}`]?.since;
  if (hint === undefined) return {};
  const born = bornWith(context, sources);
  if (hint.startsWith('<=')) {
    const before = previousRelease(born);
    return { lifetime: { since: hint.slice(2), ...(born === hint.slice(2) ? {} : { after: before }) }, sources: [{ source: 'uapi-history', ref: 'libbpf' }] };
  }
  return { lifetime: { since: hint }, ...(hint === born ? {} : { hint: true }), sources: [{ source: 'uapi-history', ref: 'libbpf' }] };
}

function bornWith(context: string, sources: Sources): string {
  const types = Object.entries(PROGRAM_TYPE_NOTES).filter(([, note]) => note.context === context).map(([name]) => sources.versions['program_types']?.get(name)?.version ?? '');
  const sorted = types.filter((version) => version !== '').sort((a, b) => number(a) - number(b));
  return sorted[0] ?? '3.19';
}

function number(version: string): number {
  const [major, minor] = version.split('.').map(Number);
  return (major ?? 0) * 1000 + (minor ?? 0);
}

function previousRelease(version: string): string {
  const [major, minor] = version.split('.').map(Number) as [number, number];
  return minor > 0 ? `${major}.${minor - 1}` : `${major - 1}.19`;
}

/** Program and attach types of this context → kernel → permission → fields. */
function accessOf(context: string, sources: Sources): Access {
  const out: Access = {};
  for (const [kernel, tables] of Object.entries(sources.access)) {
    for (const [key, fields] of Object.entries(tables)) {
      const [type, attach] = key.split('|') as [string, string];
      if (PROGRAM_TYPE_NOTES[`BPF_PROG_TYPE_${type}`]?.context !== context) continue;
      const entry = (out[`BPF_PROG_TYPE_${type}|${attach === '0' ? '*' : attach}`] ??= { sources: [{ source: 'kernel-source', ref: '*_is_valid_access()' }], kernels: {} });
      entry.kernels[kernel] = byPermission(fields);
    }
  }
  for (const { as, from, why } of SAME_FUNCTION) {
    const model = out[from];
    if (model && !out[as]) out[as] = { sources: [{ source: 'kernel-source', ref: 'net/core/filter.c', note: why }], kernels: model.kernels };
  }
  return Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function byPermission(fields: Readonly<Record<string, string>>): Access[string]['kernels'][string] {
  const out: Record<'r' | 'rw' | 'w' | 'none', string[]> = { r: [], rw: [], w: [], none: [] };
  for (const [field, permission] of Object.entries(fields)) out[permission === '' ? 'none' : (permission as 'r' | 'rw' | 'w')].push(field);
  return Object.fromEntries(Object.entries(out).filter(([, names]) => names.length > 0).map(([permission, names]) => [permission, names.sort()]));
}

const LWT = 'lwt_is_valid_access() serves all four lightweight tunnel types';
const FAMILY = 'sock_addr_is_valid_access() splits by address family and, for msg_src_*, by sendmsg only';
const attach = (name: string): string => `BPF_PROG_TYPE_CGROUP_SOCK_ADDR|BPF_CGROUP_${name}`;

/** Pairs for which the kernel runs the same checks, though only one of the two was evaluated. */
const SAME_FUNCTION: readonly { as: string; from: string; why: string }[] = [
  { as: 'BPF_PROG_TYPE_SCHED_ACT|*', from: 'BPF_PROG_TYPE_SCHED_CLS|*', why: 'tc_cls_act_is_valid_access() serves both' },
  ...['LWT_IN', 'LWT_OUT', 'LWT_SEG6LOCAL'].map((type) => ({ as: `BPF_PROG_TYPE_${type}|*`, from: 'BPF_PROG_TYPE_LWT_XMIT|*', why: LWT })),
  { as: attach('INET4_GETSOCKNAME'), from: attach('INET4_GETPEERNAME'), why: FAMILY },
  ...['UDP6_RECVMSG', 'INET6_GETPEERNAME', 'INET6_GETSOCKNAME'].map((name) => ({ as: attach(name), from: attach('INET6_CONNECT'), why: FAMILY })),
  ...['SENDMSG', 'RECVMSG', 'GETPEERNAME', 'GETSOCKNAME'].map((name) => ({ as: attach(`UNIX_${name}`), from: attach('UNIX_CONNECT'), why: FAMILY })),
];
