/** What the limits on texts and macros cut off in a unit, as sentences for the log: a result that leaves something out says so. */
import { MAX_TEXT } from '../syntax/sourceFile.js';
import type { FileView } from '../syntax/views.js';

/** Stands behind `is`. */
export const TOO_LONG = `longer than ${MAX_TEXT / 1024 / 1024} MiB of text: nothing in it is seen`;

/** Of files beside the main one those that are longer than what is looked into. */
export function unseen(files: ReadonlyMap<string, FileView>, main: FileView): readonly string[] {
  return [...files.values()].filter((file) => file !== main && file.tooLong).map(({ path }) => `${path} is ${TOO_LONG}`);
}

/** A unit's index, as far as notes need it: its macros, which all indexes of the unit share, tell it from others. */
interface Noted {
  readonly defines: object;
}

const notes = new WeakMap<object, Set<string>>();
/** More say nothing new. */
const MAX_NOTES = 20;

/** Takes down that something about a macro goes beyond a limit. */
export function noteLimit({ defines }: Noted, macro: string, what: string): void {
  let known = notes.get(defines);
  if (!known) notes.set(defines, (known = new Set<string>()));
  if (known.size < MAX_NOTES) known.add(`the macro ${macro} ${what}: what is beyond that is not seen`);
}

/** Each note once, in the order in which they were taken. */
export function limitNotes({ defines }: Noted): readonly string[] {
  return [...(notes.get(defines) ?? [])];
}
