/** Answers about the reference: the index that a client searches in, and pages. */
import { concerns, entries, entryById, KIND_TITLES } from '../features/reference/entries.js';
import { referencePage } from '../features/reference/page.js';
import type { InfoSection } from '../features/text/info.js';
import type { FactBook } from '../facts/factBook.types.js';
import type { Page, PageParams, SearchIndex, SearchIndexParams } from './messages.js';
import type { UpstreamText } from './upstreamText.js';

/** All entries, or those that concern a type of programs; none for a type that does not exist. */
export function searchIndex(facts: FactBook, { programType }: SearchIndexParams): SearchIndex {
  const wanted = programType === undefined ? entries(facts) : entries(facts).filter((entry) => concerns(facts, entry, programType));
  return {
    entries: wanted.map(({ id, label, kind, aliases, summary }) => ({ id, label, kind: KIND_TITLES[kind], aliases, summary })),
    programTypes: [...facts.programTypes.values()].map(({ name, title }) => ({ name, title })),
  };
}

/** A page, for helpers with the comment of the header that the user has; null if there is no such entry. */
export async function page(facts: FactBook, { id }: PageParams, upstream: UpstreamText): Promise<Page | null> {
  const entry = typeof id === 'string' ? entryById(facts, id) : undefined;
  if (entry === undefined) return null;
  const text = entry.kind === 'helper' ? await upstream.of(entry.name) : undefined;
  const extra: readonly InfoSection[] =
    text === undefined ? [] : [{ kind: 'heading', text: 'What the header on this machine says' }, { kind: 'paragraph', line: [{ code: text.path }, ':'] }, { kind: 'code', code: text.comment }];
  return referencePage(facts, entry.id, extra) ?? null;
}
