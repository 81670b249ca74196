/** What a terminal makes of text: which characters are safe to send, how many cells they take, and whether colours are wanted. */

export { printable } from '../text/printable.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether a stream gets colours if nobody says so: terminals do. `FORCE_COLOR` and `CLICOLOR_FORCE` ask for them elsewhere, as in the
 * logs of CI systems, and count more than `NO_COLOR`, as in Node.js; `0` asks for none, and an empty one for nothing.
 */
export function autoColour(env: Environment, isTerminal: boolean): boolean {
  const forced = env['FORCE_COLOR'] || env['CLICOLOR_FORCE'];
  if (forced) return forced !== '0' && forced !== 'false';
  return isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** Whether lines that go away again may be written: to terminals of people only. */
export function mayShowProgress(env: Environment, isTerminal: boolean): boolean {
  return isTerminal && !env['CI'] && env['TERM'] !== 'dumb';
}

/** Cells that a character takes. */
function width(char: string): number {
  // Joiners and selectors of variants are formats; a soft hyphen is one, too, that terminals show.
  if (/^[\p{M}\p{Cf}]$/u.test(char)) return char === '\u00ad' ? 1 : 0;
  return /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]$|^[\u{20000}-\u{3fffd}]$|^\p{Emoji_Presentation}$/u.test(char) ? 2 : 1;
}

/** The beginning of a text that takes no more cells than these; a tab counts as one. */
export function fitting(text: string, cells: number): string {
  let left = cells;
  let end = 0;
  for (const char of text) {
    left -= width(char);
    if (left < 0) break;
    end += char.length;
  }
  return text.slice(0, end);
}

/** Blanks as wide as `text`; tabs stay, so that what follows ends up under what follows `text`. */
export function blanks(text: string): string {
  return [...text].map((c) => (c === '\t' ? '\t' : ' '.repeat(width(c)))).join('');
}
