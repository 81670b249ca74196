/** `.member = …` of an operations table: its members that are not set yet, with the function that a new program would be. */
import type { Unit } from '../../analysis.types.js';
import type { OperationFact } from '../../facts/factBook.types.js';
import type { CompletionRole } from '../../syntax/views.js';
import type { CompletionEntry, CompletionResult } from './entry.js';

type DesignatorRole = Extract<CompletionRole, { kind: 'designator' }>;

/** The members that the table does not set yet; undefined for structures that are not known. */
export function completeDesignator(unit: Unit, role: DesignatorRole): CompletionResult | undefined {
  const members = unit.facts.operations(role.struct);
  if (members === undefined) return undefined;
  const { replace, used } = role;
  const assigned = /^\s*=/.test(unit.model.main.text.slice(replace.end, replace.end + 20));
  const entries = members
    .filter(({ name }) => !used.includes(name))
    .map(({ name, kind, detail }, i): CompletionEntry => ({
      label: name,
      kind: 'field',
      detail,
      ...(assigned ? {} : { insert: `${name} = `, snippet: `${name} = ${VALUES[kind](name)}` }),
      order: String(i).padStart(3, '0'),
    }));
  return entries.length > 0 ? { replace, entries, incomplete: false } : undefined;
}

/** How each kind of member is written. */
const VALUES: Readonly<Record<OperationFact['kind'], (name: string) => string>> = {
  program: (name) => `(void *)\${1:${name}},`,
  text: (name) => `"\${1:${name}}",`,
  number: () => '${1:0},',
};
