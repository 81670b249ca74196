/** Reads and writes data/published.yaml: what public tables say where the entries of data/ say something else. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import type { DataFiles } from './dataFiles.js';
import { toYaml } from './import/writeData.js';

export interface PublishedVersion {
  readonly kind: 'helper' | 'kfunc' | 'program type' | 'attach type' | 'map type';
  readonly name: string;
  readonly ebpfDocs?: string;
  readonly bcc?: string;
}

export interface Published {
  readonly versions: readonly PublishedVersion[];
  readonly flags: readonly { readonly name: string; readonly ebpfDocs: readonly string[] }[];
}

/** @throws an Error that says what is wrong where the file does not hold against its schema. */
export async function readPublished(dataDir: string): Promise<Published> {
  const schema = JSON.parse(await readFile(path.join(dataDir, 'schema', 'published.schema.json'), 'utf8')) as object;
  const value = parse(await readFile(path.join(dataDir, 'published.yaml'), 'utf8')) as unknown;
  const ajv = new Ajv({ allErrors: true });
  if (!ajv.validate(schema, value)) throw new Error(`data/published.yaml: ${ajv.errorsText()}`);
  return value as Published;
}

/** Compares the entries with the public tables below `reference`, and writes down where they differ. */
export async function writePublished(dataDir: string, reference: string, files: DataFiles): Promise<void> {
  const read = (file: string): Promise<string> => readFile(path.join(reference, file), 'utf8');
  const compare = JSON.parse(await read('facts/helper_versions_compare.json')) as Record<string, { since_ebpfdocs?: string | null; since_bcc?: string | null }>;
  // Versions are strings: 6.10 is no number.
  const features = parse(await read('ebpf-docs/feature-versions.yaml'), { schema: 'failsafe' }) as { name: string; features: { name: string; version: string }[] }[];
  const sets = (parse(await read('ebpf-docs/kfuncs.yaml'), { schema: 'failsafe' }) as { sets: Record<string, { funcs: { name: string; flags?: string[] }[] }> }).sets;
  const versions: PublishedVersion[] = [];
  for (const [name, { since_ebpfdocs: ebpfDocs, since_bcc: bcc }] of Object.entries(compare)) {
    const helper = files.helpers.get(`bpf_${name}`);
    if (helper === undefined) continue;
    const differs = (version: string | null | undefined): version is string => typeof version === 'string' && plain(version) !== helper.since;
    const said = { ...(differs(ebpfDocs) ? { ebpfDocs: plain(ebpfDocs) } : {}), ...(differs(bcc) ? { bcc: plain(bcc) } : {}) };
    if (Object.keys(said).length > 0) versions.push({ kind: 'helper', name: `bpf_${name}`, ...said });
  }
  const groups = [['kfuncs', 'kfunc', files.kfuncs], ['program_types', 'program type', files.programTypes], ['attach_types', 'attach type', files.attachTypes], ['map_types', 'map type', files.mapTypes]] as const;
  for (const [group, kind, entries] of groups) {
    for (const { name, version } of features.find((g) => g.name === group)?.features ?? []) {
      const since = entries.get(name)?.lifetime?.since;
      if (since !== undefined && since !== plain(version)) versions.push({ kind, name, ebpfDocs: plain(version) });
    }
  }
  const flags = new Map<string, readonly string[]>();
  for (const { name, flags: said = [] } of Object.values(sets).flatMap((set) => set.funcs)) {
    const kfunc = files.kfuncs.get(name);
    const sorted = [...new Set(said)].sort();
    if (kfunc?.known !== undefined && sorted.join() !== [...kfunc.flags].sort().join()) flags.set(name, sorted);
  }
  const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const published: Published = { versions: versions.sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : byName(a, b))), flags: [...flags].map(([name, ebpfDocs]) => ({ name, ebpfDocs })).sort(byName) };
  await writeFile(path.join(dataDir, 'published.yaml'), toYaml(published, 'published'));
}

const plain = (version: string): string => version.replace(/^v/, '');
