/** Section names in words: what libbpf makes of one. */
import type { FactBook, SectionDefFact } from '../../facts/factBook.types.js';
import { code, paragraph, type InfoSection, type Line } from '../text/info.js';
import { kindTitle, typeTitle } from '../programs.js';
import { factsSection, summarySections, versionText } from './common.js';
import { sectionPattern, sectionsOf } from './types.js';

/** @param extras what follows the definition's name in the source, '' if nothing does. */
export function describeSection(facts: FactBook, def: SectionDefFact, extras = ''): readonly InfoSection[] {
  const type = facts.programTypes.get(def.programType);
  const attach = def.attachType === null ? undefined : facts.attachTypes.get(def.attachType);
  return [
    paragraph(code(`SEC("${sectionPattern(def)}")`), `: ${kindTitle(facts, keyOf(def))}${def.frags ? ', frags' : ''}`),
    ...summarySections(def.doc ?? type?.doc),
    ...factsSection([
      ['Program type', [code(def.programType), ...since(type?.lifetime)]],
      ['Attach type', def.attachType === null ? undefined : [code(def.attachType), ...(attach?.optional ? [' (optional)'] : since(attach?.lifetime))]],
      ['Context', type?.context ? [code(`struct ${type.context}`)] : undefined],
      ['After the slash', extrasLine(def, extras)],
      ['Sleepable', def.sleepable ? 'yes: it may fault on user memory and call helpers that sleep' : undefined],
      ['Fragments', def.frags ? 'yes: it takes packets of more than one buffer' : undefined],
      ['Needs', def.lifetime && versionText(def.lifetime)],
      ['libbpf', libbpfText(def)],
      ['The same program', sameLine(facts, def)],
    ]),
  ];
}

const keyOf = (def: SectionDefFact) => ({ programType: def.programType, attachType: def.attachType, sleepable: def.sleepable, frags: def.frags });

function since(lifetime: SectionDefFact['lifetime']): Line {
  return lifetime === undefined ? [] : [` (${versionText(lifetime)})`];
}

function extrasLine(def: SectionDefFact, extras: string): Line | undefined {
  if (def.extras === undefined) return extras === '' ? undefined : [code(extras)];
  const form: Line = [code(def.extras.grammar), ', such as ', code(def.extras.example)];
  return extras === '' ? form : [code(extras), ' – ', ...form];
}

function libbpfText(def: SectionDefFact): string {
  const from = def.libbpf === 'HEAD' ? 'not in a release yet' : `from ${def.libbpf}`;
  return def.legacy === undefined ? from : `${from} until ${def.legacy.until}; today it is SEC("${def.legacy.modern}")`;
}

/** Other names that libbpf takes for the same type, attach type and abilities. */
function sameLine(facts: FactBook, def: SectionDefFact): Line | undefined {
  const same = sectionsOf(
    facts,
    (other) =>
      other.name !== def.name &&
      other.programType === def.programType &&
      other.attachType === def.attachType &&
      other.sleepable === def.sleepable &&
      other.frags === def.frags,
  ).slice(0, 6);
  return same.length > 0 ? same.flatMap((other, i): Line => [...(i > 0 ? [', '] : []), code(`SEC("${sectionPattern(other)}")`)]) : undefined;
}

/** `XDP program` for messages about a definition. */
export function sectionKind(facts: FactBook, def: SectionDefFact): string {
  return `${typeTitle(facts, def.programType)} program`;
}
