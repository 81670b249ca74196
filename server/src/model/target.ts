/** Reads the user's target: one kernel, or a range of them. */
import { formatRelease, parseRelease, type Release } from '../facts/kernelVersion.js';

export type ParsedTarget =
  | { readonly target: { readonly min: Release; readonly max: Release; readonly releases: readonly Release[] } }
  | { readonly error: string };

/**
 * Reads `5.15` or `5.4..6.8`, ends included.
 * @param releases the book's releases, ascending; those within the range are the target's, else its bounds are.
 */
export function parseTarget(text: string, releases: readonly Release[]): ParsedTarget {
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
