/** The views of a chunk as they are kept between edits. */
import type { Span } from '../text/span.js';
import type { Annotation, Condition, FunctionView, MacroUse, MapAttribute, MapStruct, SectionUse, SyntaxProblem, VariableView } from './views.js';

/** A span that moves with its text. */
export interface MutableSpan {
  start: number;
  end: number;
}

/** The spans in a block, each once. */
export interface Spans {
  readonly spans: readonly MutableSpan[];
  /** Some are shared with the text around, by `#if` conditions or arms of them that the block takes part in. */
  readonly tied: boolean;
  /** What was left out, where the block is tied: conditions that move with the text. */
  readonly without: ReadonlySet<Span>;
}

/** The views of one chunk, with its place and what of its surroundings they depend on. */
export interface Block {
  readonly start: number;
  readonly end: number;
  readonly body: boolean;
  /** `#if` conditions in force where it starts. */
  readonly conditions: readonly Condition[];
  /** Where dropped `#if` arms lie in it, relative to its start. */
  readonly drops: string;
  readonly fn: FunctionView | undefined;
  /** Functions that macros used in it write. */
  readonly made: readonly FunctionView[];
  readonly variables: readonly VariableView[];
  readonly problems: readonly SyntaxProblem[];
  /** Places of type names in a function's body. */
  readonly types: readonly Span[];
  readonly macroUses: readonly MacroUse[];
  /** All sections, annotations and map fields of the chunk, members' included. */
  readonly sections: readonly SectionUse[];
  readonly annotations: readonly Annotation[];
  readonly mapAttributes: readonly MapAttribute[];
  /** The named struct that it defines, where that has a map's fields; none or one. */
  readonly mapStructs: readonly MapStruct[];
  /** All its places, once it had to move. */
  spans: Spans | undefined;
}
