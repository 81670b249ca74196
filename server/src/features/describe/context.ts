/** Context structs and their fields in words. */
import type { ContextFact, ContextFieldFact, FactBook, ProgramTypeFact } from '../../facts/factBook.types.js';
import { attachTitle } from '../programs.js';
import { code, paragraph, type InfoSection } from '../text/info.js';
import { lifetimeText } from '../verdict.js';
import { codes, factsSection, pitfallSection, summarySections, versionText } from './common.js';

/** A field's declaration as C: `__u32 cb[5]`. */
export function fieldDeclaration(field: ContextFieldFact): string {
  return `${field.type}${field.type.endsWith('*') ? '' : ' '}${field.name}${field.array === undefined ? '' : `[${field.array}]`}`;
}

/** Program types whose context is this struct. */
export function typesWithContext(facts: FactBook, context: string): readonly ProgramTypeFact[] {
  return [...facts.programTypes.values()].filter((type) => type.context === context);
}

/** The whole entry, with all fields. */
export function describeContext(facts: FactBook, fact: ContextFact): readonly InfoSection[] {
  const fields = [...fact.fields.values()];
  return [
    paragraph(code(`struct ${fact.name}`), ': context of ', ...(codes(typesWithContext(facts, fact.name).map((type) => type.name)) || [])),
    ...summarySections(fact.doc),
    { kind: 'code', code: fields.map((field) => `${fieldDeclaration(field)};${field.lifetime ? ` /* ${versionText(field.lifetime)} */` : ''}`).join('\n') },
    ...(fact.checked ? [] : [paragraph('A plain struct: the kernel keeps no list of fields that a program may touch.')]),
    ...pitfallSection(fact.doc),
  ];
}

/** A field apart from any program. */
export function describeField(context: ContextFact, field: ContextFieldFact): readonly InfoSection[] {
  return [
    { kind: 'code', code: `${fieldDeclaration(field)}; /* struct ${context.name} */` },
    ...summarySections(field.doc),
    ...pitfallSection(field.doc),
    ...factsSection([['Since', field.lifetime && versionText(field.lifetime)]]),
  ];
}

/** Rows for `explain`: program type, attach types where they matter, read and write since. */
export function fieldRows(facts: FactBook, context: ContextFact, field: ContextFieldFact): readonly (readonly string[])[] {
  return typesWithContext(facts, context.name).flatMap((type) => {
    const attachTypes: readonly (string | null)[] = type.attachTypes.length > 0 ? type.attachTypes : [null];
    const rows = attachTypes.map((attachType) => ({ attachType, access: accessText(facts, context.name, field.name, type.name, attachType) }));
    const same = rows.every((row) => row.access === rows[0]!.access);
    if (same) return [[type.name, rows[0]!.access]];
    return rows.map((row) => [`${type.name}, ${row.attachType === null ? '' : attachTitle(type.name, row.attachType) || row.attachType}`, row.access]);
  });
}

function accessText(facts: FactBook, context: string, field: string, programType: string, attachType: string | null): string {
  const key = { programType, attachType, sleepable: false, frags: false };
  const say = (mode: 'read' | 'write'): string | undefined => {
    const timeline = facts.fieldAccess(context, field, key, mode);
    const life = timeline.allowed();
    if (life !== undefined) return `${mode} ${lifetimeText(life)}`;
    return timeline.deniedEverywhere() ? undefined : `${mode} not known`;
  };
  return [say('read'), say('write')].filter((t) => t !== undefined).join(', ') || 'no access';
}
