/**
 * What becomes of a thing that is handed to a function of the unit: `output(ctx, &events, …)`, where `output()` asks for ring buffers
 * before it takes the map for one.
 */
import type { ArgView, Condition } from '../syntax/views.js';
import type { Span } from '../text/span.js';
import { hasUnseenHeader, type CallGraph, type GraphNode } from './callGraph.js';
import type { Guards } from './guards.js';
import { scopeOf } from './scope.js';
import type { UnitIndex } from './unitIndex.js';

/** How far a thing is followed from function to function. */
const MAX_DEPTH = 4;

/** Text before an expression in which the variable is looked for that it is put into. */
const MAX_BEFORE = 300;

/** An expression that is such a thing: its name, or a call that gives it back. */
interface Thing {
  /** Empty for a call. */
  readonly name: string;
  readonly span: Span;
  readonly conditions: readonly Condition[];
}

/** Tells under which guard the functions use what they are given; answers are kept for the life of the object. */
export class HandedOver {
  private readonly known = new Map<GraphNode, Map<number, string | null>>();
  private readonly results = new Map<GraphNode, string | null>();
  private unseen: boolean | undefined;

  constructor(private readonly guards: Guards, private readonly graph: CallGraph, private readonly index: UnitIndex) {}

  /**
   * A guard under which all that is named here is used, if it is an argument of a call, given back or put into a local variable, and used
   * under guards only; undefined otherwise.
   */
  guardOf(node: GraphNode, thing: Thing, depth = 0): string | undefined {
    let guard: string | undefined;
    for (const { node: callee, call, callback } of node.callees) {
      if (callback || call.name !== callee.fn.name || thing.span.start < call.span.start || thing.span.end > call.span.end) continue;
      const index = call.args.findIndex((arg) => isThing(arg, thing));
      if (index < 0) continue;
      const asked = this.ofParameter(callee, index, depth);
      if (asked === undefined) return undefined;
      guard ??= asked;
    }
    if (guard !== undefined) return guard;
    if (isPassed(node, thing)) return this.outOfSight(node, thing);
    if (depth >= MAX_DEPTH) return undefined;
    return isReturned(node, thing) ? this.ofResult(node, depth) : this.ofVariable(node, thing, depth);
  }

  /** The function that takes it may ask as well as not where its header is not in sight. */
  private outOfSight(node: GraphNode, thing: Thing): string | undefined {
    const call = node.fn.calls.find(({ args }) => args.some((arg) => isThing(arg, thing)));
    if (call === undefined || this.graph.expander.has(call.name) || this.index.functions.has(call.name) || node.entities.some((entity) => entity.call === call)) return undefined;
    this.unseen ??= hasUnseenHeader(this.index);
    return this.unseen ? `${call.name} is in a header that is not in sight` : undefined;
  }

  /** What callers do with what a function gives back. */
  private ofResult(node: GraphNode, depth: number): string | undefined {
    let guard = this.results.get(node);
    if (guard === undefined) {
      this.results.set(node, null);
      this.results.set(node, (guard = this.allOf(node.callers.filter(({ call, callback }) => !callback && call.name === node.fn.name).map(({ from, call }) => [from, { name: '', span: call.span, conditions: call.conditions }]), depth) ?? null));
    }
    return guard ?? undefined;
  }

  /** What a function does with a local variable that the thing is put into: `m = x ? &a : &b;`. Comparing it is no use. */
  private ofVariable(node: GraphNode, { span }: Thing, depth: number): string | undefined {
    const before = this.index.files.get(node.path)?.text.slice(Math.max(node.fn.bodySpan?.start ?? span.start, span.start - MAX_BEFORE), span.start) ?? '';
    const statement = before.slice(Math.max(before.lastIndexOf(';'), before.lastIndexOf('{'), before.lastIndexOf('}')) + 1);
    const equals = statement.search(/[^=!<>]=(?!=)/);
    const name = equals < 0 ? undefined : /(?<!\w)\w+$/.exec(statement.slice(0, equals + 1).trimEnd())?.[0];
    if (name === undefined || !scopeOf(node.fn).locals.has(name)) return undefined;
    const uses = node.fn.identifiers.filter((use) => use.name === name && (isReturned(node, use) || isPassed(node, use)));
    return this.allOf(uses.map((use) => [node, use]), depth);
  }

  /** A guard, if all of these uses are under one. */
  private allOf(uses: readonly (readonly [GraphNode, Thing])[], depth: number): string | undefined {
    let guard: string | undefined;
    for (const [node, use] of uses) {
      const { dead, guard: here } = this.guards.verdict(node, { conditions: use.conditions, at: use.span.start });
      if (dead) continue;
      const asked = here ?? this.guardOf(node, use, depth + 1);
      if (asked === undefined) return undefined;
      guard ??= asked;
    }
    return guard;
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
    return this.allOf(node.fn.identifiers.filter((use) => use.name === name).map((use) => [node, use]), depth);
  }
}

/** True if an argument is the thing, casts and `&` aside. */
function isThing(arg: ArgView, { name, span }: Thing): boolean {
  return name === '' ? arg.span.start === span.start && arg.span.end === span.end : arg.identifier === name && arg.span.start <= span.start && span.end <= arg.span.end;
}

/** True if it stands in an argument of a call. */
function isPassed({ fn }: GraphNode, { span }: Thing): boolean {
  return fn.calls.some(({ args }) => args.some((arg) => arg.span.start <= span.start && span.end <= arg.span.end));
}

function isReturned({ fn }: GraphNode, { span }: Thing): boolean {
  return fn.returns?.some((r) => r.span.start <= span.start && span.end <= r.span.end) ?? false;
}
