/** Finds the programs of a unit: functions in program sections, with their type, attach type, context and key. */
import type { FactBook, ProgramKey, SectionDefFact } from '../facts/factBook.types.js';
import type { Settings } from '../settings/settings.js';
import type { FunctionView, SectionUse } from '../syntax/views.js';
import type { Program, ResolvedSection } from './model.types.js';
import { noteBeyond } from './limits.js';
import { compiledUnder } from './preprocessor.js';
import { SectionTable, isDataSection, resolveSection, sectionText, settingFor } from './sections.js';
import { structOpsMembers } from './structOps.js';
import { hiddenSection, madeBy, sectionOf } from './programMacros.js';
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
    if (a.args.length > 0) {
      const hidden = hiddenSection(a, index);
      if (hidden) return [hidden];
      continue;
    }
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

/** Sections of one function that are looked at: there is one in each arm of an `#if`. */
const MAX_SECTIONS = 64;

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

/** The programs that functions are, and the sections that the rule about them should see. */
export interface FoundPrograms {
  readonly programs: readonly Program[];
  readonly sections: readonly ResolvedSection[];
}

/** Finds the programs of one unit, function by function. */
export class ProgramFinder {
  private readonly table: SectionTable;
  private readonly hasSettings: boolean;
  private members: ReadonlyMap<string, ReadonlySet<string>> | undefined;

  constructor(private readonly index: UnitIndex, private readonly facts: FactBook, private readonly settings: Settings) {
    this.table = sectionTable(facts);
    this.hasSettings = Object.keys(settings.programs).length > 0;
  }

  /** All programs in source order (main file first, those that macros make last). */
  all(made: readonly Located<FunctionView>[]): FoundPrograms {
    const { index } = this;
    const programs: Program[] = [];
    const sections: ResolvedSection[] = [];
    const visit = (fn: FunctionView, path: string): void => {
      const found = this.of(fn, path);
      if (found === undefined) return;
      programs.push(...found.programs);
      sections.push(...found.sections);
    };
    for (const fn of index.main.functions) visit(fn, index.main.path);
    for (const file of index.files.values()) {
      if (file.path !== index.main.path) for (const fn of file.functions) visit(fn, file.path);
    }
    for (const { path, view } of made) visit(view, path);
    return { programs, sections };
  }

  /** What one function is; undefined for what has no body, no section, or is surely not compiled. */
  of(fn: FunctionView, path: string): FoundPrograms | undefined {
    if (!fn.bodySpan) return undefined;
    const { index, hasSettings, settings } = this;
    const { name, uses } = this.placed(fn, path);
    if (uses.length > MAX_SECTIONS) noteBeyond(index, `the function ${name} stands in more than ${MAX_SECTIONS} sections`);
    if (uses.length === 0 || compiledUnder(fn.conditions, path, index) === 'no') return undefined;
    const programs: Program[] = [];
    const sections: ResolvedSection[] = [];
    for (const use of uses.slice(0, MAX_SECTIONS)) {
      if (compiledUnder(use.conditions, path, index) === 'no') continue;
      const text = sectionText(use, index);
      const setting = hasSettings ? settingFor(text === undefined ? [fn.name] : [fn.name, text, text.replace(/^\?/, '')], settings.programs) : undefined;
      for (const section of resolveSection(use, path, index, this.table, setting)) {
        if (section.match !== 'setting' && isDataSection(section.name)) continue;
        this.members ??= structOpsMembers(index);
        programs.push(makeProgram(fn, name, section, this.facts, this.members));
        if (section.match !== 'libbpf' && section.match !== 'setting') sections.push(section);
      }
    }
    return { programs, sections };
  }

  /** The function's sections, its own or those that something else gives it, and the program's name. */
  private placed(fn: FunctionView, path: string): { readonly name: string; readonly uses: readonly SectionUse[] } {
    const { index } = this;
    if (fn.sections.length > 0) return { name: fn.name, uses: fn.sections };
    if (fn.wrapper !== undefined && index.defines.has(fn.wrapper)) {
      // `PROG(IP)(struct __sk_buff *skb) {…}`: the macro hides SEC and the rest of the name.
      const [hidden] = madeBy(fn.wrapper, [fn.name], index);
      if (hidden) return { name: hidden.name, uses: [sectionOf(hidden, fn.wrapper, fn.nameSpan)] };
    }
    let uses = prototypeUses(fn, path, index);
    if (uses.length === 0 && (fn.annotations.length > 0 || fn.wrapper !== undefined)) uses = hiddenUses(fn, index);
    const named = this.hasSettings && uses.length === 0 ? settingFor([fn.name], this.settings.programs) : undefined;
    return { name: fn.name, uses: named === undefined ? uses : [syntheticUse(fn, '', named)] };
  }
}
