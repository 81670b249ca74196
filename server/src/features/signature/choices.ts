/** What may be put at a parameter: flags with their meaning, maps of the file, attributes of a map's definition. */
import type { Unit } from '../../analysis.types.js';
import type { ConstantFact } from '../../facts/factBook.types.js';
import type { CallAround } from '../../syntax/views.js';
import { flagMisfit } from '../mapFlags.js';
import { flagsAt, mapOf } from '../mapArguments.js';
import { isMapParameter } from '../parameters.js';
import { code, listed, paragraph, prose, type InfoSection, type Line } from '../text/info.js';

/** More choices than this do not fit above a line that is being typed. */
const MAX_CHOICES = 10;

/** Sections about the choices; empty where the parameter takes anything. */
export function choicesFor(unit: Unit, call: CallAround, parameter: string): readonly InfoSection[] {
  if (isMapParameter(parameter)) return maps(unit, call.name);
  return flags(unit, call, parameter);
}

/** The maps of the unit that the callee takes, and the types that it takes if it is particular. */
function maps(unit: Unit, callee: string): readonly InfoSection[] {
  const fitting = unit.model.maps.filter((map) => map.type === null || unit.facts.mapHelperRefusal(map.type, callee) === undefined);
  const types = unit.facts.mapPartners(callee) ?? [];
  return [
    ...(types.length > 0 ? [paragraph('Takes ', ...listed(types.slice(0, MAX_CHOICES).map(code), 'or'), '.')] : []),
    ...(fitting.length > 0 ? [paragraph('Here: ', ...fitting.slice(0, MAX_CHOICES).flatMap((map, i): Line => [...(i > 0 ? [', '] : []), code(`&${map.name}`)]))] : []),
  ];
}

function flags(unit: Unit, call: CallAround, parameter: string): readonly InfoSection[] {
  const type = mapOf(unit, call)?.type ?? null;
  const known = flagsAt(unit, call.name, parameter).filter((fact) => fact.use === undefined && flagMisfit(fact.name, type) === '');
  if (known.length === 0) return [];
  const items = known.slice(0, MAX_CHOICES).map(line);
  const more = known.length - MAX_CHOICES;
  return [{ kind: 'list', title: 'Choices', items: more > 0 ? [...items, [`and ${more} more`]] : items }];
}

const line = (fact: ConstantFact): Line => [code(fact.name), ` = ${fact.value}`, ...(fact.doc === undefined ? [] : [': ', ...prose(fact.doc.summary)])];
