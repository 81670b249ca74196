/** The value of `__uint(type, …)`: map types, those that the target lacks last. */
import type { Unit } from '../../analysis.types.js';
import type { MapTypeFact } from '../../facts/factBook.types.js';
import type { Span } from '../../text/span.js';
import { versionText } from '../describe/common.js';
import type { CompletionEntry, CompletionResult } from './completion.js';

export function completeMapTypes(unit: Unit, replace: Span): CompletionResult {
  return { replace, entries: [...unit.facts.mapTypes.values()].map((fact) => entry(unit, fact)), incomplete: false };
}

function entry(unit: Unit, fact: MapTypeFact): CompletionEntry {
  const late = unit.target !== undefined && fact.lifetime !== undefined && (fact.lifetime.after ?? fact.lifetime.since - 1) >= unit.target.min;
  const detail = [fact.aliasOf ? `same as ${fact.aliasOf}` : '', fact.lifetime ? versionText(fact.lifetime) : '', late ? 'newer than the target' : ''];
  const discouraged = late || fact.aliasOf !== undefined;
  return {
    label: fact.name,
    kind: 'constant',
    detail: detail.filter((part) => part !== '').join(', '),
    order: `${discouraged ? 1 : 0}${fact.name}`,
    ...(discouraged ? { discouraged } : {}),
    ref: { kind: 'map-type', name: fact.name },
  };
}
