/** Remembers answers that depend on facts alone, so that an edit pays only for what it changed. */
import type { FactBook } from '../../facts/factBook.types.js';

/** Keys hold names that users type (hooks, functions), so the number of answers is bounded. */
const LIMIT = 20_000;

const memos = new WeakMap<FactBook, Map<string, unknown>>();

/** The answer kept under `id` for this book, computed the first time. An `id` must always stand for answers of one type. */
export function remember<T>(facts: FactBook, id: string, compute: () => T): T {
  let memo = memos.get(facts);
  if (!memo) memos.set(facts, (memo = new Map()));
  if (memo.has(id)) return memo.get(id) as T;
  const answer = compute();
  if (memo.size >= LIMIT) memo.clear();
  memo.set(id, answer);
  return answer;
}
