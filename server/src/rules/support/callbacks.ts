/** Functions of the unit that calls hand over. */
import type { EntityCall, FunctionNode } from '../../model/model.types.js';
import type { RuleContext } from '../rule.js';

/** The functions with a body that this call of a helper or kfunc is given. */
export function handedTo({ model }: RuleContext, { fn, call }: EntityCall): readonly FunctionNode[] {
  return (model.functionNode?.(fn)?.callees ?? []).flatMap((edge) => (edge.callback && edge.call === call ? [edge.node] : []));
}
