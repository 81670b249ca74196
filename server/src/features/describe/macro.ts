/** A macro of libbpf's BPF-side headers in words: what it stands for, takes and needs from the kernel. */
import type { FactBook, HelperFact, KfuncFact, Lifetime, MacroFact, MacroNeed } from '../../facts/factBook.types.js';
import { REWRITTEN } from '../../model/libbpfMacros.js';
import { code, paragraph, type InfoSection, type Line } from '../text/info.js';
import { factsSection, parameterSection, pitfallSection, summarySections, versionText } from './common.js';
import { ANY, licenceText } from './helper.js';

/** The whole entry. */
export function describeMacro(facts: FactBook, macro: MacroFact): readonly InfoSection[] {
  return [
    { kind: 'code', code: macro.usage },
    paragraph(macro.function ? 'Inline function of ' : 'Macro of ', code(macro.header), `, from libbpf ${macro.libbpf} on`),
    ...summarySections(macro.doc),
    ...parameterSection(macro.doc, parameterNames(macro.args)),
    ...pitfallSection(macro.doc),
    ...factsSection([
      ['Calls', macro.needs.flatMap((need, i): Line => [...(i > 0 ? ['; '] : []), ...needLine(facts, need)])],
      ['Kernel', macro.kernel && versionText(macro.kernel)],
      ['Older kernels', rewrittenLine(macro)],
      ['Licence', licenceText(needsGpl(facts, macro))],
    ]),
  ];
}

/** `(dst, src, args...)` → `dst`, `src`, `args`. */
function parameterNames(args: string | null): readonly string[] {
  return args === null ? [] : args.slice(1, -1).split(',').map((param) => param.trim()).map((param) => (param === '...' ? param : param.replace('...', '')));
}

function needLine(facts: FactBook, need: MacroNeed): Line {
  const fact = neededFact(facts, need);
  const since = fact && versionText(fact.kind === 'helper' ? { since: fact.since } : fact.lifetime);
  return [code(need.name), since === undefined ? '' : ` (${since})`, need.when === undefined ? '' : ` ${need.when}`];
}

/** The helper or kfunc behind a need; undefined where the macro's arguments decide which. */
function neededFact(facts: FactBook, need: MacroNeed): HelperFact | KfuncFact | undefined {
  return need.kind === 'helper' ? facts.helpers.get(need.name) : facts.kfuncs.get(need.name);
}

/** Probe reads are replaced by loaders where the kernel is too old. */
function rewrittenLine(macro: MacroFact): Line | undefined {
  const names = macro.needs.filter((need) => need.when === undefined).flatMap((need) => REWRITTEN.get(need.name) ?? []);
  return names[0] === undefined ? undefined : ['libbpf and cilium/ebpf load ', code(names[0]), ' instead'];
}

/** True if every use needs a GPL compatible licence: something that it always calls does, or all that it may call. */
function needsGpl(facts: FactBook, macro: MacroFact): boolean {
  const gpl = (need: MacroNeed): boolean => {
    if (need.kind === 'kfunc') return true;
    const fact = facts.helpers.get(need.name);
    return fact !== undefined && facts.gplOnly(fact, ANY) === true;
  };
  const { needs } = macro;
  return needs.some((need) => need.when === undefined && gpl(need)) || (needs.length > 1 && needs.every(gpl));
}

/** What a macro asks of a kernel wherever it is used: the latest of what it always calls. */
export function macroLifetime(facts: FactBook, macro: MacroFact): Lifetime | undefined {
  const lives = macro.needs.flatMap((need): Lifetime[] => {
    const fact = need.when === undefined && !REWRITTEN.has(need.name) ? neededFact(facts, need) : undefined;
    return fact === undefined ? [] : [fact.kind === 'helper' ? { since: fact.since } : fact.lifetime];
  });
  return [...lives, ...(macro.kernel ? [macro.kernel] : [])].sort((a, b) => b.since - a.since)[0];
}
