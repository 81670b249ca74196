/**
 * Which programs get to a function only as to a callback that may sleep, whatever the program itself may do. The verifier checks
 * callbacks of work queues (since they came, 6.10) and of task work as sleepable code: `is_async_cb_sleepable()` in kernel/bpf/verifier.c.
 */
import type { CallGraph, Edge, GraphNode } from './callGraph.js';
import type { Guards } from './guards.js';
import { Holder, spread, type NumberSet } from './programSets.js';

/** True if the function is handed over to be run where it may sleep, to such a kfunc or to a function of the unit that calls one. */
export function startsSleeping(graph: CallGraph, edge: Edge): boolean {
  if (!edge.callback) return false;
  return graph.letsCallbackSleep(edge.call.name) || edge.from.callees.some((other) => !other.callback && other.call === edge.call && handsOn(graph, other.node));
}

/** True if the function calls a kfunc that takes such a callback. */
export function handsOn(graph: CallGraph, node: GraphNode): boolean {
  return node.entities.some(({ name }) => graph.letsCallbackSleep(name));
}

/**
 * For each function behind such a callback, the programs that get there by some other way too; undefined where there is no such callback.
 * @param starts the programs that begin at a function
 */
export function wakefulPrograms(graph: CallGraph, guards: Guards, starts: ReadonlyMap<GraphNode, NumberSet>): ReadonlyMap<GraphNode, NumberSet | undefined> | undefined {
  const sleeping = new Set(graph.nodes.flatMap((node) => node.callees.filter((edge) => startsSleeping(graph, edge))));
  if (sleeping.size === 0) return undefined;
  const holders = new Map<GraphNode, Holder>();
  const holderOf = (node: GraphNode): Holder => {
    const known = holders.get(node) ?? new Holder();
    holders.set(node, known);
    return known;
  };
  for (const [node, own] of starts) holderOf(node).add(own);
  spread(starts.keys(), (node) => node.callees.map((edge) => edge.node), (node, grown) => {
    const from = holders.get(node)?.set;
    for (const edge of node.callees) if (!sleeping.has(edge) && !guards.ofEdge(edge).dead && holderOf(edge.node).add(from)) grown(edge.node);
  });
  return new Map([...reachable([...sleeping].map((edge) => edge.node))].map((node) => [node, holders.get(node)?.set]));
}

function reachable(starts: readonly GraphNode[]): ReadonlySet<GraphNode> {
  const seen = new Set(starts);
  for (const node of seen) for (const edge of node.callees) seen.add(edge.node);
  return seen;
}
