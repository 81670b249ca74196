/** Kernel releases as numbers that compare the way kernels do: 5.9 < 5.10. */

/** A mainline release: `major * 1000 + minor`. Only `major.minor` counts; patch levels are dropped. */
export type Release = number;

const PATTERN = /^v?(\d{1,3})\.(\d{1,3})(?:\.\d{1,6})?(?:[-+][\w.+-]*)?$/;

/**
 * Reads `6.1`, `v6.1`, `6.1.192` or `6.1.0-18-amd64`.
 * @returns the release, or undefined if the text is no kernel version.
 */
export function parseRelease(text: string): Release | undefined {
  const m = PATTERN.exec(text.trim());
  return m ? Number(m[1]) * 1000 + Number(m[2]) : undefined;
}

/** `6001` → `6.1`. */
export function formatRelease(release: Release): string {
  return `${Math.floor(release / 1000)}.${release % 1000}`;
}
