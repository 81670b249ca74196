/** Reading what a user types as the target kernel: the same forms as the setting and `--kernel` of the command line. */

const RELEASE = /^v?(\d{1,3})\.(\d{1,3})(?:\.\d{1,6})?(?:[-+][\w.+-]*)?$/;

/** A release as a number that compares as kernels do (5.9 < 5.10), or undefined. */
function release(text: string): number | undefined {
  const m = RELEASE.exec(text.trim());
  return m ? Number(m[1]) * 1000 + Number(m[2]) : undefined;
}

/**
 * Checks a target: `5.15`, a range `5.4..6.8`, or nothing at all.
 * @returns what is wrong with it, in a sentence for the user; undefined when it is fine.
 */
export function targetKernelProblem(text: string): string | undefined {
  const wanted = text.trim();
  if (wanted === '') return undefined;
  // A range with a dash would read as one release with a suffix.
  if (/^v?\d+\.\d+\s*-\s*v?\d+\.\d+$/.test(wanted)) return `Write a range with two dots: ${wanted.replace(/\s*-\s*/, '..')}.`;
  const [low, high, ...more] = wanted.split('..');
  const min = release(low ?? '');
  const max = high === undefined ? min : release(high);
  if (min === undefined || max === undefined || more.length > 0) return 'Write a kernel release such as 5.15, or a range such as 5.4..6.8.';
  if (min > max) return `The range is the wrong way round: write ${high?.trim()}..${low?.trim()}.`;
  return undefined;
}
