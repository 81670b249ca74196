/** When a kind of program came. */
import type { FactBook } from '../facts/factBook.types.js';
import type { Program } from './model.types.js';

/** First release that has this kind of program: its type, the attach type that it cannot do without, and its section. */
export function arrivalOf(program: Program, facts: FactBook): number {
  const type = program.programType === null ? undefined : facts.programTypes.get(program.programType);
  const attach = program.attachType === null ? undefined : facts.attachTypes.get(program.attachType);
  return Math.max(type?.lifetime?.since ?? 0, attach && !attach.optional ? attach.lifetime?.since ?? 0 : 0, program.section.def?.lifetime?.since ?? 0);
}
