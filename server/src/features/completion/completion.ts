/** Completion: what is being typed decides which lists answer. Plain data; `lsp/` makes protocol items of it. */
import type { Unit } from '../../analysis.types.js';
import type { CompletionRole } from '../../syntax/views.js';
import type { Span } from '../../text/span.js';
import { completeArgument } from './callArguments.js';
import { callables } from './callables.js';
import { completeComparison, completeReturn, constantsByPrefix, labelsByPrefix } from './constants.js';
import type { CompletionEntry, CompletionResult } from './entry.js';
import { completeAttachTargets, completeCoreRead, completeKernelMembers } from './kernelNames.js';
import { expressionMacros } from './macros.js';
import { completeMap } from './mapDefinition.js';
import { completeMapTypes } from './mapTypes.js';
import { completeMembers } from './members.js';
import { completeRegisters } from './registers.js';
import { completeSections } from './sections.js';
import { completeDesignator } from './structOps.js';
import { completeTopLevel } from './topLevel.js';
import { TRIGGERS } from './triggers.js';
import { entryOf } from '../../text/entryOf.js';

/** More items than this slow every client down (an item costs about 1.5 µs on each side of the protocol). */
const MAX_ENTRIES = 250;

/**
 * @param trigger the character that asked by being typed; undefined if the user or a word did
 * @returns undefined for nothing to offer here
 */
export function complete(unit: Unit, offset: number, trigger?: string): CompletionResult | undefined {
  const result = answer(unit, offset, trigger);
  return result && { ...result, replace: onLine(unit.model.main.text, result.replace, offset) };
}

/** Clips a span to the line of the cursor, as the protocol demands; a word may be continued by a backslash at the line's end. */
function onLine(text: string, replace: Span, offset: number): Span {
  const before = text.slice(replace.start, offset);
  const after = text.slice(offset, replace.end);
  const ends = after.search(/\\?[\r\n]/);
  const start = replace.start + Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  return { start, end: Math.max(start, ends < 0 ? replace.end : offset + ends) };
}

function answer(unit: Unit, offset: number, trigger: string | undefined): CompletionResult | undefined {
  const { completion } = unit.settings;
  if (completion === 'off') return undefined;
  const role = unit.completionAt(offset);
  if (trigger !== undefined && entryOf(TRIGGERS, trigger)?.includes(role.kind) !== true) return undefined;
  switch (role.kind) {
    case 'member':
      return role.arrow ? (completeMembers(unit, offset, role) ?? completeKernelMembers(unit, offset, role) ?? completeRegisters(unit, offset, role)) : undefined;
    case 'section':
      return completeAttachTargets(unit, role.replace, offset) ?? completeSections(unit, role.replace, offset);
    case 'map-type':
      return completeMapTypes(unit, role.replace);
    case 'map':
      return completeMap(unit, role);
    case 'designator':
      return completeDesignator(unit, role);
    case 'expression':
      return completeExpression(unit, offset, role, trigger);
    case 'top-level':
      return trigger === undefined || role.place === 'parameters' ? completeTopLevel(unit, offset, role, completion !== 'ebpf-only') : undefined;
    default:
      return undefined;
  }
}

/** What fits the place first, which no C language server knows; then, if wanted, whatever can be called. */
function completeExpression(unit: Unit, offset: number, role: Extract<CompletionRole, { kind: 'expression' }>, trigger: string | undefined): CompletionResult | undefined {
  const { replace, prefix } = role;
  const read = completeCoreRead(unit, offset, replace);
  if (read !== undefined) return read;
  const fitting = unit.model.dialect === undefined ? fittingHere(unit, offset, role) : [];
  // A character that was only typed asks for nothing else, nor does a value that can be no function.
  if (trigger !== undefined) return fitting.length > 0 ? { replace, entries: fitting, incomplete: false } : undefined;
  const own = unit.settings.completion !== 'ebpf-only';
  const seen = new Set(fitting.map(({ label }) => label));
  const rest = role.label ? labelsByPrefix(unit, prefix) : [...callables(unit, offset, prefix, !own), ...(own ? [...expressionMacros(unit, offset, prefix), ...constantsByPrefix(unit, prefix)] : [])];
  const matching = seen.size === 0 ? rest : rest.filter((entry) => !seen.has(entry.label));
  if (fitting.length === 0 && matching.length === 0) return undefined;
  const followed = /^[ \t]*\(/.test(unit.model.main.text.slice(replace.end, replace.end + 40));
  const entries = [...fitting, ...best(matching)].map((entry) => (followed && entry.snippet !== undefined ? withoutArguments(entry) : entry));
  return { replace, entries, incomplete: matching.length > MAX_ENTRIES };
}

/** As many as clients bear: those that are shown first, so what speaks against an entry decides. */
function best(entries: readonly CompletionEntry[]): readonly CompletionEntry[] {
  if (entries.length <= MAX_ENTRIES) return entries;
  return [...entries.filter(({ discouraged }) => !discouraged), ...entries.filter(({ discouraged }) => discouraged)].slice(0, MAX_ENTRIES);
}

function fittingHere(unit: Unit, offset: number, role: Extract<CompletionRole, { kind: 'expression' }>): readonly CompletionEntry[] {
  if (role.compared !== undefined) return completeComparison(unit, offset, role.compared);
  // `switch (action) { case |`: what programs of this kind return is what they most often tell apart.
  if (role.label) return completeReturn(unit, offset).filter(({ kind }) => kind === 'constant');
  const found = completeArgument(unit, offset, role.replace.start);
  return found.length === 0 && role.returning ? completeReturn(unit, offset) : found;
}

/** The bare name, where the arguments are written already. */
function withoutArguments(entry: CompletionEntry): CompletionEntry {
  return entry.kind === 'function' || entry.kind === 'macro' ? { ...entry, snippet: undefined, insert: entry.label } : entry;
}
