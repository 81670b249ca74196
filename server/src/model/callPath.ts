/** By which calls a program gets to a function: the shortest way, for findings to tell. */
import type { FunctionView } from '../syntax/views.js';
import type { CallGraph, GraphNode } from './callGraph.js';
import type { Program } from './model.types.js';

/** More functions than this are not searched; the finding then names the program alone. */
const MAX_VISITED = 5000;

/**
 * The functions between `fn` and the program, the caller of `fn` first; empty where the program calls it itself, or
 * no way is found.
 */
export function callPath(graph: CallGraph, fn: FunctionView, program: Program): readonly FunctionView[] {
  const start = graph.byFunction.get(fn);
  const goal = graph.byFunction.get(program.fn);
  if (!start || !goal || start === goal) return [];
  const nearer = new Map<GraphNode, GraphNode | undefined>([[start, undefined]]);
  const queue: GraphNode[] = [start];
  for (let i = 0; i < queue.length && nearer.size < MAX_VISITED; i++) {
    const node = queue[i]!;
    for (const { from } of node.callers) {
      if (nearer.has(from)) continue;
      nearer.set(from, node);
      if (from === goal) return between(from, start, nearer);
      queue.push(from);
    }
  }
  return [];
}

function between(goal: GraphNode, start: GraphNode, nearer: ReadonlyMap<GraphNode, GraphNode | undefined>): readonly FunctionView[] {
  const path: FunctionView[] = [];
  for (let node = nearer.get(goal); node && node !== start; node = nearer.get(node)) path.unshift(node.fn);
  return path;
}
