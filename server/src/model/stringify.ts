/** Macros that make a string of their argument: `__stringify(x)`, and those that a unit defines in its manner. */
import { defineTokens, resolveName, type UnitIndex } from './unitIndex.js';
import { withoutEnd } from '../text/ends.js';

/** The kernel's macro (include/linux/stringify.h), known even where its header is not in sight. */
export const STRINGIFY = '__stringify';

/** Such macros reach their `#` through this many others at most: two levels, so that the argument is expanded first, are usual. */
const MAX_LEVELS = 4;

/** True if a function-like macro of one parameter makes a string of it. */
export function makesString(name: string, index: UnitIndex, level = 0): boolean {
  if (name === STRINGIFY) return true;
  if (level > MAX_LEVELS) return false;
  return index.defines.get(name)?.some(({ view }) => {
    if (view.params?.length !== 1) return false;
    const [first, second] = defineTokens(view);
    return first?.value === '#' ? second?.value === withoutEnd(view.params[0]!, '.').trimEnd() : first?.kind === 'word' && second?.value === '(' && makesString(first.value, index, level + 1);
  }) ?? false;
}

/** An object-like macro's text, another name's own. */
export function textOfName(name: string, index: UnitIndex): string {
  const last = resolveName(name, index);
  const all = index.defines.get(last);
  return all?.length === 1 && all[0]!.view.params === undefined ? defineTokens(all[0]!.view).map((t) => t.value).join('') : last;
}
