/** Waits for what nobody tells of: asks again until it is so, and says what was missing. */
import fs from 'node:fs';

/** @param what is waited for, in words, or a function that says what is there instead */
export async function until(what, test, ms = 20_000) {
  for (const end = Date.now() + ms; !(await test()); await new Promise((resolve) => setTimeout(resolve, 50))) {
    if (Date.now() > end) throw new Error(`Waited ${ms} ms: ${typeof what === 'function' ? await what() : what}`);
  }
}

const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '');

/** Waits until a file on the disk says something. */
export async function says(file, words) {
  await until(() => `${file} says\n${read(file)}\nand not\n${words}`, () => read(file).includes(words));
}
