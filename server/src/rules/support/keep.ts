/**
 * Keeps what was found out about an object of the model with that object. Calls, accesses, maps and functions stay the same objects
 * while they mean the same, so that an edit pays only for what it changed. Nothing that holds a place in a text of its own making
 * may be kept, only places of the model: those move with the text.
 */
import type { Model } from '../../model/model.types.js';
import type { RuleContext } from '../rule.js';
import { targetId } from './judge.js';
import { remember } from './memo.js';
import { indexOf } from './unit.js';

/** The answer about `key` that was kept under `scope`, computed the first time. */
export type Keeper<K extends object, V> = (scope: object, key: K, compute: () => V) => V;

/** A place for answers of one kind. They live as long as both scope and key. */
export function keeper<K extends object, V>(): Keeper<K, V> {
  const scopes = new WeakMap<object, WeakMap<K, { readonly value: V }>>();
  return (scope, key, compute) => {
    let answers = scopes.get(scope);
    if (!answers) scopes.set(scope, (answers = new WeakMap<K, { readonly value: V }>()));
    let answer = answers.get(key);
    if (!answer) answers.set(key, (answer = { value: compute() }));
    return answer.value;
  };
}

/** Scope of what depends on the facts and the target. */
export function aimOf(context: RuleContext): object {
  return remember(context.facts, `aim ${targetId(context.target)}`, () => ({}));
}

/** Scope of what depends on what names of the unit stand for, and on the facts. */
export function namesOf(model: Model): object {
  return indexOf(model);
}

const perContext = new WeakMap<RuleContext, Map<string, unknown>>();

/** An answer that several rules ask for in one analysis. An `id` must always stand for answers of one type. */
export function once<T>(context: RuleContext, id: string, compute: () => T): T {
  let known = perContext.get(context);
  if (!known) perContext.set(context, (known = new Map<string, unknown>()));
  if (!known.has(id)) known.set(id, compute());
  return known.get(id) as T;
}
