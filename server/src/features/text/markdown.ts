/**
 * The one renderer from info to Markdown. Text that comes out of the user's source is hostile by assumption: nothing in it
 * may become a link, a command, HTML or an image, so everything that is not markup of ours is escaped.
 */
import type { Answer, InfoSection, Inline, Line } from './info.js';

const MARK: Readonly<Record<Answer, string>> = { yes: '✓', limited: '△', no: '✗', unknown: '?' };

/** Sections as Markdown, a blank line between two. */
export function toMarkdown(sections: readonly InfoSection[]): string {
  return sections.map(sectionToMarkdown).filter((text) => text !== '').join('\n\n');
}

function sectionToMarkdown(section: InfoSection): string {
  switch (section.kind) {
    case 'verdict':
      return section.answers.map((a) => `${MARK[a.answer]} ${lineToMarkdown(a.line)}`).join('  \n');
    case 'code':
      return fenced(section.code);
    case 'paragraph':
      return lineToMarkdown(section.line);
    case 'list': {
      const items = section.items.map((item) => `- ${lineToMarkdown(item)}`).join('\n');
      return section.title === undefined ? items : `**${escapeMarkdown(section.title)}**\n${items}`;
    }
    case 'facts':
      return section.rows.map((row) => `${escapeMarkdown(row.label)}: ${lineToMarkdown(row.value)}`).join('  \n');
    case 'table':
      return [section.head, section.head.map(() => '---'), ...section.rows]
        .map((cells, i) => `| ${cells.map((c) => (i === 1 ? c : escapeMarkdown(c))).join(' | ')} |`)
        .join('\n');
  }
}

/** One line as Markdown. */
export function lineToMarkdown(line: Line): string {
  return line.map(inlineToMarkdown).join('');
}

function inlineToMarkdown(inline: Inline): string {
  if (typeof inline === 'string') return escapeMarkdown(inline);
  if ('code' in inline) return codeSpan(inline.code);
  if ('strong' in inline) return `**${escapeMarkdown(inline.strong)}**`;
  return `[${escapeMarkdown(inline.link)}](${inline.href.replace(/[()\s<>\\]/g, encodeURIComponent)})`;
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
    .replace(/\bwww\./gi, 'www&#46;');
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
  const line = text.replace(/[\u0000-\u001f\u007f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
  return line.length > 2000 ? `${line.slice(0, 2000)}…` : line;
}
