/** Tells code that the verifier surely sees from code about which a build, a loader or the running kernel decides. */
import type { Program } from '../../model/model.types.js';
import type { RuleContext } from '../rule.js';
import { indexOf } from './unit.js';

type Condition = Program['fn']['conditions'][number];

/** What tells the compiler which side is likelier, and nothing more. */
const HINTS: ReadonlySet<string> = new Set(['likely', 'unlikely']);

/** True if nothing but local variables and parameters of the function, and what helpers answer, decides whether code under these conditions runs. */
export function isOrdinary(context: RuleContext, fn: Program['fn'], conditions: readonly Condition[]): boolean {
  const all = [...fn.conditions, ...conditions];
  if (all.length === 0) return true;
  const { variables } = indexOf(context.model);
  // A copy of a loader's constant is known to the verifier too.
  const locals = fn.locals.filter(({ init }) => init === undefined || !variables.has(init));
  const own = new Set(['ctx', ...[...fn.params, ...locals].map((v) => v.name)]);
  const { helpers } = context.facts;
  const isOwn = (name: string): boolean => own.has(name) || helpers.has(name);
  return all.every(
    ({ kind, calls, identifiers }) =>
      kind !== 'preprocessor' && calls.every(({ name }) => HINTS.has(name) || helpers.has(name)) && identifiers.some(isOwn) && !identifiers.some((name) => variables.has(name) && !isOwn(name)),
  );
}
