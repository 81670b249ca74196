/** Writes a new file with one program: of a type, at a place, with maps. It compiles as it is, and the kernel may load it. */
import type { FactBook, Lifetime, SectionDefFact } from '../../facts/factBook.types.js';
import { versionRange } from '../verdict.js';
import { offeredMapTypes, uses, writeMaps } from './maps.js';
import { STRUCT_OPS_TARGET, shapeOf } from './shapes.js';
import { withoutEnd } from '../../text/ends.js';

/** A section to choose. */
export interface SectionChoice {
  /** As in libbpf's table: `xdp.frags/devmap`. */
  readonly section: string;
  readonly attachType: string | null;
  readonly sleepable: boolean;
  /** First kernel, as far as type, attach type and section say: `5.18`; '' where nothing is known. */
  readonly since: string;
  /** What follows the slash, for a prompt; absent where nothing does. */
  readonly target?: { readonly grammar: string; readonly example: string };
}

export interface TypeChoice {
  readonly programType: string;
  /** `XDP` */
  readonly title: string;
  readonly summary: string;
  readonly sections: readonly SectionChoice[];
}

export interface Choices {
  readonly types: readonly TypeChoice[];
  readonly mapTypes: readonly { readonly name: string; readonly since: string; readonly summary: string }[];
}

export interface NewProgram {
  readonly section: string;
  /** What follows the section's slash; the example where it is not said. */
  readonly target?: string;
  readonly mapTypes: readonly string[];
}

export interface WrittenProgram {
  readonly fileName: string;
  readonly text: string;
}

/** Every program type that has a section, with its sections, and every map type. */
export function newProgramChoices(facts: FactBook): Choices {
  const types = [...facts.programTypes.values()].map((type): TypeChoice => {
    const sections = offered(facts).filter((def) => def.programType === type.name).map((def) => sectionChoice(facts, def));
    return { programType: type.name, title: type.title, summary: type.doc?.summary ?? '', sections };
  });
  const mapTypes = offeredMapTypes(facts).map((name) => {
    const fact = facts.mapTypes.get(name);
    return { name, since: fact?.lifetime ? versionRange(fact.lifetime) : '', summary: fact?.doc?.summary ?? '' };
  });
  return { types: types.filter((t) => t.sections.length > 0).sort((a, b) => a.title.localeCompare(b.title)), mapTypes };
}

const offered = (facts: FactBook): readonly SectionDefFact[] => facts.sections.filter((def) => def.legacy === undefined);

function sectionChoice(facts: FactBook, def: SectionDefFact): SectionChoice {
  const attach = def.attachType === null ? undefined : facts.attachTypes.get(def.attachType);
  const lives = [facts.programTypes.get(def.programType)?.lifetime, attach?.optional === true ? undefined : attach?.lifetime, def.lifetime].filter((l): l is Lifetime => l !== undefined);
  const [latest] = [...lives].sort((a, b) => b.since - a.since);
  const asks = def.extras !== undefined && def.programType !== 'BPF_PROG_TYPE_STRUCT_OPS';
  return {
    section: def.name, attachType: def.attachType, sleepable: def.sleepable,
    since: latest ? versionRange(latest) : '',
    ...(asks ? { target: def.extras } : {}),
  };
}

/**
 * @returns the file, or a sentence that says what is wrong with the choice
 */
export function newProgram(facts: FactBook, choice: NewProgram): WrittenProgram | { readonly error: string } {
  const def = offered(facts).find((d) => d.name === choice.section);
  if (!def) return { error: `"${choice.section}" is no section of libbpf's` };
  const target = targetOf(def, choice.target);
  if (/["\\\n\r]/.test(target) || target.length > 200) return { error: 'The name to attach to holds characters that a section may not' };
  const known = new Set(offeredMapTypes(facts));
  const strange = choice.mapTypes.find((type) => !known.has(type));
  if (strange !== undefined) return { error: `"${strange}" is no map type to define` };
  const name = functionName(def, target);
  return { fileName: `${name}.bpf.c`, text: text(facts, def, target, name, choice.mapTypes) };
}

function targetOf(def: SectionDefFact, wanted: string | undefined): string {
  if (def.programType === 'BPF_PROG_TYPE_STRUCT_OPS') return def.sleepable ? STRUCT_OPS_TARGET.sleepable : STRUCT_OPS_TARGET.plain;
  if (def.extras === undefined) return '';
  return wanted === undefined || wanted.trim() === '' ? def.extras.example : wanted.trim();
}

/** `on_do_unlinkat`, or the section's name; the kernel keeps 15 characters of it. */
function functionName(def: SectionDefFact, target: string): string {
  const word = (s: string): string => withoutEnd(s.replace(/\W+/g, '_').replace(/^_+/, ''), '_');
  const last = word(target.split(/[/:]/).at(-1) ?? '');
  return last === '' ? `${word(def.name)}_prog` : `on_${last}`;
}

function text(facts: FactBook, def: SectionDefFact, target: string, name: string, mapTypes: readonly string[]): string {
  const type = facts.programTypes.get(def.programType);
  const shape = shapeOf(def, type?.context ?? null, name, target);
  const maps = writeMaps(facts, mapTypes);
  const use = uses(maps, (helper) => mayCall(facts, def, target, helper));
  const meaning = shape.meaning === '' ? '' : ` /* ${shape.meaning} */`;
  return [
    '// SPDX-License-Identifier: GPL-2.0\n',
    `/* Compile with: clang -g -O2 -target bpf -D__TARGET_ARCH_x86 -c ${name}.bpf.c */\n`,
    shape.headers.map((h) => (h === 'vmlinux.h' ? `#include "${h}"\n` : `#include <${h}>\n`)).join(''),
    ...maps.map((map) => `\n${map.text}`),
    `\nSEC("${def.name}${target === '' ? '' : `/${target}`}")\n${shape.head}\n{\n${use.declarations}${use.declarations === '' ? '' : '\n'}${use.statements}`,
    `\treturn ${shape.result};${meaning}\n}\n`,
    shape.tail === undefined ? '' : `\n${shape.tail}`,
    '\nchar LICENSE[] SEC("license") = "GPL";\n',
  ].join('');
}

/** Known to be allowed on the newest kernel that was measured: a sample shall not be refused. */
function mayCall(facts: FactBook, def: SectionDefFact, target: string, helper: string): boolean {
  const fact = facts.helpers.get(helper);
  const newest = facts.measured.at(-1)?.release;
  if (!fact || newest === undefined) return false;
  const key = { programType: def.programType, attachType: def.attachType, sleepable: def.sleepable, frags: def.frags, ...(target === '' ? {} : { target }) };
  return facts.availability(fact, key).at(newest) === 'allowed';
}
