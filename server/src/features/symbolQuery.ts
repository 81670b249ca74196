/** Which names a search for symbols finds, and which come first. */

/**
 * How well a name fits what was typed, less being better; undefined where it does not. Letters in their order are enough, as
 * editors have it; their case does not matter.
 */
export function fit(name: string, query: string): number | undefined {
  const wanted = query.toLowerCase().replace(/\s+/g, '');
  const given = name.toLowerCase();
  const whole = given.indexOf(wanted);
  if (whole >= 0) return whole === 0 ? given.length - wanted.length : 1000 + whole;
  let at = 0;
  for (const letter of wanted) {
    at = given.indexOf(letter, at) + 1;
    if (at === 0) return undefined;
  }
  return 2000 + at;
}
