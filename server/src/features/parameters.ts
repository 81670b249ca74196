/** Names of parameters by their place in a call. */
import type { FactBook } from '../facts/factBook.types.js';

/** A helper's or kfunc's parameter; undefined if the book has no such function or it has fewer. */
export function parameterName(facts: FactBook, callee: string, index: number): string | undefined {
  const helper = facts.helpers.get(callee);
  if (helper) return helper.params[index]?.name;
  const proto = facts.kfuncs.get(callee)?.proto ?? '';
  const params = proto.slice(proto.indexOf('(') + 1, proto.lastIndexOf(')')).split(',');
  return /(\w+)\s*$/.exec(params[index] ?? '')?.[1];
}
