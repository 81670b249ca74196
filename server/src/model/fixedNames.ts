/** Names of a unit whose value is settled before the verifier runs: weak ksyms ask the kernel, the rest is set by user space. */
import type { Nature } from './conditionLogic.js';
import type { VariableView } from '../syntax/views.js';
import type { UnitIndex } from './unitIndex.js';

/** A constant whose value the compiler puts in its place; what is behind a `const` pointer may change. */
function isFolded({ isConst, isExtern, type }: VariableView): boolean {
  return isConst && !isExtern && !type.includes('*');
}

/** Weak ksyms are `strong`; kconfig variables and `const volatile` globals, fixed when the program is loaded, and constants, fixed before, are `pure`. */
export function fixedNames(index: Pick<UnitIndex, 'variables' | 'prototypes'>): ReadonlyMap<string, Nature> {
  const names = new Map<string, Nature>();
  for (const [name, list] of index.variables) {
    for (const { view } of list) {
      const words = view.annotations.map((a) => a.name);
      if (words.includes('__ksym') && words.includes('__weak')) names.set(name, 'strong');
      else if (words.includes('__kconfig') || (view.isConst && view.isVolatile) || isFolded(view)) names.set(name, 'pure');
    }
  }
  for (const [name, list] of index.prototypes) {
    const isWeak = list.some(({ view }) => view.annotations.some((a) => a.name === '__weak') && (view.isExtern || view.annotations.some((a) => a.name === '__ksym')));
    if (isWeak) names.set(name, 'strong');
  }
  return names;
}
