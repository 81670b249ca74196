/** Program, attach and map types with their versions. */
import { plain } from './sources.js';
import type { Sources, Version } from './sources.js';
import type { AttachTypeData, CommonLifetime, CommonSource, MapTypeData, ProgramTypeData } from '../../../server/src/facts/types.gen.js';
import { PROGRAM_TYPE_NOTES } from './programTypeNotes.js';

/** Attach types without which the programs load and attach as well (libbpf's SEC_ATTACHABLE_OPT, or added long after the type). */
const OPTIONAL = new Set(['BPF_XDP', 'BPF_SK_REUSEPORT_SELECT', 'BPF_PERF_EVENT']);
/** Names of uapi enums that only mark an end or a beginning. */
const MARKERS = /^__MAX_|_UNSPEC$/;
const ENUM_KERNELS = ['5.10', '6.12', '7.3'];

export function importProgramTypes(sources: Sources): Map<string, ProgramTypeData> {
  return byName(members(sources, 'bpf_prog_type'), (name) => {
    const note = PROGRAM_TYPE_NOTES[name];
    if (!note) throw new Error(`${name}: a new program type, add it to programTypeNotes.ts`);
    return {
      name,
      title: note.title,
      context: note.context,
      attachTypes: [...new Set([...attachTypesOf(name, sources), ...(note.attachTypes ?? [])])].sort(),
      ...version(name, 'program_types', 'bpf_prog_type', sources),
      sleepable: note.sleepable,
    };
  });
}

export function importAttachTypes(sources: Sources): Map<string, AttachTypeData> {
  return byName(members(sources, 'bpf_attach_type'), (name) => ({
    name,
    optional: OPTIONAL.has(name),
    ...version(name, 'attach_types', 'bpf_attach_type', sources),
  }));
}

export function importMapTypes(sources: Sources): Map<string, MapTypeData> {
  return byName(members(sources, 'bpf_map_type'), (name) => {
    const modern = name.replace(/_DEPRECATED$/, '');
    const source = modern === name ? name : modern;
    return { name, ...version(source, 'map_types', 'bpf_map_type', sources), ...(modern === name ? {} : { aliasOf: modern }) };
  });
}

function attachTypesOf(programType: string, sources: Sources): string[] {
  const fromConfigs = Object.values(sources.configs).filter((config) => config.programType === programType).map((config) => config.attachType);
  const fromSections = sources.secDefs.filter((def) => def.prog_type === programType).map((def) => def.attach_type);
  return [...fromConfigs, ...fromSections].filter((name) => name !== null);
}

function members(sources: Sources, name: string): string[] {
  const all = ENUM_KERNELS.flatMap((kernel) => sources.enums[name]?.[kernel] ?? []);
  return [...new Set(all)].filter((member) => !MARKERS.test(member));
}

function byName<T>(names: readonly string[], make: (name: string) => T): Map<string, T> {
  return new Map([...names].sort().map((name) => [name, make(name)]));
}

/** ebpf-docs' version; else the uapi history's, which is one release off at worst, so that it is kept as a range. */
function version(name: string, group: string, enumName: string, sources: Sources): { lifetime: CommonLifetime; sources: CommonSource[] } {
  const docs: Version | undefined = sources.versions[group]?.get(name);
  if (docs) return { lifetime: { since: docs.version }, sources: [{ source: 'ebpf-docs', ref: docs.commit }] };
  const hint = sources.identSince[name]?.since;
  const kernel = ENUM_KERNELS.find((candidate) => sources.enums[enumName]?.[candidate]?.includes(name));
  if (!hint || !kernel) throw new Error(`${name}: nothing says since when it exists`);
  return { lifetime: { since: plain(hint) }, sources: [{ source: 'uapi-history', ref: 'libbpf', note: `in the ${kernel} header` }] };
}
