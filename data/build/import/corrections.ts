/** Applies data/corrections.yaml to imported entries, so that what was mended by hand survives the next import. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type { CorrectionsData } from '../../../server/src/facts/types.gen.js';

export type Correction = CorrectionsData[number];

export async function readCorrections(dataDir: string): Promise<Correction[]> {
  return (parse(await readFile(path.join(dataDir, 'corrections.yaml'), 'utf8')) ?? []) as Correction[];
}

/**
 * Changes entries in place and adds the correction's sources to theirs.
 * @returns complaints: corrections that met no entry, or that change nothing any more.
 */
export function applyCorrections(kind: Correction['kind'], entries: ReadonlyMap<string, object>, corrections: readonly Correction[]): string[] {
  const complaints: string[] = [];
  for (const correction of corrections) {
    if (correction.kind !== kind) continue;
    const entry = entries.get(correction.name) as Record<string, unknown> | undefined;
    if (!entry) {
      complaints.push(`correction of ${kind}/${correction.name}: there is no such entry`);
      continue;
    }
    const before = JSON.stringify(entry);
    for (const [dotted, value] of Object.entries(correction.set)) setPath(entry, dotted.split('.'), value);
    if (JSON.stringify(entry) === before) complaints.push(`correction of ${kind}/${correction.name} changes nothing: the source was mended, delete it`);
    else if (Array.isArray(entry['sources'])) entry['sources'] = [...(entry['sources'] as unknown[]), ...correction.sources];
  }
  return complaints;
}

function setPath(target: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  const [key, ...rest] = keys;
  if (key === undefined) return;
  if (rest.length > 0) setPath((target[key] ??= {}) as Record<string, unknown>, rest, value);
  else if (value === null) delete target[key];
  else target[key] = value;
}
