/** The first lines of a hover: may this program, on the user's kernels, do it? Said only as far as facts go. */
import type { Aim, Unit } from '../analysis.types.js';
import type { FactBook, HelperFact, KfuncFact, Lifetime, ProgramKey, Status, Timeline } from '../facts/factBook.types.js';
import { hasThing, type KernelThing } from '../facts/kernel.js';
import { lifetimeOn } from '../facts/kernelBook.js';
import { maySleep } from '../facts/maySleep.js';
import { formatRelease, type Release } from '../facts/kernelVersion.js';
import { keyText } from '../facts/programKey.js';
import type { Program } from '../model/model.types.js';
import type { TargetParts } from '../model/target.js';
import type { Target } from '../rules/rule.js';
import { groupPrograms, kindTitle, type ProgramGroup } from './programs.js';
import { code, listed, type Answer, type InfoSection, type Line } from './text/info.js';

/** What a timeline means to one kind of program on the target. */
export interface Verdict {
  readonly answer: Answer;
  /** Starts in lower case, to follow the subject: `allowed … from Linux 4.18`. */
  readonly say: (subject: string) => Line;
}

const MAX_GROUPS = 4;
/** Worst first. */
const RANK: Readonly<Record<Answer, number>> = { no: 0, limited: 1, unknown: 2, yes: 3 };

/** The answer for the part of the target that is worst off; of good ones the first, about the whole target. */
function worst(unit: Pick<Unit, 'aims' | 'target'>, ask: (aim: Aim, name?: string) => Verdict): Verdict {
  const answers = unit.aims.map((aim) => ask(aim));
  const first = [...answers].sort((a, b) => RANK[a.answer] - RANK[b.answer])[0]!;
  return first.answer === 'yes' && unit.aims.length > 1 && unit.target ? ask(unit.aims[0]!, targetText(unit.target)) : first;
}

/** May this kind of program call it, on the whole target? */
export function judgeCall(unit: Pick<Unit, 'aims' | 'target'>, { kind, name }: HelperFact | KfuncFact, key: ProgramKey): Verdict {
  return worst(unit, ({ facts, target }, text) => {
    const fact = kind === 'helper' ? facts.helpers.get(name) : facts.kfuncs.get(name);
    if (!fact) return unknown();
    return judge({ facts, key, timeline: facts.availability(fact, key), lifetime: fact.kind === 'helper' ? { since: fact.since } : fact.lifetime }, target, text);
  });
}

/** The same for a call at an offset of the main file: code of a callback that may sleep may do more than its program. */
export function judgeCallAt(unit: Unit, fact: HelperFact | KfuncFact, key: ProgramKey, offset: number): Verdict {
  const verdict = judgeCall(unit, fact, key);
  if (verdict.answer === 'yes' || verdict.answer === 'unknown') return verdict;
  const { calls, main } = unit.model;
  const here = calls.filter((c) => c.path === main.path && c.call.nameSpan.start <= offset && offset <= c.call.nameSpan.end && c.programs.some((p) => keyText(p.key) === keyText(key)));
  const sleeping = here.length > 0 && here.every((c) => c.sleeping);
  if (!sleeping || !unit.facts.releases.some((release) => maySleep(unit.facts, fact, release))) return verdict;
  return { answer: 'unknown', say: (s) => [`Not known for this callback, which may sleep though ${s} may not`] };
}

/** May this kind of program load or store the field, on the whole target? */
export function judgeField(unit: Pick<Unit, 'aims' | 'target'>, context: string, field: string, key: ProgramKey, mode: 'read' | 'write'): Verdict {
  return worst(unit, ({ facts, target }, text) => judgeAccess(facts, facts.fieldAccess(context, field, key, mode), target, text));
}

/** The part of the target that surely lacks something, by its lifetime and, for a kernel of somebody's own, by what is known of that. */
export function lackingPart(unit: Pick<Unit, 'aims' | 'facts'>, lifetime: Lifetime | undefined, kind?: KernelThing, name = ''): Target | undefined {
  if (lifetime === undefined) return undefined;
  for (const { target } of unit.aims) {
    if (target === undefined) continue;
    const life = target.kernel ? lifetimeOn(target.kernel, lifetime, kind && hasThing(target.kernel, kind, name, unit.facts)) : lifetime;
    if ((life.after ?? life.since - 1) >= target.min) return target;
  }
  return undefined;
}

/** `5.15`, `5.4..6.8`, `rhel9.4`, or several with commas. */
export function targetText(target: Target & { readonly parts?: readonly Target[] }): string {
  if (target.parts?.some((part) => part.kernel)) return target.parts.map((part) => targetText(part)).join(', ');
  if (target.kernel) return target.kernel.label;
  return target.min === target.max ? formatRelease(target.min) : `${formatRelease(target.min)}..${formatRelease(target.max)}`;
}

/** What answers about a target are kept by: its text, and which content its files had. */
export function targetKey(target: TargetParts | undefined): string {
  return target ? [targetText(target), ...target.parts.map((part) => part.kernel?.stamp ?? '')].join('\t') : '';
}

/** `from Linux 4.18`, `from Linux 6.13 to 6.15`, `from a release between 6.12 and 6.16`. */
export function lifetimeText(life: Lifetime): string {
  return `${sinceText(life)}${life.max === undefined ? '' : ` up to ${formatRelease(life.max)}`}`;
}

/**
 * The `since` of a lifetime. `after` says that only a range is known: absent on `after`, present on `since`, and nothing
 * is known between.
 */
export function sinceText(life: Lifetime): string {
  if (life.since === 0) return 'on every known kernel';
  return life.after === undefined ? `from Linux ${formatRelease(life.since)}` : `from a release between Linux ${formatRelease(life.after)} and ${formatRelease(life.since)}`;
}

/** `5.18`, `between 6.12 and 6.16`, with `, gone after 6.14` where it was removed. */
export function versionRange(life: Lifetime): string {
  const since = life.after === undefined ? formatRelease(life.since) : `between ${formatRelease(life.after)} and ${formatRelease(life.since)}`;
  return life.max === undefined ? since : `${since}, gone after ${formatRelease(life.max)}`;
}

/** What is judged: a timeline for one kind of program, and when the thing itself exists. */
export interface Judged {
  readonly facts: FactBook;
  readonly key: ProgramKey;
  readonly timeline: Timeline;
  /** Absent: on every kernel, as far as is known. */
  readonly lifetime?: Lifetime;
}

/**
 * Judges one timeline, by the definitions of a finding: wherever a rule finds that a call is not allowed, this says no, and
 * nowhere else. `target` undefined: speaks of all kernels.
 */
export function judge(judged: Judged, target: Target | undefined, name = target && targetText(target)): Verdict {
  const life = judged.timeline.allowed();
  if (target !== undefined) return judgeTarget(judged, life, target, `your target ${name}`);
  if (life !== undefined) return { answer: 'yes', say: (s) => [`Allowed in ${s} ${lifetimeText(life)}`] };
  if (isDeniedEverywhere(judged)) return denied();
  return judged.facts.releases.some((release) => statusAt(judged, release) === 'sleepable') ? sleepable() : unknown();
}

/** The same for a load or store of a context field, where only what the target's own kernels say counts. */
export function judgeAccess(facts: FactBook, timeline: Timeline, target: Target | undefined, name = target && targetText(target)): Verdict {
  const life = timeline.allowed();
  if (target === undefined) {
    if (life !== undefined) return { answer: 'yes', say: (s) => [`Allowed in ${s} ${lifetimeText(life)}`] };
    return timeline.at(facts.releases.at(-1) ?? 0) === 'denied' ? denied() : unknown();
  }
  const denying = target.releases.filter((release) => timeline.at(release) === 'denied');
  const tail = `your target ${name}`;
  if (denying.length > 0) return life === undefined ? denied() : tooEarlyOrLate(life, denying, tail);
  if (life === undefined) return unknown();
  const known = target.releases.every((release) => timeline.at(release) === 'allowed');
  return { answer: known ? 'yes' : 'unknown', say: (s) => [`Allowed in ${s} ${lifetimeText(life)}; ${known ? `${tail} is fine` : `not known for all of ${tail}`}`] };
}

function judgeTarget(judged: Judged, life: Lifetime | undefined, target: Target, tail: string): Verdict {
  const statuses = target.releases.map((release) => ({ release, status: statusAt(judged, release) }));
  const denying = statuses.filter((s) => s.status === 'denied').map((s) => s.release);
  const asleep = statuses.some((s) => s.status === 'sleepable');
  if (isDeniedEverywhere(judged)) return denied();
  if (denying.length > 0 && life !== undefined) return tooEarlyOrLate(life, denying, tail);
  if (asleep) return sleepable();
  if (denying.length > 0) return deniedThere(judged, denying[0]!, tail);
  if (life !== undefined && statuses.every((s) => s.status === 'allowed')) {
    return { answer: 'yes', say: (s) => [`Allowed in ${s} ${lifetimeText(life)}; ${tail} is fine`] };
  }
  if (life !== undefined) return { answer: 'unknown', say: (s) => [`Allowed in ${s} ${lifetimeText(life)}; not known for all of ${tail}`] };
  return unknown();
}

/** `sleepable` of a type that cannot sleep on that release is a refusal. */
function statusAt({ facts, key, timeline }: Judged, release: Release): Status {
  const status = timeline.at(release);
  return status === 'sleepable' && key.programType !== null && facts.typeMaySleep(key.programType, release) === false ? 'denied' : status;
}

/** True if no known release allows it and the newest one that has it refuses: newer ones than were measured may well allow what old ones refuse. */
function isDeniedEverywhere(judged: Judged): boolean {
  const { since, max } = judged.lifetime ?? { since: 0 };
  let newest: Status = 'unknown';
  for (const release of judged.facts.releases) {
    const status = statusAt(judged, release);
    if (status === 'allowed' || status === 'sleepable') return false;
    if (release >= since && (max === undefined || release <= max)) newest = status;
  }
  return newest === 'denied';
}

/** Nothing allows it as far as is known, but this kernel refuses, be it because it lacks the thing. */
function deniedThere({ facts, key, timeline, lifetime }: Judged, release: Release, tail: string): Verdict {
  const asleep = facts.releases.find((r) => statusAt({ facts, key, timeline }, r) === 'sleepable');
  if (asleep !== undefined) return { answer: 'no', say: (s) => [`Only in sleepable programs, which ${s} is not, and only from Linux ${formatRelease(asleep)}; ${tail} starts before that`] };
  if (lifetime !== undefined && release < lifetime.since) return { answer: 'no', say: (s) => [`Not known for ${s}, and only ${lifetimeText(lifetime)}; ${tail} starts before that`] };
  return { answer: 'no', say: (s) => [`Not allowed in ${s} on Linux ${formatRelease(release)}`] };
}

function tooEarlyOrLate(life: Lifetime, denying: readonly Release[], tail: string): Verdict {
  const last = denying[denying.length - 1]!;
  if (last < life.since) {
    const range = tail.includes('..') ? 'starts before that' : 'is too old';
    return { answer: 'no', say: (s) => [`Allowed in ${s} only ${lifetimeText(life)}; ${tail} ${range}`] };
  }
  return { answer: 'no', say: (s) => [`Allowed in ${s} only ${lifetimeText(life)}; not on ${formatRelease(last)}, which ${tail} includes`] };
}

const denied = (): Verdict => ({ answer: 'no', say: (s) => [`Not allowed in ${s}`] });
const sleepable = (): Verdict => ({ answer: 'limited', say: (s) => [`Only in sleepable programs, which ${s} is not`] });
const unknown = (): Verdict => ({ answer: 'unknown', say: (s) => [`Not known for ${s}`] });

/**
 * The verdict section for a thing used at a place that `programs` reach; undefined if no program does.
 * `verdictOf` judges one kind of program.
 */
export function verdictSection(
  unit: Unit,
  programs: readonly Program[],
  own: Program | undefined,
  verdictOf: (group: ProgramGroup) => Verdict,
): InfoSection | undefined {
  const groups = groupPrograms(programs);
  const verdicts = groups.map((group) => ({ group, verdict: group.key.programType === null ? unknown() : verdictOf(group) }));
  // Those that do not fit are the ones with nothing to tell.
  if (groups.length > MAX_GROUPS) verdicts.sort((a, b) => RANK[a.verdict.answer] - RANK[b.verdict.answer]);
  const answers = verdicts.slice(0, MAX_GROUPS).map(({ group, verdict }) => {
    const title = kindTitle(unit.facts, group.key);
    const said = own !== undefined && groups.length === 1 ? verdict.say(`this program (${title})`) : [...verdict.say(title), ...named(group, unit)];
    const line = verdict.answer === 'limited' ? [...said, ...sleepableSection(unit.facts, group.key)] : said;
    return { answer: verdict.answer, line };
  });
  if (answers.length === 0) return undefined;
  const more = groups.length - MAX_GROUPS;
  if (more > 0) answers.push({ answer: 'unknown', line: [`and ${more} more ${more === 1 ? 'kind' : 'kinds'} of program that reach this place`] });
  return { kind: 'verdict', answers };
}

/** The section that makes a program of this kind sleepable, where libbpf has one. */
function sleepableSection(facts: FactBook, key: ProgramKey): Line {
  const def = facts.sections.find((d) => d.legacy === undefined && d.sleepable && d.programType === key.programType && d.attachType === key.attachType);
  return def === undefined ? [] : ['; ', code(`SEC("${def.name}${def.extras ? '/…' : ''}")`), ' may'];
}

/** Which programs they are; those of other files, of which a header knows, with the file's name. */
function named(group: ProgramGroup, { includers, model }: Unit): Line {
  const shown = group.programs.slice(0, 3).map((program) => code(includers && program.path !== model.main.path ? `${program.name} (${program.path.slice(program.path.lastIndexOf('/') + 1)})` : program.name));
  const more = group.programs.length - shown.length;
  return [' – reached from ', ...(more > 0 ? listed([...shown, `${more} more`]) : listed(shown))];
}
