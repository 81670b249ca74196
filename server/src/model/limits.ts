/** What the limits on macros cut off in a unit, as sentences for the log: a result that leaves something out says so. */

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
