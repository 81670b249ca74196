/** Headers that include one another: no trouble for us, nor for C where they have guards, but worth a line in a log. */
import type { CollectedInput } from './includes.js';

/** More are not told. */
const MAX_TOLD = 5;

/** A sentence for each cycle that is met on a walk through the includes, a few at most. */
export function includeCycles({ main, includes }: Pick<CollectedInput, 'main' | 'includes'>): readonly string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const walk = (path: string): void => {
    const at = way.indexOf(path);
    if (at >= 0) {
      if (found.length < MAX_TOLD) found.push(`files include one another in a circle: ${[...way.slice(at), path].join(' → ')}`);
      return;
    }
    if (done.has(path)) return;
    way.push(path);
    for (const next of new Set(includes.get(path)?.values())) walk(next);
    way.pop();
    done.add(path);
  };
  walk(main);
  return found;
}
