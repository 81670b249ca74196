/** Constants where one is asked for: at a flags argument those that the helper takes there, behind `return` the verdicts of the program's type. */
import type { Unit } from '../../analysis.types.js';
import type { ConstantFact, ConstantOwner } from '../../facts/factBook.types.js';
import { lateVerdict } from '../hover/late.js';
import { parameterName } from '../parameters.js';
import { programsAt } from '../programs.js';
import { lifetimeText } from '../verdict.js';
import type { CompletionEntry } from './completion.js';

/** So far back is looked for the start of the call around the cursor. */
const MAX_BACK = 2000;

/** Entries in order; empty where no constant of the book is asked for. `start` is where the word at the cursor begins. */
export function completeConstants(unit: Unit, offset: number, start: number): readonly CompletionEntry[] {
  const { text } = unit.model.main;
  const before = text.slice(Math.max(0, start - MAX_BACK), start);
  const wanted = /(?:^|[^\w$])return\s*\(?\s*$/.test(before) ? verdictOwners(unit, offset) : argumentOwners(unit, before);
  if (wanted.length === 0) return [];
  const takes = (fact: ConstantFact): boolean => fact.belongs.some((owner) => wanted.some((w) => same(owner, w)));
  return [...unit.facts.constants.values()].filter(takes).map((fact) => entry(unit, fact));
}

const same = (a: ConstantOwner, b: ConstantOwner): boolean => a.name === b.name && a.param === b.param && a.kind === b.kind;

/** The program's own function only: what others return is their business. */
function verdictOwners(unit: Unit, offset: number): readonly ConstantOwner[] {
  return programsAt(unit, offset).flatMap(({ programType, attachType }): ConstantOwner[] => [
    ...(programType === null ? [] : [{ kind: 'program-type', name: programType, param: 'return' } as const]),
    ...(attachType === null ? [] : [{ kind: 'attach-type', name: attachType, param: 'return' } as const]),
  ]);
}

function argumentOwners(unit: Unit, before: string): readonly ConstantOwner[] {
  const call = callAround(before);
  const param = call && parameterName(unit.facts, call.name, call.index);
  if (call === undefined || param === undefined) return [];
  return [{ kind: unit.facts.helpers.has(call.name) ? 'helper' : 'kfunc', name: call.name, param }];
}

/** The call whose argument list is open at the end of a text, and how many commas of it were passed. */
function callAround(before: string): { readonly name: string; readonly index: number } | undefined {
  let depth = 0;
  let index = 0;
  for (let i = before.length - 1; i >= 0; i--) {
    const c = before[i]!;
    if (c === ')' || c === ']') depth++;
    else if (c === ';' || c === '{' || c === '}' || c === '"') return undefined;
    else if (c === ',' && depth === 0) index++;
    else if (c === '(' || c === '[') {
      if (depth > 0) depth--;
      else {
        const name = /(\w+)\s*$/.exec(before.slice(Math.max(0, i - 100), i))?.[1];
        // A lone parenthesis around an expression belongs to the argument that it stands in.
        if (name !== undefined || c === '[') return name === undefined || c === '[' ? undefined : { name, index };
        index = 0;
      }
    }
  }
  return undefined;
}

function entry(unit: Unit, fact: ConstantFact): CompletionEntry {
  const late = lateVerdict(unit, fact.lifetime).length > 0;
  const discouraged = late || fact.use !== undefined;
  const detail = [fact.value, fact.use ? `now ${fact.use}` : '', fact.lifetime ? lifetimeText(fact.lifetime) : '', late ? 'newer than the target' : ''];
  return {
    label: fact.name,
    kind: 'constant',
    detail: detail.filter((part) => part !== '').join(', '),
    // Before helpers and kfuncs, whose order starts with a digit.
    order: ` ${discouraged ? 1 : 0}${fact.name}`,
    ...(discouraged ? { discouraged } : {}),
    ref: { kind: 'constant', name: fact.name },
  };
}
