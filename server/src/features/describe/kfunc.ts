/** A kfunc in words, apart from any program: prototype, what its flags mean for the caller, how long it has been there. */
import type { FactBook, KfuncFact, ProgramKey } from '../../facts/factBook.types.js';
import { code, type InfoSection, type Line } from '../text/info.js';
import { ANY, licenceText } from './helper.js';
import { codes, docsLink, factsSection, parameterSection, pitfallSection, sourceNames, summarySections, versionText } from './common.js';
import { keptByEntry } from './kept.js';
import { permissionsLine } from './permissions.js';
import { entryOf } from '../../text/entryOf.js';

/** What each KF_ flag asks of the caller (Documentation/bpf/kfuncs.rst and kernel/bpf/verifier.c); the partner is named where it is known. */
const CONSEQUENCES: Readonly<Record<string, (fact: KfuncFact) => Line>> = {
  KF_ACQUIRE: (fact) => ['You own the result', ...(fact.partner ? [': release it with ', code(fact.partner)] : [' and must release it'])],
  KF_RELEASE: (fact) => ['Releases its argument', ...(fact.partner ? [', which came from ', code(fact.partner)] : []), '; do not use it afterwards'],
  KF_RET_NULL: () => ['May return ', code('NULL'), ': test it before use'],
  KF_TRUSTED_ARGS: () => ['Takes only trusted pointers: arguments of the hook, or results of acquiring kfuncs'],
  KF_SLEEPABLE: () => ['May sleep: only in sleepable programs'],
  KF_DESTRUCTIVE: () => ['Destructive: the loader needs ', code('CAP_SYS_BOOT')],
  KF_RCU: () => ['Takes pointers that RCU protects, or trusted ones; they are not ', code('NULL')],
  KF_RCU_PROTECTED: () => ['Call it between ', code('bpf_rcu_read_lock()'), ' and ', code('bpf_rcu_read_unlock()')],
  KF_ITER_NEW: () => ['Starts an iterator: every path must destroy it'],
  KF_ITER_NEXT: () => ['Next element of an iterator, ', code('NULL'), ' at the end'],
  KF_ITER_DESTROY: () => ['Ends an iterator'],
  KF_FASTCALL: () => ['Clobbers no more registers than it must (inlined by the verifier)'],
};

/** The kfunc's declaration as C. */
export function kfuncPrototype(fact: KfuncFact): string {
  return `${fact.proto.trim().replace(/;$/, '')} __ksym;`;
}

/** @param key the kind of program it is called from, where that is one. */
export function describeKfunc(facts: FactBook, fact: KfuncFact, key?: ProgramKey): readonly InfoSection[] {
  return describe(facts, fact, facts.gplOnly(fact, key ?? ANY));
}

const describe = keptByEntry((facts, fact: KfuncFact, gplOnly: boolean | undefined): readonly InfoSection[] => {
  const notes = fact.flags.flatMap((flag): readonly Line[] => {
    const line = entryOf(CONSEQUENCES, flag)?.(fact);
    return line === undefined ? [] : [line];
  });
  return [
    { kind: 'code', code: kfuncPrototype(fact) },
    ...summarySections(fact.doc),
    ...parameterSection(fact.doc, []),
    ...(notes.length > 0 ? [{ kind: 'list', items: notes } as const] : []),
    ...pitfallSection(fact.doc),
    ...factsSection([
      ['Since', `${versionText(fact.lifetime)}${sourceNames(fact.sources)}`],
      ['Now called', fact.replacedBy === undefined ? undefined : [code(fact.replacedBy)]],
      ['Allowed in', permissionsLine(facts, fact)],
      ['Licence', licenceText(gplOnly)],
      ['Flags', codes(fact.flags)],
      ['Module', fact.module === 'vmlinux' ? undefined : [code(fact.module)]],
    ]),
    docsLink('kfuncs', fact.name),
  ];
});
