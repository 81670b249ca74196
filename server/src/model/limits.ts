/** What the limits on texts and macros cut off in a unit, as sentences for the log: a result that leaves something out says so. */
import { MAX_TEXT } from '../syntax/sourceFile.js';
import type { FileView } from '../syntax/views.js';

/** Stands behind `is`. */
export const TOO_LONG = `longer than ${MAX_TEXT / 1024 / 1024} MiB of text: nothing in it is seen`;

/** What of the files of a unit is not looked into. That the main one is too long as a whole is for others to tell. */
export function unseen(files: ReadonlyMap<string, FileView>, main: FileView): readonly string[] {
  return [...files.values()].flatMap((file) => [...(file !== main && file.tooLong ? [`is ${TOO_LONG}`] : []), ...(file.limits ?? [])].map((limit) => `${file === main ? 'the file' : file.path} ${limit}`));
}

/** A unit's index, as far as notes need it: its macros, which all indexes of the unit share, tell it from others. */
interface Noted {
  readonly defines: object;
}

const notes = new WeakMap<object, Set<string>>();
/** More say nothing new. */
const MAX_NOTES = 20;

/** Takes down that something about a macro goes beyond a limit. */
export function noteLimit(index: Noted, macro: string, what: string): void {
  noteBeyond(index, `the macro ${macro} ${what}`);
}

/** The same of anything; `what` is the beginning of a sentence. */
export function noteBeyond({ defines }: Noted, what: string): void {
  let known = notes.get(defines);
  if (!known) notes.set(defines, (known = new Set<string>()));
  if (known.size < MAX_NOTES) known.add(`${what}: what is beyond that is not seen`);
}

/** Each note once, in the order in which they were taken. */
export function limitNotes({ defines }: Noted): readonly string[] {
  return [...(notes.get(defines) ?? [])];
}
