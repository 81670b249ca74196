/** Helpers and kfuncs where an expression is typed: what the programs around the cursor may call comes first. */
import type { Unit } from '../../analysis.types.js';
import type { FactBook, HelperFact, KfuncFact } from '../../facts/factBook.types.js';
import type { Target } from '../../rules/rule.js';
import type { CompletionRole } from '../../syntax/views.js';
import { ANY } from '../describe/helper.js';
import { groupPrograms, keyId, programsAt, type ProgramGroup } from '../programs.js';
import { judge, lifetimeText, targetText } from '../verdict.js';
import type { CompletionEntry, CompletionResult } from './completion.js';

/** More items than this slow every client down (an item costs about 1.5 µs on each side of the protocol). */
const MAX_ENTRIES = 250;
const MAX_CACHED = 32;
const cache = new WeakMap<FactBook, Map<string, readonly CompletionEntry[]>>();

type ExpressionRole = Extract<CompletionRole, { kind: 'expression' }>;

export function completeCallables(unit: Unit, offset: number, role: ExpressionRole): CompletionResult {
  const groups = groupPrograms(programsAt(unit, offset));
  const fitting = ranked(unit, groups).filter((entry) => isSubsequence(role.prefix, entry.label));
  return { replace: role.replace, entries: fitting.slice(0, MAX_ENTRIES), incomplete: fitting.length > MAX_ENTRIES };
}

/** All of them, best first; computed once for each set of kinds of program and target. */
function ranked(unit: Unit, groups: readonly ProgramGroup[]): readonly CompletionEntry[] {
  const id = [unit.target ? targetText(unit.target) : '', ...groups.map((group) => keyId(group.key))].join('\n');
  let book = cache.get(unit.facts);
  if (book === undefined || book.size >= MAX_CACHED) cache.set(unit.facts, (book = new Map()));
  let entries = book.get(id);
  if (entries === undefined) {
    const all = [...unit.facts.helpers.values(), ...unit.facts.kfuncs.values()].map((fact) => entry(unit.facts, fact, groups, unit.target));
    entries = all.sort((a, b) => (a.order < b.order ? -1 : 1));
    book.set(id, entries);
  }
  return entries;
}

/** 0: allowed everywhere it matters; 1: for some of the programs, or not known; 2: only in sleepable programs; 3: not allowed. */
function entry(facts: FactBook, fact: HelperFact | KfuncFact, groups: readonly ProgramGroup[], target: Target | undefined): CompletionEntry {
  const keys = groups.length > 0 ? groups.map((group) => group.key) : [ANY];
  const answers = keys.map((key) => judge(facts.availability(fact, key), target).answer);
  const rank = answers.every((a) => a === 'yes') ? 0 : answers.some((a) => a === 'yes' || a === 'unknown') ? 1 : answers.includes('limited') ? 2 : 3;
  const note = ['', '', 'only in sleepable programs', 'not allowed here'][rank]!;
  const life = fact.kind === 'helper' ? { since: fact.since } : fact.lifetime;
  return {
    label: fact.name,
    kind: 'function',
    detail: [fact.kind, lifetimeText(life), note].filter((part) => part !== '').join(', '),
    // A helper before a kfunc of the same rank: it asks for no declaration.
    order: `${rank}${fact.kind === 'helper' ? 0 : 1}${fact.name}`,
    ...(rank >= 2 ? { discouraged: true } : {}),
    ref: { kind: fact.kind, name: fact.name },
  };
}

/** True if the letters of `typed` occur in `name` in this order, case aside, which is what editors match by. */
function isSubsequence(typed: string, name: string): boolean {
  const wanted = typed.toLowerCase();
  let at = 0;
  for (let i = 0; i < name.length && at < wanted.length; i++) if (name[i]!.toLowerCase() === wanted[at]) at++;
  return at === wanted.length;
}
