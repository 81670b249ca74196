/** Makes a FunctionView of a masked chunk. */
import { span, startingIn } from '../text/span.js';
import { BodySink } from './bodySink.js';
import { BodyWalk } from './bodyWalk.js';
import { isTooLong } from './chunks.js';
import { keptTokens, readParameters, skipGroup, typeText } from './declarators.js';
import { IDENT } from './lexer.js';
import { oldStyleParameters } from './oldStyle.js';
import { withTree } from './parser.js';
import { plainBody } from './plainBody.js';
import { CONTROL, QUALIFIER, STORAGE, TAG, TYPE, flagsOf } from './words.js';
import type { Span } from '../text/span.js';
import type { Mask } from './mask.js';
import type { Annotation, Condition, FunctionView, SectionUse, SyntaxProblem, VariableDecl } from './views.js';

/** What a chunk needs to know of the file around it. */
export interface ChunkContext {
  conditionsAt(offset: number): readonly Condition[];
  /** True if a `#pragma` that unrolls stands right before the loop at `offset`. */
  unrolledBefore(offset: number): boolean;
  /** Preprocessor lines and dropped arms, sorted. */
  readonly holes: readonly Span[];
  /** Dropped arms that may count. */
  readonly alternatives: readonly Span[];
  /** Sections in dropped arms, by place. */
  readonly droppedSections: readonly SectionUse[];
}

/** A chunk's function, the parser's complaints, and the places of its type names. */
export interface FunctionResult {
  readonly view: FunctionView;
  readonly problems: readonly SyntaxProblem[];
  readonly types: readonly Span[];
}

/** A function's head: token of its name, its parameters, its return type. */
interface Head {
  readonly name: number;
  readonly params: readonly VariableDecl[];
  readonly returnType: string;
  readonly words: readonly string[];
}

/** Reads the head in tokens `from` to before `to`; undefined if it is none of a function. */
export function readHead(m: Mask, from: number, to: number): Head | undefined {
  const tokens = keptTokens(m, from, to);
  const words = tokens.filter((t) => m.kind(t) === IDENT && (flagsOf(m.tokens.word[t] as number) & STORAGE) !== 0).map((t) => m.word(t));
  if (m.wrapper !== undefined) {
    const { name, params } = m.wrapper;
    const before = tokens.filter((t) => t < name && !m.isChanged(t) && m.word(t) !== m.wrapper?.macro && (m.kind(t) === IDENT || m.kind(t) === 42));
    return { name, params: wrapperParameters(m, params), returnType: typeText(m, before), words };
  }
  for (let j = 0; j < tokens.length; j++) {
    const t = tokens[j] as number;
    const k = m.kind(t);
    if (k === 61) return undefined;
    if (k === 40) {
      const name = tokens[j - 1];
      if (name === undefined || m.kind(name) !== IDENT || m.kind(t + 1) === 42) return undefined;
      if ((flagsOf(m.tokens.word[name] as number) & (CONTROL | TYPE | TAG | STORAGE | QUALIFIER)) !== 0) return undefined;
      const close = m.close(t);
      const params = oldStyleParameters(m, t, close, to) ?? readParameters(m, t + 1, close < 0 ? to : close);
      return { name, params, returnType: typeText(m, tokens.slice(0, j - 1)), words };
    }
    if (k === 123 || k === 91) j = skipGroup(m, tokens, j);
  }
  return undefined;
}

/** In `M(name)(ctx)` a lone word is the parameter's name. */
function wrapperParameters(m: Mask, [from, to]: readonly [number, number]): readonly VariableDecl[] {
  return readParameters(m, from, to).map((p) => (p.name === '' && /^[A-Za-z_]\w*$/.test(p.type) ? { name: p.type, nameSpan: span(p.nameSpan.start - p.type.length, p.nameSpan.start), type: '' } : p));
}

/** The view of a function definition or prototype; `body` is the token of its `{`, -1 for a prototype. */
export function readFunction(m: Mask, body: number, context: ChunkContext): FunctionResult | undefined {
  const head = readHead(m, m.first, body < 0 ? m.last : body);
  if (head === undefined) return undefined;
  const whole = m.spanOf(m.first, m.last);
  const nameSpan = m.spanOf(head.name);
  const bodySpan = body < 0 ? undefined : m.spanOf(body, m.last);
  const conditions = around(nameSpan, bodySpan, context);
  const sink = new BodySink(m, context.conditionsAt, conditions, context.unrolledBefore);
  if (bodySpan !== undefined && !isTooLong({ first: m.first, last: m.last, body })) readBody(m, sink, whole, bodySpan, context);
  const headEnd = bodySpan?.start ?? whole.end;
  const extra = startingIn(context.droppedSections, whole.start, headEnd, (use) => use.span.start);
  const sections = [...m.sections.filter((s) => s.depth === 0).map((s) => s.use), ...extra].sort((a, b) => a.span.start - b.span.start);
  const isInline = head.words.some((w) => /inline/.test(w)) || m.annotations.some(saysInline);
  const view: FunctionView = {
    kind: 'function',
    name: m.word(head.name),
    nameSpan,
    span: whole,
    returnType: head.returnType,
    params: head.params,
    isStatic: head.words.includes('static'),
    isExtern: head.words.includes('extern'),
    isInline,
    sections,
    annotations: [...m.annotations].sort((a, b) => a.span.start - b.span.start),
    calls: sink.calls,
    fields: sink.fields,
    locals: sink.localDecls,
    identifiers: sink.identifiers,
    assignments: sink.assignments,
    loops: sink.loops,
    returns: sink.returns,
    conditions,
    ...(bodySpan === undefined ? {} : { bodySpan }),
    ...(m.wrapper === undefined ? {} : { wrapper: m.wrapper.macro }),
  };
  return { view, problems: sink.problems, types: sink.types };
}

/** `__always_inline`, `__attribute__((always_inline))`; not `__noinline`. */
function saysInline({ name, args }: Annotation): boolean {
  if (name === '__attribute__') return args.some((a) => /\b(?:__)?always_inline(?:__)?\b/.test(a));
  return /inline/i.test(name) && !/^__no_?inline$/.test(name) && name !== 'noinline';
}

/** Conditions around a whole function: a head that differs by `#if`, its brace with it, stands in an arm that the rest is not in. */
function around(name: Span, body: Span | undefined, { conditionsAt }: ChunkContext): readonly Condition[] {
  const atName = conditionsAt(name.start);
  if (body === undefined || atName.length === 0) return atName;
  return [conditionsAt(body.start), conditionsAt(body.end - 1)].reduce((least, one) => (one.length < least.length ? one : least), atName);
}

const startOf = (s: Span): number => s.start;

function readBody(m: Mask, sink: BodySink, whole: Span, bodySpan: Span, context: ChunkContext): void {
  const holes = startingIn(context.holes, whole.start, whole.end, startOf); // no token lies in a hole, so none reaches over an end
  const walk = new BodyWalk(m, whole.start, bodySpan.start, sink);
  const plain = plainBody(m);
  if (plain !== undefined) walk.run(plain, false);
  else withTree(m.render(whole.start, whole.end, holes), ({ cursor, hasError }) => walk.run(cursor, hasError));
  const closed = m.kind(m.last - 1) === 125 && m.close(m.tokens.match[m.last - 1] as number) === m.last - 1;
  if (!closed && sink.problems.length === 0) sink.problem(span(bodySpan.start, bodySpan.start + 1));
  sink.finish(startingIn(context.alternatives, bodySpan.start, bodySpan.end, startOf));
}
