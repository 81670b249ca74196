/** Text from files and paths, made harmless for terminals and documents. */

/** No control characters, no line breaks, no text direction overrides: each becomes a middle dot. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g, '\u00b7');
}
