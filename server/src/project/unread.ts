/** Sentences about files that are there and cannot be used. */

/** True for what a reader says of a file (`is larger than 16 MiB`), not the system (`permission denied`). */
export const isPredicate = (why: string): boolean => /^(?:is|has|lies) /.test(why);

/** That a file which nobody named, but which would count, does not. @param why as the reader or the system says it */
export function notUsed(path: string, why: string): string {
  return `${path} is not used: ${isPredicate(why) ? 'it ' : ''}${why}`;
}
