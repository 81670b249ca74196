/** Hover on a constant or flag, `BPF_F_LOCK`: is it there on the target, what is it, whose parameter is it here. */
import type { Unit } from '../../analysis.types.js';
import type { ConstantFact, ConstantOwner } from '../../facts/factBook.types.js';
import type { CallView } from '../../syntax/views.js';
import { touches } from '../../text/span.js';
import { constantNumber, describeConstant } from '../describe/constant.js';
import { parameterName } from '../parameters.js';
import type { HoverProvider } from './provider.js';
import { lateVerdict } from './late.js';
import { usedName } from './named.js';

export const hoverConstant: HoverProvider = (unit, role, offset) => {
  const fact = unit.facts.constants.get(usedName(role) ?? '');
  if (fact === undefined || role.kind === 'none' || meansAnother(unit, fact)) return undefined;
  return { span: role.span, sections: [...lateVerdict(unit, fact.lifetime, 'constant', fact.name), ...describeConstant(unit.facts, fact, ownerAt(unit, fact, offset))] };
};

/** True if the file defines the name with another value. With vmlinux.h, which has no macros, files define the kernel's own. */
function meansAnother(unit: Unit, fact: ConstantFact): boolean {
  const own = unit.model.main.defines.find((define) => define.name === fact.name);
  const value = own && constantNumber(own.body);
  return value !== undefined && value !== constantNumber(fact.value);
}

/** The parameter in which the constant stands, if that is one of those known to take it. */
function ownerAt(unit: Unit, fact: ConstantFact, offset: number): ConstantOwner | undefined {
  const call = innermostCall(unit, offset);
  if (call === undefined) return undefined;
  const param = parameterName(unit.facts, call.name, call.args.findIndex((arg) => touches(arg.span, offset)));
  return fact.belongs.find((owner) => owner.name === call.name && owner.param === param);
}

function innermostCall(unit: Unit, offset: number): CallView | undefined {
  const calls = unit.model.main.functions.flatMap((fn) => (touches(fn.span, offset) ? fn.calls : []));
  const around = calls.filter((call) => call.args.some((arg) => touches(arg.span, offset)));
  return around.sort((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start))[0];
}
