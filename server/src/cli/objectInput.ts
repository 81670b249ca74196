/** Compiled objects among the inputs: told by their first bytes, and handed to the analysis as an outline that knows where its lines come from. */
import type { Input } from '../analysis.types.js';
import type { FactBook } from '../facts/factBook.types.js';
import { normalizePath, type CollectedInput } from '../model/includes.js';
import { outlineOf } from '../object/outline.js';
import type { Origin } from '../object/outline.types.js';

const ELF = '\u007fELF';

/** An input whose text is the outline of an object. */
export interface ObjectInput extends CollectedInput {
  readonly origins: readonly (Origin | undefined)[];
}

/** True if a text is an object's bytes, a character each, as `readInput` gives them. */
export function isObject(text: string): boolean {
  return text.startsWith(ELF);
}

/** True for an object of eBPF, by its header alone: a glob may fit others. */
export function isForBpf(text: string): boolean {
  const [low, high] = text.charCodeAt(5) === 2 ? [19, 18] : [18, 19];
  return text.charCodeAt(low) === 247 && text.charCodeAt(high) === 0;
}

/** The input of an object as it was read: for its hash, before the outline is made. */
export function rawObject(path: string, text: string): CollectedInput {
  return { main: path, files: new Map([[path, text]]), includes: new Map() };
}

/**
 * What is analysed of an input: an object's outline, and everything else as it is.
 * @throws Error with a sentence that says why a file is no object of eBPF
 */
export function analysable(input: CollectedInput, facts: FactBook): CollectedInput | ObjectInput {
  const text = input.files.get(input.main) ?? '';
  if (!isObject(text)) return input;
  const outline = outlineOf(Buffer.from(text, 'latin1'), facts);
  if ('error' in outline) throw new ObjectError(`is no object that can be checked: ${outline.error.message}`);
  return { main: input.main, files: new Map([[input.main, outline.text]]), includes: new Map(), origins: outline.origins };
}

/** Why an ELF file cannot be checked; the message stands behind the file's name. */
export class ObjectError extends Error {}

/** Where the lines of an object's outline come from; undefined for sources. */
export function originsOf(input: Input): readonly (Origin | undefined)[] | undefined {
  return 'origins' in input ? (input as ObjectInput).origins : undefined;
}

/** The source file's path from here where it lies below, and else as the compiler wrote it. */
export function sourcePath(file: string): string {
  // The library uses this in browsers too, where there is no such folder.
  const here = typeof process === 'undefined' ? '' : `${normalizePath(process.cwd())}/`;
  const whole = normalizePath(file);
  return here !== '' && whole.startsWith(here) ? whole.slice(here.length) : file.replaceAll('\\', '/');
}
