/** Waits for what nobody tells of: asks again until it is so, and says what was missing. Nothing here waits for a time that must be enough. */
import fs from 'node:fs';

/** How long anything may take. Long, because it costs nothing where all is well, and the machine may be slow and have other work. */
export const PATIENCE_MS = 40_000;
/** How long the first attempt of an action has to show; each further one has twice as long. */
const FIRST_ATTEMPT_MS = 4_000;
const ATTEMPTS = 4;

/** @param what is waited for, in words, or a function that says what is there instead */
export async function until(what, test, ms = PATIENCE_MS) {
  for (const end = Date.now() + ms; !(await test()); await new Promise((resolve) => setTimeout(resolve, 50))) {
    if (Date.now() > end) throw new Error(`Waited ${ms} ms: ${typeof what === 'function' ? await what() : what}`);
  }
}

const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '');

/** Waits until a file on the disk says something. */
export async function says(file, words, ms = PATIENCE_MS) {
  await until(() => `${file} says\n${read(file)}\nand not\n${words}`, () => read(file).includes(words), ms);
}

/**
 * Acts, and acts again where the page did not hear it: a list that is filled anew at this moment hears no click, a webview that is being
 * made takes the focus and swallows keys, a line may move between a look and a click. So `act` must do no harm when it is done twice.
 * @param act gets the milliseconds it may take and which attempt it is, from 1; it may fail, as when what it clicks is gone because an
 *   earlier click was heard after all
 * @param shown waits for the effect, for so many milliseconds
 * @returns what `shown` returns
 */
export async function actUntil(act, shown) {
  for (let attempt = 1, ms = FIRST_ATTEMPT_MS; ; attempt++, ms *= 2) {
    let failed;
    try {
      await act(ms, attempt);
    } catch (error) {
      failed = error;
    }
    try {
      return await shown(ms);
    } catch (error) {
      if (attempt === ATTEMPTS) throw failed ?? error;
    }
  }
}
