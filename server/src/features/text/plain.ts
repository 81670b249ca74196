/** The one renderer from info to plain text for a terminal: no colours, no control characters, wrapped at a width. */
import type { Answer, InfoSection, Inline, Line } from './info.js';

const MARK: Readonly<Record<Answer, string>> = { yes: 'yes', limited: 'only', no: 'no', unknown: '?' };

/** Sections as text, a blank line between two, no line break at the end. `width` is the number of columns to wrap at. */
export function toPlain(sections: readonly InfoSection[], width = 96): string {
  return sections.map((section) => sectionToPlain(section, width)).filter((text) => text !== '').join('\n\n');
}

function sectionToPlain(section: InfoSection, width: number): string {
  switch (section.kind) {
    case 'verdict':
      return section.answers.map((a) => wrap(`[${MARK[a.answer]}] ${lineToPlain(a.line)}`, width, '     ')).join('\n');
    case 'code':
      return section.code.split('\n').map((line) => `    ${clean(line)}`).join('\n');
    case 'paragraph':
      return wrap(lineToPlain(section.line), width, '');
    case 'list': {
      const items = section.items.map((item) => wrap(`  - ${lineToPlain(item)}`, width, '    '));
      return (section.title === undefined ? items : [`${section.title}:`, ...items]).join('\n');
    }
    case 'facts': {
      const pad = Math.max(...section.rows.map((row) => row.label.length)) + 2;
      return section.rows.map((row) => wrap(`${`${row.label}:`.padEnd(pad)}${lineToPlain(row.value)}`, width, ' '.repeat(pad))).join('\n');
    }
    case 'table':
      return tableToPlain([section.head, ...section.rows].map((row) => row.map((cell) => (typeof cell === 'string' ? clean(cell) : lineToPlain(cell)))));
    case 'heading':
      return clean(section.text).toUpperCase();
  }
}

/** One line without markup. */
export function lineToPlain(line: Line): string {
  return line.map(inlineToPlain).join('');
}

function inlineToPlain(inline: Inline): string {
  if (typeof inline === 'string') return clean(inline);
  if ('code' in inline) return clean(inline.code);
  if ('strong' in inline) return clean(inline.strong);
  return inline.link === inline.href ? inline.href : `${clean(inline.link)} (${inline.href})`;
}

function tableToPlain(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ').trimEnd()).join('\n');
}

function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const [word] of text.matchAll(/\s*\S+/gy)) {
    if (line !== '' && line.length + word.length > width) {
      lines.push(line);
      line = indent + word.trimStart();
    } else line += word;
  }
  return [...lines, line].join('\n');
}

/** Terminal escapes out of a source text must not reach a terminal. */
function clean(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
}
