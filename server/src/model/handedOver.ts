/**
 * What becomes of a thing that is handed to a function of the unit: `output(ctx, &events, …)`, where `output()` asks for ring buffers
 * before it takes the map for one.
 */
import type { IdentifierUse } from '../syntax/views.js';
import { hasUnseenHeader, type CallGraph, type GraphNode } from './callGraph.js';
import type { Guards } from './guards.js';
import type { UnitIndex } from './unitIndex.js';

/** How far a thing is followed from function to function. */
const MAX_DEPTH = 4;

/** Tells under which guard the functions use what they are given; answers are kept for the life of the object. */
export class HandedOver {
  private readonly known = new Map<GraphNode, Map<number, string | null>>();
  private unseen: boolean | undefined;

  constructor(private readonly guards: Guards, private readonly graph: CallGraph, private readonly index: UnitIndex) {}

  /** A guard under which all that is named here is used, if it is an argument of a call and used under guards only; undefined otherwise. */
  guardOf(node: GraphNode, use: IdentifierUse, depth = 0): string | undefined {
    let guard: string | undefined;
    for (const { node: callee, call, callback } of node.callees) {
      if (callback || call.name !== callee.fn.name || use.span.start < call.span.start || use.span.end > call.span.end) continue;
      const index = call.args.findIndex((arg) => arg.identifier === use.name && arg.span.start <= use.span.start && use.span.end <= arg.span.end);
      if (index < 0) continue;
      const asked = this.ofParameter(callee, index, depth);
      if (asked === undefined) return undefined;
      guard ??= asked;
    }
    return guard ?? this.outOfSight(node, use);
  }

  /** The function that takes it may ask as well as not where its header is not in sight. */
  private outOfSight(node: GraphNode, { name, span }: IdentifierUse): string | undefined {
    const call = node.fn.calls.find(({ args }) => args.some((arg) => arg.identifier === name && arg.span.start <= span.start && span.end <= arg.span.end));
    if (call === undefined || this.graph.expander.has(call.name) || this.index.functions.has(call.name) || node.entities.some((entity) => entity.call === call)) return undefined;
    this.unseen ??= hasUnseenHeader(this.index);
    return this.unseen ? `${call.name} is in a header that is not in sight` : undefined;
  }

  private ofParameter(node: GraphNode, index: number, depth: number): string | undefined {
    if (depth >= MAX_DEPTH) return undefined;
    let answers = this.known.get(node);
    if (!answers) this.known.set(node, (answers = new Map<number, string | null>()));
    let guard = answers.get(index);
    if (guard === undefined) {
      // A function that calls itself uses the thing as it does elsewhere.
      answers.set(index, null);
      answers.set(index, (guard = this.inBody(node, node.fn.params[index]?.name, depth) ?? null));
    }
    return guard ?? undefined;
  }

  private inBody(node: GraphNode, name: string | undefined, depth: number): string | undefined {
    if (name === undefined || node.fn.wrapper !== undefined) return undefined;
    let guard: string | undefined;
    for (const use of node.fn.identifiers) {
      if (use.name !== name) continue;
      const { dead, guard: here } = this.guards.verdict(node, { conditions: use.conditions, at: use.span.start });
      if (dead) continue;
      const asked = here ?? this.guardOf(node, use, depth + 1);
      if (asked === undefined) return undefined;
      guard ??= asked;
    }
    return guard;
  }
}
