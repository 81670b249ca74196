/** The value of `__uint(type, …)`: map types, those that the target lacks last. */
import type { Unit } from '../../analysis.types.js';
import type { MapTypeFact } from '../../facts/factBook.types.js';
import type { Span } from '../../text/span.js';
import { versionText } from '../describe/common.js';
import { lateNote } from './constants.js';
import { orderOf, type CompletionEntry, type CompletionResult } from './entry.js';

/** All types of maps, in the place of `replace`. */
export function completeMapTypes(unit: Unit, replace: Span): CompletionResult {
  return { replace, entries: [...unit.facts.mapTypes.values()].map((fact) => entry(unit, fact)), incomplete: false };
}

function entry(unit: Unit, fact: MapTypeFact): CompletionEntry {
  const note = lateNote(unit, fact.lifetime, 'map-type', fact.name) || (fact.aliasOf ? `same as ${fact.aliasOf}` : '');
  return {
    label: fact.name,
    kind: 'constant',
    detail: fact.lifetime ? versionText(fact.lifetime) : '',
    ...(note === '' ? {} : { note, discouraged: true }),
    order: orderOf(note === '' ? 0 : 1, fact.name),
    ref: { kind: 'map-type', name: fact.name },
  };
}
