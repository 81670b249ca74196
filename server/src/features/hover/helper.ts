/** Hover on a helper's name: may these programs call it, then what it is. */
import { describeHelper } from '../describe/helper.js';
import { programAt, programsAt } from '../programs.js';
import { judgeCallAt, verdictSection } from '../verdict.js';
import { isUserFunction } from './own.js';
import type { HoverProvider } from './provider.js';
import { usedName } from './named.js';

export const hoverHelper: HoverProvider = (unit, role, offset) => {
  const fact = unit.facts.helpers.get(usedName(role) ?? '');
  if (fact === undefined || role.kind === 'none' || isUserFunction(unit, fact.name)) return undefined;
  const programs = programsAt(unit, offset);
  const verdict = verdictSection(unit, programs, programAt(unit, offset), ({ key }) => judgeCallAt(unit, fact, key, offset));
  return { span: role.span, sections: [...(verdict ? [verdict] : []), ...describeHelper(unit.facts, fact, programs[0]?.key)] };
};
