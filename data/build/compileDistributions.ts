/** Compiles distributions: releases as numbers, in the order of names as people count. */
import type { CommonVersion, DistributionData, FactsDistribution } from '../../server/src/facts/types.gen.js';

export function compileDistributions(list: readonly DistributionData[], release: (version: CommonVersion) => number): FactsDistribution[] {
  const order = new Intl.Collator('en', { numeric: true });
  return [...list].sort((a, b) => order.compare(a.name, b.name)).map(({ kernels, sources, ...data }) => ({
    ...data,
    kernels: (kernels ?? []).map(({ release: base, bpf, backports, things }) => ({
      release: release(base), ...(bpf === undefined ? {} : { bpf: release(bpf) }), ...(backports === true ? { backports } : {}), ...(things === undefined ? {} : { things }),
    })),
    sources: sources.map(({ source, ref }) => [source, ref]),
  }));
}
