/** Links from the strings of sections to their pages in the reference. */
import type { Unit } from '../../analysis.types.js';
import type { Span } from '../../text/span.js';
import { entryOfWord } from '../reference/entries.js';
import { sectionPattern } from '../describe/types.js';

export interface LinkData {
  readonly span: Span;
  /** Id of the page. */
  readonly page: string;
  readonly title: string;
}

/** In source order; sections that are not known have no page, and get none. */
export function pageLinks({ model, facts }: Unit): readonly LinkData[] {
  const links = new Map<number, LinkData>();
  for (const { path, section } of model.programs) {
    const { argumentSpan, parts } = section.use;
    // A section that a macro makes has no string of its own to click on.
    if (path !== model.main.path || section.def === undefined || parts.length !== 1 || parts[0]!.kind !== 'string' || !isQuoted(model.main.text, argumentSpan)) continue;
    const label = `SEC("${sectionPattern(section.def)}")`;
    const entry = entryOfWord(facts, label) ?? entryOfWord(facts, `SEC("${section.def.name}")`);
    if (entry !== undefined) links.set(argumentSpan.start, { span: argumentSpan, page: entry.id, title: `Reference: ${label}` });
  }
  return [...links.values()].sort((a, b) => a.span.start - b.span.start);
}

const isQuoted = (text: string, { start, end }: Span): boolean => end > start && text[start - 1] === '"' && text[end] === '"';
