/** Compiles valid data files into the one JSON that the server loads. */
import { contextAccess } from './compileContexts.js';
import { Pool, encode, runLengths } from './letters.js';
import { availability, existence, makeAxis } from './timelines.js';
import type { Axis, ConfigBounds, EntityHistory } from './timelines.js';
import { compileConstants, compileMacros } from './compileNames.js';
import { compileDistributions } from './compileDistributions.js';
import { compileConcepts, compileDrivers, compileFeatures, compileLinkTypes, compileVerifierMessages } from './compileTopics.js';
import type { DataFiles } from './dataFiles.js';
import { parseRelease } from '../../server/src/facts/kernelVersion.js';
import type { Release } from '../../server/src/facts/kernelVersion.js';
import { without } from '../../server/src/facts/without.js';
import type {
  CommonLifetime, CommonListing, CommonMeasured, CommonSource, FactsDoc, FactsHelper, FactsJson, FactsKfunc, FactsLifetime, FactsSection, TextData,
} from '../../server/src/facts/types.gen.js';

/** Commits are kept this long: unambiguous in the kernel's tree. */
const SHORT_COMMIT = 12;

/** A version of a schema-checked file as a number. Throws where the schema was not asked first. */
export function release(version: string): Release {
  const value = parseRelease(version);
  if (value === undefined) throw new Error(`not a kernel version: ${version}`);
  return value;
}

interface Pools { readonly timelines: Pool; readonly matrices: Pool }

export function compileFacts(files: DataFiles): FactsJson {
  const releases = files.kernels.releases.map(release);
  const measured = files.kernels.measured.map((kernel) => ({ release: release(kernel.release), name: kernel.name }));
  const axis = makeAxis(releases, measured.map((kernel) => kernel.release));
  const bounds = configBounds(files);
  const pools: Pools = { timelines: new Pool(), matrices: new Pool() };
  const sections = [...files.sections.values()].sort((a, b) => a.order - b.order);
  const values = <T>(map: ReadonlyMap<string, T>): T[] => [...map.values()];
  const parts = { lifetime, short, doc: (folder: string, name: string) => doc(files, folder, name) };
  return {
    version: 1,
    releases,
    measured,
    gplLicenses: [...files.kernels.gplLicenses],
    configs: bounds.map(({ name, config }) => ({ name, ...without(config, 'live', 'since', 'sources') })),
    helpers: values(files.helpers).sort((a, b) => a.id - b.id).map((data): FactsHelper => ({
      name: data.name, id: data.id, returns: data.returns, params: data.params.map((param) => [param.type, param.name]), since: release(data.since),
      sources: short(data.sources), gpl: data.gplOnly, ...optional('capabilities', data.capabilities), ...optional('kernelConfig', data.kernelConfig),
      ...optional('prefer', files.texts.get(`helpers/${data.name}`)?.prefer ?? data.prefer),
      ...matrix({ since: release(data.since), known: data.known ?? '', listed: listings(data.listed), rows: rows(data, files, 'x') }, bounds, axis, pools), ...doc(files, 'helpers', data.name),
    })),
    kfuncs: values(files.kfuncs).map((data): FactsKfunc => ({
      name: data.name, proto: data.proto, flags: data.flags, ...optional('flagsBefore', data.flagsBefore), module: data.module, lifetime: lifetime(data.lifetime),
      sources: short(data.sources), ...(data.replacedBy ? { replacedBy: data.replacedBy } : {}), ...(data.partner ? { partner: data.partner } : {}),
      ...matrix({ ...ends(data.lifetime), known: data.known ?? '', listed: listings(data.listed), rows: rows(data, files, '.') }, bounds, axis, pools), ...doc(files, 'kfuncs', data.name),
    })),
    programTypes: values(files.programTypes).map((data) => ({
      name: data.name, title: data.title, context: data.context, attachTypes: data.attachTypes, lifetime: lifetime(data.lifetime), sources: short(data.sources),
      ...(data.sleepable ? { sleepableSince: release(data.sleepable.since) } : {}), sleepableKnown: data.sleepable !== null, ...doc(files, 'program-types', data.name),
    })),
    attachTypes: values(files.attachTypes).map((data) => ({
      name: data.name, optional: data.optional, ...(data.lifetime ? { lifetime: lifetime(data.lifetime) } : {}), sources: short(data.sources ?? []), ...doc(files, 'attach-types', data.name),
    })),
    mapTypes: values(files.mapTypes).map((data) => ({
      name: data.name, lifetime: lifetime(data.lifetime), sources: short(data.sources), ...(data.aliasOf ? { aliasOf: data.aliasOf } : {}), ...doc(files, 'map-types', data.name),
    })),
    sections: sections.map((data): FactsSection => ({
      ...without(data, 'order', 'sources', 'lifetime'), ...(data.lifetime ? { lifetime: lifetime(data.lifetime) } : {}), ...doc(files, 'sections', data.name.replaceAll('/', '__')),
    })),
    contexts: values(files.contexts).map((data) => ({
      name: data.name, checked: data.checked,
      fields: Object.entries(data.fields).map(([name, field]) => ({
        name, ...without(field, 'lifetime', 'hint', 'sources'), ...(field.lifetime ? { lifetime: lifetime(field.lifetime) } : {}), ...fieldDoc(files, data.name, name),
      })),
      ...contextAccess(data, files, releases, pools.timelines), ...doc(files, 'contexts', data.name),
    })),
    constants: compileConstants(values(files.constants), parts),
    macros: compileMacros(values(files.macros), parts),
    features: compileFeatures(values(files.features), parts, release),
    drivers: compileDrivers(values(files.drivers), parts),
    linkTypes: compileLinkTypes(values(files.linkTypes), parts),
    distributions: compileDistributions(values(files.distributions), release),
    concepts: compileConcepts(files.concepts),
    verifierMessages: compileVerifierMessages(files.verifierMessages, parts, release),
    alternatives: files.alternatives.groups,
    mapHelpers: without(files.mapHelpers, 'sources'),
    mapLimits: files.mapLimits.mapTypes,
    returnRanges: returnRanges(files),
    callbacks: files.callbacks.callbacks.map(({ takenBy, returns, sleeps }) => ({ takenBy, ...(returns ? { returns: dated(returns) } : {}), ...(sleeps ? { sleeps: dated(sleeps) } : {}) })),
    operations: files.operations.tables.map((table) => ({ ...without(table, 'sources', 'lifetime'), ...(table.lifetime ? { lifetime: lifetime(table.lifetime) } : {}) })),
    registers: files.registers.architectures.map((architecture) => without(architecture, 'sources')),
    timelines: pools.timelines.texts,
    matrices: pools.matrices.texts,
  };
}

function returnRanges({ returnRanges, lsmHooks }: DataFiles): FactsJson['returnRanges'] {
  const hooks = lsmHooks.kinds.flatMap((kind) => kind.ranges.map(({ attachType, ...range }) => ({ programType: 'BPF_PROG_TYPE_LSM', attachTypes: [attachType], ...dated(range), hooks: kind.hooks })));
  return [...returnRanges.ranges.map((range) => dated(without(range, 'sources'))), ...hooks];
}

function dated<T extends { readonly since: string; readonly free?: string }>({ since, free, ...rest }: T): Omit<T, 'since' | 'free'> & { since: number; free?: number } {
  return { ...rest, since: release(since), ...(free === undefined ? {} : { free: release(free) }) };
}

function matrix(entity: EntityHistory, bounds: readonly ConfigBounds[], axis: Axis, pools: Pools): { exists: number; matrix: number } {
  const exists = existence(entity, axis);
  const indices = bounds.map((config) => pools.timelines.add(encode(availability(entity, exists, config, axis), axis.releases)));
  const existing = exists.map((letter) => (letter === 'x' ? 'x' as const : 'u' as const));
  return { exists: pools.timelines.add(encode(existing, axis.releases)), matrix: pools.matrices.add(runLengths(indices)) };
}

/** Each configuration's letters; those named nowhere were refused by every kernel that has them. */
function rows(data: { known?: string; measured?: CommonMeasured }, files: DataFiles, absent: 'x' | '.'): Map<string, string> {
  const known = data.known ?? '';
  const out = new Map<string, string>();
  if (known === '') return out;
  for (const [name, config] of Object.entries(files.configs)) {
    if (absent === '.' && config.kfuncs === false) continue;
    out.set(name, [...known].map((letter, i) => (letter === '?' ? '?' : config.live[i] !== 'y' ? '-' : letter === '.' ? absent : 'n')).join(''));
  }
  for (const [letters, names] of Object.entries(data.measured ?? {})) for (const name of names) out.set(name, letters);
  return out;
}

/** Each configuration with the first release that can have such programs. */
export function configBounds(files: DataFiles): ConfigBounds[] {
  return Object.entries(files.configs).map(([name, config]) => {
    const type = files.programTypes.get(config.programType);
    const attach = config.attachType === null ? undefined : files.attachTypes.get(config.attachType);
    const maySleepSince = type?.sleepable ? release(type.sleepable.since) : undefined;
    const since = Math.max(
      type ? release(type.lifetime.since) : 0,
      attach?.lifetime && !attach.optional ? release(attach.lifetime.since) : 0,
      config.sleepable ? (maySleepSince ?? 0) : 0,
      config.since ? release(config.since) : 0,
      config.frags ? release(files.sections.get('xdp.frags')?.lifetime?.since ?? '3.15') : 0,
    );
    return { name, config, since, maySleepSince };
  });
}

function listings(listed: readonly CommonListing[] | undefined): EntityHistory['listed'] {
  return (listed ?? []).map(({ since, until, ...rest }) => ({ ...rest, since: or(since), until: or(until) }));
}

function or(version: string | undefined): Release | undefined {
  return version === undefined ? undefined : release(version);
}

function ends(data: CommonLifetime): Pick<EntityHistory, 'since' | 'after' | 'max' | 'gone'> {
  return { since: release(data.since), after: or(data.after), max: or(data.max), gone: or(data.gone) };
}

function lifetime(data: CommonLifetime): FactsLifetime {
  return { since: release(data.since), ...(data.after ? { after: release(data.after) } : {}), ...(data.max ? { max: release(data.max) } : {}) };
}

function short(sources: readonly CommonSource[]): string[][] {
  return sources.map(({ source, ref }) => (ref === undefined ? [source] : [source, /^[0-9a-f]{40}$/.test(ref) ? ref.slice(0, SHORT_COMMIT) : ref]));
}

function optional<K extends string, T>(key: K, list: readonly T[] | undefined): { [P in K]?: T[] } {
  return (list && list.length > 0 ? { [key]: [...list] } : {}) as { [P in K]?: T[] };
}

function doc(files: DataFiles, folder: string, name: string): { doc?: FactsDoc } {
  const text: TextData | undefined = files.texts.get(`${folder}/${name}`);
  return text ? { doc: without(text, 'prefer', 'fields') } : {};
}

function fieldDoc(files: DataFiles, context: string, field: string): { doc?: FactsDoc } {
  const summary = files.texts.get(`contexts/${context}`)?.fields?.[field];
  return summary === undefined ? {} : { doc: { summary } };
}
