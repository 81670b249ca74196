/** The contexts' part of the compiled book: a pair of timelines (read, write) by program and attach type and field. */
import { fieldTimeline } from './contextTimelines.js';
import { encode } from './letters.js';
import type { Pool } from './letters.js';
import type { DataFiles } from './dataFiles.js';
import { parseRelease } from '../../server/src/facts/kernelVersion.js';
import type { Release } from '../../server/src/facts/kernelVersion.js';
import type { ContextData, FactsContext } from '../../server/src/facts/types.gen.js';

export function contextAccess(data: ContextData, files: DataFiles, releases: readonly Release[], pool: Pool): Pick<FactsContext, 'access'> {
  if (!data.access) return {};
  const access: NonNullable<FactsContext['access']> = {};
  for (const [key, { kernels }] of Object.entries(data.access)) {
    const bounds = boundsOf(key, files);
    const fields: Record<string, [number, number]> = {};
    for (const [field, { lifetime, hint }] of Object.entries(data.fields)) {
      const history = { since: optionalRelease(lifetime?.since), after: optionalRelease(lifetime?.after), hint: hint ?? false };
      const add = (mode: 'read' | 'write'): number => pool.add(encode(fieldTimeline(field, mode, kernels, history, bounds, releases, (version) => optionalRelease(version) ?? 0), releases));
      fields[field] = [add('read'), add('write')];
    }
    access[key] = fields;
  }
  return { access };
}

function boundsOf(key: string, files: DataFiles): Release {
  const [type = '', attach = ''] = key.split('|');
  const attachType = files.attachTypes.get(attach);
  return Math.max(
    optionalRelease(files.programTypes.get(type)?.lifetime.since) ?? 0,
    attachType && !attachType.optional ? (optionalRelease(attachType.lifetime?.since) ?? 0) : 0,
  );
}

function optionalRelease(version: string | undefined): Release | undefined {
  return version === undefined ? undefined : parseRelease(version);
}
