/** Signature help: the helper, kfunc or macro whose arguments are being typed, with the meaning of each and the choices at hand. */
import type { Unit } from '../../analysis.types.js';
import type { EntryDoc, Lifetime } from '../../facts/factBook.types.js';
import type { CallAround } from '../../syntax/views.js';
import { macroLifetime } from '../describe/macro.js';
import { lateVerdict } from '../hover/late.js';
import { parametersOf, splitParameters, type Parameter } from '../parameters.js';
import { paragraph, prose, type InfoSection } from '../text/info.js';
import { choicesFor } from './choices.js';
import { entryOf } from '../../text/entryOf.js';

export interface SignatureParameter {
  /** Where it stands in the label. */
  readonly start: number;
  readonly end: number;
  /** Its meaning; for the active one also what may be put there. */
  readonly sections: readonly InfoSection[];
}

export interface SignatureInfo {
  /** `long bpf_redirect(__u32 ifindex, __u64 flags)` */
  readonly label: string;
  readonly sections: readonly InfoSection[];
  readonly parameters: readonly SignatureParameter[];
  /** Index of the parameter at the cursor; undefined where there are more arguments than parameters, or none are taken. */
  readonly active: number | undefined;
}

/** What is known of a callee before its parameters are laid out. */
interface Callee {
  /** What stands before the parenthesis: type and name. */
  readonly head: string;
  readonly parameters: readonly Parameter[];
  readonly doc: EntryDoc | undefined;
  readonly lifetime: Lifetime | undefined;
}

/** @returns undefined where the cursor is in no call of something that the book knows, or in a declaration of it */
export function signature(unit: Unit, offset: number): SignatureInfo | undefined {
  const call = unit.callAt(offset);
  if (call === undefined || call.member || unit.model.dialect !== undefined) return undefined;
  const callee = calleeOf(unit, call);
  if (callee === undefined) return undefined;
  const active = activeIndex(callee.parameters, call.active);
  let label = `${callee.head}(`;
  const parameters = callee.parameters.map(({ name, declaration }, i): SignatureParameter => {
    if (i > 0) label += ', ';
    const start = label.length;
    label += declaration;
    const text = entryOf(callee.doc?.params ?? {}, name === '' ? '...' : name);
    const sections = text === undefined ? [] : [paragraph(...prose(text))];
    return { start, end: label.length, sections: i === active ? [...sections, ...choicesFor(unit, call, name)] : sections };
  });
  label += ')';
  const sections = [...lateVerdict(unit, callee.lifetime), ...(callee.doc === undefined ? [] : [paragraph(...prose(callee.doc.summary))])];
  return { label, sections, parameters, active };
}

function calleeOf(unit: Unit, call: CallAround): Callee | undefined {
  const { facts, model } = unit;
  const { name } = call;
  // The file's own macro of this name takes what it takes.
  if ([...model.files.values()].some((file) => file.defines.some((define) => define.name === name && define.params !== undefined))) return undefined;
  const macro = facts.macros.get(name);
  if (macro !== undefined) return macro.args === null ? undefined : { head: name, parameters: ofMacro(macro.args), doc: macro.doc, lifetime: macroLifetime(facts, macro) };
  const parameters = parametersOf(facts, name);
  if (parameters === undefined || call.afterWord) return undefined;
  const helper = facts.helpers.get(name);
  if (helper !== undefined) return { head: `${helper.returns}${helper.returns.endsWith('*') ? '' : ' '}${name}`, parameters, doc: helper.doc, lifetime: { since: helper.since } };
  const kfunc = facts.kfuncs.get(name)!;
  return { head: kfunc.proto.slice(0, kfunc.proto.indexOf('(')).trim(), parameters, doc: kfunc.doc, lifetime: kfunc.lifetime };
}

/** `(fmt, args...)` → `fmt` and `args...`, named as their texts name them. */
function ofMacro(args: string): readonly Parameter[] {
  const list = args.slice(1, -1).trim();
  return list === '' ? [] : splitParameters(list).map((declaration) => ({ declaration, name: declaration === '...' ? '...' : declaration.replace('...', '') }));
}

/** A last parameter with dots takes all that follows. */
function activeIndex(parameters: readonly Parameter[], argument: number): number | undefined {
  const last = parameters.length - 1;
  if (argument <= last) return argument;
  return last >= 0 && parameters[last]!.declaration.endsWith('...') ? last : undefined;
}
