/**
 * The one renderer from info to Markdown. Text that comes out of the user's source is hostile by assumption: nothing in it
 * may become a link, a command, HTML or an image, so everything that is not markup of ours is escaped.
 */
import type { Answer, InfoSection, Inline, Line } from './info.js';

const MARK: Readonly<Record<Answer, string>> = { yes: '✓', limited: '△', no: '✗', unknown: '?' };

/** Where a piece of code leads; undefined for nowhere. */
export type LinkOf = (code: string) => string | undefined;
const NOWHERE: LinkOf = () => undefined;

/**
 * Sections as Markdown, a blank line between two.
 * @param linkOf makes links of pieces of code; for pages, whose names lead to other pages
 */
export function toMarkdown(sections: readonly InfoSection[], linkOf: LinkOf = NOWHERE): string {
  let known = rendered.get(linkOf);
  if (known === undefined) rendered.set(linkOf, (known = new WeakMap()));
  let all = '';
  for (const section of sections) {
    let text = known.get(section);
    if (text === undefined) known.set(section, (text = sectionToMarkdown(section, linkOf)));
    if (text !== '') all += all === '' ? text : `\n\n${text}`;
  }
  return all;
}

/** What was rendered before, as long as somebody has the section: descriptions of the book's entries are kept, and asked for again and again. */
const rendered = new WeakMap<LinkOf, WeakMap<InfoSection, string>>();

function sectionToMarkdown(section: InfoSection, linkOf: LinkOf): string {
  const line = (inlines: Line): string => lineToMarkdown(inlines, linkOf);
  switch (section.kind) {
    case 'verdict':
      return section.answers.map((a) => `${MARK[a.answer]} ${line(a.line)}`).join('  \n');
    case 'code':
      return fenced(section.code);
    case 'paragraph':
      return line(section.line);
    case 'list': {
      const items = section.items.map((item) => `- ${line(item)}`).join('\n');
      return section.title === undefined ? items : `**${escapeMarkdown(section.title)}**\n${items}`;
    }
    case 'facts':
      return section.rows.map((row) => `${escapeMarkdown(row.label)}: ${line(row.value)}`).join('  \n');
    case 'table':
      return [section.head, section.head.map(() => '---'), ...section.rows]
        .map((cells, i) => `| ${cells.map((c) => (i === 1 && typeof c === 'string' ? c : cell(line(typeof c === 'string' ? [c] : c)))).join(' | ')} |`)
        .join('\n');
    case 'heading':
      return `${'#'.repeat(section.level ?? 2)} ${escapeMarkdown(section.text)}`;
  }
}

/** In a table a bar ends the cell, even inside code. */
const cell = (text: string): string => text.replace(/(?<!\\)\|/g, '\\|');

/** One line as Markdown. */
export function lineToMarkdown(line: Line, linkOf: LinkOf = NOWHERE): string {
  return line.map((inline) => inlineToMarkdown(inline, linkOf)).join('');
}

function inlineToMarkdown(inline: Inline, linkOf: LinkOf): string {
  if (typeof inline === 'string') return escapeMarkdown(inline);
  if ('code' in inline) {
    const href = linkOf(inline.code);
    return href === undefined ? codeSpan(inline.code) : linkTo(codeSpan(inline.code), href);
  }
  if ('strong' in inline) return `**${escapeMarkdown(inline.strong)}**`;
  return linkTo(escapeMarkdown(inline.link), inline.href);
}

/** A link whose address cannot end before its end; `encodeURIComponent` leaves brackets as they are. */
function linkTo(text: string, href: string): string {
  return `[${text}](${href.replace(/[()\s<>\\]/g, (c) => (c === '(' ? '%28' : c === ')' ? '%29' : encodeURIComponent(c)))})`;
}

/** Text that shows as it stands: every character with a meaning in Markdown or HTML is escaped, line breaks become spaces. */
export function escapeMarkdown(text: string): string {
  return flat(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_{}[\]#|~>$]/g, '\\$&')
    .replace(/^(\s*)([-+=]|\d+[.)])(?=\s|$)/, (_all, space: string, mark: string) => `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}`)
    .replace(/:\/\//g, ':&#47;&#47;')
    .replace(/@/g, '&#64;')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}&#46;`);
}

/** A code span whose fence is longer than any run of backticks inside. */
function codeSpan(text: string): string {
  const body = flat(text);
  if (body.trim() === '') return '';
  const fence = '`'.repeat(longestRun(body) + 1);
  const pad = body.startsWith('`') || body.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${body}${pad}${fence}`;
}

function fenced(body: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(body) + 1));
  return `${fence}c\n${body}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** Control characters and line breaks as spaces; a very long text is cut. */
function flat(text: string): string {
  // eslint-disable-next-line no-control-regex
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
  return line.length > 2000 ? `${line.slice(0, 2000)}…` : line;
}
