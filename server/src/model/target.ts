/** Reads the user's target: kernels by release, ranges of them, distributions and kernels whose types are at hand, or several of these. */
import type { FactBook } from '../facts/factBook.types.js';
import type { DistributionFact } from '../facts/distribution.types.js';
import type { Kernel, KernelsByName } from '../facts/kernel.js';
import { formatRelease, parseRelease, type Release } from '../facts/kernelVersion.js';
import { distributionMeant, distributionNamed, distributionRange, nameAsWritten } from './distributionNames.js';

/** Kernels that are judged together: mainline releases, or one kernel of somebody's own. */
export interface TargetPart {
  readonly min: Release;
  readonly max: Release;
  readonly releases: readonly Release[];
  /** Set on a part that is one kernel; its release is then the only one. */
  readonly kernel?: Kernel;
}

export interface TargetParts extends TargetPart {
  /** Mainline releases first, where there are any, then each kernel. Never empty. */
  readonly parts: readonly TargetPart[];
}

export type ParsedTarget = { readonly target: TargetParts } | { readonly error: string };

/** What a target may be, for messages. */
export const TARGET_FORMS = 'write a release (5.15), a range (5.4..6.8), a distribution (rhel9.4, rhel8.6..rhel8.10), a BTF file (./vmlinux.btf), running, or several with commas';

/** Kernels that one target may name: each costs as much as a target of its own. */
const MAX_KERNELS = 40;

/**
 * Reads `5.15`, `5.4..6.8`, ends included, `rhel9.4`, or a name in `kernels`; several with commas between them.
 * @param kernels what the host found behind paths and `running`
 */
export function parseTarget(text: string, book: Pick<FactBook, 'releases' | 'distributions'>, kernels: KernelsByName = new Map()): ParsedTarget {
  const members = new Set<Release>();
  const own = new Set<Kernel>();
  for (const part of text.split(',').map((p) => p.trim())) {
    const found = kernels.get(part);
    if (found && 'error' in found) return { error: found.error };
    if (found && 'joins' in found) continue;
    const named = found ? [found] : distributionKernels(book, part);
    if (named && 'error' in named) return named;
    named?.forEach((kernel) => own.add(kernel));
    if (named) continue;
    const parsed = parseRange(part, book);
    if ('error' in parsed) return parsed;
    for (const release of parsed.releases) members.add(release);
  }
  if (own.size > MAX_KERNELS) return { error: `"${text.slice(0, 60)}" names ${own.size} kernels, and more than ${MAX_KERNELS} are not judged at once` };
  const parts: TargetPart[] = [...own].map((kernel) => ({ min: kernel.release, max: kernel.release, releases: [kernel.release], kernel }));
  if (members.size > 0) parts.unshift(joined([...members]));
  const [only] = parts;
  return { target: only && parts.length === 1 ? { ...only, parts } : { ...joined(parts.flatMap((part) => part.releases)), parts } };
}

/** What stands between the commas of a target; a module's file stays behind that of the kernel that it holds on. @param kernels as for `parseTarget` */
export function membersOf(text: string, kernels: KernelsByName = new Map()): readonly string[] {
  const all = text.split(',').map((part) => part.trim());
  const joins = (part: string): string | undefined => {
    const found = kernels.get(part);
    return found && 'joins' in found ? found.joins : undefined;
  };
  return all.filter((part) => joins(part) === undefined).map((part) => [part, ...all.filter((other) => joins(other) === part)].join(','));
}

function joined(releases: readonly Release[]): TargetPart {
  const sorted = [...new Set(releases)].sort((a, b) => a - b);
  return { min: sorted[0] as Release, max: sorted.at(-1) as Release, releases: sorted };
}

/** Members of a target that only the host can look up: `running`, and paths. */
export function namesToLookUp(text: string): readonly string[] {
  return [...new Set(text.split(',').map((part) => part.trim()))].filter((part) => part === 'running' || looksLikePath(part));
}

/** True for what is meant as a file: with a slash, or an ending or a name that such files have. A range has two dots and no slash. */
export function looksLikePath(text: string): boolean {
  return /[/\\]|\.(?:btf|ko)$|^vmlinu[xz]/i.test(text);
}

const ofDistribution = new WeakMap<DistributionFact, Map<string, readonly Kernel[]>>();

/** The kernels of a distribution, or of a range of its releases; undefined for what names none. */
function distributionKernels({ distributions }: Pick<FactBook, 'distributions'>, word: string): readonly Kernel[] | { readonly error: string } | undefined {
  const fact = distributionNamed(distributions, word);
  if (fact) return kernelsOf(distributions, fact, nameAsWritten(fact, word));
  const range = distributionRange(distributions, word);
  if (!range || 'error' in range) return range;
  return range.flatMap((member) => kernelsOf(distributions, member, member.name));
}

/** Always the same objects for a name: answers are kept by them. They go by the name that was written, `rocky8.6` as well as `rhel8.6`. */
function kernelsOf(distributions: FactBook['distributions'], fact: DistributionFact, name: string): readonly Kernel[] {
  let byName = ofDistribution.get(fact);
  if (!byName) ofDistribution.set(fact, (byName = new Map<string, readonly Kernel[]>()));
  let kernels = byName.get(name);
  if (!kernels) {
    const own = fact.kernels.map(({ release, bpf, backports, things }): Kernel => ({
      label: fact.kernels.length === 1 ? name : `${name} (${formatRelease(release)})`, release, bpf: bpf ?? release, backports, ...(things ? { things } : {}),
    }));
    const others = fact.includes.flatMap((included) => {
      const member = distributions.get(included);
      // Of what is rebuilt from another's sources its own name is told: `rocky8.6`.
      return member ? kernelsOf(distributions, member, member.aliases.find((alias) => alias.startsWith(`${fact.name}.`)) ?? member.name) : [];
    });
    byName.set(name, (kernels = [...own, ...others]));
  }
  return kernels;
}

function parseRange(text: string, { releases, distributions }: Pick<FactBook, 'releases' | 'distributions'>): TargetPart | { readonly error: string } {
  // A range with a dash would read as one release with a suffix.
  if (/^\s*v?\d+\.\d+\s*-\s*v?\d+\.\d+\s*$/.test(text)) return { error: `"${text.trim()}" is no target: write a range with two dots, ${text.split('-').map((end) => end.trim()).join('..')}` };
  if (text === 'running') return { error: '"running" is the kernel of the machine that the analysis runs on, and it cannot be asked here' };
  if (looksLikePath(text)) return { error: `"${text}" is a file, and files cannot be read here` };
  const parts = text.split('..').map((p) => p.trim());
  const [first, second = first] = parts;
  const min = parts.length <= 2 ? parseRelease(first ?? '') : undefined;
  const max = parseRelease(second ?? '');
  if (min === undefined || max === undefined) return { error: `${/^[a-z]/i.test(text.trim()) ? distributionMeant(distributions, text) : `"${text.trim()}" is no kernel version`}; ${TARGET_FORMS}` };
  if (min > max) return { error: `"${text.trim()}" ends before it begins: write ${formatRelease(max)}..${formatRelease(min)}` };
  return joined([min, ...releases.filter((r) => r >= min && r <= max), max]);
}
