/** Pages about ideas: their text as sections, and which of them belong to an entry. */
import type { ConceptFact, FactBook } from '../../facts/factBook.types.js';
import { paragraph, prose, strong, type InfoSection, type Line } from '../text/info.js';
import { codes } from './common.js';

/** The whole entry. */
export function describeConcept(concept: ConceptFact): readonly InfoSection[] {
  return [paragraph(strong(concept.title)), ...textSections(concept.text), paragraph('See also: ', ...codes(concept.see))];
}

/** Paragraphs, lists and blocks of C, with an empty line between two and nowhere else. */
function textSections(text: string): readonly InfoSection[] {
  return text.split(/\n{2,}/).map((block): InfoSection => {
    const fenced = /^```c\n([\s\S]*?)\n```$/.exec(block);
    if (fenced) return { kind: 'code', code: fenced[1]! };
    if (block.startsWith('- ')) return { kind: 'list', items: block.split(/\n- /).map((item, i) => prose(oneLine(i === 0 ? item.slice(2) : item))) };
    return { kind: 'paragraph', line: prose(oneLine(block)) };
  });
}

const oneLine = (text: string): string => text.split('\n').map((line) => line.trim()).filter((line) => line !== '').join(' ');

/** The first sentence, for lists and searches. */
export function conceptSummary(concept: ConceptFact): string {
  const first = oneLine(concept.text.split('\n\n')[0] ?? '');
  return /^.*?[.:](?=\s|$)/.exec(first)?.[0] ?? first;
}

const cache = new WeakMap<FactBook, (name: string) => readonly ConceptFact[]>();

/** The pages that name an entry, or a group of entries that it is one of (`bpf_dynptr_*`), or are called like it; at most three, in that order. */
export function conceptsOf(facts: FactBook, name: string): readonly ConceptFact[] {
  let look = cache.get(facts);
  if (look === undefined) cache.set(facts, (look = indexed(facts)));
  return look(name);
}

function indexed(facts: FactBook): (name: string) => readonly ConceptFact[] {
  const exact = new Map<string, ConceptFact[]>();
  const groups: (readonly [prefix: string, concept: ConceptFact])[] = [];
  const add = (name: string, concept: ConceptFact): unknown => exact.set(name, [...(exact.get(name) ?? []), concept]);
  for (const concept of facts.concepts.values()) if (facts.features.has(concept.name)) add(concept.name, concept);
  for (const concept of facts.concepts.values()) {
    for (const see of concept.see) {
      if (see.endsWith('*')) groups.push([see.slice(0, -1), concept]);
      else if (!facts.concepts.has(see)) add(see, concept);
    }
  }
  return (name) => [...new Set([...(exact.get(name) ?? []), ...groups.filter(([prefix]) => name.startsWith(prefix)).map(([, concept]) => concept)])].slice(0, 3);
}

/** `Background: verifier, loops`; nothing where no page belongs to any of the entries. */
export function conceptLine(facts: FactBook, ...names: readonly string[]): readonly InfoSection[] {
  const concepts = new Set(names.flatMap((name) => conceptsOf(facts, name)));
  const line: Line = codes([...concepts].map((concept) => concept.name));
  return line.length > 0 ? [paragraph('Background: ', ...line)] : [];
}
