/** Tells code that the verifier surely sees from code about which a build, a loader or the running kernel decides. */
import type { Program } from '../../model/model.types.js';
import type { RuleContext } from '../rule.js';
import { indexOf } from './unit.js';

type Condition = Program['fn']['conditions'][number];

/** True if nothing but local variables and parameters of the program decides whether code under these conditions runs. */
export function isOrdinary(context: RuleContext, program: Program, conditions: readonly Condition[]): boolean {
  const all = [...program.fn.conditions, ...conditions];
  if (all.length === 0) return true;
  const own = new Set(['ctx', ...[...program.fn.params, ...program.fn.locals].map((v) => v.name)]);
  const { variables } = indexOf(context.model);
  return all.every(
    ({ kind, calls, identifiers }) =>
      kind !== 'preprocessor' && calls.length === 0 && identifiers.some((name) => own.has(name)) && !identifiers.some((name) => variables.has(name) && !own.has(name)),
  );
}
