/** "Did you mean" for the words of a project file. */
import { distance } from 'fastest-levenshtein';

/** The known word that is written most alike; undefined where none is close. */
export function closest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 80) return undefined;
  const plain = (text: string): string => text.toLowerCase().replace(/[-_]/g, '');
  let best: { readonly name: string; readonly d: number } | undefined;
  for (const name of known) {
    if (name === '') continue;
    if (word.length >= 3 && name.startsWith(word)) return name;
    const d = distance(plain(word), plain(name));
    if (d <= Math.max(1, Math.floor(name.length / 3)) && (best === undefined || d < best.d)) best = { name, d };
  }
  return best?.name;
}
