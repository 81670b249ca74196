/** Helpers and kfuncs where an expression is typed: those that the programs around the cursor may call. */
import { keyText } from '../../facts/programKey.js';
import type { Unit } from '../../analysis.types.js';
import type { FactBook, HelperFact, KfuncFact, Lifetime, ProgramKey } from '../../facts/factBook.types.js';
import type { Target } from '../../rules/rule.js';
import type { CompletionRole } from '../../syntax/views.js';
import { ANY } from '../describe/helper.js';
import { groupPrograms, programsAt, type ProgramGroup } from '../programs.js';
import type { Answer } from '../text/info.js';
import { judge, lifetimeText, targetText } from '../verdict.js';
import type { CompletionEntry, CompletionResult } from './completion.js';

/** More items than this slow every client down (an item costs about 1.5 µs on each side of the protocol). */
const MAX_ENTRIES = 250;
const MAX_CACHED = 64;
/** A helper that more kinds of program share is ranked by the first of them: each costs a pass over all facts. */
const MAX_KINDS = 6;
const cache = new WeakMap<FactBook, Map<string, readonly CompletionEntry[]>>();
/** Answers for one kind of program and target, by name: sets of kinds differ from function to function, their members seldom. */
const answerCache = new WeakMap<FactBook, Map<string, ReadonlyMap<string, Answer>>>();

type ExpressionRole = Extract<CompletionRole, { kind: 'expression' }>;

export function completeCallables(unit: Unit, offset: number, role: ExpressionRole): CompletionResult {
  const groups = groupPrograms(programsAt(unit, offset));
  const fitting = ranked(unit, groups).filter((entry) => isSubsequence(role.prefix, entry.label));
  return { replace: role.replace, entries: fitting.slice(0, MAX_ENTRIES), incomplete: fitting.length > MAX_ENTRIES };
}

/** All that fit, best first; computed once for each set of kinds of program and target. */
function ranked(unit: Unit, groups: readonly ProgramGroup[]): readonly CompletionEntry[] {
  const id = [unit.target ? targetText(unit.target) : '', ...groups.map((group) => keyText(group.key))].join('\n');
  let book = cache.get(unit.facts);
  if (book === undefined || book.size >= MAX_CACHED) cache.set(unit.facts, (book = new Map()));
  let entries = book.get(id);
  if (entries === undefined) {
    const keys = groups.length > 0 ? groups.slice(0, MAX_KINDS).map((group) => group.key) : [ANY];
    const answers = keys.map((key) => answersFor(unit.facts, key, unit.target));
    const all = callables(unit.facts).flatMap((fact) => entry(fact, answers) ?? []);
    entries = all.sort((a, b) => (a.order < b.order ? -1 : 1));
    book.set(id, entries);
  }
  return entries;
}

const callables = (facts: FactBook): readonly (HelperFact | KfuncFact)[] => [...facts.helpers.values(), ...facts.kfuncs.values()];

const lifetimeOf = (fact: HelperFact | KfuncFact): Lifetime => (fact.kind === 'helper' ? { since: fact.since } : fact.lifetime);

function answersFor(facts: FactBook, key: ProgramKey, target: Target | undefined): ReadonlyMap<string, Answer> {
  const id = `${target ? targetText(target) : ''}\n${keyText(key)}`;
  let book = answerCache.get(facts);
  if (book === undefined || book.size >= MAX_CACHED) answerCache.set(facts, (book = new Map()));
  let answers = book.get(id);
  if (answers === undefined) {
    answers = new Map(callables(facts).map((fact) => [fact.name, judge({ facts, key, timeline: facts.availability(fact, key), lifetime: lifetimeOf(fact) }, target).answer]));
    book.set(id, answers);
  }
  return answers;
}

/**
 * A helper or kfunc that at least one of the kinds of program may call or may be allowed to: what all of them would be refused
 * is left out, as context fields are. First those that all may call.
 */
function entry(fact: HelperFact | KfuncFact, byKind: readonly ReadonlyMap<string, Answer>[]): CompletionEntry | undefined {
  const answers = byKind.map((kind) => kind.get(fact.name) ?? 'unknown');
  if (!answers.some((a) => a === 'yes' || a === 'unknown')) return undefined;
  const rank = answers.every((a) => a === 'yes') ? 0 : 1;
  return {
    label: fact.name,
    kind: 'function',
    detail: `${fact.kind}, ${lifetimeText(lifetimeOf(fact))}`,
    // A helper before a kfunc of the same rank: it asks for no declaration.
    order: `${rank}${fact.kind === 'helper' ? 0 : 1}${fact.name}`,
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
