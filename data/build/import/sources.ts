/** Reads the sources that data/ is imported from; every YAML scalar stays a string, since 6.10 must not become 6.1. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';

export interface MeasuredEntity {
  readonly in: string;
  readonly allowed: Readonly<Record<string, string>>;
}
export interface MeasuredHelper extends MeasuredEntity { readonly id: number; readonly gpl_only: boolean | 'mixed' | null }
export interface MeasuredKfunc extends MeasuredEntity {
  readonly proto: string; readonly module: string; readonly flags: readonly string[]; readonly flags_before?: readonly string[];
}
export interface SourceHelper {
  readonly id: number; readonly ret: string; readonly params: readonly { readonly name: string; readonly type: string }[];
  readonly since: string; readonly since_sources: Readonly<Record<string, string | null>>; readonly gpl_only: readonly boolean[];
  readonly program_types: Readonly<Record<string, { readonly 'caps_7.3'?: readonly string[] | null }>>;
}
export interface SourceKfunc {
  readonly flags: readonly string[]; readonly registered_for: readonly string[]; readonly sets: readonly string[];
  readonly file: readonly string[]; readonly ret: string | null; readonly params: string | null;
}
export interface KsrcHelpers {
  readonly progs: Readonly<Record<string, { readonly helpers: Readonly<Record<string, readonly { readonly proto: string; readonly conds: readonly string[] }[]>> }>>;
  readonly protos: Readonly<Record<string, { readonly gpl_only?: string }>>;
  readonly struct_ops: Readonly<Record<string, { readonly helpers: Readonly<Record<string, unknown>> }>>;
}
export interface SourceConfig { readonly programType: string; readonly attachType: string | null; readonly sleepable?: boolean; readonly frags?: boolean; readonly target?: string }
export interface SecDef {
  readonly sec: string; readonly plus: boolean; readonly prog_type: string; readonly attach_type: string | null;
  readonly flags: readonly string[]; readonly first_libbpf: string; readonly first_libbpf_exact_pattern: string;
}
export interface LayoutField { readonly off: number; readonly size: number; readonly type: string; readonly array: string | null }
export interface Version { readonly version: string; readonly commit: string }
export interface DocsItem {
  readonly name?: string; readonly group?: string; readonly exclude?: string; readonly since?: Version;
  readonly attach_type?: readonly string[]; readonly cap?: readonly string[]; readonly kconfig?: readonly string[]; readonly prog_trampoline?: string;
}
export interface DocsKfuncSet {
  readonly funcs: readonly { readonly name: string; readonly flags?: readonly string[]; readonly except?: { readonly program_types?: readonly { readonly name: string }[] } }[];
  readonly program_types: readonly { readonly name: string; readonly since?: Version; readonly until?: Version }[];
  readonly attach_type?: readonly string[];
}

export interface Sources {
  readonly ebpfDocsDir: string;
  readonly kernels: readonly string[];
  readonly modulesTested: readonly boolean[];
  readonly live: Readonly<Record<string, string>>;
  readonly configs: Readonly<Record<string, SourceConfig>>;
  readonly measuredHelpers: Readonly<Record<string, MeasuredHelper>>;
  readonly measuredKfuncs: Readonly<Record<string, MeasuredKfunc>>;
  readonly structs: Readonly<Record<string, Readonly<Record<string, { readonly type: string; readonly off: number; readonly size: number; readonly in: string }>>>>;
  readonly helpers: Readonly<Record<string, SourceHelper>>;
  readonly ksrc: Readonly<Record<string, KsrcHelpers>>;
  readonly kfuncs: Readonly<Record<string, Readonly<Record<string, SourceKfunc>>>>;
  readonly secDefs: readonly SecDef[];
  readonly libbpfHead: string;
  readonly layout: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, LayoutField>>>>>>;
  readonly access: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
  readonly enums: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly identSince: Readonly<Record<string, { readonly since: string }>>;
  readonly fieldSince: Readonly<Record<string, { readonly since: string }>>;
  /** ebpf-docs' versions: group → name → version. */
  readonly versions: Readonly<Record<string, ReadonlyMap<string, Version>>>;
  readonly docsHelpers: { readonly groups: Readonly<Record<string, readonly DocsItem[]>>; readonly programs: Readonly<Record<string, readonly DocsItem[]>> };
  readonly docsKfuncSets: Readonly<Record<string, DocsKfuncSet>>;
}

/** Reads all sources below the two directories; throws where a file is missing. */
export async function readSources(reference: string, ebpfDocs: string): Promise<Sources> {
  const json = async <T>(file: string): Promise<T> => JSON.parse(await readFile(path.join(reference, file), 'utf8')) as T;
  const yaml = async <T>(file: string): Promise<T> => parse(await readFile(path.join(reference, 'ebpf-docs', file), 'utf8'), { schema: 'failsafe' }) as T;
  const measuredHelpers = await json<{ kernels: string[]; configs_live: Record<string, string>; helpers: Sources['measuredHelpers'] }>('measured/helpers.json');
  const measuredKfuncs = await json<{ modules_tested: boolean[]; kfuncs: Sources['measuredKfuncs'] }>('measured/kfuncs.json');
  const secDefs = await json<{ libbpf_head: string; defs: SecDef[] }>('facts/sec_defs.json');
  const features = await yaml<{ name: string; features: (Version & { name: string })[] }[]>('feature-versions.yaml');
  return {
    ebpfDocsDir: ebpfDocs,
    kernels: measuredHelpers.kernels,
    modulesTested: measuredKfuncs.modules_tested,
    live: measuredHelpers.configs_live,
    configs: await json('measured/configs.json'),
    measuredHelpers: measuredHelpers.helpers,
    measuredKfuncs: measuredKfuncs.kfuncs,
    structs: (await json<{ structs: Sources['structs'] }>('measured/structs.json')).structs,
    helpers: await json('facts/helpers.json'),
    ksrc: { '5.10': await json('facts/ksrc_helpers_5.10.json'), '6.12': await json('facts/ksrc_helpers_6.12.json'), '7.3': await json('facts/ksrc_helpers_7.3.json') },
    kfuncs: { '6.12': await json('facts/kfuncs_6.12.json'), '7.3': await json('facts/kfuncs_7.3.json') },
    secDefs: secDefs.defs,
    libbpfHead: secDefs.libbpf_head,
    layout: await json('facts/ctx_struct_layout.json'),
    access: await json('facts/ctx_access_src.json'),
    enums: await json('facts/uapi_enums.json'),
    identSince: await json('facts/uapi_ident_since_libbpf.json'),
    fieldSince: await json('facts/uapi_field_since_libbpf.json'),
    versions: Object.fromEntries(features.map((group) => [group.name, new Map(group.features.map((f) => [f.name, { version: plain(f.version), commit: f.commit }]))])),
    docsHelpers: await yaml('helpers-functions.yaml'),
    docsKfuncSets: (await yaml<{ sets: Sources['docsKfuncSets'] }>('kfuncs.yaml')).sets,
  };
}

/** `v6.10` → `6.10` */
export function plain(version: string): string {
  return version.replace(/^v/, '');
}

/** A version of ebpf-docs as a source. */
export function docsSource(version: Version): { source: 'ebpf-docs'; ref: string } {
  return { source: 'ebpf-docs', ref: version.commit };
}
