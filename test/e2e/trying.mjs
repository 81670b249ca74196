/**
 * Runs groups of steps in an editor; and a group a second time, in an editor and a workspace made anew, when a step of it failed.
 *
 * Why that is right: the steps drive a whole editor in a browser, on a machine that has other work. What its page does not hear, as a click
 * while a list is filled or a key while something takes the focus, is no fault of the extension. The steps wait for what they need and act
 * again; the moment that nobody thought of is left to the second try. What the extension does wrong it does wrong twice, as a second try
 * has nothing of the first: no editor, server, setting or file. And it stays seen: a second try is printed with what the first said, the
 * picture of the first is kept, and a run in which more than a few steps need one fails.
 */
import path from 'node:path';

/** Steps of a run that may have a second try; the next one that fails has failed, and the run with it. */
export const MAX_SECOND_TRIES = 3;
/** What takes longer hangs. The longest step, which kills the server again and again, takes a minute or two. */
const STEP_MS = 10 * 60_000;

/** What is told of where there is no test to tell of. */
const RAN = 'ran';

/** How many steps had a second try, in all parts of a run. */
export class SecondTries {
  used = 0;

  /** @returns false where none is left */
  take() {
    if (this.used === MAX_SECOND_TRIES) return false;
    this.used++;
    return true;
  }
}

/**
 * @typedef {{ name: string, error?: string, firstError?: string }} Outcome of a step: with `error` it failed, twice if there is a
 *   `firstError`, too; with `firstError` alone it passed at the second try.
 */
export class Trial {
  session;

  /**
   * @param {object} options
   * @param {() => Promise<{ page: object, close: () => Promise<void> }>} options.open makes what the steps get, from nothing
   * @param {(session: object) => Promise<void>} options.cleanUp leaves a session behind a group as it was opened, where that can be done
   * @param {SecondTries} options.tries
   * @param {string} options.outDir for pictures of failures
   */
  constructor({ open, cleanUp, tries, outDir }) {
    Object.assign(this, { open, cleanUp, tries, outDir });
  }

  /**
   * Runs one group after the other. Each gets a session as it is when it was opened; its steps may build on those before them.
   * @param {readonly (readonly [name: string, step: (session: object) => Promise<void>][])[]} groups
   * @returns {Promise<Outcome[]>} one entry a step, in their order
   */
  async run(groups) {
    const outcomes = [];
    try {
      for (const steps of groups) {
        const found = await this.group(steps);
        outcomes.push(...found);
        await (found.some(({ error }) => error !== undefined) ? this.close() : this.tidy());
      }
    } catch (error) {
      outcomes.push({ name: 'the editor opens', error: error.stack });
    } finally {
      await this.close();
    }
    return outcomes;
  }

  /** The next group gets a new session where this one is beyond cleaning. */
  async tidy() {
    try {
      await inTime(this.cleanUp(this.session));
    } catch (error) {
      console.log(`what a group left could not be cleaned up, so the next one starts anew: ${error.message}`);
      await this.close();
    }
  }

  async group(steps) {
    const firstErrors = new Map();
    for (;;) {
      const outcomes = await this.attempt(steps, firstErrors);
      if (outcomes) return outcomes;
      await this.close();
    }
  }

  /** @returns undefined if the group is to start anew, in a new session: what comes behind a step that failed may build on it */
  async attempt(steps, firstErrors) {
    const outcomes = [];
    for (const [name, step] of steps) {
      let error;
      try {
        this.session ??= await this.open();
        await inTime(step(this.session));
      } catch (thrown) {
        error = thrown.stack ?? String(thrown);
        await this.picture(`FAILED ${name.replace(/[^\w.,-]+/g, ' ').slice(0, 60)}${firstErrors.has(name) ? ' again' : ''}.png`);
        if (!firstErrors.has(name) && this.tries.take()) {
          firstErrors.set(name, error);
          return undefined;
        }
        // No session, no steps.
        if (!this.session) throw thrown;
      }
      outcomes.push({ name, ...(error === undefined ? {} : { error }), ...(firstErrors.has(name) ? { firstError: firstErrors.get(name) } : {}) });
    }
    return outcomes;
  }

  /** There may be no page any more, or one that does not answer. */
  async picture(name) {
    await this.session?.page.screenshot({ path: path.join(this.outDir, name), timeout: 20_000 }).catch(() => undefined);
  }

  /** What cannot be taken away is no failure of a step. */
  async close() {
    const { session } = this;
    this.session = undefined;
    await session?.close().catch((error) => console.log(`an editor could not be taken away: ${error.message}`));
  }
}

/**
 * A part whose tests know of no groups: where one of them failed all run again, from nothing, and what fails then has failed.
 * @param {() => Promise<Outcome[]>} run
 * @param {SecondTries} tries
 */
export async function twice(run, tries) {
  const first = await outcomesOf(run);
  // Those behind it may have failed because of it.
  const failed = first.find(({ error }) => error !== undefined);
  if (!failed || !tries.take()) return first;
  const second = await outcomesOf(run);
  // A part that could not run at all has no test of that name the second time.
  if (failed.name === RAN && !second.some(({ name }) => name === RAN)) second.push({ name: RAN });
  return second.map((outcome) => (outcome.name === failed.name ? { ...outcome, firstError: failed.error } : outcome));
}

/** A part that could not run, or in which nothing did, has failed as a whole. */
export async function outcomesOf(run) {
  try {
    const outcomes = await run();
    return outcomes.length > 0 ? outcomes : [{ name: RAN, error: 'no test ran' }];
  } catch (error) {
    return [{ name: RAN, error: error.stack }];
  }
}

/** A promise that fails where another one takes too long. */
async function inTime(work) {
  let timer;
  const end = new Promise((_resolve, reject) => (timer = setTimeout(() => reject(new Error(`It hangs: nothing for ${STEP_MS / 60_000} minutes.`)), STEP_MS)));
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}
