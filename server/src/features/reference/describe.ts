/** What hovers and `explain` say about an entry apart from any program: the one switch from kind to description. */
import type { ContextFact, FactBook } from '../../facts/factBook.types.js';
import { describeConcept } from '../describe/concept.js';
import { describeConstant } from '../describe/constant.js';
import { describeContext, fieldRows } from '../describe/context.js';
import { versionText } from '../describe/common.js';
import { describeHelper } from '../describe/helper.js';
import { describeKfunc } from '../describe/kfunc.js';
import { describeMacro } from '../describe/macro.js';
import { describeSection } from '../describe/section.js';
import { describeDriver, describeFeature, describeLinkType } from '../describe/topics.js';
import { describeAttachType, describeMapType, describeProgramType } from '../describe/types.js';
import { code, prose, type InfoSection, type Line } from '../text/info.js';
import { describeMessage } from '../verifierLog/message.js';
import type { Entry, EntryKind } from './entries.js';

const DESCRIBE: Readonly<Record<EntryKind, (facts: FactBook, name: string) => readonly InfoSection[] | undefined>> = {
  helper: (facts, name) => given(facts.helpers.get(name), (fact) => describeHelper(facts, fact)),
  kfunc: (facts, name) => given(facts.kfuncs.get(name), (fact) => describeKfunc(facts, fact)),
  'program-type': (facts, name) => given(facts.programTypes.get(name), (fact) => describeProgramType(facts, fact)),
  section: (facts, name) => given(facts.sections.find((def) => def.name === name), (def) => describeSection(facts, def, '')),
  'map-type': (facts, name) => given(facts.mapTypes.get(name), (fact) => describeMapType(fact)),
  context: (facts, name) => given(facts.contexts.get(name), (fact) => [...describeContext(facts, fact), ...fieldTables(facts, fact)]),
  'attach-type': (facts, name) => given(facts.attachTypes.get(name), (fact) => describeAttachType(facts, fact)),
  macro: (facts, name) => given(facts.macros.get(name), (fact) => describeMacro(facts, fact)),
  constant: (facts, name) => given(facts.constants.get(name), (fact) => describeConstant(facts, fact)),
  concept: (facts, name) => given(facts.concepts.get(name), (fact) => [...describeConcept(fact), ...sameNamed(facts, name)]),
  feature: (facts, name) => given(facts.features.get(name), describeFeature),
  'link-type': (facts, name) => given(facts.linkTypes.get(name), (fact) => describeLinkType(facts, fact)),
  driver: (facts, name) => given(facts.drivers.get(name), describeDriver),
  'verifier-message': (facts, name) => given(facts.verifierMessages.get(name), describeMessage),
};

/** Sections about an entry; empty only if it is not of this book. */
export function describeEntry(facts: FactBook, entry: Entry): readonly InfoSection[] {
  return DESCRIBE[entry.kind](facts, entry.name) ?? [];
}

/** A page about an idea ends with the feature of its name: links by that name lead to the idea. */
function sameNamed(facts: FactBook, name: string): readonly InfoSection[] {
  const feature = facts.features.get(name);
  return feature === undefined ? [] : [{ kind: 'heading', text: feature.title }, ...describeFeature(feature)];
}

function given<T>(fact: T | undefined, describe: (fact: T) => readonly InfoSection[]): readonly InfoSection[] | undefined {
  return fact === undefined ? undefined : describe(fact);
}

/** Each field with its meaning, and who may touch it. */
function fieldTables(facts: FactBook, context: ContextFact): readonly InfoSection[] {
  const fields = [...context.fields.values()];
  const meanings = fields.map((field) => [[code(field.name)], field.lifetime ? versionText(field.lifetime) : '', field.doc ? prose(field.doc.summary.replace(/\s+/g, ' ')) : ''] as const);
  const access = context.checked ? fields.flatMap((field) => grouped(fieldRows(facts, context, field)).map(([programs, text]) => [[code(field.name)], text, programs] as const)) : [];
  return [
    { kind: 'heading', text: 'Fields' },
    { kind: 'table', head: ['Field', 'From', 'What it holds'], rows: meanings },
    ...(access.length > 0 ? ([{ kind: 'heading', text: 'Who may touch them' }, { kind: 'table', head: ['Field', 'Access', 'In programs of type'], rows: access }] as const) : []),
  ];
}

/** Programs that get the same answer in one row; those without any access are left out. */
function grouped(rows: readonly (readonly string[])[]): readonly (readonly [programs: Line, access: string])[] {
  const byAccess = new Map<string, string[]>();
  for (const [program, access] of rows as readonly (readonly [string, string])[]) {
    if (access !== 'no access') byAccess.set(access, [...(byAccess.get(access) ?? []), program]);
  }
  return [...byAccess].map(([access, programs]) => [programs.flatMap((program, i): Line => [...(i > 0 ? ['; '] : []), program]), access]);
}
