/** Where a finding of an included file is shown: on the `#include` of the main file through which it came. */
import type { Unit } from '../analysis.types.js';
import type { Span } from '../text/span.js';

/** The path's text in the main file's `#include` that leads to `path`, at one remove or more; the file's start if none does. */
export function includeSpanOf(unit: Unit, path: string): Span {
  const { main } = unit.model;
  for (const include of main.includes) {
    const target = unit.input.includes?.get(main.path)?.get(include.path);
    if (target !== undefined && leadsTo(unit, target, path)) return include.span;
  }
  return { start: 0, end: 0 };
}

function leadsTo(unit: Unit, from: string, path: string): boolean {
  const seen = new Set<string>([from]);
  for (const at of seen) {
    if (at === path) return true;
    for (const next of unit.input.includes?.get(at)?.values() ?? []) seen.add(next);
  }
  return false;
}
