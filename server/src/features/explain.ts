/** What is known about a word, apart from any file: the content of `ebpf-lens explain WORD`. */
import { distance } from 'fastest-levenshtein';
import type { ConceptFact, ContextFact, ContextFieldFact, DriverFact, FactBook, FeatureFact, LinkTypeFact } from '../facts/factBook.types.js';
import type { Rule } from '../rules/rule.js';
import { conceptLine, describeConcept } from './describe/concept.js';
import { describeConstant } from './describe/constant.js';
import { describeContext, describeField, fieldRows } from './describe/context.js';
import { describeHelper } from './describe/helper.js';
import { describeKfunc } from './describe/kfunc.js';
import { describeMacro } from './describe/macro.js';
import { permissionRows } from './describe/permissions.js';
import { describeSection } from './describe/section.js';
import { describeDriver, describeFeature, describeLinkType } from './describe/topics.js';
import { describeAttachType, describeMapType, describeProgramType } from './describe/types.js';
import { describeRegister, describeRegisters } from './registers.js';
import { findSectionDef } from './sectionLookup.js';
import { code, paragraph, prose, strong, type InfoSection } from './text/info.js';
import { toPlain } from './text/plain.js';
import { describeMessage } from './verifierLog/message.js';
import { MessageBook } from '../verifier/messageBook.js';

export type Explanation =
  | { readonly known: true; readonly sections: readonly InfoSection[] }
  /** The nearest known words, best first; at most three, maybe none. */
  | { readonly known: false; readonly suggestions: readonly string[] };

/**
 * @param word a helper, kfunc, section (`xdp.frags/devmap`, `SEC("tc")`), map, program or attach type (the kernel's prefix may be
 * left out), context struct, field (`xdp_md.data`, `ctx->data`, `data`), constant, macro, link type, language feature, XDP driver, concept,
 * rule id, or message of the verifier or a loader, whole or by the name of its entry
 */
export function explain(word: string, facts: FactBook, rules: readonly Rule[]): Explanation {
  const name = normalise(word);
  const sections = name === '' ? [] : lookUp(name, facts, rules);
  return sections.length > 0 ? { known: true, sections } : { known: false, suggestions: suggest(name, facts, rules) };
}

/** `explain` as text for a terminal, no line break at the end. */
export function explanationText(explanation: Explanation, width?: number): string {
  if (explanation.known) return toPlain(explanation.sections, width);
  const [first, ...rest] = explanation.suggestions;
  return first === undefined ? '' : `did you mean ${[first, ...rest].join(', ')}?`;
}

/** `SEC("xdp")` → `xdp`, `struct xdp_md` → `xdp_md`, `bpf_map_lookup_elem()` → the name. */
function normalise(word: string): string {
  const section = /^SEC\(([^]*)\)$/.exec(word.trim());
  return (section ? section[1]!.trim().replace(/^"/, '').replace(/"$/, '') : word.trim()).replace(/^struct\s+/, '').replace(/\(\s*\)$/, '').trim();
}

/** Everything that has this name; a word may be a section and something else (`xdp`, `lsm`). */
function lookUp(name: string, facts: FactBook, rules: readonly Rule[]): readonly InfoSection[] {
  const parts: (readonly InfoSection[])[] = [
    ...explainFunction(name, facts),
    ...explainType(name, facts),
    ...explainSection(name, facts),
    ...explainField(name, facts),
  ];
  const rule = rules.find((r) => r.id === name);
  if (rule !== undefined) parts.push(describeRule(rule));
  const constant = facts.constants.get(name) ?? facts.constants.get(name.toUpperCase());
  if (constant !== undefined) parts.push([paragraph(strong('Constant '), code(constant.name), `, one of the ${constant.group}`), ...describeConstant(facts, constant)]);
  const macro = facts.macros.get(name);
  if (macro !== undefined) parts.push(describeMacro(facts, macro));
  const message = facts.verifierMessages.get(name) ?? (parts.length === 0 && /\s/.test(name) ? MessageBook.of(facts).find(name)?.fact : undefined);
  if (message !== undefined) parts.push([paragraph(strong('Message '), message.title), ...describeMessage(message)]);
  const topics = topicsOf(name, facts);
  parts.push(...describeTopics(topics, facts));
  return [...parts.flat(), ...(parts.length === 0 || topics.concepts.length > 0 ? [] : conceptLine(facts, name, ...[...topics.links, ...topics.features].map((topic) => topic.name)))];
}

function explainFunction(name: string, facts: FactBook): (readonly InfoSection[])[] {
  const helper = facts.helpers.get(name) ?? facts.helpers.get(`bpf_${name}`);
  const kfunc = facts.kfuncs.get(name);
  const fact = facts.helpers.get(name) ?? kfunc ?? helper;
  if (fact === undefined) return [];
  const rows = permissionRows(facts, fact);
  const matrix: InfoSection[] = rows.length > 0 ? [{ kind: 'table', head: ['Program type', 'From Linux', ''], rows }] : [];
  const described = fact.kind === 'helper' ? describeHelper(facts, fact) : describeKfunc(facts, fact);
  return [[paragraph(strong(fact.kind === 'helper' ? 'Helper ' : 'Kfunc '), code(fact.name)), ...described, ...matrix]];
}

function explainType(name: string, facts: FactBook): (readonly InfoSection[])[] {
  const upper = name.toUpperCase();
  const out: (readonly InfoSection[])[] = [];
  const map = facts.mapTypes.get(name) ?? facts.mapTypes.get(`BPF_MAP_TYPE_${upper}`);
  const type = facts.programTypes.get(name) ?? facts.programTypes.get(`BPF_PROG_TYPE_${upper}`);
  const attach = facts.attachTypes.get(name) ?? (name === upper ? facts.attachTypes.get(`BPF_${upper}`) : undefined);
  const context = facts.contexts.get(name);
  if (type) out.push(describeProgramType(facts, type));
  if (map) out.push(describeMapType(map));
  if (attach) out.push(describeAttachType(facts, attach));
  if (context) out.push(describeContext(facts, context));
  if (name === 'pt_regs') out.push(describeRegisters([...facts.registers.values()]));
  return out;
}

interface Topics {
  readonly links: readonly LinkTypeFact[];
  readonly concepts: readonly ConceptFact[];
  readonly features: readonly FeatureFact[];
  readonly drivers: readonly DriverFact[];
}

/** Link types, ideas, features and drivers, by name, title or alias; in any case, with spaces for hyphens. */
function topicsOf(name: string, facts: FactBook): Topics {
  const link = facts.linkTypes.get(name) ?? facts.linkTypes.get(`BPF_LINK_TYPE_${name.toUpperCase()}`);
  const words = new Set([name.toLowerCase(), name.toLowerCase().replace(/\s+/g, '-')]);
  const isMeant = (fact: { readonly name: string; readonly title: string; readonly aliases: readonly string[] }): boolean =>
    [fact.name, fact.title.toLowerCase(), ...fact.aliases].some((word) => words.has(word));
  return {
    links: link ? [link] : [],
    concepts: [...facts.concepts.values()].filter(isMeant),
    features: [...facts.features.values()].filter(isMeant),
    drivers: [...facts.drivers.values()].filter(isMeant),
  };
}

function describeTopics({ links, concepts, features, drivers }: Topics, facts: FactBook): (readonly InfoSection[])[] {
  return [...links.map((fact) => describeLinkType(facts, fact)), ...concepts.map(describeConcept), ...features.map(describeFeature), ...drivers.map(describeDriver)];
}

function explainSection(name: string, facts: FactBook): (readonly InfoSection[])[] {
  const found = findSectionDef(facts, name);
  return found === undefined ? [] : [describeSection(facts, found.def, found.extras)];
}

function explainField(name: string, facts: FactBook): (readonly InfoSection[])[] {
  const m = /^(?:(\w+)\s*(?:\.|->)\s*)?(\w+)(?:\[\d*\])?$/.exec(name);
  if (m === null) return [];
  const [, base, field] = m as unknown as [string, string | undefined, string];
  const hits: [ContextFact, ContextFieldFact][] = [];
  for (const context of facts.contexts.values()) {
    const fact = context.fields.get(field);
    if (fact !== undefined && (base === undefined || base === 'ctx' || base === context.name || !facts.contexts.has(base))) hits.push([context, fact]);
  }
  if (hits.length === 1) return [describeFieldFully(facts, ...hits[0]!)];
  if (hits.length === 0) return [describeRegister(facts, base === undefined || base === 'ctx' || base === 'pt_regs' ? field : '')].filter((sections) => sections.length > 0);
  const items = hits.map(([context, fact]) => [code(`${context.name}.${fact.name}`), `: ${fact.type}`]);
  return [[{ kind: 'list', title: `${field} is a field of ${hits.length} context structs`, items }]];
}

function describeFieldFully(facts: FactBook, context: ContextFact, field: ContextFieldFact): readonly InfoSection[] {
  const rows = context.checked ? fieldRows(facts, context, field) : [];
  return [...describeField(context, field), ...(rows.length > 0 ? [{ kind: 'table', head: ['Program', 'Access'], rows } as const] : [])];
}

function describeRule(rule: Rule): readonly InfoSection[] {
  return [
    paragraph(strong('Rule '), code(rule.id), ` (${rule.severity})`),
    paragraph(...prose(rule.doc.summary)),
    paragraph(...prose(rule.doc.why)),
    paragraph('Reported:'),
    { kind: 'code', code: rule.doc.bad.code.trim() },
    paragraph('Not reported:'),
    { kind: 'code', code: rule.doc.good.code.trim() },
    paragraph(...prose(rule.doc.exceptions)),
    paragraph('To allow it for the next statement, function or, at the top, the file: ', code(`/* ebpf-lens: allow(${rule.id}) */`)),
  ];
}

/** Drivers and aliases that are shorter resemble too much. */
const SHORTEST = 5;

/** Known words by edit distance; nothing that differs in more than a third of its letters. */
function suggest(word: string, facts: FactBook, rules: readonly Rule[]): readonly string[] {
  if (word === '' || word.length > 100) return [];
  const known = new Set<string>([
    ...facts.helpers.keys(),
    ...facts.kfuncs.keys(),
    ...facts.programTypes.keys(),
    ...facts.mapTypes.keys(),
    ...facts.attachTypes.keys(),
    ...facts.contexts.keys(),
    ...[...facts.contexts.values()].flatMap((context) => [...context.fields.keys()].map((field) => `${context.name}.${field}`)),
    ...facts.sections.filter((def) => def.legacy === undefined).map((def) => def.name),
    ...facts.constants.keys(),
    ...facts.macros.keys(),
    ...facts.linkTypes.keys(),
    ...[...facts.concepts.values(), ...facts.features.values(), ...facts.drivers.values()].flatMap((fact) => [fact.name, ...fact.aliases]).filter((name) => name.length >= SHORTEST),
    ...rules.map((rule) => rule.id),
  ]);
  const near = [...known].map((name) => ({ name, cost: cost(word, name) })).filter(({ name, cost: c }) => c <= Math.max(2, Math.ceil(Math.min(word.length, name.length) / 3)));
  return near.sort((a, b) => a.cost - b.cost || (a.name < b.name ? -1 : 1)).slice(0, 3).map(({ name }) => name);
}

/** Distance without regard to case, and without the kernel's prefix where the word has none either. */
function cost(word: string, name: string): number {
  const lower = word.toLowerCase();
  const bare = name.replace(/^BPF_(MAP|PROG)_TYPE_|^bpf_/, '').toLowerCase();
  return Math.min(distance(lower, name.toLowerCase()), distance(lower, bare) + (bare.length === name.length ? 0 : 0.5));
}
