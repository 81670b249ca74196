/** What a terminal makes of text: which characters are safe to send, and how many cells they take. */

export { printable } from '../text/printable.js';

/** Cells that a character takes. */
function width(char: string): number {
  if (/^\p{M}$/u.test(char)) return 0;
  return /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]$|^\p{Emoji_Presentation}$/u.test(char) ? 2 : 1;
}

/** Blanks as wide as `text`; tabs stay, so that what follows ends up under what follows `text`. */
export function blanks(text: string): string {
  return [...text].map((c) => (c === '\t' ? '\t' : ' '.repeat(width(c)))).join('');
}
