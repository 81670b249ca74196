/** What fits an argument of a helper or kfunc: the constants that it takes there, and the maps of the file. */
import type { Unit } from '../../analysis.types.js';
import type { CallAround } from '../../syntax/views.js';
import { flagsAt, isForComputing, mapOf } from '../mapArguments.js';
import { flagMisfit } from '../mapFlags.js';
import { isMapParameter, parameterNames } from '../parameters.js';
import { constantEntry } from './constants.js';
import { orderOf, type CompletionEntry } from './entry.js';

/** Entries in order; empty where no such call is open at `offset`. `start` is where the word at the cursor begins. */
export function completeArgument(unit: Unit, offset: number, start: number): readonly CompletionEntry[] {
  const call = unit.callAt(offset);
  const span = call?.args[call.active];
  if (call === undefined || span === undefined || call.member) return [];
  const param = parameterNames(unit.facts, call.name)?.[call.active];
  if (param === undefined) return [];
  const typed = unit.model.main.text.slice(span.start, start);
  if (isMapParameter(param)) return mapArguments(unit, call, typed);
  if (!continuesFlags(typed)) return [];
  const map = mapOf(unit, call);
  return flagsAt(unit, call.name, param)
    .filter((fact) => !new RegExp(`\\b${fact.name}\\b`).test(typed))
    .map((fact) => constantEntry(unit, fact, { misfit: flagMisfit(fact.name, map?.type ?? null), rank: isForComputing(fact) ? 3 : 1 }));
}

/** True at an argument's start, a cast aside, and behind what joins or chooses flags. */
function continuesFlags(typed: string): boolean {
  const rest = typed.replace(/^\s*\([\w\s]*\)/, '').trimEnd();
  return rest === '' || /[|?:(]$/.test(rest);
}

/** Maps of the unit: those that the callee takes first, the others with the reason. */
function mapArguments(unit: Unit, call: CallAround, typed: string): readonly CompletionEntry[] {
  const before = typed.trim();
  if (before !== '' && before !== '&' && !/^\([^()]*\)\s*&?$/.test(before)) return [];
  const isReferred = before.endsWith('&');
  return unit.model.maps.map((map): CompletionEntry => {
    const refusal = map.type === null ? undefined : unit.facts.mapHelperRefusal(map.type, call.name);
    const known = map.type === null || unit.facts.mapPartners(call.name) === undefined;
    return {
      label: map.name,
      kind: 'map',
      detail: map.type ?? 'map',
      aside: map.type?.replace('BPF_MAP_TYPE_', '') ?? 'map',
      ...(refusal === undefined ? {} : { note: `not for ${call.name}`, discouraged: true }),
      ...(isReferred ? {} : { insert: `&${map.name}` }),
      // Before everything else that can stand here.
      order: ` ${orderOf(refusal !== undefined ? 2 : known ? 1 : 0, map.name)}`,
      ...(map.type === null ? {} : { ref: { kind: 'map-type', name: map.type } as const }),
    };
  });
}
