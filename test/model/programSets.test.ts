/** Sets that are handed on: the same as found by asking each program by itself, whatever circles the ways have; long chains cost little. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Holder, NumberSet, spread } from '../../server/src/model/programSets.js';

type Graph = readonly (readonly number[])[];

/** What gets to each node, by `spread`. */
function spreadOver(graph: Graph, starts: readonly (readonly [node: number, what: number])[]): number[][] {
  const holders = graph.map(() => new Holder());
  for (const [node, what] of starts) holders[node]!.add(NumberSet.of([what]));
  spread(starts.map(([node]) => node), (node) => graph[node]!, (node, grown) => {
    for (const to of graph[node]!) if (holders[to]!.add(holders[node]!.set)) grown(to);
  });
  return holders.map(({ set }) => [...(set?.numbers() ?? [])]);
}

/** The same, by a search for each start. */
function searched(graph: Graph, starts: readonly (readonly [node: number, what: number])[]): number[][] {
  const sets = graph.map(() => new Set<number>());
  for (const [node, what] of starts) {
    const seen = new Set([node]);
    for (const one of seen) for (const to of graph[one]!) seen.add(to);
    for (const one of seen) sets[one]!.add(what);
  }
  return sets.map((set) => [...set].sort((a, b) => a - b));
}

describe('sets of programs', () => {
  it('get everywhere that they can, and nowhere else', () => {
    const graphs = fc.integer({ min: 1, max: 12 }).chain((size) => {
      const node = fc.nat(size - 1);
      return fc.tuple(fc.array(fc.array(node, { maxLength: 4 }), { minLength: size, maxLength: size }), fc.array(fc.tuple(node, fc.nat(200)), { maxLength: 12 }));
    });
    fc.assert(fc.property(graphs, ([graph, starts]) => {
      expect(spreadOver(graph, starts)).toEqual(searched(graph, starts));
    }), { numRuns: 500, seed: 20261122 });
  });

  it('are what sets of numbers are', () => {
    const numbers = fc.uniqueArray(fc.nat(300), { maxLength: 20 });
    fc.assert(fc.property(numbers, numbers, (a, b) => {
      const [left, right] = [NumberSet.of(a), NumberSet.of(b)];
      const sorted = (list: Iterable<number>): number[] => [...list].sort((x, y) => x - y);
      expect([...(left?.without(right)?.numbers() ?? [])]).toEqual(sorted(a.filter((n) => !b.includes(n))));
      expect(left === undefined || right === undefined || left.hasAll(right)).toBe(a.length === 0 || b.every((n) => a.includes(n)));
      expect(a.every((n) => left!.has(n)) && b.every((n) => (left?.has(n) ?? false) === a.includes(n))).toBe(true);
      const holder = new Holder();
      for (const set of [left, right]) holder.add(set);
      expect([...(holder.set?.numbers() ?? [])]).toEqual(sorted(new Set([...a, ...b])));
      // Whoever else holds a set does not see it grow.
      expect([...(left?.numbers() ?? [])]).toEqual(sorted(a));
    }), { numRuns: 500, seed: 20261122 });
  });

  it('are one along a chain', () => {
    const size = 5_000;
    const graph = Array.from({ length: size }, (_v, i) => (i + 1 < size ? [i + 1] : []));
    const holders = graph.map(() => new Holder());
    const starts = Array.from({ length: size }, (_v, i) => i);
    for (const what of starts) holders[0]!.add(NumberSet.of([what]));
    let passed = 0;
    spread([0], (node) => graph[node]!, (node, grown) => {
      passed++;
      for (const to of graph[node]!) if (holders[to]!.add(holders[node]!.set)) grown(to);
    });
    expect(passed).toBe(size);
    expect(new Set(holders.map((holder) => holder.set)).size).toBe(1);
  });
});
