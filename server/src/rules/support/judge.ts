/** Decides what the kernels in question say to one call in one kind of program: the definitions of `INTERFACE.md`, "When a finding is made". */
import type { FactBook, HelperFact, KfuncFact, Lifetime, ProgramKey, Status } from '../../facts/factBook.types.js';
import { hasThing } from '../../facts/kernel.js';
import type { Release } from '../../facts/kernelVersion.js';
import { keyText } from '../../facts/programKey.js';
import type { RuleContext, Target } from '../rule.js';
import { remember } from './memo.js';

export type CallFact = HelperFact | KfuncFact;

/** What is wrong with a call, and the release that says so. */
export interface Verdict {
  readonly kind: 'not-allowed' | 'newer' | 'removed' | 'needs-sleepable';
  /**
   * `never`: no known release allows it; `no-longer`: allowed before, not at the end of the target; `gap`: a release
   * inside the target refuses it; `cannot-sleep-yet`: sleepable programs of the type may call it, but only on later
   * releases than the target's; `lacking`: the kernel's types show that it was built without it; `since`: a later release allows it; `gone`: removed; `sleepable`: this program may not sleep.
   */
  readonly why: 'never' | 'no-longer' | 'gap' | 'cannot-sleep-yet' | 'since' | 'gone' | 'sleepable' | 'lacking';
  /** The release whose answer the message quotes: a member of the target, or the newest known one that refuses. */
  readonly release: Release;
  /** Every member of the target that refuses (empty without a target). */
  readonly members: readonly Release[];
  /** From when it is allowed (`since`), or in sleepable programs (`cannot-sleep-yet`, `sleepable`), or was (`no-longer`, `gap`). */
  readonly lifetime?: Lifetime;
  /** For `sleepable`: from when programs that may not sleep may call it as well. */
  readonly later?: Lifetime;
}

interface Known {
  readonly release: Release;
  readonly status: Status;
}

/** Verdicts on a call of `fact` in a program of the kind `key`; empty when nothing is known to be wrong. */
export function judge(context: RuleContext, fact: CallFact, key: ProgramKey): readonly Verdict[] {
  const { facts, target } = context;
  return remember(facts, `judge ${fact.kind} ${fact.name} ${keyText(key)} ${targetId(target)}`, () => judgeAfresh(facts, target, fact, key));
}

const targetIds = new WeakMap<Target, string>();

/** A target as a text, for keeping answers by it: two with the same bounds may leave out different releases between them. */
export function targetId(target: Target | undefined): string {
  if (!target) return '';
  let id = targetIds.get(target);
  if (id === undefined) {
    const starts = target.releases.filter((r, i, all) => !adjacent(all[i - 1] ?? 0, r));
    const ends = target.releases.filter((r, i, all) => !adjacent(r, all[i + 1] ?? 0));
    targetIds.set(target, (id = starts.map((start, i) => `${start}..${ends[i]}`).join()));
  }
  return id;
}

/** True if no release lies between the two, as far as their numbers tell. */
export function adjacent(a: Release, b: Release): boolean {
  return b === a + 1 || (b % 1000 === 0 && Math.floor(b / 1000) === Math.floor(a / 1000) + 1);
}

/** True if the kernel of that release has the helper or kfunc at all. */
export function exists(fact: CallFact, release: Release): boolean {
  const { since, max } = lifetimeOf(fact);
  return release >= since && (max === undefined || release <= max);
}

/** Since when, and until when, kernels have it. */
export function lifetimeOf(fact: CallFact): Lifetime {
  return fact.kind === 'kfunc' ? fact.lifetime : { since: fact.since };
}

function judgeAfresh(facts: FactBook, target: Target | undefined, fact: CallFact, key: ProgramKey): readonly Verdict[] {
  // Where nothing is known of the program, its section is another tool's business: not knowing is no reason to complain.
  if (key.programType === null) return [];
  const statusAt = statusReader(facts, fact, key);
  const known = facts.releases.map((release) => ({ release, status: statusAt(release) }));
  const members = target?.releases.map((release) => ({ release, status: statusAt(release) })) ?? [];
  const refusing = members.filter((m) => m.status === 'denied').map((m) => m.release);

  const removed = target && fact.kind === 'kfunc' ? removedIn(fact, refusing) : undefined;
  const never = deniedEverywhere(fact, known);
  if (never !== undefined && !removed) return [{ kind: 'not-allowed', why: 'never', release: refusing[0] ?? never, members: refusing }];
  if (!target) return needsSleepable(known, known, refusing);
  const { kernel } = target;
  if (kernel && exists(fact, kernel.release) && hasThing(kernel, fact.kind, fact.name, facts) === false) return [{ kind: 'newer', why: 'lacking', release: kernel.release, members: refusing }];
  const main = judgeTarget(target, fact, known, members, refusing, removed !== undefined);
  return removed ? [...main, removed] : main;
}

/** Status by release, where "only if it may sleep" of a type that cannot sleep on that release is a refusal. */
function statusReader(facts: FactBook, fact: CallFact, key: ProgramKey): (release: Release) => Status {
  const timeline = facts.availability(fact, key);
  return (release) => {
    const status = timeline.at(release);
    const cannotSleep = status === 'sleepable' && key.programType !== null && facts.typeMaySleep(key.programType, release) === false;
    return cannotSleep ? 'denied' : status;
  };
}

/**
 * The newest release that has it, if that refuses it and no known release allows it, not even to sleepable programs.
 * Where only old kernels are known to refuse (an iterator that was not measured since), newer ones may well allow it.
 */
function deniedEverywhere(fact: CallFact, known: readonly Known[]): Release | undefined {
  if (known.some((k) => k.status === 'allowed' || k.status === 'sleepable')) return undefined;
  const newest = known.filter((k) => exists(fact, k.release)).at(-1);
  return newest?.status === 'denied' ? newest.release : undefined;
}

function removedIn(fact: KfuncFact, refusing: readonly Release[]): Verdict | undefined {
  const max = fact.lifetime.max;
  if (max === undefined) return undefined;
  const members = refusing.filter((r) => r > max);
  return members[0] === undefined ? undefined : { kind: 'removed', why: 'gone', release: members[0], members, lifetime: fact.lifetime };
}

function needsSleepable(scope: readonly Known[], known: readonly Known[], refusing: readonly Release[]): readonly Verdict[] {
  if (scope.some((k) => k.status === 'allowed') && scope === known) return [];
  const asking = scope.find((k) => k.status === 'sleepable');
  if (!asking) return [];
  const release = scope.filter((k) => k.status === 'sleepable').at(scope === known ? -1 : 0)?.release ?? asking.release;
  return [{ kind: 'needs-sleepable', why: 'sleepable', release, members: refusing, lifetime: startOf(known, 'sleepable', 0), later: startOf(known, 'allowed', release) }];
}

function judgeTarget(
  target: Target,
  fact: CallFact,
  known: readonly Known[],
  members: readonly Known[],
  refusing: readonly Release[],
  isRemoved: boolean,
): readonly Verdict[] {
  const first = refusing[0];
  if (first === undefined) return needsSleepable(members, known, refusing);
  const later = startOf(known, 'allowed', first);
  const before = known.filter((k) => k.release < first && k.status === 'allowed');
  if (later && (first === target.min || before.length === 0)) return [{ kind: 'newer', why: 'since', release: first, members: refusing, lifetime: later }];
  if (isRemoved) return [];
  if (before.length > 0) {
    const why = refusing.includes(target.max) ? 'no-longer' : 'gap';
    return [{ kind: 'not-allowed', why, release: first, members: refusing, lifetime: { since: before[0]?.release ?? first, max: before.at(-1)?.release } }];
  }
  const sleepy = needsSleepable(members, known, refusing);
  if (sleepy.length > 0) return sleepy;
  const asleep = startOf(known, 'sleepable', 0);
  if (asleep) return [{ kind: 'not-allowed', why: 'cannot-sleep-yet', release: first, members: refusing, lifetime: asleep }];
  // Nothing is known about this kind of program (freplace, an unmeasured struct_ops member), but this kernel does not have it at all.
  if (first < lifetimeOf(fact).since) return [{ kind: 'newer', why: 'since', release: first, members: refusing, lifetime: lifetimeOf(fact) }];
  return [{ kind: 'not-allowed', why: 'never', release: first, members: refusing }];
}

/** The first release above `floor` with this status, with the last one before it that is known to say otherwise where that is not its neighbour. */
function startOf(known: readonly Known[], status: Status, floor: Release): Lifetime | undefined {
  const index = known.findIndex((k) => k.release > floor && k.status === status);
  const start = known[index];
  if (!start) return undefined;
  const previous = known.slice(0, index).filter((k) => k.status !== 'unknown').at(-1);
  const adjacent = previous?.release === known[index - 1]?.release;
  return { since: start.release, after: previous && !adjacent ? previous.release : undefined };
}
