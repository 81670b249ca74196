/** Helpers: number, prototype, version, licence and matrix, from libbpf, kernel sources, version tables and measurements. */
import { compactMatrix } from './measured.js';
import { helperListings } from './listings.js';
import type { MeasuredHelper, SourceHelper, Sources } from './sources.js';
import type { CommonListing, CommonSource, HelperData } from '../../../server/src/facts/types.gen.js';

export function importHelpers(sources: Sources): Map<string, HelperData> {
  const { listings, kernelConfig } = helperListings(sources.docsHelpers);
  const configs = Object.keys(sources.configs);
  const out = new Map<string, HelperData>();
  for (const [name, helper] of Object.entries(sources.helpers).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const measured = sources.measuredHelpers[name];
    if (!measured) throw new Error(`${name}: not in the measurements`);
    out.set(name, {
      name,
      id: helper.id,
      returns: helper.ret,
      params: helper.params.map((param) => (param.type === '...' ? { type: '...', name: '' } : { type: param.type, name: param.name })),
      since: helper.since,
      sources: versionSources(name, helper, sources),
      gplOnly: gplOnly(name, measured, helper, sources),
      ...listIf('capabilities', capabilities(helper)),
      ...listIf('kernelConfig', [...(kernelConfig.get(name) ?? [])].sort()),
      known: measured.in,
      ...listIf('listed', [...(listings.get(name) ?? []), ...schedExtListing(name, listings.get(name) ?? [], sources)]),
      measured: compactMatrix(measured, configs, sources.live, 'x'),
    });
  }
  return out;
}

const STRUCT_OPS = 'BPF_PROG_TYPE_STRUCT_OPS';

/** sched_ext came with 6.12, whose source says what its programs may call; the measured 6.12 was built without it. */
function schedExtListing(name: string, listed: readonly CommonListing[], sources: Sources): CommonListing[] {
  if (listed.some((listing) => listing.programTypes.includes(STRUCT_OPS))) return [];
  if (!sources.ksrc['6.12']?.struct_ops['bpf_scx_verifier_ops']?.helpers[name]) return [];
  return [{ programTypes: [STRUCT_OPS], targets: ['sched_ext_ops'], since: '6.12', ref: '6.12 kernel/sched/ext.c bpf_scx_get_func_proto()' }];
}

function listIf<K extends string, T>(key: K, list: readonly T[]): { [P in K]?: T[] } {
  return (list.length > 0 ? { [key]: [...list] } : {}) as { [P in K]?: T[] };
}

/** Sources that name the version which was taken. */
function versionSources(name: string, helper: SourceHelper, sources: Sources): CommonSource[] {
  const docs = sources.versions['helpers']?.get(name);
  const out: CommonSource[] = [];
  if (docs && docs.version === helper.since) out.push({ source: 'ebpf-docs', ref: docs.commit });
  if (helper.since_sources['bcc'] === helper.since) out.push({ source: 'bcc', ref: 'docs/kernel-versions.md' });
  if (out.length === 0) out.push({ source: 'uapi-history', ref: 'helpers.json' });
  return out;
}

/** What it needs in every program type on the newest kernel. */
function capabilities(helper: SourceHelper): string[] {
  const sets = Object.values(helper.program_types).flatMap((type) => (type['caps_7.3'] ? [type['caps_7.3']] : []));
  const [first, ...rest] = sets;
  return (first ?? []).filter((cap) => rest.every((set) => set.includes(cap))).sort();
}

function gplOnly(name: string, measured: MeasuredHelper, helper: SourceHelper, sources: Sources): HelperData['gplOnly'] {
  if (measured.gpl_only === null) return helper.gpl_only.length === 1 ? (helper.gpl_only[0] ?? null) : null;
  if (measured.gpl_only !== 'mixed') return measured.gpl_only;
  const byType: Record<string, boolean> = {};
  const ksrc = sources.ksrc['7.3'];
  for (const [programType, program] of Object.entries(ksrc?.progs ?? {})) {
    for (const { proto, conds } of program.helpers[name] ?? []) {
      const gpl = ksrc?.protos[proto]?.gpl_only === 'true';
      const attach = conds.includes('is_kprobe_multi(prog)') ? MULTI.kprobe : conds.includes('is_uprobe_multi(prog)') ? MULTI.uprobe : [''];
      for (const suffix of attach) byType[suffix === '' ? programType : `${programType}|${suffix}`] = gpl;
    }
  }
  return Object.fromEntries(Object.entries(byType).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** is_kprobe_multi() and is_uprobe_multi() of kernel/trace/bpf_trace.c take the session types too. */
const MULTI = {
  kprobe: ['BPF_TRACE_KPROBE_MULTI', 'BPF_TRACE_KPROBE_SESSION'],
  uprobe: ['BPF_TRACE_UPROBE_MULTI', 'BPF_TRACE_UPROBE_SESSION'],
};
