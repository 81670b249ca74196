/**
 * Which programs get to a function only as to a callback that may sleep, whatever the program itself may do. The verifier checks
 * callbacks of work queues (since they came, 6.10) and of task work as sleepable code: `is_async_cb_sleepable()` in kernel/bpf/verifier.c.
 */
import type { CallGraph, Edge, GraphNode } from './callGraph.js';
import type { Guards } from './guards.js';
import type { Program } from './model.types.js';

const TAKES_SLEEPING_CALLBACK = /^bpf_(?:wq_set_callback|task_work_schedule_(?:signal|resume))(?:_impl)?$/;

/** True if the function is handed over to be run where it may sleep, to such a kfunc or to a function of the unit that calls one. */
export function startsSleeping(edge: Edge): boolean {
  if (!edge.callback) return false;
  return TAKES_SLEEPING_CALLBACK.test(edge.call.name) || edge.from.callees.some((other) => !other.callback && other.call === edge.call && handsOn(other.node));
}

/** True if the function calls a kfunc that takes such a callback. */
export function handsOn(node: GraphNode): boolean {
  return node.entities.some(({ name }) => TAKES_SLEEPING_CALLBACK.test(name));
}

/** For each function behind such a callback, the programs that get there by some other way too; undefined where there is no such callback. */
export function wakefulPrograms(graph: CallGraph, guards: Guards, programs: readonly Program[]): ReadonlyMap<GraphNode, ReadonlySet<Program>> | undefined {
  const edges = graph.nodes.flatMap((node) => node.callees.filter(startsSleeping));
  if (edges.length === 0) return undefined;
  const wakeful = new Map<GraphNode, Set<Program>>();
  for (const node of reachable(edges.map((edge) => edge.node), () => true)) wakeful.set(node, new Set());
  const sleeping = new Set(edges);
  for (const program of programs) {
    const start = graph.byFunction.get(program.fn);
    if (!start) continue;
    for (const node of reachable([start], (edge) => !sleeping.has(edge) && !guards.ofEdge(edge).dead)) wakeful.get(node)?.add(program);
  }
  return wakeful;
}

function reachable(starts: readonly GraphNode[], follows: (edge: Edge) => boolean): ReadonlySet<GraphNode> {
  const seen = new Set(starts);
  for (const node of seen) for (const edge of node.callees) if (follows(edge)) seen.add(edge.node);
  return seen;
}
