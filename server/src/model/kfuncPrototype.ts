/** Tells a declaration of the kernel's kfunc from one of another function of that name: a module may bring its own. */
import type { KfuncFact } from '../facts/factBook.types.js';
import type { FunctionView } from '../syntax/views.js';
import { before } from '../text/ends.js';

/** A parameter as far as declarations of the same function surely agree on it. */
interface Parameter {
  readonly pointer: boolean;
  /** `struct x` without flavour; undefined for any other type. */
  readonly tag: string | undefined;
}

/** Last parameters that the verifier fills in, and that declarations leave out or write as they like. */
const FILLED_IN = /__(?:prog|implicit)$|\baux__ign$/;

function parameterOf(type: string): Parameter {
  const tag = /\b(struct|union|enum)\s+(\w+)/.exec(type);
  return { pointer: type.includes('*') || type.includes('['), tag: tag ? `${tag[1]} ${before(tag[2]!, '___')}` : undefined };
}

const books = new WeakMap<KfuncFact, readonly Parameter[] | null>();

/** Parameters of the book's prototype; null where it has a form that is not read (function pointers, variadic). */
function parametersOf(fact: KfuncFact): readonly Parameter[] | null {
  let known = books.get(fact);
  if (known !== undefined) return known;
  const list = /\(([^()]*)\)\s*(?:;\s*)?$/.exec(fact.proto)?.[1]?.trim();
  if (list === undefined || list.includes('...')) known = null;
  else known = list === '' || list === 'void' ? [] : withoutFilledIn(list.split(',').map((p) => p.trim())).map(parameterOf);
  books.set(fact, known);
  return known;
}

function withoutFilledIn(params: readonly string[]): readonly string[] {
  const last = params.at(-1);
  return last !== undefined && FILLED_IN.test(last) ? withoutFilledIn(params.slice(0, -1)) : params;
}

/**
 * True if the unit declares the name, and each time with a number of parameters or with types that the kernel's kfunc never had:
 * then it is another function, of which nothing is known. Old-style `()` says nothing about parameters.
 */
export function isAnotherFunction(declared: readonly FunctionView[], fact: KfuncFact): boolean {
  const known = parametersOf(fact);
  return known !== null && declared.length > 0 && declared.every((fn) => differs(fn, known));
}

function differs(fn: FunctionView, known: readonly Parameter[]): boolean {
  if (fn.params.length === 0) return false;
  const given = fn.params.filter((p, i) => i < known.length || !FILLED_IN.test(p.name)).map((p) => parameterOf(p.type));
  if (given.length !== known.length) return true;
  return given.some((p, i) => {
    const other = known[i]!;
    return p.pointer !== other.pointer || (p.tag !== undefined && other.tag !== undefined && p.tag !== other.tag);
  });
}
