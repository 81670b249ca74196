/** Kfuncs: prototype, flags, lifetime, partner and matrix, from measurements, kernel sources and ebpf-docs. */
import { compactMatrix } from './measured.js';
import { kfuncListings } from './listings.js';
import { partnerOf } from './kfuncPartners.js';
import { docsSource } from './sources.js';
import type { MeasuredKfunc, SourceKfunc, Sources } from './sources.js';
import type { CommonLifetime, CommonListing, CommonSource, KfuncData } from '../../../server/src/facts/types.gen.js';

/** Functions of the kernel's own tests, and what a macro left behind. */
export const NOT_FOR_PROGRAMS = /^(bpf_kfunc_call_.*|bpf_fentry_test1|bpf_modify_return_test.*|name)$/;

export function importKfuncs(sources: Sources): Map<string, KfuncData> {
  const listings = kfuncListings(sources.docsKfuncSets);
  const names = new Set([
    ...Object.keys(sources.measuredKfuncs), ...Object.keys(sources.kfuncs['6.12'] ?? {}), ...Object.keys(sources.kfuncs['7.3'] ?? {}),
    ...(sources.versions['kfuncs']?.keys() ?? []),
  ]);
  const wanted = [...names].filter((name) => !NOT_FOR_PROGRAMS.test(name)).sort();
  return new Map(wanted.map((name) => [name, kfunc(name, sources, listings.get(name) ?? [], names)]));
}

function kfunc(name: string, sources: Sources, listed: CommonListing[], all: ReadonlySet<string>): KfuncData {
  const source = sources.kfuncs['7.3']?.[name] ?? sources.kfuncs['6.12']?.[name];
  const measured = sources.measuredKfuncs[name];
  const known = measured && believable(measured, sources);
  const { lifetime, from } = lifetimeOf(name, known, source, sources);
  const flags = [...flagsOf(measured, source)].sort();
  const partner = partnerOf(name, all);
  return {
    name,
    proto: measured?.proto ?? sourceProto(name, source),
    module: measured?.module ?? 'vmlinux',
    flags,
    ...(measured?.flags_before?.length ? { flagsBefore: [...measured.flags_before].sort() } : {}),
    lifetime,
    sources: from,
    ...(partner ? { partner } : {}),
    ...(known ? { known } : {}),
    ...(listed.length > 0 ? { listed } : {}),
    ...(measured && known ? { measured: compactMatrix({ in: known, allowed: believableRows(measured, sources) }, Object.keys(sources.configs), sources.live, '.') } : {}),
  };
}

/** The flags of nf_conntrack's and nf_flow_table's kfuncs could not be read from the measured modules: empty there, not so in their source. */
function flagsOf(measured: MeasuredKfunc | undefined, source: SourceKfunc | undefined): readonly string[] {
  const unread = measured !== undefined && measured.module !== 'vmlinux' && measured.flags.length === 0;
  return (unread ? undefined : measured?.flags) ?? [...new Set(source?.flags ?? [])];
}

/** `.` of a kfunc that lives in a module means nothing on a kernel whose modules were not there. */
function believable(measured: MeasuredKfunc, sources: Sources, letters = measured.in): string {
  if (measured.module === 'vmlinux') return letters;
  return [...letters].map((letter, i) => (letter === '.' && i > 0 && !sources.modulesTested[i] ? '?' : letter)).join('');
}

function believableRows(measured: MeasuredKfunc, sources: Sources): Record<string, string> {
  return Object.fromEntries(Object.entries(measured.allowed).map(([config, letters]) => [config, believable(measured, sources, letters)]));
}

function sourceProto(name: string, source: SourceKfunc | undefined): string {
  if (!source?.ret) return '';
  const ret = source.ret.replace(/^static /, '').replace(/^__bpf_kfunc /, '');
  return `${ret}${ret.endsWith('*') ? '' : ' '}${name}(${source.params ?? 'void'})`;
}

/** First and last release: the version table's, else what measurements and sources bound. */
function lifetimeOf(name: string, known: string | undefined, source: SourceKfunc | undefined, sources: Sources): { lifetime: CommonLifetime; from: CommonSource[] } {
  const releases = sources.kernels.map((kernel) => kernel.split('.').slice(0, 2).join('.'));
  const docs = sources.versions['kfuncs']?.get(name);
  const first = known?.indexOf('y') ?? -1;
  const last = known?.lastIndexOf('y') ?? -1;
  const gone = known !== undefined && last >= 0 ? known.indexOf('.', last) : -1;
  const end = gone >= 0 ? { max: releases[last] as string, gone: releases[gone] as string } : {};
  const measuredEnd: CommonSource[] = gone >= 0 ? [{ source: 'measured', ref: `absent from ${sources.kernels[gone] ?? ''}` }] : [];
  if (docs) return { lifetime: { since: docs.version, ...end }, from: [docsSource(docs), ...measuredEnd] };
  if (first >= 0 && known) {
    const before = known.lastIndexOf('.', first);
    const after = before >= 0 && before < first && releases[before] !== undefined ? { after: releases[before] as string } : {};
    return { lifetime: { since: releases[first] as string, ...after, ...end }, from: [{ source: 'measured', ref: sources.kernels[first] ?? '' }, ...measuredEnd] };
  }
  if (!source) throw new Error(`${name}: nothing says since when it exists`);
  return { lifetime: { since: '7.3', after: '6.12' }, from: [{ source: 'kernel-source', ref: `7.3 ${source.file.join(' ')}` }] };
}
