/** The entries of the reference: every entity of the book that has a page, by kind, and how names in texts lead to them. */
import type { EntryDoc, FactBook, HelperFact, KfuncFact, ProgramKey } from '../../facts/factBook.types.js';
import { conceptSummary } from '../describe/concept.js';
import { sectionPattern } from '../describe/types.js';
import { fillText } from '../verifierLog/fill.js';
import { templateText } from '../verifierLog/message.js';

/** One page's worth of the book. */
export interface Entry {
  /** `helper/bpf_redirect`: kind and name, the same for ever, and safe in a path. */
  readonly id: string;
  readonly kind: EntryKind;
  /** The key in the book. */
  readonly name: string;
  /** As people read it: `SEC("xdp")`, `struct xdp_md`. */
  readonly label: string;
  readonly aliases: readonly string[];
  readonly summary: string;
}

/** Kinds in the order in which a search lists them, with the word for one. */
export const KIND_TITLES = {
  helper: 'helper',
  kfunc: 'kfunc',
  'program-type': 'program type',
  section: 'section',
  'map-type': 'map type',
  context: 'context struct',
  'attach-type': 'attach type',
  macro: 'macro',
  constant: 'constant',
  concept: 'concept',
  feature: 'language feature',
  'link-type': 'link type',
  driver: 'XDP driver',
  'verifier-message': 'verifier message',
} as const;
export type EntryKind = keyof typeof KIND_TITLES;

const cache = new WeakMap<FactBook, { readonly list: readonly Entry[]; readonly byId: ReadonlyMap<string, Entry>; readonly byWord: ReadonlyMap<string, string> }>();

/** All entries, kind by kind, in the book's order. */
export function entries(facts: FactBook): readonly Entry[] {
  return indexed(facts).list;
}

/** The entry with this id (`Entry.id`); undefined if there is none. */
export function entryById(facts: FactBook, id: string): Entry | undefined {
  return indexed(facts).byId.get(id);
}

/** The entry that a word of a text or of a source names: `bpf_redirect()`, `struct xdp_md`, `SEC("xdp")`, `xdp_md.data`. */
export function entryOfWord(facts: FactBook, word: string): Entry | undefined {
  const id = idOfWord(facts, word);
  return id === undefined ? undefined : entryById(facts, id);
}

/** The id of that entry. A name of the kernel's is looked up in the book; an index of all words, which takes time and memory, is made for the others. */
export function idOfWord(facts: FactBook, word: string): string | undefined {
  const bare = word.trim().replace(/\(\)$/, '');
  const name = bare.replace(/^struct\s+/, '');
  const kind = NAMED.find(([, of]) => of(facts).has(name))?.[0];
  if (kind !== undefined) return idOf(kind, name);
  const { byWord } = indexed(facts);
  return byWord.get(bare) ?? byWord.get(name.replace(/(\.|->)\w+$/, ''));
}

/** Kinds whose entries are called by the kernel's own names, in the order in which the index prefers them. */
const NAMED: readonly (readonly [kind: EntryKind, of: (facts: FactBook) => ReadonlyMap<string, unknown>])[] = [
  ['helper', (facts) => facts.helpers],
  ['kfunc', (facts) => facts.kfuncs],
  ['program-type', (facts) => facts.programTypes],
  ['map-type', (facts) => facts.mapTypes],
  ['context', (facts) => facts.contexts],
  ['attach-type', (facts) => facts.attachTypes],
  ['macro', (facts) => facts.macros],
  ['constant', (facts) => facts.constants],
];

const idOf = (kind: EntryKind, name: string): string => `${kind}/${name.replaceAll('/', '~')}`;

function indexed(facts: FactBook): NonNullable<ReturnType<typeof cache.get>> {
  let index = cache.get(facts);
  if (index === undefined) {
    const list = collect(facts);
    const byId = new Map(list.map((entry) => [entry.id, entry]));
    const words = list.flatMap((entry) => wordsOf(entry).map((word): [string, string] => [word, entry.id]));
    index = { list: [...byId.values()], byId, byWord: new Map(words.reverse()) };
    cache.set(facts, index);
  }
  return index;
}

/**
 * Words that lead to an entry. A section's bare name is an everyday word (`xdp`, `tc`), so only its SEC("…") form does; of ideas
 * and features the name does, and of link types that of the kernel; drivers are called `ice` and `tun`, which lead nowhere, and messages are found by
 * what they say.
 */
function wordsOf(entry: Entry): readonly string[] {
  switch (entry.kind) {
    case 'section':
      return [entry.label, ...entry.aliases];
    case 'driver':
    case 'verifier-message':
      return [];
    case 'concept':
    case 'feature':
    case 'link-type':
      return [entry.name];
    default:
      return [entry.name, ...entry.aliases, entry.label];
  }
}

function collect(facts: FactBook): Entry[] {
  const make = (kind: EntryKind, name: string, doc: EntryDoc | undefined, more: Partial<Entry> = {}): Entry => ({
    id: idOf(kind, name),
    kind,
    name,
    label: name,
    aliases: [],
    summary: doc?.summary.trim().replaceAll('`', '').replace(/\s+/g, ' ') ?? '',
    ...more,
  });
  const short = (name: string, prefix: RegExp): Partial<Entry> => ({ aliases: [name.replace(prefix, '').toLowerCase()] });
  return [
    ...[...facts.helpers.values()].map((fact) => make('helper', fact.name, fact.doc)),
    ...[...facts.kfuncs.values()].map((fact) => make('kfunc', fact.name, fact.doc)),
    ...[...facts.programTypes.values()].map((fact) => make('program-type', fact.name, fact.doc, { aliases: [fact.title] })),
    ...facts.sections.map((def) => make('section', def.name, def.doc ?? facts.programTypes.get(def.programType)?.doc, { label: `SEC("${sectionPattern(def)}")`, aliases: def.plus ? [`SEC("${def.name}")`] : [] })),
    ...[...facts.mapTypes.values()].map((fact) => make('map-type', fact.name, fact.doc, short(fact.name, /^BPF_MAP_TYPE_/))),
    ...[...facts.contexts.values()].map((fact) => make('context', fact.name, fact.doc, { label: `struct ${fact.name}` })),
    ...[...facts.attachTypes.values()].map((fact) => make('attach-type', fact.name, fact.doc)),
    ...[...facts.macros.values()].map((fact) => make('macro', fact.name, fact.doc)),
    ...[...facts.constants.values()].map((fact) => make('constant', fact.name, fact.doc)),
    ...[...facts.concepts.values()].map((fact) => make('concept', fact.name, { summary: conceptSummary(fact) }, { aliases: [fact.title, ...fact.aliases] })),
    ...[...facts.features.values()].map((fact) => make('feature', fact.name, fact.doc, { aliases: [fact.title, ...fact.aliases] })),
    ...[...facts.linkTypes.values()].map((fact) => make('link-type', fact.name, fact.doc, short(fact.name, /^BPF_LINK_TYPE_/))),
    ...[...facts.drivers.values()].map((fact) => make('driver', fact.name, fact.doc, { aliases: [fact.title, ...fact.aliases] })),
    ...[...facts.verifierMessages.values()].map((fact) => make('verifier-message', fact.name, { summary: fillText(fact.means, {}) }, { label: fact.title, aliases: fact.match.map(templateText) })),
  ];
}

/** True if an entry is about programs of this type: they may call it, are placed by it, get it or attach with it. */
export function concerns(facts: FactBook, entry: Entry, programType: string): boolean {
  const type = facts.programTypes.get(programType);
  if (type === undefined) return false;
  switch (entry.kind) {
    case 'helper':
      return maybeAllowed(facts, facts.helpers.get(entry.name)!, programType, type.attachTypes);
    case 'kfunc':
      return maybeAllowed(facts, facts.kfuncs.get(entry.name)!, programType, type.attachTypes);
    case 'program-type':
      return entry.name === programType;
    case 'section':
      return facts.sections.some((def) => def.name === entry.name && def.programType === programType);
    case 'context':
      return type.context === entry.name;
    case 'attach-type':
      return type.attachTypes.includes(entry.name);
    case 'driver':
      return programType === 'BPF_PROG_TYPE_XDP';
    case 'link-type':
      return facts.linkTypes.get(entry.name)?.programTypes.includes(programType) === true;
    case 'constant':
      return facts.constants.get(entry.name)?.belongs.some((owner) => owner.name === programType) === true;
    default:
      return false;
  }
}

/** Allowed on some kernel, with some attach type, in a program that may sleep or in one that may not. */
function maybeAllowed(facts: FactBook, fact: HelperFact | KfuncFact, programType: string, attachTypes: readonly string[]): boolean {
  for (const attachType of attachTypes.length > 0 ? attachTypes : [null]) {
    for (const sleepable of [false, true]) {
      const key: ProgramKey = { programType, attachType, sleepable, frags: false };
      if (facts.availability(fact, key).allowed() !== undefined) return true;
    }
  }
  return false;
}
