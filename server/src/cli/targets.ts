/** `targets`: the distributions that a target may name, with their kernels and how long they are supported. */
import type { DistributionFact } from '../facts/distribution.types.js';
import type { FactBook } from '../facts/factBook.types.js';
import { formatRelease } from '../facts/kernelVersion.js';
import { loadFacts } from './engine.js';
import { EXIT, UsageError, type CliHost } from './host.js';
import { textTable } from './reporters/table.js';

export interface TargetsOptions {
  readonly format?: string;
}

/** `5.14 (BPF of 6.12)`, `5.14 (BPF of 6.5 or later)`, `6.4 and more`. */
function kernelText({ release, bpf, backports }: DistributionFact['kernels'][number]): string {
  const base = formatRelease(release);
  if (bpf !== undefined) return `${base} (BPF of ${formatRelease(bpf)}${backports ? ' or later' : ''})`;
  return backports ? `${base} (and later things)` : base;
}

/** The kernels of a distribution in words, those of others that it includes by their names. */
export function kernelsText(fact: DistributionFact): string {
  return [...fact.kernels.map(kernelText), ...fact.includes].join(', ');
}

/** `until 2027-04-01`, `ended 2024-08-14`; '' where it is not known. */
export function supportText({ supportEnd }: DistributionFact, today: string): string {
  if (supportEnd === undefined) return '';
  return `${supportEnd < today ? 'ended' : 'until'} ${supportEnd}`;
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
  host.out(textTable([['Target', 'Kernel', 'Support', 'What it is'], ...[...facts.distributions.values()].map((fact) => [fact.name, kernelsText(fact), supportText(fact, today), fact.title])]));
  return EXIT.ok;
}
