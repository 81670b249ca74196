/** Waiting for a state, never for a time: what does not come ends the test with a sentence that says what was waited for. */

/** Longer than anything takes on the slowest and busiest machine, and less than the runner waits. */
const LIMIT_MS = 300_000;

/** Looks again and again until `holds`; the first looks come one right after the other. @param what is told if it never does */
export async function until(what: string | (() => string), holds: () => boolean): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  for (let i = 0; !holds(); i++) {
    if (Date.now() > end) throw new Error(`never: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, i < 50 ? 0 : 5));
  }
}
