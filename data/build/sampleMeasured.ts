/** Makes test/data/samples/measured-sample.json: a part of the measurements, spread over all configurations, for machines that lack the whole. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readSources } from './import/sources.js';
import type { MeasuredEntity } from './import/sources.js';

/** Every n-th entity goes in with one configuration in `STEP`, shifted from entity to entity, so that all occur. */
const STEP = 12;
/** Those that the rules about renamed, removed and variant entities hang on, with all their configurations. */
const WHOLE = ['bpf_redirect_map', 'bpf_copy_from_user', 'bpf_get_stackid', 'bpf_stream_vprintk', 'bpf_sock_destroy', 'cgroup_rstat_updated'];

/** @returns 0. Reads `reference`, writes below `root`. */
export async function writeSample(reference: string, root: string): Promise<number> {
  const sources = await readSources(reference, '');
  const configs = Object.keys(sources.configs);
  const part = (entities: Readonly<Record<string, MeasuredEntity>>, tried = new Set(Object.values(entities).flatMap((entity) => Object.keys(entity.allowed)))): Record<string, MeasuredEntity> => Object.fromEntries(
    Object.entries(entities).filter(([name]) => !/^bpf_(kfunc_call_|fentry_test1|modify_return_test)/.test(name)).map(([name, { in: known, allowed }], i) => {
      const chosen = configs.filter((config, k) => tried.has(config) && (WHOLE.includes(name) || k % STEP === i % STEP));
      // Spelled out, so that "absent" keeps its meaning inside the sample.
      const rows = chosen.map((config) => [config, allowed[config] ?? [...known].map((letter, k) => (letter === 'y' && sources.live[config]?.[k] === 'y' ? 'n' : '-')).join('')] as const);
      return [name, { in: known, allowed: Object.fromEntries(rows) }];
    }),
  );
  const sample = { kernels: sources.kernels, live: sources.live, configs: sources.configs, helpers: part(sources.measuredHelpers), kfuncs: part(sources.measuredKfuncs), access: sources.access, sections: sources.secDefs };
  const file = path.join(root, 'test/data/samples/measured-sample.json');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${pretty(sample)}\n`);
  return 0;
}

/** One entity a line: small diffs. */
function pretty(sample: Readonly<Record<string, object>>): string {
  const blocks = Object.entries(sample).map(([key, value]) => {
    if (Array.isArray(value)) return `"${key}": [\n${value.map((item) => JSON.stringify(item)).join(',\n')}\n]`;
    return `"${key}": {\n${Object.entries(value).map(([name, item]) => `"${name}": ${JSON.stringify(item)}`).join(',\n')}\n}`;
  });
  return `{\n${blocks.join(',\n')}\n}`;
}
