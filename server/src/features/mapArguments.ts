/** What an argument of a helper or kfunc is about: the constants that its parameter takes, and the map that the call is given. */
import type { Unit } from '../analysis.types.js';
import type { ConstantFact, ConstantOwner } from '../facts/factBook.types.js';
import type { MapDef } from '../model/model.types.js';
import type { CallAround } from '../syntax/views.js';
import { constantNumber } from './describe/constant.js';
import { isMapParameter, parameterNames } from './parameters.js';

/** Constants that a parameter of a helper or kfunc takes, by value: those that are set by hand, then masks and shifts for computing values. */
export function flagsAt(unit: Unit, callee: string, param: string): readonly ConstantFact[] {
  const kind: ConstantOwner['kind'] = unit.facts.helpers.has(callee) ? 'helper' : 'kfunc';
  const all = [...unit.facts.constants.values()].filter((fact) => fact.belongs.some((owner) => owner.kind === kind && owner.name === callee && owner.param === param)).sort((a, b) => (number(a) < number(b) ? -1 : 1));
  return [...all.filter((fact) => !isForComputing(fact)), ...all.filter(isForComputing)];
}

const number = (fact: ConstantFact): bigint => constantNumber(fact.value) ?? 0n;

/** `BPF_F_INDEX_MASK`, `BPF_ADJ_ROOM_ENCAP_L2_SHIFT`: no flag of its own. */
export const isForComputing = ({ name }: ConstantFact): boolean => /_(?:MASK|SHIFT|INTERNAL|REDIRECT_FLAGS)$/.test(name);

/** The map that the call is given, where it is one of the unit's. */
export function mapOf(unit: Unit, call: CallAround): MapDef | undefined {
  const names = parameterNames(unit.facts, call.name) ?? [];
  const span = call.args[names.findIndex(isMapParameter)];
  const name = span && /^(?:\([^()]*\))?&?(\w+)$/.exec(unit.model.main.text.slice(span.start, span.end).replace(/\s+/g, ''))?.[1];
  return unit.model.maps.find((map) => map.name === name);
}
