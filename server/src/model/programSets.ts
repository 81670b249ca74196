/** Sets of programs that functions hand on to one another. Functions with the same programs share one set, so that a long chain of them costs what one does. */
import type { CallGraph, GraphNode } from './callGraph.js';
import type { Program } from './model.types.js';

/** A set of numbers from 0 on, as bits from some word on. Whoever holds one takes it as it is; only a `Holder` changes those that it made itself. */
export class NumberSet {
  /** True once somebody else may hold it: then it does not change any more. */
  private shared = false;

  private constructor(private readonly first: number, private readonly words: Uint32Array) {}

  /** Undefined for no numbers. */
  static of(numbers: readonly number[]): NumberSet | undefined {
    if (numbers.length === 0) return undefined;
    const first = numbers.reduce((least, n) => Math.min(least, n >>> 5), Infinity);
    const last = numbers.reduce((most, n) => Math.max(most, n >>> 5), 0);
    const set = new NumberSet(first, new Uint32Array(last - first + 1));
    for (const n of numbers) set.words[(n >>> 5) - first]! |= 1 << (n & 31);
    return set;
  }

  /** Both together; `to` is changed or not, as it may be, and is not to be used any more. */
  static union(to: NumberSet | undefined, from: NumberSet): NumberSet {
    if (to === undefined || from.hasAll(to)) return from.share();
    const first = Math.min(to.first, from.first);
    const end = Math.max(to.end, from.end);
    const fits = !to.shared && first === to.first && end === to.end;
    const set = fits ? to : new NumberSet(first, new Uint32Array(end - first));
    if (!fits) set.words.set(to.words, to.first - first);
    const shift = from.first - first;
    for (let i = 0; i < from.words.length; i++) set.words[shift + i]! |= from.words[i]!;
    return set;
  }

  /** The set for somebody else to keep. */
  share(): this {
    this.shared = true;
    return this;
  }

  hasAll(other: NumberSet): boolean {
    if (other === this) return true;
    for (let i = 0; i < other.words.length; i++) if ((other.words[i]! & ~this.at(other.first + i)) !== 0) return false;
    return true;
  }

  has(n: number): boolean {
    return ((this.at(n >>> 5) >>> (n & 31)) & 1) === 1;
  }

  /** Those that are not in `other`; undefined if there are none. */
  without(other: NumberSet | undefined): NumberSet | undefined {
    if (other === undefined) return this;
    if (other.hasAll(this)) return undefined;
    return new NumberSet(this.first, this.words.map((word, i) => word & ~other.at(this.first + i)));
  }

  /** Ascending. */
  *numbers(): Generator<number> {
    for (const [i, word] of this.words.entries()) {
      for (let bit = 0; word >>> bit !== 0 && bit < 32; bit++) if ((word >>> bit) & 1) yield (this.first + i) * 32 + bit;
    }
  }

  /** The same text for the same numbers. */
  id(): string {
    let id = '';
    for (const [i, word] of this.words.entries()) if (word !== 0) id += `${this.first + i}:${word} `;
    return id;
  }

  private get end(): number {
    return this.first + this.words.length;
  }

  private at(word: number): number {
    return this.words[word - this.first] ?? 0;
  }
}

/** A place for a set that grows. */
export class Holder {
  set: NumberSet | undefined;

  /** Takes numbers in; true if there were new ones among them. */
  add(from: NumberSet | undefined): boolean {
    if (from === undefined || this.set === from || this.set?.hasAll(from) === true) return false;
    this.set = NumberSet.union(this.set, from);
    return true;
  }
}

/** The numbers of the programs that begin at each function, by their place in the list. */
export function startsOf({ byFunction }: CallGraph, programs: readonly Program[]): ReadonlyMap<GraphNode, NumberSet> {
  const numbers = new Map<GraphNode, number[]>();
  programs.forEach((program, i) => {
    const node = byFunction.get(program.fn);
    const known = node && numbers.get(node);
    if (known) known.push(i);
    else if (node) numbers.set(node, [i]);
  });
  return new Map([...numbers].map(([node, own]) => [node, NumberSet.of(own)!.share()]));
}

/**
 * Passes on what nodes have until nothing changes. Nodes come before those that they lead to, so that, but for circles, each is done once.
 * @param pass hands on what a node has, and calls `grown` with each node that got more by it
 */
export function spread<N>(starts: Iterable<N>, leadsTo: (node: N) => readonly N[], pass: (node: N, grown: (to: N) => void) => void): void {
  const order = inOrder(starts, leadsTo);
  const places = new Map(order.map((node, i) => [node, i]));
  const waiting = new Uint8Array(order.length).fill(1);
  const grown = (to: N): void => void (waiting[places.get(to)!] = 1);
  for (let at = waiting.indexOf(1); at >= 0; at = waiting.indexOf(1)) {
    for (; at >= 0; at = waiting.indexOf(1, at + 1)) {
      waiting[at] = 0;
      pass(order[at]!, grown);
    }
  }
}

/** Everything that is led to, each node before what it leads to, as far as there are no circles. */
function inOrder<N>(starts: Iterable<N>, leadsTo: (node: N) => readonly N[]): readonly N[] {
  const seen = new Set<N>();
  const done: N[] = [];
  const path: { readonly node: N; readonly next: readonly N[]; at: number }[] = [];
  const enter = (node: N): void => {
    if (seen.has(node)) return;
    seen.add(node);
    path.push({ node, next: leadsTo(node), at: 0 });
  };
  for (const start of starts) {
    enter(start);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = top.next[top.at++];
      if (next !== undefined) enter(next);
      else done.push(path.pop()!.node);
    }
  }
  return done.reverse();
}
