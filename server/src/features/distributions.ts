/** Distributions in words: their kernels, and how long they are supported. */
import type { DistributionFact } from '../facts/distribution.types.js';
import type { FactBook } from '../facts/factBook.types.js';
import { formatRelease } from '../facts/kernelVersion.js';

export interface DistributionText {
  readonly name: string;
  readonly title: string;
  readonly kernels: string;
  readonly support: string;
}

/** `5.14 (BPF of 6.12)`, `5.14 (BPF of 6.5 or later)`, `6.4 (and later things)`. */
function kernelText({ release, bpf, backports: more, things }: DistributionFact['kernels'][number]): string {
  const base = formatRelease(release);
  const backports = more && !things;
  if (bpf !== undefined) return `${base} (BPF of ${formatRelease(bpf)}${backports ? ' or later' : ''})`;
  return backports ? `${base} (and later things)` : base;
}

/** Others whose kernels it has; of a long row the ends. */
function includedText(names: readonly string[]): readonly string[] {
  return names.length > 4 ? [`${names[0]!} to ${names.at(-1)!}`] : names;
}

/** `until 2027-04-01`, `ended 2024-08-14`; '' where it is not known. */
function supportText({ supportEnd }: DistributionFact, today: string): string {
  if (supportEnd === undefined) return '';
  return `${supportEnd < today ? 'ended' : 'until'} ${supportEnd}`;
}

/** All of the book's, in its order. @param today `2026-11-22` */
export function distributionTexts(facts: FactBook, today: string): readonly DistributionText[] {
  return [...facts.distributions.values()].map((fact) => ({ name: fact.name, title: fact.title, kernels: [...fact.kernels.map(kernelText), ...includedText(fact.includes)].join(', '), support: supportText(fact, today) }));
}
