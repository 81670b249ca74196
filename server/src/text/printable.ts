/** Text from files and paths, made harmless for terminals and documents. */

/** No control characters, no line breaks, no text direction overrides: each becomes a middle dot. */
export function visible(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g, '\u00b7');
}

/**
 * What is visible, and nothing that CI systems take for a command to
 * them, wherever a program prints it: `::error::` where a line begins (GitHub), `##[set-output]` and `##vso[…]` anywhere (GitHub, Azure, TeamCity).
 */
export function printable(text: string): string {
  return visible(text).replace(/^(\s*):(?=:)/, '$1\u00b7').replace(/#(?=#[\w-]*\[)/g, '\u00b7');
}
