/** Status letters a release, and their pooling as text: what facts.json stores instead of objects. */
import type { Release } from '../../server/src/facts/kernelVersion.js';

/** x does not exist, d refused, a allowed, s only if sleepable, u unknown, v no such configuration known there. */
export type Letter = 'x' | 'd' | 'a' | 's' | 'u' | 'v';

/** `x0d3019a6012`: runs of equal letters, the first from 0. */
export function encode(letters: readonly Letter[], releases: readonly Release[]): string {
  let text = '';
  let last = '';
  letters.forEach((letter, i) => {
    if (letter === last) return;
    text += `${letter}${i === 0 ? 0 : (releases[i] ?? 0)}`;
    last = letter;
  });
  return text;
}

/** Stores each text once. */
export class Pool {
  readonly texts: string[] = [];
  readonly #index = new Map<string, number>();

  /** @returns the text's position. */
  add(text: string): number {
    const known = this.#index.get(text);
    if (known !== undefined) return known;
    this.#index.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }
}

/** `3,3,3,4` → `3*3,4` */
export function runLengths(values: readonly number[]): string {
  const runs: string[] = [];
  for (let i = 0; i < values.length; ) {
    let n = 1;
    while (values[i + n] === values[i]) n += 1;
    runs.push(n > 1 ? `${values[i]}*${n}` : `${values[i]}`);
    i += n;
  }
  return runs.join(',');
}
