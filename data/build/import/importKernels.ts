/** The list of releases, measured kernels and measured configurations. */
import type { Sources } from './sources.js';
import type { CommonSource, ConfigsData, KernelsData } from '../../../server/src/facts/types.gen.js';

/** Linus' numbering: the last minor of each major. */
const LAST_MINOR: readonly (readonly [number, number, number])[] = [[3, 15, 19], [4, 0, 20], [5, 0, 19], [6, 0, 19], [7, 0, 3]];

export function importKernels(sources: Sources): KernelsData {
  const releases = LAST_MINOR.flatMap(([major, from, to]) => Array.from({ length: to - from + 1 }, (_, i) => `${major}.${from + i}`));
  return {
    releases,
    measured: sources.kernels.map((name, i) => ({ release: name.split('.').slice(0, 2).join('.'), name, modules: sources.modulesTested[i] ?? false })),
    gplLicenses: ['GPL', 'GPL v2', 'GPL and additional rights', 'Dual BSD/GPL', 'Dual MIT/GPL', 'Dual MPL/GPL'],
    sources: [
      { source: 'measured', ref: 'helpers.json' },
      { source: 'kernel-source', ref: 'include/linux/license.h license_is_gpl_compatible()', note: 'gplLicenses' },
    ],
  };
}

/** Targets that came after program type and attach type: structs of struct_ops, and tracepoints that may fault. */
const TARGET_SINCE: readonly { prefix: string; since: string; source: CommonSource }[] = [
  { prefix: 'sched_ext_ops.', since: '6.12', source: { source: 'ebpf-docs', ref: 'kfuncs scx_bpf_*' } },
  { prefix: 'hid_bpf_ops.', since: '6.11', source: { source: 'ebpf-docs', ref: '4a86220e046da009bef0948e9f51d1d26d68f93c' } },
  { prefix: 'Qdisc_ops.', since: '6.16', source: { source: 'ebpf-docs', ref: 'kfuncs bpf_qdisc_*' } },
  { prefix: 'btf_trace_sys_enter', since: '7.1', source: { source: 'measured', ref: '7.1.13', note: 'sleepable tp_btf is refused by 7.0.13' } },
];

export function importConfigs(sources: Sources): ConfigsData {
  const out: ConfigsData = {};
  // A configuration under which no kfunc at all is named was not tried: that every kernel refuses even common kfuncs there cannot be.
  const triedForKfuncs = new Set(Object.values(sources.measuredKfuncs).flatMap((kfunc) => Object.keys(kfunc.allowed)));
  for (const [name, config] of Object.entries(sources.configs)) {
    const live = sources.live[name];
    if (live === undefined) throw new Error(`${name}: no word on which kernels have it`);
    const born = TARGET_SINCE.find(({ prefix }) => config.target?.startsWith(prefix));
    out[name] = {
      programType: config.programType,
      attachType: config.attachType,
      ...(config.sleepable ? { sleepable: true } : {}),
      ...(config.frags ? { frags: true } : {}),
      ...(config.target ? { target: config.target } : {}),
      ...(triedForKfuncs.has(name) ? {} : { kfuncs: false }),
      ...(born ? { since: born.since, sources: [born.source] } : {}),
      live,
    };
  }
  return out;
}
