/** Finds the programs of a unit: functions in program sections, with their type, attach type, context and key. */
import type { FactBook, ProgramKey, SectionDefFact } from '../facts/factBook.types.js';
import type { Settings } from '../settings/settings.js';
import type { FunctionView, SectionUse } from '../syntax/views.js';
import { span } from '../text/span.js';
import type { Program, ResolvedSection } from './model.types.js';
import { compiledUnder } from './preprocessor.js';
import { SectionTable, isDataSection, resolveSection, sectionText, settingFor } from './sections.js';
import { structOpsMembers } from './structOps.js';
import { madeBy, sectionOf } from './programMacros.js';
import { defineTokens, type Located, type UnitIndex } from './unitIndex.js';
import { closing } from './tokens.js';

const tables = new WeakMap<FactBook, SectionTable>();

/** The section table of a book, built once. */
export function sectionTable(facts: FactBook): SectionTable {
  let table = tables.get(facts);
  if (!table) {
    table = new SectionTable(facts.sections);
    tables.set(facts, table);
  }
  return table;
}

/** A section use that stands for something else in the source, e.g. a macro that hides its `SEC`. */
function syntheticUse(fn: FunctionView, macro: string, text: string, at = fn.nameSpan): SectionUse {
  return { span: at, argumentSpan: at, parts: [{ kind: 'string', value: text, span: at }], macro, conditions: [] };
}

/** `section("x")` or `SEC("x")` inside the body of a macro that stands before the function (cilium's `__section_entry`). */
function hiddenUses(fn: FunctionView, index: UnitIndex): SectionUse[] {
  if (fn.wrapper?.startsWith('BPF_STRUCT_OPS')) {
    const sleepable = fn.wrapper.endsWith('_SLEEPABLE');
    return [syntheticUse(fn, fn.wrapper, `struct_ops${sleepable ? '.s' : ''}/${fn.name}`)];
  }
  for (const a of fn.annotations) {
    for (const { view } of index.defines.get(a.name) ?? []) {
      const tokens = defineTokens(view);
      const at = tokens.findIndex((t, i) => /^(?:section|__section__|SEC|__section)$/.test(t.value) && tokens[i + 1]?.value === '(');
      if (at < 0) continue;
      const inner = tokens.slice(at + 2, closing(tokens, at + 1));
      const parts = inner.map((t) => ({ kind: t.kind === 'string' ? 'string' as const : 'identifier' as const, value: t.value, span: a.span }));
      return [{ span: a.span, argumentSpan: a.span, parts, macro: a.name, conditions: [] }];
    }
  }
  return [];
}

/** Sections that a prototype of the same file gives the function: a definition inherits the attributes of its declarations. */
function prototypeUses(fn: FunctionView, path: string, index: UnitIndex): readonly SectionUse[] {
  const prototype = index.prototypes.get(fn.name)?.find((p) => p.path === path && p.view.sections.length > 0);
  return prototype && prototype.view.nameSpan.start < fn.nameSpan.start ? prototype.view.sections : [];
}

const TARGETED = new Set(['iter', 'iter.s']);

/** `target` of a program's key: what the facts distinguish below the attach type. */
function targetOf(def: SectionDefFact, section: ResolvedSection, fn: FunctionView, members: ReadonlyMap<string, ReadonlySet<string>>): string | undefined {
  if (def.programType === 'BPF_PROG_TYPE_STRUCT_OPS') {
    const bound = members.get(fn.name);
    return bound?.size === 1 ? [...bound][0] : undefined;
  }
  if (section.extras === '') return undefined;
  return TARGETED.has(def.name) ? section.extras.split('/')[0] : section.extras;
}

function makeProgram(fn: FunctionView, name: string, section: ResolvedSection, facts: FactBook, members: ReadonlyMap<string, ReadonlySet<string>>): Program {
  const def = section.def;
  const target = def ? targetOf(def, section, fn, members) : undefined;
  const key: ProgramKey = {
    programType: def?.programType ?? null,
    attachType: def?.attachType ?? null,
    sleepable: (def?.sleepable ?? false) || (fn.wrapper?.endsWith('_SLEEPABLE') ?? false),
    frags: def?.frags ?? false,
    ...(target === undefined ? {} : { target }),
  };
  return {
    name, path: section.path, fn, section, key,
    programType: key.programType, attachType: key.attachType, sleepable: key.sleepable,
    context: key.programType === null ? null : facts.programTypes.get(key.programType)?.context ?? null,
  };
}

/** All programs in source order (main file first, those that macros make last), and the sections that the rule about them should see. */
export function findPrograms(index: UnitIndex, made: readonly Located<FunctionView>[], facts: FactBook, settings: Settings): { programs: Program[]; sections: ResolvedSection[] } {
  const table = sectionTable(facts);
  const hasSettings = Object.keys(settings.programs).length > 0;
  const programs: Program[] = [];
  const sections: ResolvedSection[] = [];
  let members: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  const visit = (fn: FunctionView, path: string): void => {
    if (!fn.bodySpan) return;
    let uses: readonly SectionUse[] = fn.sections;
    let name = fn.name;
    if (uses.length === 0 && fn.wrapper !== undefined && index.defines.has(fn.wrapper)) {
      // `PROG(IP)(struct __sk_buff *skb) {…}`: the macro hides SEC and the rest of the name.
      const [hidden] = madeBy(fn.wrapper, [fn.name], index);
      if (hidden) {
        name = hidden.name;
        uses = [sectionOf(hidden, fn.wrapper, fn.nameSpan)];
      }
    }
    if (uses.length === 0) uses = prototypeUses(fn, path, index);
    if (uses.length === 0 && (fn.annotations.length > 0 || fn.wrapper !== undefined)) uses = hiddenUses(fn, index);
    const named = hasSettings && uses.length === 0 ? settingFor([fn.name], settings.programs) : undefined;
    if (named !== undefined) uses = [syntheticUse(fn, '', named, span(fn.nameSpan.start, fn.nameSpan.end))];
    if (uses.length === 0 || compiledUnder(fn.conditions, path, index) === 'no') return;
    for (const use of uses) {
      if (compiledUnder(use.conditions, path, index) === 'no') continue;
      const text = sectionText(use, index);
      const setting = hasSettings ? settingFor(text === undefined ? [fn.name] : [fn.name, text, text.replace(/^\?/, '')], settings.programs) : undefined;
      for (const section of resolveSection(use, path, index, table, setting)) {
        if (section.match !== 'setting' && isDataSection(section.name)) continue;
        members ??= structOpsMembers(index);
        programs.push(makeProgram(fn, name, section, facts, members));
        if (section.match !== 'libbpf' && section.match !== 'setting') sections.push(section);
      }
    }
  };
  for (const fn of index.main.functions) visit(fn, index.main.path);
  for (const file of index.files.values()) {
    if (file.path !== index.main.path) for (const fn of file.functions) visit(fn, file.path);
  }
  for (const { path, view } of made) visit(view, path);
  return { programs, sections };
}
