/** What the book knows of a distribution's kernels. */
import type { Things } from './kernel.types.js';
import type { Release } from './kernelVersion.js';
import type { Source } from './source.types.js';

/** A release of a distribution, with its kernels. */
export interface DistributionFact {
  readonly kind: 'distribution';
  /** `rhel9.4` */
  readonly name: string;
  readonly title: string;
  readonly aliases: readonly string[];
  /** Its own kernels: the mainline release they are based on, the one whose BPF they have, and whether they have more that nobody lists. */
  readonly kernels: readonly { readonly release: Release; readonly bpf?: Release; readonly backports: boolean; readonly things?: Things }[];
  /** Others whose kernels it has. */
  readonly includes: readonly string[];
  /** Dates, `2027-04-01`. */
  readonly released?: string;
  readonly supportEnd?: string;
  /** The end of support that is paid for, or done by others. */
  readonly extendedEnd?: string;
  readonly note?: string;
  readonly sources: readonly Source[];
}
