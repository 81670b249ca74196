/** Reading what a user types as the target kernel: the same forms as the setting and `--kernel` of the command line. */

const RELEASE = /^v?(\d{1,3})\.(\d{1,3})(?:\.\d{1,6})?(?:[-+][\w.+-]*)?$/;

/** What the server looks up: a name that it knows, or a file. */
const NAMED = /^[a-z]|[/\\]|\.(?:btf|ko)$/i;

/** A release as a number that compares as kernels do (5.9 < 5.10), or undefined. */
function release(text: string): number | undefined {
  const m = RELEASE.exec(text.trim());
  return m ? Number(m[1]) * 1000 + Number(m[2]) : undefined;
}

/**
 * Checks a target: `5.15`, a range `5.4..6.8`, a name, a file, several with commas, or nothing at all. Whether there is such a
 * distribution or file only the server knows.
 * @returns what is wrong with it, in a sentence for the user; undefined when it is fine.
 */
export function targetKernelProblem(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  for (const part of text.split(',')) {
    const problem = partProblem(part.trim());
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function partProblem(wanted: string): string | undefined {
  if (NAMED.test(wanted) && !/^v[\d.\s]/.test(wanted)) return undefined;
  // A range with a dash would read as one release with a suffix.
  if (/^v?\d+\.\d+\s*-\s*v?\d+\.\d+$/.test(wanted)) return `Write a range with two dots: ${wanted.split('-').map((end) => end.trim()).join('..')}.`;
  const [low, high, ...more] = wanted.split('..');
  const min = release(low ?? '');
  const max = high === undefined ? min : release(high);
  if (min === undefined || max === undefined || more.length > 0) return 'Write a kernel release (5.15), a range (5.4..6.8), a distribution (rhel9.4, RHEL 8.6), a BTF file, or several with commas.';
  if (min > max) return `The range is the wrong way round: write ${high?.trim()}..${low?.trim()}.`;
  return undefined;
}
