/** Descriptions that are written in Markdown, for clients that show plain text: settings, keys of project files, rules. */

/** Code and links, which are all that such descriptions use beside lists and paragraphs; these two read as they are. */
const MARKUP = /`([^`\n]+)`|\[([^\][\n]+)\]\(([^()\s]+)\)/g;

/** The same without backticks; a link's address stands behind its text, in brackets. */
export function withoutMarkup(markdown: string): string {
  return markdown.replace(MARKUP, (_whole, code: string | undefined, text: string, href: string) => code ?? `${withoutMarkup(text)} (${href})`);
}
