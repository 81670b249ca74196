/** Hover on a kfunc's name, in a call or in its `__ksym` declaration. */
import { describeKfunc } from '../describe/kfunc.js';
import { programAt, programsAt } from '../programs.js';
import { judgeCallAt, verdictSection } from '../verdict.js';
import type { HoverProvider } from './provider.js';
import { usedName } from './named.js';
import { isUserFunction } from './own.js';

export const hoverKfunc: HoverProvider = (unit, role, offset) => {
  const fact = unit.facts.kfuncs.get(usedName(role) ?? '');
  if (fact === undefined || role.kind === 'none' || isUserFunction(unit, fact.name)) return undefined;
  const programs = programsAt(unit, offset);
  const verdict = verdictSection(unit, programs, programAt(unit, offset), ({ key }) => judgeCallAt(unit, fact, key, offset));
  return { span: role.span, sections: [...(verdict ? [verdict] : []), ...describeKfunc(unit.facts, fact, programs[0]?.key)] };
};
