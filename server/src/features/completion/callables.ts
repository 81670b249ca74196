/** Helpers and kfuncs where an expression is typed: those that the programs around the cursor may call first, the others last and marked. */
import { keyText } from '../../facts/programKey.js';
import type { Unit } from '../../analysis.types.js';
import type { FactBook, HelperFact, KfuncFact, Lifetime, ProgramKey } from '../../facts/factBook.types.js';
import { formatRelease } from '../../facts/kernelVersion.js';
import type { Target } from '../../rules/rule.js';
import { ANY } from '../describe/helper.js';
import { groupPrograms, kindTitle, programsAt, type ProgramGroup } from '../programs.js';
import type { Answer } from '../text/info.js';
import { judge, judgeCall, lifetimeText, targetKey, targetText } from '../verdict.js';
import { isSubsequence, orderOf, type CompletionEntry } from './entry.js';
import { isDeclared } from './kfuncDeclaration.js';

const MAX_CACHED = 64;
/** A helper that more kinds of program share is ranked by the first of them: each costs a pass over all facts. */
const MAX_KINDS = 6;
const cache = new WeakMap<FactBook, Map<string, readonly Ranked[]>>();
/** Answers for one kind of program and target, by name: sets of kinds differ from function to function, their members seldom. */
const answerCache = new WeakMap<FactBook, Map<string, ReadonlyMap<string, Judged>>>();

interface Judged {
  readonly answer: Answer;
  /** Why not: `not in XDP`, `from Linux 6.4`; '' where it may. */
  readonly reason: string;
}

/**
 * Best first: what all programs here may call, what some may or what is not known, then what none may, with the reason.
 * @param prefix what is typed of the name
 * @param kfuncsOnly leaves out what a C language server offers by itself: helpers, and kfuncs that are declared
 */
export function callables(unit: Unit, offset: number, prefix: string, kfuncsOnly = false): readonly CompletionEntry[] {
  const declared = isDeclared(unit);
  const typed = prefix.toLowerCase();
  const found: CompletionEntry[] = [];
  for (const { entry, undeclared } of ranked(unit, groupPrograms(programsAt(unit, offset)))) {
    if (!isSubsequence(typed, entry.label)) continue;
    const missing = undeclared !== undefined && !declared(entry.label);
    if (kfuncsOnly && (!missing || entry.discouraged === true)) continue;
    found.push(missing ? undeclared : entry);
  }
  return found;
}

/** A helper or kfunc as it is offered; a kfunc also as one that nothing declares. */
interface Ranked {
  readonly entry: CompletionEntry;
  readonly undeclared?: CompletionEntry;
}

/** All entries in order; computed once for each set of kinds of program and target. */
function ranked(unit: Unit, groups: readonly ProgramGroup[]): readonly Ranked[] {
  const keys = groups.length > 0 ? groups.slice(0, MAX_KINDS).map((group) => group.key) : [ANY];
  const closed = unit.model.license.gplCompatible === false;
  const id = [closed ? 'closed' : '', targetKey(unit.target), ...keys.map(keyText)].join('\n');
  const book = bounded(cache, unit.facts);
  let entries = book.get(id);
  if (entries === undefined) {
    const answers = keys.map((key) => answersFor(unit, key));
    const all = allCallables(unit.facts).map((fact) => entry(fact, answers, closed && keys.every((key) => unit.facts.gplOnly(fact, key) === true)));
    entries = all.sort((a, b) => (a.order < b.order ? -1 : 1)).map((one) => (one.ref?.kind === 'kfunc' ? { entry: one, undeclared: { ...one, undeclared: true } } : { entry: one }));
    book.set(id, entries);
  }
  return entries;
}

/** The facts' own map of a cache, emptied when it is full. */
function bounded<T>(all: WeakMap<FactBook, Map<string, T>>, facts: FactBook): Map<string, T> {
  let book = all.get(facts);
  if (book === undefined || book.size >= MAX_CACHED) all.set(facts, (book = new Map()));
  return book;
}

const allCallables = (facts: FactBook): readonly (HelperFact | KfuncFact)[] => [...facts.helpers.values(), ...facts.kfuncs.values()];

const lifetimeOf = (fact: HelperFact | KfuncFact): Lifetime => (fact.kind === 'helper' ? { since: fact.since } : fact.lifetime);

function answersFor(unit: Unit, key: ProgramKey): ReadonlyMap<string, Judged> {
  const { facts } = unit;
  const book = bounded(answerCache, facts);
  const id = `${targetKey(unit.target)}\n${keyText(key)}`;
  let answers = book.get(id);
  if (answers === undefined) {
    answers = new Map(allCallables(facts).map((fact) => [fact.name, judged(unit, fact, key)]));
    book.set(id, answers);
  }
  return answers;
}

function judged(unit: Unit, fact: HelperFact | KfuncFact, key: ProgramKey): Judged {
  const { facts, target } = unit;
  const timeline = facts.availability(fact, key);
  const question = { facts, key, timeline, lifetime: lifetimeOf(fact) };
  const { answer } = judgeCall(unit, fact, key);
  if (answer === 'limited') return { answer, reason: 'only sleepable programs' };
  if (answer !== 'no') return { answer, reason: '' };
  if (target !== undefined && judge(question, undefined).answer !== 'no') return { answer, reason: lateOrGone(timeline.allowed() ?? question.lifetime, target) };
  return { answer, reason: key.programType === null ? 'not on known kernels' : `not in ${kindTitle(facts, atWidest(facts, fact, key))}` };
}

/** The program's type alone where no attach type of it may: `not in XDP` says more than `not in XDP, devmap`. */
function atWidest(facts: FactBook, fact: HelperFact | KfuncFact, key: ProgramKey): ProgramKey {
  const plain: ProgramKey = { programType: key.programType, attachType: null, sleepable: false, frags: false };
  return facts.availability(fact, plain).deniedEverywhere() ? plain : key;
}

function lateOrGone(life: Lifetime, target: Target): string {
  if (life.max !== undefined && life.max < target.max && life.since <= target.min) return `gone after Linux ${formatRelease(life.max)}`;
  return life.since > target.min ? `from Linux ${formatRelease(life.since)}` : `not on all of ${targetText(target)}`;
}

/** A helper before a kfunc of the same rank: it asks for no declaration. */
function entry(fact: HelperFact | KfuncFact, byKind: readonly ReadonlyMap<string, Judged>[], closed: boolean): CompletionEntry {
  const answers = byKind.map((kind) => kind.get(fact.name)!);
  const refused = !answers.some(({ answer }) => answer === 'yes' || answer === 'unknown');
  const reasons = [...new Set(answers.map(({ reason }) => reason))];
  const reason = closed ? 'needs a GPL compatible licence' : refused ? (reasons.length === 1 ? reasons[0]! : 'not in these programs') : '';
  const rank = reason !== '' ? 8 : answers.every(({ answer }) => answer === 'yes') ? (fact.kind === 'helper' ? 1 : 2) : fact.kind === 'helper' ? 3 : 4;
  return {
    label: fact.name,
    kind: 'function',
    detail: `${fact.kind}, ${lifetimeText(lifetimeOf(fact))}`,
    ...(reason === '' ? {} : { note: reason, discouraged: true }),
    snippet: takesNothing(fact) ? `${fact.name}()` : `${fact.name}($0)`,
    order: orderOf(rank, fact.name),
    ref: { kind: fact.kind, name: fact.name },
  };
}

const takesNothing = (fact: HelperFact | KfuncFact): boolean => (fact.kind === 'helper' ? fact.params.length === 0 : /\(\s*(?:(?:void)\s*)?\)/.test(fact.proto));
