/** Hover on a macro of libbpf's headers: may these programs call what it calls, then what it is. */
import type { Unit } from '../../analysis.types.js';
import type { HelperFact, KfuncFact, Lifetime, MacroFact } from '../../facts/factBook.types.js';
import { libbpfMacroCalls, REWRITTEN } from '../../model/libbpfMacros.js';
import { touches } from '../../text/span.js';
import { describeMacro, macroLifetime } from '../describe/macro.js';
import { programAt, programsAt } from '../programs.js';
import type { InfoSection } from '../text/info.js';
import { judgeCall, verdictSection } from '../verdict.js';
import type { HoverProvider } from './provider.js';
import { lateVerdict } from './late.js';
import { usedName } from './named.js';
import { isUserFunction } from './own.js';

export const hoverMacro: HoverProvider = (unit, role, offset) => {
  const macro = unit.facts.macros.get(usedName(role) ?? '');
  if (macro === undefined || role.kind === 'none' || isUserFunction(unit, macro.name)) return undefined;
  // A macro that the file defines itself means what the file says.
  if (unit.model.main.defines.some((define) => define.name === macro.name)) return undefined;
  return { span: role.span, sections: [...verdict(unit, macro, offset), ...describeMacro(unit.facts, macro)] };
};

/** About the newest of what this use calls, where loaders put nothing older in its place. */
function verdict(unit: Unit, macro: MacroFact, offset: number): readonly InfoSection[] {
  const newest = called(unit, macro, offset).sort((a, b) => lifetimeOf(b).since - lifetimeOf(a).since)[0];
  if (newest === undefined) return lateVerdict(unit, macroLifetime(unit.facts, macro));
  const programs = programsAt(unit, offset);
  const section = verdictSection(unit, programs, programAt(unit, offset), ({ key }) => judgeCall(unit, newest, key));
  return section ? [section] : [];
}

function called(unit: Unit, macro: MacroFact, offset: number): (HelperFact | KfuncFact)[] {
  const calls = unit.model.main.functions.flatMap((fn) => (touches(fn.span, offset) ? fn.calls : []));
  const call = calls.find((c) => c.name === macro.name && touches(c.nameSpan, offset));
  if (call === undefined) return [];
  return libbpfMacroCalls(macro.name, call.args).flatMap((name) => (REWRITTEN.has(name) ? [] : (unit.facts.helpers.get(name) ?? unit.facts.kfuncs.get(name) ?? [])));
}

const lifetimeOf = (fact: HelperFact | KfuncFact): Lifetime => (fact.kind === 'helper' ? { since: fact.since } : fact.lifetime);
