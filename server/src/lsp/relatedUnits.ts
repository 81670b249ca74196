/** The units of other open documents in which a file of this unit is included. */
import type { Current } from './documents.js';
import type { Service } from './service.js';

/** @param paths files of the current unit, the main one and headers; each other unit comes once */
export function relatedUnits(service: Service, { unit, text }: Current, paths: Iterable<string>): readonly Current[] {
  const units = new Set([...paths].flatMap((path) => [...service.includersOf(path)]));
  units.delete(unit);
  return [...units].map((other) => ({ unit: other, text }));
}
