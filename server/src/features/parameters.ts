/** Names and declarations of the parameters of helpers and kfuncs, by their place. */
import type { FactBook } from '../facts/factBook.types.js';
import { lastWord } from '../text/ends.js';

/** A parameter as declared, `__u64 flags`, and its name; that of `...` is empty. */
export interface Parameter {
  readonly name: string;
  readonly declaration: string;
}

/** Of a helper or kfunc in order; undefined if the book has none by this name, or no prototype of it. */
export function parametersOf(facts: FactBook, callee: string): readonly Parameter[] | undefined {
  const helper = facts.helpers.get(callee);
  if (helper) return helper.params.map(({ type, name }) => ({ name, declaration: name === '' ? type : `${type}${type.endsWith('*') ? '' : ' '}${name}` }));
  const proto = facts.kfuncs.get(callee)?.proto;
  if (proto === undefined || proto === '') return undefined;
  const list = proto.slice(proto.indexOf('(') + 1, proto.lastIndexOf(')')).trim();
  if (list === '' || list === 'void') return [];
  return splitParameters(list).map((declaration) => ({ declaration, name: nameIn(declaration) }));
}

/** The name in a declaration; in `int (*callback_fn)(void *map, …)` it stands in the parentheses. */
function nameIn(declaration: string): string {
  const bracket = declaration.endsWith(']') ? declaration.lastIndexOf('[') : -1;
  return /\(\s*\*\s*(\w+)\s*\)/.exec(declaration)?.[1] ?? lastWord(bracket < 0 ? declaration : declaration.slice(0, bracket));
}

/** Splits a list at the commas outside of brackets. */
export function splitParameters(list: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < list.length; i++) {
    const c = list[i];
    if (c === '(' || c === '[') depth++;
    else if (c === ')' || c === ']') depth--;
    else if (c === ',' && depth === 0) {
      parts.push(list.slice(from, i).trim());
      from = i + 1;
    }
  }
  return [...parts, list.slice(from).trim()];
}

/** Names of the parameters in order; undefined as for `parametersOf`. */
export function parameterNames(facts: FactBook, callee: string): readonly string[] | undefined {
  return parametersOf(facts, callee)?.map(({ name }) => name);
}

/** A helper's or kfunc's parameter; undefined if the book has no such function or it has fewer. */
export function parameterName(facts: FactBook, callee: string, index: number): string | undefined {
  return parameterNames(facts, callee)?.[index];
}

/** True for the name of a parameter that takes one of the program's maps, helpers and kfuncs alike. */
export function isMapParameter(name: string): boolean {
  return /^(?:map|ringbuf|prog_array_map|p__map|\w+__(?:const_)?map)$/.test(name);
}
