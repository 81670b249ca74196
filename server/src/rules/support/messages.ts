/** Sentences about calls that the kernel refuses, shared by the rules for helpers and those for kfuncs. */
import type { ProgramKey } from '../../facts/factBook.types.js';
import { maySleep } from '../../facts/maySleep.js';
import type { Program } from '../../model/model.types.js';
import type { RuleContext } from '../rule.js';
import { isWeak, replacements, type JudgedCall } from './calls.js';
import { exists, lifetimeOf, type CallFact } from './judge.js';
import { remember } from './memo.js';
import { advice, from, kindsOf, linux, list, on, notInBtf, presence, refusal, sectionsThat, sleepRefusal, spread, typesThat } from './words.js';

/** The first measured kernel that checks sleeping apart from the type. */
const FIRST_SLEEP_CHECK = 6001;

/** Why no kernel, or none at the end of the target, lets these programs call it. */
export function notAllowed(context: RuleContext, judged: JudgedCall): string {
  const { fact, verdict, programs } = judged;
  const kinds = kindsOf(context.facts, programs);
  const quote = refusalOf(context, judged);
  const instead = advice(replacements(context, fact, programs));
  const { since = 0, max = since } = verdict.lifetime ?? {};
  switch (verdict.why) {
    case 'no-longer':
      return `\`${fact.name}\` is no longer allowed in ${kinds} on ${members(context, judged)}; up to ${linux(max)} it was. ${quote}.${instead}`;
    case 'gap':
      return `${on(context, verdict.release)}, inside the target, does not allow \`${fact.name}\` in ${kinds}, though other releases do. ${quote}.${instead}`;
    case 'cannot-sleep-yet': {
      const start = verdict.lifetime ? from(verdict.lifetime) : '';
      return exists(fact, verdict.release)
        ? `\`${fact.name}\` may sleep, which ${kinds} cannot on ${members(context, judged)}; they can from ${start} on. ${quote}.${instead}`
        : `${on(context, verdict.release)} does not have \`${fact.name}\` (${presence(fact)}), and later kernels allow it only in sleepable programs. ${quote}.${instead}`;
    }
    default:
      if (neverSleeps(context, judged)) return `\`${fact.name}\` may sleep, which ${kinds} never can. ${quote} on ${on(context, verdict.release)}.${instead}`;
      return `\`${fact.name}\` is not allowed in ${kinds}${never(context, judged)}; no kernel is known that lets them call it. ${quote} on ${on(context, verdict.release)}.${where(context, fact, programs)}${instead}`;
  }
}

/** Why the lowest releases of the target refuse what later ones allow. */
export function newerThanTarget(context: RuleContext, judged: JudgedCall): string {
  const { fact, verdict, programs } = judged;
  const instead = advice(replacements(context, fact, programs));
  const answer = `${refusalOf(context, judged)}.${instead}`;
  if (verdict.why === 'lacking') return `\`${fact.name}\` is not in ${members(context, judged)}: its types know no such ${fact.kind}, though it is ${presence(fact)}. The kernel may have been built without it. ${answer}`;
  if (exists(fact, verdict.release)) {
    const start = verdict.lifetime ? from(verdict.lifetime) : 'a later release';
    return `\`${fact.name}\` is allowed in ${kindsOf(context.facts, programs)} from ${start} on, but not on ${members(context, judged)}. ${answer}`;
  }
  return `\`${fact.name}\` is newer than the target: it is ${presence(fact)}${openedLater(context, judged)}, and ${members(context, judged)} ${lacks(judged)} it. ${answer}`;
}

/** Who says what: the verifier, or libbpf where a strong kfunc is not there at all. */
function refusalOf(context: RuleContext, judged: JudgedCall): string {
  const { fact, verdict } = judged;
  const { release } = verdict;
  if (verdict.why === 'cannot-sleep-yet' && exists(fact, release)) return `The verifier says ${sleepRefusal(fact, release)}`;
  // Whether the type or the sleeping is asked first differs by kernel and type, and the facts keep only the refusal.
  if (neverSleeps(context, judged)) return `The verifier says ${refusal(fact, release)} or ${sleepRefusal(fact, release)}`;
  if (fact.kind === 'helper' || (exists(fact, release) && verdict.why !== 'lacking')) return `The verifier says ${refusal(fact, release)}`;
  if (isWeak(context, fact.name)) return `The verifier says \`kfunc '${fact.name}' is referenced but wasn't resolved\``;
  return `libbpf says ${verdict.why === 'lacking' ? notInBtf(fact) : refusal(fact, release)}`;
}

/** True if it may sleep on that release, as hooks that can sleep show, and none of these programs ever can. */
function neverSleeps(context: RuleContext, { fact, verdict, programs }: JudgedCall): boolean {
  const { facts } = context;
  const { why, release } = verdict;
  if (why !== 'never' || release < FIRST_SLEEP_CHECK || !exists(fact, release)) return false;
  if (!programs.every((p) => p.programType !== null && facts.typeMaySleep(p.programType, release) === false)) return false;
  return remember(facts, `sleeps ${fact.kind} ${fact.name} ${release}`, () => maySleep(facts, fact, release));
}

/** ", in XDP programs from Linux 6.16 on", where it is known that these programs got it later than others. */
function openedLater(context: RuleContext, { fact, verdict, programs }: JudgedCall): string {
  const born = lifetimeOf(fact).since;
  const opened = verdict.lifetime;
  if (!opened || opened.since <= born || (opened.after !== undefined && opened.after < born)) return '';
  return `, in ${kindsOf(context.facts, programs)} from ${from(opened)} on`;
}

/** Why a program that may not sleep cannot make the call. */
export function needsSleepable(context: RuleContext, judged: JudgedCall, fixable: boolean): string {
  const { fact, verdict, programs, call } = judged;
  const [program] = programs;
  const name = program && program.fn !== call.fn ? `\`${program.name}\`` : 'this program';
  const others = replacements(context, fact, programs);
  const how = !fixable ? advice(others) : ` Put it into the sleepable form of its section${others.length === 0 ? '' : `, or use ${list(others.map((n) => `\`${n}\``), 'or')}`}.`;
  const free = verdict.later ? ` From ${from(verdict.later)} on any program may call it.` : '';
  const [oldest] = verdict.members;
  const gap = oldest === undefined ? '' : ` ${members(context, judged)} ${verdict.members.length > 1 ? 'refuse' : 'refuses'} it as well, with ${refusal(fact, oldest)}.`;
  return `\`${fact.name}\` may sleep, so only sleepable programs may call it, and ${programs.length > 1 ? 'these programs are' : `${name} is`} not. The verifier says ${sleepRefusal(fact, verdict.release)}.${gap}${free}${how}`;
}

/** "Linux 6.1 to 6.12": the members of the target that refuse. */
export function members(context: RuleContext, judged: JudgedCall): string {
  const { verdict } = judged;
  return verdict.members.length === 0 ? on(context, verdict.release) : spread(context, verdict.members);
}

function lacks(judged: JudgedCall): string {
  return judged.verdict.members.length > 1 ? 'lack' : 'lacks';
}

/** The attach types that are refused, where another of the same program type is allowed. */
function never(context: RuleContext, judged: JudgedCall): string {
  const [program] = judged.programs;
  const siblings = program ? sameType(context, judged.fact, program) : [];
  if (program && siblings.length > 0) return ` that attach as ${judged.programs.map((p) => p.attachType ?? p.section.name).filter(unique).join(', ')}`;
  return '';
}

/**
 * The sections of the same type that may call it, or else the program types that may. No claim that there are no others:
 * iterators, hooks and struct_ops members are not asked one by one.
 */
function where(context: RuleContext, fact: CallFact, programs: readonly Program[]): string {
  const [program] = programs;
  if (!program) return '';
  const siblings = sameType(context, fact, program);
  if (siblings.length > 0) return ` Of their sections ${list(siblings)} may call it.`;
  const types = remember(context.facts, `types ${fact.kind} ${fact.name}`, () => typesThat(context.facts, (key) => allowedOnce(context, fact, key)));
  return types.length === 0 ? '' : ` It is for ${list(types)} programs.`;
}

function sameType(context: RuleContext, fact: CallFact, program: Program): readonly string[] {
  const { programType } = program;
  if (programType === null) return [];
  return remember(context.facts, `sections ${fact.kind} ${fact.name} ${programType}`, () => sectionsThat(context.facts, programType, (key) => allowedOnce(context, fact, key)));
}

function allowedOnce(context: RuleContext, fact: CallFact, key: ProgramKey): boolean {
  return context.facts.availability(fact, key).allowed() !== undefined;
}

function unique<T>(value: T, index: number, all: readonly T[]): boolean {
  return all.indexOf(value) === index;
}
