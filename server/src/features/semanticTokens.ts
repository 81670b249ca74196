/** What to colour as eBPF's: helpers, kfuncs, maps, programs and the context with its fields. */
import type { Unit } from '../analysis.types.js';
import type { Model } from '../model/model.types.js';
import { namesIn } from '../syntax/names.js';
import type { FunctionView, VariableDecl } from '../syntax/views.js';
import type { Span } from '../text/span.js';
import { contextByType } from './contextOf.js';
import { programsReaching } from './programs.js';
import type { TokenKind, TokenModifier } from './tokenKinds.js';

export interface TokenData extends Span {
  readonly kind: TokenKind;
  readonly modifiers: readonly TokenModifier[];
}

const NONE: readonly TokenModifier[] = [];
const DECLARATION: readonly TokenModifier[] = ['declaration'];
const GUARDED: readonly TokenModifier[] = ['guarded'];

const cache = new WeakMap<Model, readonly TokenData[]>();

/** Tokens of the main file in source order; none overlaps another. Computed once a unit. */
export function semanticTokens(unit: Unit): readonly TokenData[] {
  let tokens = cache.get(unit.model);
  if (tokens === undefined) cache.set(unit.model, (tokens = new Colouring(unit).all()));
  return tokens;
}

class Colouring {
  /** By offset: what a view says first counts. */
  private readonly found = new Map<number, TokenData>();
  private readonly names = new Map<string, TokenKind>();
  /** Functions that the unit defines. */
  private readonly own = new Set<string>();

  constructor(private readonly unit: Unit) {
    const { programs, maps, files } = unit.model;
    for (const map of maps) this.names.set(map.name, 'map');
    // A function of the unit is no helper, whatever it is called, and a program is no plain function.
    for (const file of files.values()) for (const fn of file.functions) if (fn.bodySpan !== undefined) this.own.add(fn.name);
    for (const program of programs) if (program.programType !== null) this.names.set(program.fn.name, 'program');
  }

  all(): readonly TokenData[] {
    const { main, calls, contextAccesses } = this.unit.model;
    const guarded = new Set(calls.filter((call) => call.path === main.path && call.guard !== undefined).map((call) => call.call.nameSpan.start));
    for (const access of contextAccesses) {
      if (access.path !== main.path || access.asm !== undefined) continue;
      const { base, baseSpan, fieldSpan } = access.access;
      if (base !== '') this.add(baseSpan, 'context', NONE);
      this.add(fieldSpan, 'field', access.guard === undefined ? NONE : GUARDED);
    }
    for (const fn of main.functions) if (fn.fromMacro === undefined) this.function(fn, guarded);
    for (const variable of main.variables) {
      const kind = this.names.get(variable.name);
      if (kind !== undefined) this.add(variable.nameSpan, kind, DECLARATION);
      if (variable.initializers.length > 0 || variable.initializer !== undefined) this.text(variable.nameSpan.end, variable.span.end);
    }
    for (const define of main.defines) if (define.body !== '') this.text(define.bodySpan.start, define.bodySpan.end);
    return [...this.found.values()].sort((a, b) => a.start - b.start);
  }

  private function(fn: FunctionView, guarded: ReadonlySet<number>): void {
    const locals = new Set([...fn.params, ...fn.locals].map((variable) => variable.name));
    const context = this.contextNames(fn);
    const declared = this.names.get(fn.name) ?? (fn.bodySpan === undefined ? this.callee(fn.name) : undefined);
    if (declared !== undefined) this.add(fn.nameSpan, declared, DECLARATION);
    for (const variable of [...fn.params, ...fn.locals]) if (context.has(variable.name)) this.add(variable.nameSpan, 'context', DECLARATION);
    for (const call of fn.calls) {
      if (locals.has(call.name)) continue;
      const kind = this.names.get(call.name) ?? this.callee(call.name);
      if (kind !== undefined) this.add(call.nameSpan, kind, guarded.has(call.nameSpan.start) ? GUARDED : NONE);
    }
    for (const use of fn.identifiers) {
      if (context.has(use.name)) this.add(use.span, 'context', NONE);
      else if (!locals.has(use.name)) this.named(use.name, use.span);
    }
    for (const field of fn.fields) {
      if (context.has(field.base)) this.add(field.baseSpan, 'context', NONE);
      else if (!locals.has(field.base)) this.named(field.base, field.baseSpan);
    }
  }

  /** The variables of a function that hold the context of the programs that reach it. */
  private contextNames(fn: FunctionView): ReadonlySet<string> {
    const names = new Set<string>();
    if (fn.bodySpan === undefined) return names;
    const programs = programsReaching(this.unit.model, fn.name);
    if (programs.length === 0) return names;
    const contexts = new Set(programs.map((program) => program.context));
    // BPF_PROG and its kind unpack the context and keep it as `ctx` (bpf_tracing.h).
    if (fn.wrapper !== undefined) names.add('ctx');
    else if (programs.some((program) => program.fn === fn) && fn.params[0] !== undefined) names.add(fn.params[0].name);
    const holds = (variable: VariableDecl): boolean => {
      const name = variable.type.includes('*') ? contextByType(this.unit, variable.type) : undefined;
      return name !== undefined && contexts.has(name);
    };
    for (const variable of [...fn.params, ...fn.locals]) if (holds(variable)) names.add(variable.name);
    return names;
  }

  private callee(name: string): TokenKind | undefined {
    if (this.own.has(name)) return undefined;
    return this.unit.facts.helpers.has(name) ? 'helper' : this.unit.facts.kfuncs.has(name) ? 'kfunc' : undefined;
  }

  /** A name used as a value: a map, a program in an array, a kfunc that is asked for. */
  private named(name: string, span: Span): void {
    const kind = this.names.get(name) ?? this.callee(name);
    if (kind !== undefined) this.add(span, kind, NONE);
  }

  /** Code that has no views of its own: initializers, and bodies of macros. */
  private text(from: number, to: number): void {
    for (const use of namesIn(this.unit.model.main.text, from, to)) if (!use.member) this.named(use.name, use.span);
  }

  private add(span: Span, kind: TokenKind, modifiers: readonly TokenModifier[]): void {
    if (span.end > span.start && !this.found.has(span.start)) this.found.set(span.start, { start: span.start, end: span.end, kind, modifiers });
  }
}
