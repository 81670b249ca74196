/** Program types, attach types and map types in words. */
import type { AttachTypeFact, FactBook, MapTypeFact, ProgramTypeFact, SectionDefFact } from '../../facts/factBook.types.js';
import { formatRelease } from '../../facts/kernelVersion.js';
import { code, strong, paragraph, type InfoSection, type Line } from '../text/info.js';
import { codes, docsLink, factsSection, pitfallSection, sourceNames, summarySections, versionText } from './common.js';

const MAX_NAMES = 12;

/** The whole entry of a program type. */
export function describeProgramType(facts: FactBook, fact: ProgramTypeFact): readonly InfoSection[] {
  return [
    paragraph(strong(fact.title), ': program type ', code(fact.name)),
    ...summarySections(fact.doc),
    ...factsSection([
      ['Since', fact.lifetime && `${versionText(fact.lifetime)}${sourceNames(fact.sources)}`],
      ['Context', fact.context === null ? undefined : [code(`struct ${fact.context}`)]],
      ['Attach types', capped(fact.attachTypes)],
      ['Sections', capped(sectionsOf(facts, (def) => def.programType === fact.name).map((def) => `SEC("${sectionPattern(def)}")`))],
      ['May sleep', sleepText(fact)],
    ]),
    ...pitfallSection(fact.doc),
    docsLink('program-type', fact.name),
  ];
}

/** The whole entry of an attach type. */
export function describeAttachType(facts: FactBook, fact: AttachTypeFact): readonly InfoSection[] {
  const types = [...facts.programTypes.values()].filter((type) => type.attachTypes.includes(fact.name));
  return [
    paragraph('Attach type ', code(fact.name), ...(fact.optional ? [', which a loader may leave out'] : [])),
    ...summarySections(fact.doc),
    ...factsSection([
      ['Since', fact.lifetime && `${versionText(fact.lifetime)}${sourceNames(fact.sources)}`],
      ['Program types', codes(types.map((type) => type.name))],
      ['Sections', capped(sectionsOf(facts, (def) => def.attachType === fact.name).map((def) => `SEC("${sectionPattern(def)}")`))],
    ]),
    ...pitfallSection(fact.doc),
  ];
}

/** The whole entry of a map type. */
export function describeMapType(fact: MapTypeFact): readonly InfoSection[] {
  return [
    paragraph('Map type ', code(fact.name)),
    ...summarySections(fact.doc),
    ...factsSection([
      ['Since', fact.lifetime && `${versionText(fact.lifetime)}${sourceNames(fact.sources)}`],
      ['Same as', fact.aliasOf === undefined ? undefined : [code(fact.aliasOf)]],
    ]),
    ...pitfallSection(fact.doc),
    docsLink('map-type', fact.name),
  ];
}

/** `kprobe/…` for a definition that takes extras, the bare name for one that doesn't. */
export function sectionPattern(def: SectionDefFact): string {
  if (def.plus) return `${def.name}[/…]`;
  return def.name.endsWith('/') ? `${def.name}…` : def.name;
}

/** Current libbpf's definitions that fit. */
export function sectionsOf(facts: FactBook, test: (def: SectionDefFact) => boolean): readonly SectionDefFact[] {
  return facts.sections.filter((def) => def.legacy === undefined && test(def));
}

function sleepText(fact: ProgramTypeFact): string | undefined {
  if (!fact.sleepableKnown) return undefined;
  return fact.sleepableSince === undefined ? 'never' : `from Linux ${formatRelease(fact.sleepableSince)}`;
}

function capped(names: readonly string[]): Line {
  const line = codes(names.slice(0, MAX_NAMES));
  return names.length > MAX_NAMES ? [...line, ` and ${names.length - MAX_NAMES} more`] : line;
}
