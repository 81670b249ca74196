/** Reads the user's target: one kernel, a range of them, or several of both. */
import { formatRelease, parseRelease, type Release } from '../facts/kernelVersion.js';

export type ParsedTarget =
  | { readonly target: { readonly min: Release; readonly max: Release; readonly releases: readonly Release[] } }
  | { readonly error: string };

/**
 * Reads `5.15`, `5.4..6.8`, ends included, or several such with commas between them.
 * @param releases the book's releases, ascending; those within the ranges are the target's, and so are the ranges' bounds.
 */
export function parseTarget(text: string, releases: readonly Release[]): ParsedTarget {
  const members = new Set<Release>();
  for (const part of text.split(',')) {
    const parsed = parseRange(part, releases);
    if ('error' in parsed) return parsed;
    for (const release of parsed.target.releases) members.add(release);
  }
  const sorted = [...members].sort((a, b) => a - b);
  return { target: { min: sorted[0] as Release, max: sorted.at(-1) as Release, releases: sorted } };
}

function parseRange(text: string, releases: readonly Release[]): ParsedTarget {
  // A range with a dash would read as one release with a suffix.
  if (/^\s*v?\d+\.\d+\s*-\s*v?\d+\.\d+\s*$/.test(text)) return { error: `"${text.trim()}" is no target: write a range with two dots, ${text.trim().replace(/\s*-\s*/, '..')}` };
  const parts = text.split('..').map((p) => p.trim());
  const [first, second = first] = parts;
  const min = parts.length <= 2 ? parseRelease(first ?? '') : undefined;
  const max = parseRelease(second ?? '');
  if (min === undefined || max === undefined) return { error: `"${text.trim()}" is no kernel version: write 5.15, or a range such as 5.4..6.8` };
  if (min > max) return { error: `"${text.trim()}" ends before it begins: write ${formatRelease(max)}..${formatRelease(min)}` };
  const within = releases.filter((r) => r >= min && r <= max);
  const members = new Set([min, ...within, max]);
  return { target: { min, max, releases: [...members].sort((a, b) => a - b) } };
}
