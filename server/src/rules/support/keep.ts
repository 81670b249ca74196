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

/** What is found about each of a unit's things of one kind, put together in their order. */
export type ListKeeper<K extends object, V> = (scope: object, unit: object, keys: readonly K[], find: (key: K, index: number) => readonly V[]) => readonly V[];

interface Found<K, V> {
  readonly keys: readonly K[];
  readonly answers: readonly (readonly V[])[];
  readonly all: readonly V[];
}

/**
 * A place for what is found about lists of things, of which an edit replaces a few: it costs one comparison for each that is still there.
 * Answers live as long as `scope`, what they depend on, and `unit`, which tells one file's list from another's.
 */
export function listKeeper<K extends object, V>(): ListKeeper<K, V> {
  const scopes = new WeakMap<object, WeakMap<object, Found<K, V>>>();
  return (scope, unit, keys, find) => {
    let units = scopes.get(scope);
    if (!units) scopes.set(scope, (units = new WeakMap<object, Found<K, V>>()));
    const known = units.get(unit);
    const now = refound(known, keys, find);
    if (now !== known) units.set(unit, now);
    return now.all;
  };
}

function refound<K, V>(known: Found<K, V> | undefined, keys: readonly K[], find: (key: K, index: number) => readonly V[]): Found<K, V> {
  const old = known?.keys ?? [];
  const least = Math.min(old.length, keys.length);
  let start = 0;
  while (start < least && old[start] === keys[start]) start++;
  if (known && start === old.length && start === keys.length) return known;
  let tail = 0;
  while (tail < least - start && old[old.length - 1 - tail] === keys[keys.length - 1 - tail]) tail++;
  const between = new Map<K, readonly V[]>();
  for (let i = start; i < old.length - tail; i++) between.set(old[i]!, known!.answers[i]!);
  const answers = known ? known.answers.slice(0, start) : [];
  for (let i = start; i < keys.length - tail; i++) answers.push(between.get(keys[i]!) ?? find(keys[i]!, i));
  for (let i = old.length - tail; i < old.length; i++) answers.push(known!.answers[i]!);
  return { keys, answers, all: answers.some((list) => list.length > 0) ? answers.flat() : NOTHING };
}

const NOTHING: readonly never[] = [];

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
