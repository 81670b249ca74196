/** Distributions: names that lead to one only, kernels of their own or of others, a source for them, dates in order. */
import { parseRelease } from '../../server/src/facts/kernelVersion.js';
import type { Complain } from './checkLifetime.js';
import type { DataFiles } from './dataFiles.js';

export function checkDistributions(files: DataFiles, complain: Complain): void {
  const owners = new Map<string, string>();
  for (const [name, data] of files.distributions) {
    const file = `distributions/${name}.yaml`;
    for (const word of [name, ...(data.aliases ?? [])]) {
      const owner = owners.get(word);
      if (owner !== undefined) complain(file, 'aliases', `${word} is ${owner}'s`);
      owners.set(word, name);
    }
    if ((data.kernels === undefined) === (data.includes === undefined)) complain(file, 'kernels', 'needs either kernels of its own or others to include');
    for (const wanted of data.includes ?? []) {
      if (!files.distributions.has(wanted)) complain(file, 'includes', `no such distribution: ${wanted}`);
      if (files.distributions.get(wanted)?.includes !== undefined) complain(file, 'includes', `${wanted} includes others itself`);
    }
    data.kernels?.forEach(({ release, bpf }, i) => {
      if (bpf !== undefined && (parseRelease(bpf) ?? 0) <= (parseRelease(release) ?? 0)) complain(file, `kernels.${i}.bpf`, `is not newer than ${release}`);
    });
    for (const [kind, lists] of (data.kernels ?? []).flatMap(({ things }) => Object.entries(things ?? {}))) {
      for (const name of Object.values(lists).flat()) if (!namesOf(files, kind).has(name)) complain(file, `things.${kind}`, `${name} is no entry`);
    }
    if (data.kernels && data.sources.every(({ source }) => source === 'endoflife.date')) complain(file, 'sources', 'names nobody who knows its kernels, only its dates');
    const dates = [data.released, data.supportEnd, data.extendedEnd].filter((date) => date !== undefined);
    if ([...dates].sort().join() !== dates.join()) complain(file, 'supportEnd', 'the dates are not in order');
  }
}

/** Entries that a kind of things may name; fields as `xdp_md.data_meta`. */
function namesOf(files: DataFiles, kind: string): ReadonlyMap<string, unknown> {
  const maps: Readonly<Record<string, ReadonlyMap<string, unknown>>> = {
    helper: files.helpers, kfunc: files.kfuncs, 'map-type': files.mapTypes, 'program-type': files.programTypes, 'attach-type': files.attachTypes, constant: files.constants,
    field: new Map([...files.contexts].flatMap(([struct, { fields }]) => Object.keys(fields).map((field) => [`${struct}.${field}`, field] as const))),
  };
  return maps[kind] ?? new Map<string, unknown>();
}
