/** A kind of program as a text, for keeping answers by it. */
import type { ProgramKey } from './factBook.types.js';

const texts = new WeakMap<ProgramKey, string>();

/** Equal for keys that ask the same of the book; built once for each key object, since it is asked for at every call. */
export function keyText(key: ProgramKey): string {
  let text = texts.get(key);
  if (text === undefined) texts.set(key, (text = `${key.programType} ${key.attachType} ${key.sleepable} ${key.frags} ${key.target ?? ''}`));
  return text;
}
