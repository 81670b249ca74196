/** What a terminal makes of text: which characters are safe to send, and how many cells they take. */

/** Makes what came out of a file or a path harmless for a terminal: no control characters, no text direction overrides. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g, '\u00b7');
}

/** Cells that a character takes. */
function width(char: string): number {
  if (/^\p{M}$/u.test(char)) return 0;
  return /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]$|^\p{Emoji_Presentation}$/u.test(char) ? 2 : 1;
}

/** Blanks as wide as `text`; tabs stay, so that what follows ends up under what follows `text`. */
export function blanks(text: string): string {
  return [...text].map((c) => (c === '\t' ? '\t' : ' '.repeat(width(c)))).join('');
}
