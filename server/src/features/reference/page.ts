/** The reference's pages: what hovers and `explain` say about an entry, in full, with links to the entries that it names. */
import type { FactBook, HelperFact, KfuncFact } from '../../facts/factBook.types.js';
import { conceptLine } from '../describe/concept.js';
import { code, paragraph, type InfoSection, type Line } from '../text/info.js';
import { toMarkdown } from '../text/markdown.js';
import { describeEntry } from './describe.js';
import { concerns, entries, entryById, entryOfWord, KIND_TITLES, type Entry } from './entries.js';
import { matrixSections } from './matrix.js';

export interface ReferencePage {
  readonly id: string;
  readonly title: string;
  /** Without HTML, commands or images; links lead to `../KIND/NAME.md` beside this page, and to docs.ebpf.io. */
  readonly markdown: string;
}

/**
 * The page of an entry; undefined for an id that is none.
 * @param extra what the caller read elsewhere about it, put at the end
 */
export function referencePage(facts: FactBook, id: string, extra: readonly InfoSection[] = []): ReferencePage | undefined {
  const entry = entryById(facts, id);
  if (entry === undefined) return undefined;
  const sections: readonly InfoSection[] = [{ kind: 'heading', level: 1, text: entry.label }, paragraph(`An entry of the eBPF reference: ${KIND_TITLES[entry.kind]}.`), ...pageSections(facts, entry), ...extra];
  return { id, title: entry.label, markdown: `${toMarkdown(sections, (word) => hrefOf(facts, entry, word))}\n` };
}

/** What a page shows under its title. */
export function pageSections(facts: FactBook, entry: Entry): readonly InfoSection[] {
  const fact = entry.kind === 'helper' ? facts.helpers.get(entry.name) : entry.kind === 'kfunc' ? facts.kfuncs.get(entry.name) : undefined;
  const described = describeEntry(facts, entry);
  if (fact !== undefined) return [...described, ...conceptLine(facts, entry.name), ...matrixSections(facts, fact), ...mentions(facts, fact)];
  const background = entry.kind === 'concept' ? [] : conceptLine(facts, entry.name);
  return entry.kind === 'program-type' ? [...described, ...background, ...callable(facts, entry.name)] : [...described, ...background];
}

/** The path of a page from another; undefined for what has none, or is that page itself. */
function hrefOf(facts: FactBook, from: Entry, word: string): string | undefined {
  const target = entryOfWord(facts, word);
  return target === undefined || target.id === from.id ? undefined : `../${target.id}.md`;
}

/** Macros that end in a call of it, and constants that it takes. */
function mentions(facts: FactBook, fact: HelperFact | KfuncFact): readonly InfoSection[] {
  const macros = [...facts.macros.values()].filter((macro) => macro.needs.some((need) => need.name === fact.name)).map((macro) => macro.name);
  const constants = [...facts.constants.values()].filter((constant) => constant.belongs.some((owner) => owner.name === fact.name)).map((constant) => constant.name);
  return [...names('Constants that belong to it', constants), ...names('Macros that call it', macros)];
}

/** All that a program of a type may call on some kernel. */
function callable(facts: FactBook, programType: string): readonly InfoSection[] {
  const allowed = (kind: Entry['kind']): string[] => entries(facts).filter((entry) => entry.kind === kind && concerns(facts, entry, programType)).map((entry) => entry.name);
  return [...names('Helpers that it may call on some kernel', allowed('helper')), ...names('Kfuncs that it may call on some kernel', allowed('kfunc'))];
}

function names(title: string, list: readonly string[]): readonly InfoSection[] {
  if (list.length === 0) return [];
  const line: Line = [...list].sort().flatMap((name, i): Line => [...(i > 0 ? [' · '] : []), code(name)]);
  return [{ kind: 'heading', text: title }, { kind: 'paragraph', line }];
}
