/** By which calls programs get to a function: the shortest ways, for findings to tell. */
import type { FunctionView } from '../syntax/views.js';
import type { CallGraph, GraphNode } from './callGraph.js';
import type { Program } from './model.types.js';

/** More functions than this are not searched; the finding then names the program alone. */
const MAX_VISITED = 5000;

/**
 * For each program the functions between `fn` and it, the caller of `fn` first; none where the program calls it itself, or
 * no way is found.
 */
export function callPaths(graph: CallGraph, fn: FunctionView, programs: readonly Program[]): ReadonlyMap<Program, readonly FunctionView[]> {
  const start = graph.byFunction.get(fn);
  // A function may be several programs, one in each arm of an `#if`.
  const goals = new Map<GraphNode, Program[]>();
  for (const program of programs) {
    const node = graph.byFunction.get(program.fn);
    if (node && node !== start) goals.set(node, [...(goals.get(node) ?? []), program]);
  }
  const found = new Map<Program, readonly FunctionView[]>();
  if (!start) return found;
  const nearer = new Map<GraphNode, GraphNode | undefined>([[start, undefined]]);
  const queue: GraphNode[] = [start];
  for (let i = 0; i < queue.length && nearer.size < MAX_VISITED && goals.size > 0; i++) {
    const node = queue[i]!;
    for (const { from } of node.callers) {
      if (nearer.has(from)) continue;
      nearer.set(from, node);
      queue.push(from);
      for (const program of goals.get(from) ?? []) found.set(program, between(from, start, nearer));
      goals.delete(from);
    }
  }
  return found;
}

function between(goal: GraphNode, start: GraphNode, nearer: ReadonlyMap<GraphNode, GraphNode | undefined>): readonly FunctionView[] {
  const path: FunctionView[] = [];
  for (let node = nearer.get(goal); node && node !== start; node = nearer.get(node)) path.push(node.fn);
  return path.reverse();
}
