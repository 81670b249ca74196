/** Distributions as people spell them: `RHEL 8.6`, `Ubuntu-22.04`, `el9`, `rhel8.6..rhel8.10`; and what was meant by what is none. */
import { distance } from 'fastest-levenshtein';
import type { DistributionFact } from '../facts/distribution.types.js';
import type { FactBook } from '../facts/factBook.types.js';

type Distributions = FactBook['distributions'];

/** Longer words are nobody's name. */
const MAX_WORD = 60;
/** So many of a family's members are listed in a message. */
const MAX_LISTED = 12;

/** Full names of vendors, without spaces, and what the book calls their distributions. */
const LONG: readonly (readonly [string, string])[] = [
  ['redhatenterpriselinux', 'rhel'], ['redhat', 'rhel'], ['suselinuxenterpriseserver', 'sles'], ['suselinuxenterprise', 'sles'], ['opensuseleap', 'leap'],
  ['containeroptimizedos', 'cos'], ['debiangnulinux', 'debian'], ['rockylinux', 'rocky'], ['almalinux', 'alma'], ['alpinelinux', 'alpine'], ['fedoralinux', 'fedora'], ['taloslinux', 'talos'],
  ['photonos', 'photon'],
];

const bySpelling = new WeakMap<Distributions, ReadonlyMap<string, DistributionFact>>();

/** A name without what people put in differently: case, spaces, dashes, underscores, and the long name of the vendor. */
function spelling(word: string): string {
  const plain = word.slice(0, MAX_WORD).toLowerCase().replaceAll(/[\s_-]/g, '').replace(/lts$/, '');
  for (const [long, short] of LONG) if (plain.startsWith(long)) return short + plain.slice(long.length);
  return plain;
}

function spellings(distributions: Distributions): ReadonlyMap<string, DistributionFact> {
  let map = bySpelling.get(distributions);
  if (!map) {
    const made = new Map<string, DistributionFact>();
    for (const fact of distributions.values()) for (const name of [fact.name, ...fact.aliases]) made.set(spelling(name), fact);
    bySpelling.set(distributions, (map = made));
  }
  return map;
}

/** A distribution by its name or an alias, however it is spelled. */
export function distributionNamed(distributions: Distributions, word: string): DistributionFact | undefined {
  return word.length > MAX_WORD ? undefined : (distributions.get(word.toLowerCase()) ?? spellings(distributions).get(spelling(word)));
}

/** The name under which the user knows it: the one that was written, in the book's spelling. */
export function nameAsWritten(fact: DistributionFact, word: string): string {
  const wanted = spelling(word);
  return [fact.name, ...fact.aliases].find((name) => spelling(name) === wanted) ?? fact.name;
}

const FAMILY = /^([a-z]+)(\d+(?:\.\d+)?(?:sp\d+)?)$/;

/**
 * The releases of one family from one to another, both ends included: `rhel8.6..rhel8.10`, `ubuntu20.04..ubuntu24.04`.
 * @returns undefined where the text is no such range; an error where its ends do not fit
 */
export function distributionRange(distributions: Distributions, text: string): readonly DistributionFact[] | { readonly error: string } | undefined {
  const parts = text.split('..').map((part) => part.trim());
  if (parts.length !== 2 || !/^[a-z]/i.test(parts[0] ?? '')) return undefined;
  const ends = parts.map((part) => distributionNamed(distributions, part));
  const [from, to] = ends;
  if (!from || !to) return undefined;
  const [a, b] = [FAMILY.exec(from.name), FAMILY.exec(to.name)];
  if (!a || !b || a[1] !== b[1]) return { error: `"${text.trim()}" is no range: ${from.name} and ${to.name} are not releases of one distribution` };
  const all = [...distributions.values()];
  const [first, last] = [all.indexOf(from), all.indexOf(to)];
  if (first > last) return { error: `"${text.trim()}" ends before it begins: write ${to.name}..${from.name}` };
  // Between minor releases stand names of major ones, which only gather them; a release with the kernels of another distribution is none of those.
  const familyOf = (name: string): string | undefined => FAMILY.exec(name)?.[1];
  const gathers = (fact: DistributionFact): boolean => fact.includes.some((name) => familyOf(name) === a[1]);
  return all.slice(first, last + 1).filter((fact) => familyOf(fact.name) === a[1] && (!gathers(fact) || fact === from || fact === to));
}

/** `ubunt22`: a family that is spelled alike, and the first of its releases that begins so. */
function inFamilyLike(names: readonly string[], typed: string): { readonly name: string; readonly far: number } | undefined {
  const [, letters = '', digits = ''] = /^([a-z]+)(\d[\d.]*)$/.exec(typed) ?? [];
  const releases = names.flatMap((name) => {
    const [, family = '', release = ''] = FAMILY.exec(name) ?? [];
    const far = distance(family, letters);
    return release.startsWith(digits) && far <= 2 && far < family.length / 2 ? [{ name, far }] : [];
  });
  return digits === '' ? undefined : releases.sort((a, b) => a.far - b.far)[0];
}

/** What to say about a word that is no distribution: the releases of one that was named without, or one that is spelled alike. */
export function distributionMeant(distributions: Distributions, word: string): string {
  const typed = spelling(word);
  const names = [...distributions.values()].map((fact) => fact.name);
  const known = [...spellings(distributions)];
  const family = typed === '' ? [] : [...new Set(known.filter(([name]) => name.startsWith(typed) && /^[\d.s]/.test(name.slice(typed.length))).map(([, fact]) => fact.name))];
  if (family.length > 1) {
    const majors = family.filter((name) => !family.some((other) => other !== name && name.startsWith(`${other}.`)));
    const shown = (majors.length > 1 ? majors : family).sort((a, b) => names.indexOf(a) - names.indexOf(b));
    return `"${word.trim()}" does not say which release: ${shown.slice(-MAX_LISTED).join(', ')}`;
  }
  let best: { readonly name: string; readonly far: number } | undefined;
  for (const [name, fact] of known) {
    const far = distance(name, typed);
    // A digit too much or too little is another release, and as likely as a slip in the letters.
    if (far <= 2 && far < (best?.far ?? 3) && far < name.length / 2) best = { name: [fact.name, ...fact.aliases].find((n) => spelling(n) === name) ?? fact.name, far };
  }
  best ??= inFamilyLike(names, typed);
  return `"${word.trim().slice(0, MAX_WORD)}" is no kernel version and no distribution that is known${best ? ` (did you mean ${best.name}?)` : ''}`;
}
