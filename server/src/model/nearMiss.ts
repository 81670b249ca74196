/** Guesses what a mistyped section name was meant to be, and stays silent about names that a project chose itself. */
import { distance } from 'fastest-levenshtein';
import type { SectionDefFact } from '../facts/factBook.types.js';

/** Separators that people write instead of the slash. */
const WRONG_SEPARATOR = /^([a-z][a-z0-9_.]*)[:\-\\ ]+((?:[^:\-\\ ].*)?)$/i;

/** True if `a` becomes `b` by swapping two neighbours. */
function swapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i < a.length - 1 && a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2);
}

/**
 * How far a word is from a known one, or undefined if it is no typing error of it: three letters may only be swapped,
 * two errors need eight letters, of which the slash is none (`ts_ingress` is not `tc/ingress`), and the first letter must be right
 * (`filter` is not `iter`, `ip` is not `tp`).
 */
function typo(word: string, known: string): number | undefined {
  if (word === known) return 0;
  if (word[0] !== known[0]) return undefined;
  if (known.length >= 3 && swapped(word, known)) return 1;
  const allowed = Math.min(word.length, known.length) >= 8 && word.includes('/') === known.includes('/') ? 2 : known.length >= 5 && word.length >= 4 ? 1 : 0;
  if (Math.abs(word.length - known.length) > allowed || allowed === 0) return undefined;
  const d = distance(word, known);
  return d <= allowed ? d : undefined;
}

/**
 * The section string that `name` was probably meant to be.
 * @param name section string without `?`, which no rule resolved.
 * @param defs libbpf's current definitions, in order.
 * @returns the whole string with the extras kept, or undefined if the name is not close to a known one.
 */
export function nearMiss(name: string, defs: readonly SectionDefFact[]): string | undefined {
  const clean = name.trim().replace(/\/{2,}/g, '/').replace(/^\//, '');
  if (clean.length < 3 || clean.length > 256) return undefined;
  const lower = clean.toLowerCase();
  let best: { readonly text: string; readonly d: number } | undefined;
  const offer = (text: string, d: number | undefined): void => {
    if (d !== undefined && text !== name && (!best || d < best.d)) best = { text, d };
  };
  const slash = clean.indexOf('/');
  const head = slash < 0 ? lower : lower.slice(0, slash);
  const rest = slash < 0 ? '' : clean.slice(slash);
  const separated = WRONG_SEPARATOR.exec(clean);
  for (const def of defs) {
    offer(def.name, typo(lower, def.name) ?? (swappedFamily(lower, def.name) ? 1 : undefined));
    if (!def.plus) continue;
    if (rest !== '') offer(def.name + rest, typo(head, def.name));
    if (separated && separated[1]!.toLowerCase() === def.name) offer(`${def.name}/${separated[2]!}`, 1);
  }
  return best?.text;
}

/** `cgroup/conect4`: the family is right and what follows is one typing error away. */
function swappedFamily(name: string, known: string): boolean {
  const a = name.indexOf('/');
  const b = known.indexOf('/');
  if (a < 0 || b < 0 || name.slice(0, a) !== known.slice(0, b)) return false;
  const word = name.slice(a + 1);
  const right = known.slice(b + 1);
  return word.length >= 3 && (swapped(word, right) || distance(word, right) <= (right.length >= 5 ? 2 : 1) && word[0] === right[0]);
}
