/** A helper in words, apart from any program: prototype, what it does, what it asks for, who may call it. */
import type { FactBook, HelperFact, ProgramKey } from '../../facts/factBook.types.js';
import type { InfoSection, Line } from '../text/info.js';
import { codes, docsLink, factsSection, parameterSection, pitfallSection, sourceNames, summarySections, versionText } from './common.js';
import { keptByEntry } from './kept.js';
import { permissionsLine } from './permissions.js';

/** The helper's prototype as C. */
export function helperPrototype(fact: HelperFact): string {
  const params = fact.params.map((p) => (p.name === '' ? p.type : joinType(p.type, p.name)));
  return `${joinType(fact.returns, fact.name)}(${params.length > 0 ? params.join(', ') : 'void'});`;
}

const joinType = (type: string, name: string): string => `${type}${type.endsWith('*') ? '' : ' '}${name}`;

/** @param key the kind of program it is called from, where that is one; the licence it needs may differ by it. */
export function describeHelper(facts: FactBook, fact: HelperFact, key?: ProgramKey): readonly InfoSection[] {
  return describe(facts, fact, facts.gplOnly(fact, key ?? ANY));
}

const describe = keptByEntry((facts, fact: HelperFact, gplOnly: boolean | undefined): readonly InfoSection[] => [
  { kind: 'code', code: helperPrototype(fact) },
  ...summarySections(fact.doc),
  ...parameterSection(fact.doc, fact.params.map((p) => p.name)),
  ...pitfallSection(fact.doc),
  ...factsSection([
    ['Since', `${versionText({ since: fact.since })}${sourceNames(fact.sources)}`],
    ['Allowed in', permissionsLine(facts, fact)],
    ['Licence', licenceText(gplOnly)],
    ['Better', fact.prefer.length > 0 ? codes(fact.prefer) : undefined],
    ['Capability', codes(fact.capabilities)],
    ['Kernel configuration', codes(fact.kernelConfig)],
  ]),
  docsLink('helper-function', fact.name),
]);

/** No particular kind of program. */
export const ANY: ProgramKey = { programType: null, attachType: null, sleepable: false, frags: false };

/** `GPL compatible only`; undefined where nothing is demanded or known. */
export function licenceText(gplOnly: boolean | undefined): Line | undefined {
  return gplOnly === true ? ['only for programs with a GPL compatible licence'] : undefined;
}
