/** The words that findings share: names of program kinds, versions, lists, and the verifier's own messages. */
import type { FactBook, Lifetime, ProgramKey, SectionDefFact } from '../../facts/factBook.types.js';
import { formatRelease, type Release } from '../../facts/kernelVersion.js';
import type { Program } from '../../model/model.types.js';
import type { RuleContext } from '../rule.js';
import { adjacent, exists, lifetimeOf, type CallFact } from './judge.js';

/** Up to this release the verifier says `unknown func`; the measured kernel that no longer does is 6.12. */
const LAST_UNKNOWN_FUNC: Release = 6001;
const FIRST_CANNOT_USE: Release = 6012;
/** From here on the message about sleepable helpers names the helper. */
const SLEEPABLE_NAMES_HELPER: Release = 7001;

/** `Linux 6.1`. */
export function linux(release: Release): string {
  return `Linux ${formatRelease(release)}`;
}

type Aimed = Pick<RuleContext, 'target'>;

/** The kernel that says so: its own name where the target is one kernel of somebody's own, else "Linux 6.1". */
export function on({ target }: Aimed, release: Release): string {
  return target?.kernel?.release === release ? named(target.kernel) : linux(release);
}

/** A kernel of somebody's own within a sentence: what the target calls it, or "the running kernel". */
export function named({ label }: { readonly label: string }): string {
  return label === 'running' ? 'the running kernel' : label;
}

/** A sentence that may begin with a name of `named`. */
export function sentence(text: string): string {
  return text.replace(/^the /, 'The ');
}

/** "Linux 5.18", or "a release between Linux 6.12 and 6.16" where no more is known. */
export function from(lifetime: Lifetime): string {
  return lifetime.after === undefined ? linux(lifetime.since) : `a release between ${linux(lifetime.after)} and ${formatRelease(lifetime.since)}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(items: readonly string[], word = 'and'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;
}

/** "Linux 6.1", "Linux 6.1 to 6.12", "rhel9.4": the refusing members of a target, as short as is true. */
export function spread(context: Aimed, releases: readonly Release[]): string {
  const all = context.target?.releases ?? [];
  if (context.target?.kernel && releases.length === 1) return on(context, releases[0] as Release);
  const parts: string[] = [];
  for (let i = 0; i < releases.length; i++) {
    const start = releases[i] as Release;
    while (i + 1 < releases.length && follows(releases[i] as Release, releases[i + 1] as Release, all)) i++;
    const end = releases[i] as Release;
    parts.push(start === end ? formatRelease(start) : `${formatRelease(start)} to ${formatRelease(end)}`);
  }
  return `Linux ${list(parts)}`;
}

/** True if no member of the target lies between the two, and no release that several targets leave out. */
function follows(a: Release, b: Release, all: readonly Release[]): boolean {
  return adjacent(a, b) && all.indexOf(b) === all.indexOf(a) + 1;
}

/** "XDP programs", "tc classifier programs". */
export function kindOf(facts: FactBook, programType: string | null): string {
  return `${programType === null ? 'such' : titleOf(facts, programType) ?? programType} programs`;
}

/** A type's title, such that it can stand in a list: "lightweight tunnel (xmit)". */
function titleOf(facts: FactBook, programType: string): string | undefined {
  return facts.programTypes.get(programType)?.title.replace(/, (\w+)$/, ' ($1)');
}

/** "XDP programs", or "XDP and tc classifier programs" where a call is shared. */
export function kindsOf(facts: FactBook, programs: readonly Program[]): string {
  const titles = new Set(programs.map((p) => kindOf(facts, p.programType).replace(/ programs$/, '')));
  return `${list([...titles])} programs`;
}

/** What the verifier (for a kfunc that is not there: libbpf) answers on that release. */
export function refusal(fact: CallFact, release: Release): string {
  if (fact.kind === 'kfunc') {
    return exists(fact, release)
      ? `\`calling kernel function ${fact.name} is not allowed\``
      : notInBtf(fact);
  }
  if (!exists(fact, release)) return `\`invalid func unknown#${fact.id}\``;
  const old = `\`unknown func ${fact.name}#${fact.id}\``;
  const recent = `\`program of this type cannot use helper ${fact.name}#${fact.id}\``;
  if (release <= LAST_UNKNOWN_FUNC) return old;
  return release >= FIRST_CANNOT_USE ? recent : `${old} or ${recent}`;
}

/** What libbpf says of a kfunc that the kernel's types do not have. */
export function notInBtf(fact: CallFact): string {
  return `\`extern (func ksym) '${fact.name}': not found in kernel or module BTFs\``;
}

/** What the verifier answers to a sleepable call in a program that may not sleep. */
export function sleepRefusal(fact: CallFact, release: Release): string {
  if (fact.kind === 'kfunc') return `\`program must be sleepable to call sleepable kfunc ${fact.name}\``;
  if (release >= SLEEPABLE_NAMES_HELPER) return `\`sleepable helper ${fact.name}#${fact.id} in non-sleepable prog\``;
  // 5.10 had no check of its own: helpers for sleepable programs were refused like any other.
  return release < 6001 ? refusal(fact, release) : '`helper call might sleep in a non-sleepable prog`';
}

/** " Use `a` or `b` instead." or nothing. */
export function advice(names: readonly string[]): string {
  return names.length === 0 ? '' : ` Use ${list(names.map((n) => `\`${n}\``), 'or')} instead.`;
}

/** Since when kernels have it, and where it is gone again. */
export function presence(fact: CallFact): string {
  const { max, ...life } = lifetimeOf(fact);
  return max === undefined ? `upstream since ${from(life)}` : `upstream from ${from(life)} to ${formatRelease(max)}`;
}

/** The kind of program that a bare section of this definition makes. */
export function keyOf(def: SectionDefFact): ProgramKey {
  return { programType: def.programType, attachType: def.attachType, sleepable: def.sleepable, frags: def.frags };
}

/**
 * Names the sections of one program type, one an attach type, for which `allows` holds, in libbpf's order and at most
 * four of them, as "`SEC("xdp/devmap")`"; empty if it holds for none.
 */
export function sectionsThat(facts: FactBook, programType: string, allows: (key: ProgramKey) => boolean): readonly string[] {
  const names: string[] = [];
  const seen = new Set<string>();
  for (const def of facts.sections) {
    if (def.programType !== programType || def.legacy || def.sleepable || def.frags) continue;
    const id = String(def.attachType);
    if (seen.has(id) || !allows(keyOf(def))) continue;
    seen.add(id);
    names.push(`\`SEC("${def.name}")\``);
  }
  return names.length > 4 ? [...names.slice(0, 4), 'others'] : names;
}

/** Titles of the program types whose plain sections satisfy `allows`, if they are few enough to name. */
export function typesThat(facts: FactBook, allows: (key: ProgramKey) => boolean): readonly string[] {
  const titles = new Set<string>();
  for (const def of facts.sections) {
    if (def.legacy || titles.size > 5) continue;
    const title = titleOf(facts, def.programType);
    if (title !== undefined && !titles.has(title) && allows(keyOf(def))) titles.add(title);
  }
  return titles.size > 5 ? [] : [...titles];
}
