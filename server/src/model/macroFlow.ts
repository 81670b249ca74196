/** Conditions that macros lay on the code of a function: on what follows `REQUIRE(x);`, on the block behind `IF_NEW`, on what is handed to `WHEN(x, f())`. */
import type { Condition, FunctionView } from '../syntax/views.js';
import type { GraphNode } from './callGraph.js';
import { ControlMacros } from './controlMacros.js';
import { keyOf, readFlow, type Flow } from './flowWalk.js';
import type { MacroExpander } from './macros.js';
import { placedTokens } from './tokens.js';
import type { UnitIndex } from './unitIndex.js';

const NONE: readonly Condition[] = [];
/** Longer bodies are generated code. */
const MAX_BODY = 200_000;

/** Answers for one unit. What is known of a function is kept with its view, by offsets from its start, since views move. */
export class MacroFlow {
  private readonly flows = new WeakMap<FunctionView, Flow | null>();
  private readonly macros: ControlMacros;
  private readonly any: boolean;

  constructor(private readonly index: UnitIndex, private readonly expander: MacroExpander) {
    this.macros = new ControlMacros(index);
    this.any = index.defines.size > 0;
  }

  /**
   * The conditions out of macros at a token of a function.
   * @param offset where the token begins in the file
   * @param callee what the macro that is used there calls, where that is asked about
   */
  at(node: GraphNode, offset: number, callee?: string): readonly Condition[] {
    const flow = this.any ? this.of(node) : null;
    if (flow === null) return NONE;
    const place = offset - node.fn.bodySpan!.start;
    return (callee === undefined ? undefined : flow.inMacros.get(keyOf(place, callee))) ?? flow.at.get(place) ?? NONE;
  }

  /** True for a condition out of a macro that has other definitions: what is dead with one of them need not be with another. */
  isUnsure(node: GraphNode, condition: Condition): boolean {
    return this.of(node)?.unsure.has(condition) ?? false;
  }

  private of(node: GraphNode): Flow | null {
    const { fn } = node;
    let flow = this.flows.get(fn);
    if (flow === undefined) this.flows.set(fn, (flow = this.read(node) ?? null));
    return flow;
  }

  private read({ fn, path }: GraphNode): Flow | undefined {
    const { bodySpan } = fn;
    const text = bodySpan && fn.fromMacro === undefined && bodySpan.end - bodySpan.start <= MAX_BODY ? this.index.files.get(path)?.text.slice(bodySpan.start, bodySpan.end) : undefined;
    if (text?.startsWith('{') !== true || !this.uses(fn, text)) return undefined;
    const tokens = this.macros.expanded(placedTokens(text));
    return tokens && readFlow(tokens, (name) => this.expander.calls(name).names);
  }

  private uses(fn: FunctionView, text: string): boolean {
    return fn.calls.some(({ name }) => this.macros.has(name)) || fn.identifiers.some(({ name }) => this.macros.has(name)) || this.macros.words?.test(text) === true;
  }
}
