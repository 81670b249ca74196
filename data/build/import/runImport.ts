/** The importer's frame: reads the sources, makes the entries of each kind, applies corrections, writes data/. */
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { applyCorrections, readCorrections } from './corrections.js';
import type { Correction } from './corrections.js';
import { importContexts } from './importContexts.js';
import { importHelpers } from './importHelpers.js';
import { importConfigs, importKernels } from './importKernels.js';
import { importKfuncs } from './importKfuncs.js';
import { importSections } from './importSections.js';
import { importTables } from './importTables.js';
import { importAttachTypes, importMapTypes, importProgramTypes } from './importTypes.js';
import { readSources } from './sources.js';
import { toYaml, writeFolder } from './writeData.js';

export interface ImportOptions { readonly reference: string; readonly ebpfDocs: string; readonly libbpf: string; readonly dataDir: string }

/** @returns 0, or 1 if a correction no longer fits. Prints what a maintainer must look at. */
export async function runImport({ reference, ebpfDocs, libbpf, dataDir }: ImportOptions): Promise<number> {
  const sources = await readSources(reference, ebpfDocs);
  const corrections = await readCorrections(dataDir);
  const folders: [Correction['kind'], string, ReadonlyMap<string, object>][] = [
    ['helpers', 'helper', importHelpers(sources)],
    ['kfuncs', 'kfunc', importKfuncs(sources)],
    ['program-types', 'programType', importProgramTypes(sources)],
    ['attach-types', 'attachType', importAttachTypes(sources)],
    ['map-types', 'mapType', importMapTypes(sources)],
    ['sections', 'section', await importSections(sources, libbpf)],
    ['contexts', 'context', await importContexts(sources)],
  ];
  let complaints = 0;
  for (const [kind, schema, entries] of folders) {
    for (const complaint of applyCorrections(kind, entries, corrections)) {
      console.error(complaint);
      complaints += 1;
    }
    const old = await names(dataDir, kind);
    await writeFolder(dataDir, kind, entries, schema);
    const news = [...entries.keys()].filter((name) => !old.has(name));
    console.log(`${kind}: ${entries.size}${old.size > 0 && news.length > 0 ? `, new: ${news.join(' ')}` : ''}`);
  }
  await writeFile(path.join(dataDir, 'kernels.yaml'), toYaml(importKernels(sources), 'kernels'));
  await writeFile(path.join(dataDir, 'configs.yaml'), toYaml(importConfigs(sources), 'configs'));
  for (const [file, table] of Object.entries(await importTables(reference))) {
    const schema = file.replace(/-(.)/, (_, letter: string) => letter.toUpperCase());
    await writeFile(path.join(dataDir, `${file}.yaml`), toYaml(table, schema));
  }
  return complaints > 0 ? 1 : 0;
}

async function names(dataDir: string, kind: string): Promise<Set<string>> {
  const files = await readdir(path.join(dataDir, kind), { recursive: true }).catch(() => []);
  return new Set(files.map((file) => file.replace(/\.yaml$/, '')));
}
