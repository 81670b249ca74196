/** Turns what the walk over a body finds into views, reading names and arguments from the tokens. */
import { sortByPlace, span } from '../text/span.js';
import { noConditions } from './conditions.js';
import { plainIdentifier, readDeclarators } from './declarators.js';
import { IDENT, lex, type Lexed } from './lexer.js';
import { LooseConditions } from './looseConditions.js';
import { readArguments, tokenAt } from './sequence.js';
import { UNEVALUATING, isUnevaluating } from './unevaluated.js';
import { CONTROL, PROGRAM, TAG, flagsOf, isKeyword } from './words.js';
import type { Span } from '../text/span.js';
import type { Mask } from './mask.js';
import type { CallView, Condition, FieldAccessView, IdentifierUse, ReturnView, SyntaxProblem, VariableDecl } from './views.js';

type Access = FieldAccessView['access'];

/** Collects the views of one function's body. */
export class BodySink {
  readonly calls: CallView[] = [];
  readonly fields: FieldAccessView[] = [];
  readonly identifiers: IdentifierUse[] = [];
  readonly localDecls: VariableDecl[] = [];
  readonly assignments: (readonly [string, string])[] = [];
  readonly loops: { readonly span: Span; readonly unrolled: boolean }[] = [];
  readonly returns: ReturnView[] = [];
  readonly problems: SyntaxProblem[] = [];
  /** Places of type names, for `roleAt`. */
  readonly types: Span[] = [];
  private readonly errors: { readonly where: Span; readonly conditions: readonly Condition[] }[] = [];
  /** True where code was taken out of the function that still counts. */
  readonly hides: boolean;
  /** Conditions at the offsets of what stands for such code. */
  private readonly aroundHidden = new Map<number, readonly Condition[]>();
  private readonly seenCalls = new Set<number>();
  private readonly seenFields = new Set<number>();
  private lastControl: readonly Condition[] = noConditions();
  private lastPreprocessor: readonly Condition[] = noConditions();
  private lastMerged: readonly Condition[] = noConditions();

  /** `outer` are the `#if` conditions around the whole function: they are not repeated for what is in it. */
  constructor(
    private readonly m: Mask,
    private readonly conditionsAt: (offset: number) => readonly Condition[],
    private readonly outer: readonly Condition[],
    private readonly unrolledBefore: (offset: number) => boolean,
  ) {
    this.hides = m.hidden.length > 0;
  }

  /** A call expression; returns the callee's name if it is a plain one. */
  call(start: number, end: number, conditions: readonly Condition[]): string | undefined {
    if (this.m.hiddenCalls.has(start)) {
      this.asm(start, end, conditions);
      return undefined;
    }
    const i = tokenAt(this.m, start);
    if (i < 0 || this.m.kind(i) !== IDENT || this.m.kind(i + 1) !== 40) return undefined;
    return this.emitCall(i, end, this.at(start, conditions));
  }

  private emitCall(i: number, end: number, conditions: readonly Condition[]): string {
    const { m } = this;
    const nameSpan = m.spanOf(i);
    const name = m.word(i);
    this.seenCalls.add(nameSpan.start);
    const args = readArguments(m, i + 1);
    const first = args[0];
    if ((flagsOf(m.tokens.word[i] as number) & PROGRAM) !== 0 && name === 'BPF_FUNC' && first?.identifier !== undefined) {
      this.calls.push({ name: `bpf_${first.identifier}`, nameSpan: first.span, span: span(nameSpan.start, end), args: args.slice(1), form: 'prefix-macro', conditions });
    } else this.calls.push({ name, nameSpan, span: span(nameSpan.start, end), args, form: 'direct', conditions });
    return name;
  }

  /** A loop macro that became `while` or `if`: it is a call all the same. Returns true if it is one. */
  macroCall(start: number, end: number, conditions: readonly Condition[]): boolean {
    const i = this.m.loopMacros.get(start);
    if (i === undefined) return false;
    const close = this.m.close(i + 1);
    this.emitCall(i, close < 0 ? end : (this.m.tokens.end[close] as number), this.at(start, conditions));
    return true;
  }

  loop(start: number, end: number, conditions: readonly Condition[]): void {
    if (this.macroCall(start, end, conditions)) return;
    this.loops.push({ span: span(start, end), unrolled: this.unrolledBefore(start) });
  }

  /** A `return` statement, its semicolon included. */
  return(start: number, end: number, conditions: readonly Condition[]): void {
    const { text } = this.m.tokens;
    const statement = text.slice(start, end);
    if (!/^return\b/.test(statement)) return;
    const value = statement.slice(6).replace(/;$/, '').trim();
    const at = start + statement.indexOf(value, 6);
    this.returns.push({ span: span(at, at + value.length), text: value, conditions: this.at(start, conditions) });
  }

  private asm(start: number, end: number, conditions: readonly Condition[]): void {
    const list = this.at(start, conditions);
    for (const call of this.m.asmCalls) {
      if (call.span.start < start || call.span.end > end) continue;
      this.calls.push({ name: call.name, nameSpan: call.span, span: call.span, args: [], form: 'asm', conditions: list });
    }
  }

  /** A member access whose node reaches from `start` to `end`; the base is read from the tokens. */
  field(start: number, end: number, access: Access, element: boolean, conditions: readonly Condition[]): void {
    const first = tokenAt(this.m, start);
    const last = tokenAt(this.m, end - 1);
    if (first >= 0 && this.m.kind(last) === IDENT) this.emitField(first, last, access, element, this.at(start, conditions));
  }

  private emitField(first: number, last: number, access: Access, element: boolean, conditions: readonly Condition[]): void {
    const { m } = this;
    const arrow = m.kind(last - 1) === 62;
    const stop = last - (arrow ? 2 : 1);
    if (stop <= first - 1 || (!arrow && m.kind(last - 1) !== 46)) return;
    const fieldSpan = m.spanOf(last);
    if (this.seenFields.has(fieldSpan.start)) return;
    this.seenFields.add(fieldSpan.start);
    let plain = plainIdentifier(m, first, stop);
    let pointer = arrow;
    if (plain === undefined && !arrow && m.kind(first) === 40 && m.kind(first + 1) === 42 && m.close(first) === stop - 1) {
      plain = plainIdentifier(m, first + 2, stop - 1); // (*ctx).field
      pointer = true;
    }
    if (plain?.addressOf === true) plain = undefined;
    const baseSpan = plain === undefined ? m.spanOf(first, Math.max(first + 1, stop)) : m.spanOf(plain.token);
    const view: FieldAccessView = { base: plain?.name ?? '', baseSpan, field: m.word(last), fieldSpan, arrow: pointer, access, element, conditions };
    this.fields.push(plain?.castType === undefined ? view : { ...view, castType: plain.castType });
  }

  identifier(start: number, end: number, conditions: readonly Condition[]): void {
    const i = tokenAt(this.m, start);
    if (i < 0 || this.m.tokens.start[i] !== start || this.m.tokens.end[i] !== end || this.m.isChanged(i)) return;
    if (this.m.kind(i - 1) === IDENT && (flagsOf(this.m.tokens.word[i - 1] as number) & TAG) !== 0) return this.type(start, end); // `f(struct x)`
    this.identifiers.push({ name: this.m.word(i), span: span(start, end), conditions: this.at(start, conditions) });
  }

  type(start: number, end: number): void {
    this.types.push(span(start, end));
  }

  assignment(start: number, end: number): void {
    const { m } = this;
    const i = tokenAt(m, start);
    if (i < 0 || m.kind(i) !== IDENT || m.kind(i + 1) !== 61 || m.kind(i + 2) === 61) return;
    const last = tokenAt(m, end - 1);
    const plain = plainIdentifier(m, i + 2, last + 1);
    if (plain !== undefined && !plain.addressOf) this.assignments.push([m.word(i), plain.name]);
  }

  /** A declaration in the body. */
  locals(start: number, end: number): void {
    const { m } = this;
    const from = tokenAt(m, start);
    const to = tokenAt(m, end - 1) + 1;
    if (from < 0) return;
    for (const d of readDeclarators(m, from, to)) {
      const decl: VariableDecl = { name: m.word(d.name), nameSpan: m.spanOf(d.name), type: d.type };
      const plain = d.init[0] < 0 ? undefined : plainIdentifier(m, d.init[0], d.init[1]);
      this.localDecls.push(plain === undefined || plain.addressOf ? decl : { ...decl, init: plain.name });
    }
  }

  problem(where: Span): void {
    this.problems.push({ span: where });
  }

  error(where: Span, conditions: readonly Condition[]): void {
    this.problems.push({ span: where });
    this.errors.push({ where, conditions });
  }

  /** Adds what the tree does not have: code in ERROR nodes, in erased arguments and in dropped `#if` arms. */
  finish(dropped: readonly Span[]): void {
    const { m } = this;
    for (const { where, conditions } of this.errors) this.scan(where, conditions);
    for (const { where, at } of m.hidden) this.scan(where, this.aroundHidden.get(at) ?? noConditions());
    for (const where of dropped) this.scanText(where);
    sortByPlace(this.calls, (call) => call.nameSpan.start);
    sortByPlace(this.fields, (field) => field.fieldSpan.start);
    sortByPlace(this.identifiers, (identifier) => identifier.span.start);
  }

  /** Takes down what may stand for hidden code, a number or an empty statement, at an offset. */
  standsFor(at: number, conditions: readonly Condition[]): void {
    this.aroundHidden.set(at, conditions);
  }

  private scan(where: Span, around: readonly Condition[]): void {
    const { m } = this;
    const conditions = new LooseConditions(m, tokenAt(m, where.end - 1) + 1, around);
    for (let i = Math.max(m.first, tokenAt(m, where.start)); i < m.last && (m.tokens.start[i] as number) < where.end; i++) {
      const at = m.tokens.start[i] as number;
      if (at < where.start || m.kind(i) !== IDENT) continue;
      const word = m.tokens.word[i] as number;
      const here = conditions.at(i);
      if (!isKeyword(flagsOf(word))) this.scanName(i, at, here);
      if (m.kind(i + 1) === 40 && (isUnevaluating(word) || UNEVALUATING.has(m.word(i)))) i = Math.max(i, m.close(i + 1));
    }
  }

  /** The name at token `i`, which starts at offset `at`: a member, a call or nothing that counts. */
  private scanName(i: number, at: number, conditions: readonly Condition[]): void {
    const { m } = this;
    const isMember = (j: number): boolean => m.kind(j - 1) === 46 || (m.kind(j - 1) === 62 && m.kind(j - 2) === 45);
    if (isMember(i)) {
      const base = i - (m.kind(i - 1) === 62 ? 3 : 2);
      if (m.kind(base) === IDENT && !isMember(base)) this.emitField(base, i, 'read', false, this.at(at, conditions));
    } else if (m.kind(i + 1) === 40 && !this.seenCalls.has(at) && this.looksLikeCall(i)) {
      const close = m.close(i + 1);
      this.emitCall(i, close < 0 ? (m.tokens.end[i + 1] as number) : (m.tokens.end[close] as number), this.at(at, conditions));
    }
  }

  /** Not `int f(…)`: what stands before a call is an operator, a bracket or a statement's keyword. */
  private looksLikeCall(i: number): boolean {
    const { m } = this;
    return m.kind(i - 1) !== IDENT || (flagsOf(m.tokens.word[i - 1] as number) & CONTROL) !== 0;
  }

  private scanText(where: Span): void {
    const { text } = this.m.tokens;
    const tokens = lex(text, where.start, where.end);
    for (let i = 0; i < tokens.count; i++) {
      if (tokens.kind[i] !== IDENT || isKeyword(flagsOf(tokens.word[i] as number))) continue;
      if (isArrow(tokens, i + 1) && tokens.kind[i + 3] === IDENT) this.fieldInText(tokens, i);
      if (tokens.kind[i + 1] !== 40) continue;
      const before = i > 0 ? (tokens.kind[i - 1] as number) : 59;
      if (before === IDENT && (flagsOf(tokens.word[i - 1] as number) & CONTROL) === 0) continue;
      if (before === 46 || before === 62) continue;
      const start = tokens.start[i] as number;
      const nameSpan = span(start, tokens.end[i] as number);
      const conditions = this.at(start, noConditions());
      this.calls.push({ name: text.slice(nameSpan.start, nameSpan.end), nameSpan, span: span(start, tokens.end[i + 1] as number), args: [], form: 'direct', conditions });
    }
  }

  /** `base->field` in a dropped arm, whose base is the identifier at `i`. */
  private fieldInText(tokens: Lexed, i: number): void {
    const { text } = tokens;
    if (i > 0 && (tokens.kind[i - 1] === 46 || isArrow(tokens, i - 2))) return;
    const field = i + 3;
    const fieldSpan = span(tokens.start[field] as number, tokens.end[field] as number);
    if (this.seenFields.has(fieldSpan.start)) return;
    this.seenFields.add(fieldSpan.start);
    const element = tokens.kind[field + 1] === 91;
    const behind = text.slice(fieldSpan.end, fieldSpan.end + 40);
    const access: Access = i > 0 && tokens.kind[i - 1] === 38 ? 'address'
      : /^\s*=(?!=)/.test(behind) ? 'write' : /^\s*(?:\+\+|--|(?:[-+*/%&|^]|<<|>>)=)/.test(behind) ? 'readwrite' : 'read';
    const baseSpan = span(tokens.start[i] as number, tokens.end[i] as number);
    this.fields.push({ base: text.slice(baseSpan.start, baseSpan.end), baseSpan, field: text.slice(fieldSpan.start, fieldSpan.end), fieldSpan, arrow: true, access, element, conditions: this.at(baseSpan.start, noConditions()) });
  }

  /** True if no `#if` inside of the function decides whether the code at `offset` is there. */
  isAlwaysCompiled(offset: number): boolean {
    return this.conditionsAt(offset).length <= this.outer.length;
  }

  /** Conditions of the code at `offset`: those of the tree, and the `#if`s inside of the function, by place. */
  private at(offset: number, control: readonly Condition[]): readonly Condition[] {
    const all = this.conditionsAt(offset);
    if (all.length <= this.outer.length) return control;
    if (control === this.lastControl && all === this.lastPreprocessor) return this.lastMerged;
    const inner = all.slice(this.outer.length);
    const merged = control.length === 0 ? inner : [...control, ...inner].sort((a, b) => a.span.start - b.span.start);
    this.lastControl = control;
    this.lastPreprocessor = all;
    this.lastMerged = merged;
    return merged;
  }
}

/** True if the tokens at `i` are `->`. */
function isArrow(tokens: Lexed, i: number): boolean {
  return tokens.kind[i] === 45 && tokens.kind[i + 1] === 62 && tokens.start[i + 1] === tokens.end[i];
}
