/** Functions that stand in several sections, between which `#if`s decide: one function, several programs of the model, one of them in any build. */
import type { Program } from '../../model/model.types.js';
import type { RuleContext } from '../rule.js';
import { once } from './keep.js';

/**
 * Of programs for which a finding would hold, those that make one: not where the same function stands in another section, in which nothing is
 * wrong, since none of them is sure to be built.
 * @param all every program that gets to the place
 */
export function sureOf(refused: readonly Program[], all: readonly Program[]): readonly Program[] {
  if (refused.length === all.length || refused.length === 0) return refused;
  const bad = new Set(refused);
  const fine = new Set(all.filter((program) => !bad.has(program)).map((program) => program.fn));
  return refused.filter((program) => !fine.has(program.fn));
}

/** True if the function stands in more sections than one. */
export function hasArms(context: RuleContext, { fn }: Program): boolean {
  return once(context, 'functions in several sections', () => {
    const seen = new Set<Program['fn']>();
    return new Set(context.model.programs.flatMap((program) => (seen.has(program.fn) ? [program.fn] : (seen.add(program.fn), []))));
  }).has(fn);
}
