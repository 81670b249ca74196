/** `targets`: the distributions that a target may name, with their kernels and how long they are supported. */
import type { DistributionFact } from '../facts/distribution.types.js';
import type { FactBook } from '../facts/factBook.types.js';
import { formatRelease } from '../facts/kernelVersion.js';
import { distributionTexts } from '../features/distributions.js';
import { loadFacts } from './engine.js';
import { EXIT, UsageError, type CliHost } from './host.js';
import { textTable } from './reporters/table.js';

export interface TargetsOptions {
  readonly format?: string;
}

const kernelJson = ({ release, bpf, backports }: DistributionFact['kernels'][number]): object => ({ release: formatRelease(release), ...(bpf === undefined ? {} : { bpf: formatRelease(bpf) }), backports });

function json(facts: FactBook): string {
  const targets = [...facts.distributions.values()].map(({ name, title, aliases, kernels, includes, released, supportEnd, extendedEnd, note, sources }) => ({
    name, title, aliases, kernels: kernels.map(kernelJson), includes, released, supportEnd, extendedEnd, note, sources,
  }));
  return `${JSON.stringify({ version: 1, targets }, null, 2)}\n`;
}

/**
 * Runs `targets`.
 * @throws UsageError for a format that does not exist
 */
export async function targets({ format = 'text' }: TargetsOptions, host: CliHost): Promise<number> {
  if (format !== 'text' && format !== 'json') throw new UsageError(`--format '${format}' is no format; it is one of text and json`);
  const facts = await loadFacts(host.assetDir);
  if (format === 'json') {
    host.out(json(facts));
    return EXIT.ok;
  }
  const today = new Date().toISOString().slice(0, 10);
  host.out(textTable([['Target', 'Kernel', 'Support', 'What it is'], ...distributionTexts(facts, today).map(({ name, kernels, support, title }) => [name, kernels, support, title])]));
  return EXIT.ok;
}
