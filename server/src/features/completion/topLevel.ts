/** At file level: programs and maps as skeletons, the head of a program whose section is written, the licence, parameters. */
import type { Unit } from '../../analysis.types.js';
import type { SectionDefFact } from '../../facts/factBook.types.js';
import type { CompletionRole } from '../../syntax/views.js';
import type { CompletionEntry, CompletionResult } from './entry.js';
import { plainOf } from './entry.js';
import { macroEntry } from './macros.js';
import { mapSkeletons } from './mapSkeletons.js';
import { headOf, HEADS, licenceLine, programSkeletons, sectionNamed, takenNames } from './programSkeletons.js';

type TopLevelRole = Extract<CompletionRole, { kind: 'top-level' }>;

/** @param all false leaves out what a C language server offers too: the words of libbpf's headers */
export function completeTopLevel(unit: Unit, offset: number, role: TopLevelRole, all: boolean): CompletionResult | undefined {
  const entries = unit.model.dialect === undefined ? entriesAt(unit, offset, role, all) : [];
  return entries.length > 0 ? { replace: role.replace, entries, incomplete: false } : undefined;
}

function entriesAt(unit: Unit, offset: number, role: TopLevelRole, all: boolean): readonly CompletionEntry[] {
  const def = role.section === undefined ? undefined : sectionNamed(unit.facts, role.section);
  const extras = /\/(\w+)$/.exec(role.section ?? '')?.[1] ?? '';
  switch (role.place) {
    case 'start':
      return [...programSkeletons(unit, offset), ...mapSkeletons(unit), ...licence(unit), ...(all ? word(unit, 'SEC', 'SEC("$0")') : [])];
    case 'section':
      return def === undefined ? [] : [body(unit, def, extras)];
    case 'name':
      return [...(def === undefined ? [] : [name(unit, def, extras)]), ...(all ? heads(unit, def) : [])];
    case 'parameters':
      return parameters(unit, def);
    default:
      return all && isBehindMap(unit, role) ? word(unit, 'SEC', 'SEC(".maps");') : [];
  }
}

/** Behind `SEC("…")`: the whole function. */
function body(unit: Unit, def: SectionDefFact, extras: string): CompletionEntry {
  const head = headOf(unit, def, takenNames(unit), extras);
  const snippet = `int ${head.snippet}\n{\n\t$0\n\treturn ${head.returns};\n}`;
  return { label: plainOf(`int ${head.snippet}`), kind: 'snippet', detail: 'the function of this section', filter: `int ${head.name}`, snippet, insert: plainOf(snippet), order: '0', preselect: true };
}

/** Behind the return type: name and parameters. */
function name(unit: Unit, def: SectionDefFact, extras: string): CompletionEntry {
  const head = headOf(unit, def, takenNames(unit), extras);
  return { label: plainOf(head.snippet), kind: 'snippet', detail: 'what this section takes', filter: plainOf(head.snippet), snippet: head.snippet, insert: plainOf(head.snippet), order: '0', preselect: true };
}

/** Macros that head programs; the one of the section first. */
function heads(unit: Unit, def: SectionDefFact | undefined): readonly CompletionEntry[] {
  const own = def && headOf(unit, def, takenNames(unit)).macro;
  return HEADS.flatMap((macroName) => {
    const macro = unit.facts.macros.get(macroName);
    return macro === undefined ? [] : [macroEntry(unit, macro, `${macroName}(\${1:name}$0)`, macroName === own ? 1 : 2)];
  });
}

/** In the parentheses of a function: the context of its section, or those of the file's programs for functions that they share. */
function parameters(unit: Unit, def: SectionDefFact | undefined): readonly CompletionEntry[] {
  const own = def && unit.facts.programTypes.get(def.programType)?.context;
  const contexts = own ? [own] : def === undefined ? [...new Set(unit.model.programs.flatMap(({ context }) => context ?? []))] : [];
  return contexts.map((context, i): CompletionEntry => ({
    label: `struct ${context} *ctx`,
    kind: 'type',
    detail: own ? 'the context of this section' : 'the context of programs in this file',
    order: String(i),
    ...(own ? { preselect: true } : {}),
  }));
}

function licence(unit: Unit): readonly CompletionEntry[] {
  const line = licenceLine(unit);
  return line === undefined ? [] : [{ label: 'license', kind: 'snippet', detail: 'the licence of the programs in this file', filter: 'license char LICENSE', snippet: line.replace('"GPL"', '"${1|GPL,Dual BSD/GPL,Dual MIT/GPL|}"'), insert: line, order: '3' }];
}

function word(unit: Unit, macroName: string, snippet: string): readonly CompletionEntry[] {
  const macro = unit.facts.macros.get(macroName);
  return macro === undefined ? [] : [macroEntry(unit, macro, snippet, 1)];
}

/** `struct { … } name |` */
function isBehindMap(unit: Unit, role: TopLevelRole): boolean {
  const before = unit.model.main.text.slice(Math.max(0, role.replace.start - 200), role.replace.start);
  return /\}[ \t\r\n]*\w+[ \t\r\n]*$/.test(before);
}
