/** The first lines of a hover: may this program, on the user's kernels, do it? Said only as far as facts go. */
import type { Unit } from '../analysis.types.js';
import type { FactBook, Lifetime, ProgramKey, Timeline } from '../facts/factBook.types.js';
import { formatRelease, type Release } from '../facts/kernelVersion.js';
import type { Program } from '../model/model.types.js';
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

/** `5.15`, or `5.4..6.8`. */
export function targetText(target: Target): string {
  return target.min === target.max ? formatRelease(target.min) : `${formatRelease(target.min)}..${formatRelease(target.max)}`;
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

/** Judges one timeline. `target` undefined: speaks of all kernels. */
export function judge(timeline: Timeline, target: Target | undefined): Verdict {
  const life = timeline.allowed();
  if (target !== undefined) return judgeTarget(timeline, life, target);
  if (life !== undefined) return { answer: 'yes', say: (s) => [`Allowed in ${s} ${lifetimeText(life)}`] };
  if (timeline.deniedEverywhere()) return denied();
  return timeline.ranges('sleepable').length > 0 ? sleepable() : unknown();
}

function judgeTarget(timeline: Timeline, life: Lifetime | undefined, target: Target): Verdict {
  const denying = target.releases.filter((release) => timeline.at(release) === 'denied');
  const tail = `your target ${targetText(target)}`;
  if (denying.length > 0) return life === undefined ? denied(timeline, denying[0]) : tooEarlyOrLate(life, denying, tail);
  if (target.releases.some((release) => timeline.at(release) === 'sleepable')) return sleepable();
  if (life !== undefined && target.releases.every((release) => timeline.at(release) === 'allowed')) {
    return { answer: 'yes', say: (s) => [`Allowed in ${s} ${lifetimeText(life)}; ${tail} is fine`] };
  }
  if (life !== undefined) return { answer: 'unknown', say: (s) => [`Allowed in ${s} ${lifetimeText(life)}; not known for all of ${tail}`] };
  return timeline.deniedEverywhere() ? denied() : unknown();
}

function tooEarlyOrLate(life: Lifetime, denying: readonly Release[], tail: string): Verdict {
  const last = denying[denying.length - 1]!;
  if (last < life.since) {
    const range = tail.includes('..') ? 'starts before that' : 'is too old';
    return { answer: 'no', say: (s) => [`Allowed in ${s} only ${lifetimeText(life)}; ${tail} ${range}`] };
  }
  return { answer: 'no', say: (s) => [`Allowed in ${s} only ${lifetimeText(life)}; not on ${formatRelease(last)}, which ${tail} includes`] };
}

function denied(timeline?: Timeline, release?: Release): Verdict {
  const only = timeline !== undefined && release !== undefined && !timeline.deniedEverywhere();
  return { answer: 'no', say: (s) => [`Not allowed in ${s}${only ? ` on Linux ${formatRelease(release)}` : ''}`] };
}

const sleepable = (): Verdict => ({ answer: 'limited', say: (s) => [`Only in sleepable programs, which ${s} is not`] });
const unknown = (): Verdict => ({ answer: 'unknown', say: (s) => [`Not known for ${s}`] });

/**
 * The verdict section for a thing used at a place that `programs` reach; undefined if no program does.
 * `timelineOf` gives the timeline for one kind of program, undefined where the question makes no sense.
 */
export function verdictSection(
  unit: Unit,
  programs: readonly Program[],
  own: Program | undefined,
  timelineOf: (group: ProgramGroup) => Timeline | undefined,
): InfoSection | undefined {
  const groups = groupPrograms(programs);
  const answers = groups.slice(0, MAX_GROUPS).flatMap((group) => {
    const timeline = timelineOf(group);
    if (timeline === undefined) return [];
    const title = kindTitle(unit.facts, group.key);
    const verdict = group.key.programType === null ? unknown() : judge(timeline, unit.target);
    const said = own !== undefined && groups.length === 1 ? verdict.say(`this program (${title})`) : [...verdict.say(title), ...named(group)];
    const line = verdict.answer === 'limited' ? [...said, ...sleepableSection(unit.facts, group.key)] : said;
    return [{ answer: verdict.answer, line }];
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

function named(group: ProgramGroup): Line {
  const shown = group.programs.slice(0, 3).map((program) => code(program.name));
  const more = group.programs.length - shown.length;
  return [' – reached from ', ...(more > 0 ? listed([...shown, `${more} more`]) : listed(shown))];
}
