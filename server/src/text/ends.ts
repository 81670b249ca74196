/** Ends of texts, found in one pass: a regular expression such as `/_+$/` starts anew at each character of a run that is not at the end. */

/** A text without the characters at its end that are among `these`. */
export function withoutEnd(text: string, these: string): string {
  let end = text.length;
  while (end > 0 && these.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** What stands before the first `sign`; all if there is none. */
export function before(text: string, sign: string): string {
  const at = text.indexOf(sign);
  return at < 0 ? text : text.slice(0, at);
}

/** The word that a text ends with, blanks behind it left out; '' if it ends with none. */
export function lastWord(text: string): string {
  const trimmed = text.trimEnd();
  let start = trimmed.length;
  while (start > 0 && /\w/.test(trimmed[start - 1]!)) start--;
  return trimmed.slice(start);
}
