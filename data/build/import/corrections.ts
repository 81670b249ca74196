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
 * Changes entries in place and puts the correction's sources before theirs.
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
    else for (const owner of new Set(Object.keys(correction.set).map((dotted) => sourced(entry, dotted.split('.'))))) addSources(owner, correction);
  }
  return complaints;
}

/** The innermost part on the way to a changed value that names sources: a field of a context, or the entry. */
function sourced(entry: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  let owner = entry;
  let part: unknown = entry;
  for (const key of keys) {
    part = (part as Record<string, unknown> | undefined)?.[key];
    if (typeof part === 'object' && part !== null && 'sources' in part) owner = part as Record<string, unknown>;
  }
  return owner;
}

function addSources(owner: Record<string, unknown>, correction: Correction): void {
  owner['sources'] = [...correction.sources, ...((owner['sources'] as unknown[] | undefined) ?? [])];
}

function setPath(target: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  const [key, ...rest] = keys;
  if (key === undefined) return;
  if (rest.length > 0) setPath((target[key] ??= {}) as Record<string, unknown>, rest, value);
  else if (value === null) delete target[key];
  else target[key] = value;
}
