/** `ctx->`: the fields of the context that the programs around the cursor may touch on the target kernel. */
import { keyText } from '../../facts/programKey.js';
import type { Unit } from '../../analysis.types.js';
import type { ContextFact, ContextFieldFact } from '../../facts/factBook.types.js';
import type { CompletionRole } from '../../syntax/views.js';
import { contextOf } from '../contextOf.js';
import { groupPrograms, programsAt, type ProgramGroup } from '../programs.js';
import { judgeField, sinceText, targetKey } from '../verdict.js';
import type { CompletionEntry, CompletionResult } from './entry.js';

type MemberRole = Extract<CompletionRole, { kind: 'member' }>;

/** Entries by book, context, kinds of program and target: the answer to the most frequent question while typing. */
const cache = new WeakMap<object, Map<string, readonly CompletionEntry[]>>();
const MAX_CACHED = 64;

/** The fields behind a pointer to a context, those aside that no program here may touch; undefined behind anything else. */
export function completeMembers(unit: Unit, offset: number, role: MemberRole): CompletionResult | undefined {
  const name = contextOf(unit, offset, role.base, role.castType);
  const context = name === undefined ? undefined : unit.facts.contexts.get(name);
  if (context === undefined) return undefined;
  const groups = groupPrograms(programsAt(unit, offset).filter((program) => program.context === context.name && program.programType !== null));
  return { replace: role.replace, entries: cached(unit, context, groups), incomplete: false };
}

function cached(unit: Unit, context: ContextFact, groups: readonly ProgramGroup[]): readonly CompletionEntry[] {
  const id = [context.name, targetKey(unit.target), ...groups.map((group) => keyText(group.key))].join('\n');
  let book = cache.get(unit.facts);
  if (book === undefined || book.size >= MAX_CACHED) cache.set(unit.facts, (book = new Map()));
  let entries = book.get(id);
  if (entries === undefined) {
    entries = [...context.fields.values()].flatMap((field, i) => entry(unit, context, field, groups, i) ?? []);
    book.set(id, entries);
  }
  return entries;
}

function entry(unit: Unit, context: ContextFact, field: ContextFieldFact, groups: readonly ProgramGroup[], index: number): CompletionEntry | undefined {
  const type = field.array === undefined ? field.type : `${field.type}[${field.array}]`;
  const make = (detail: readonly (string | undefined)[]): CompletionEntry => ({
    label: field.name,
    kind: 'field',
    aside: type,
    detail: detail.filter((part) => part !== undefined && part !== '').join(', '),
    order: String(index).padStart(4, '0'),
    ref: { kind: 'field', name: `${context.name}.${field.name}` },
  });
  const since = field.lifetime && sinceText(field.lifetime);
  if (!context.checked || groups.length === 0) return make([type, since]);
  const read = modes(unit, context, field, groups, 'read');
  const write = modes(unit, context, field, groups, 'write');
  if (!read.possible && !write.possible) return undefined;
  const access = write.known ? (read.possible ? 'read and write' : 'write only') : read.known ? 'read only' : undefined;
  return make([type, access, since]);
}

interface Mode {
  /** Not denied for some kind of program: the field is offered. */
  readonly possible: boolean;
  /** Known to be allowed for some kind of program. */
  readonly known: boolean;
}

function modes(unit: Unit, context: ContextFact, field: ContextFieldFact, groups: readonly ProgramGroup[], mode: 'read' | 'write'): Mode {
  const open = groups.filter((group) => judgeField(unit, context.name, field.name, group.key, mode).answer !== 'no');
  return { possible: open.length > 0, known: open.some((group) => unit.facts.fieldAccess(context.name, field.name, group.key, mode).allowed() !== undefined) };
}
