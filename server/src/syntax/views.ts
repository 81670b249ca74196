/**
 * What one C file says, as plain data. No tree-sitter node leaves `syntax/`: model, rules and features read these
 * views only, so they can be tested with literals and never hold a wasm object alive.
 */
import type { Span } from '../text/span.js';

/** One part of a section name: a string literal (its value, the span of the text between the quotes) or an identifier. */
export interface SectionPart {
  readonly kind: 'string' | 'identifier';
  readonly value: string;
  readonly span: Span;
}

/** One `SEC(…)`, or `__attribute__((section(…)))`, as written. */
export interface SectionUse {
  /** The whole macro or attribute, parentheses included. */
  readonly span: Span;
  /** What a finding about the section covers: the text between the quotes of a lone literal, else all the parts. */
  readonly argumentSpan: Span;
  readonly parts: readonly SectionPart[];
  /** `SEC`, `__attribute__`, or the name of another macro that places things (`__section`). */
  readonly macro: string;
  /** `#if` conditions around this use, outermost first; two uses on one function differ by them. */
  readonly conditions: readonly Condition[];
}

/**
 * A condition under which a piece of code runs or is compiled.
 * `taken` tells which side of it the code is on: true for `if (c) {HERE}`, false for `else {HERE}` and for code
 * after `if (c) return;`.
 */
export interface Condition {
  readonly kind: 'if' | 'ternary' | 'logical' | 'early-exit' | 'loop' | 'switch' | 'preprocessor';
  readonly span: Span;
  /** Source text of the condition (unmasked), without outer parentheses. */
  readonly text: string;
  /** Every identifier in it, in order, callees included. */
  readonly identifiers: readonly string[];
  /** Calls (or call-like macros) in it: callee and the raw text of each argument. */
  readonly calls: readonly { readonly name: string; readonly args: readonly string[] }[];
  readonly taken: boolean;
}

/** An argument of a call. */
export interface ArgView {
  readonly span: Span;
  readonly text: string;
  /** The identifier when the argument is just one, casts, parentheses and `&` stripped. */
  readonly identifier?: string;
  /** True when a `&` was stripped to get there. */
  readonly addressOf?: boolean;
}

/** A call as written, or a helper reached from inline assembly (`call %[bpf_x]`). */
export interface CallView {
  readonly name: string;
  readonly nameSpan: Span;
  readonly span: Span;
  readonly args: readonly ArgView[];
  /** `asm`: in an asm statement; `prefix-macro`: `BPF_FUNC(x)` and the like, `name` is then the full helper's. */
  readonly form: 'direct' | 'asm' | 'prefix-macro';
  /** Conditions between the function's start and the call, outermost first, early exits before it included. */
  readonly conditions: readonly Condition[];
}

/** `base->field` or `base.field` with the innermost base a plain identifier (casts and parentheses stripped). */
export interface FieldAccessView {
  /** The identifier at the root; '' where the root is a call or another expression. */
  readonly base: string;
  readonly baseSpan: Span;
  /** Type name of a cast right around the base, e.g. `struct xdp_md`, pointer stars dropped. */
  readonly castType?: string;
  /** The first member after the base; deeper members (`ctx->a.b`) make accesses of their own with base ''. */
  readonly field: string;
  readonly fieldSpan: Span;
  readonly arrow: boolean;
  /** What the code does with it. `address`: `&ctx->f`; `none`: sizeof, typeof, offsetof, bpf_core_field_exists and the like. */
  readonly access: 'read' | 'write' | 'readwrite' | 'address' | 'none';
  /** True when an element of it is taken: `ctx->f[1]`. */
  readonly element: boolean;
  readonly conditions: readonly Condition[];
}

/** A parameter or local variable. */
export interface VariableDecl {
  readonly name: string;
  readonly nameSpan: Span;
  /** Type as written, spaces folded, stars included: `struct xdp_md *`. */
  readonly type: string;
  /** For a local: the identifier that it starts as (`struct __sk_buff *skb = ctx`), casts and parentheses stripped. */
  readonly init?: string;
}

/** Something said by a macro or attribute word near a declaration: `__weak`, `__success`, `__msg("x")`, `__ksym`. */
export interface Annotation {
  readonly name: string;
  readonly span: Span;
  /** Raw text of the arguments, split at top-level commas; empty for a plain word. */
  readonly args: readonly string[];
}

/** A use of an identifier as a value that is neither a callee nor a field: constants, function references, globals. */
export interface IdentifierUse {
  readonly name: string;
  readonly span: Span;
  readonly conditions: readonly Condition[];
}

/** A `return` as written. */
export interface ReturnView {
  /** The value, without `return` and semicolon; empty where there is none. */
  readonly span: Span;
  readonly text: string;
  readonly conditions: readonly Condition[];
}

/** A function definition or prototype. */
export interface FunctionView {
  readonly kind: 'function';
  readonly name: string;
  readonly nameSpan: Span;
  /** From the first attribute, SEC or type word to the closing brace or semicolon. */
  readonly span: Span;
  /** Braces included; absent for a prototype. */
  readonly bodySpan?: Span;
  readonly returnType: string;
  readonly params: readonly VariableDecl[];
  readonly isStatic: boolean;
  readonly isExtern: boolean;
  readonly isInline: boolean;
  /** `BPF_PROG`, `BPF_KPROBE`, … when the declaration was written with such a macro: then `params` are its unpacked ones
   *  and the context is the hidden `ctx`. */
  readonly wrapper?: string;
  /** Set when a macro of the file wrote the whole function: its name. All spans are then those of the macro's use. */
  readonly fromMacro?: string;
  readonly sections: readonly SectionUse[];
  readonly annotations: readonly Annotation[];
  readonly calls: readonly CallView[];
  readonly fields: readonly FieldAccessView[];
  readonly locals: readonly VariableDecl[];
  readonly identifiers: readonly IdentifierUse[];
  /** `ctx = skb;`-like assignments between plain identifiers: [target, source]. */
  readonly assignments: readonly (readonly [string, string])[];
  /** Loops, for the language requirement; `unrolled` when a `#pragma unroll` or `#pragma clang loop unroll` stands before it. */
  readonly loops: readonly { readonly span: Span; readonly unrolled: boolean }[];
  /** Its `return` statements in source order; absent where nobody read a body. */
  readonly returns?: readonly ReturnView[];
  /** `#if` conditions around the whole definition. */
  readonly conditions: readonly Condition[];
}

/** A field of a map definition: `__uint(type, BPF_MAP_TYPE_HASH)`, or `.type = BPF_MAP_TYPE_HASH` of a legacy one. */
export interface MapAttribute {
  /** `__uint`, `__type`, `__array`, `__ulong`, or '' for a designated initializer. */
  readonly macro: string;
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: string;
  readonly valueSpan: Span;
  /** `#if`s that it stands under, those around the whole definition too, outermost first. */
  readonly conditions: readonly Condition[];
}

/** `struct NAME { __uint(type, …); … }` or `typedef struct { … } NAME`: maps may be made of it further down. */
export interface MapStruct {
  readonly tag: string;
  readonly attributes: readonly MapAttribute[];
}

/** A variable at file level. */
export interface VariableView {
  readonly kind: 'variable';
  readonly name: string;
  readonly nameSpan: Span;
  readonly span: Span;
  /** Type as written; `struct` for an anonymous struct, `struct bpf_map_def` for a legacy map. */
  readonly type: string;
  readonly isStatic: boolean;
  readonly isExtern: boolean;
  readonly isConst: boolean;
  readonly isVolatile: boolean;
  readonly sections: readonly SectionUse[];
  readonly annotations: readonly Annotation[];
  /** Fields of the struct written in a BTF map's declaration (each variable of it has them), or designators of a legacy map. */
  readonly mapAttributes: readonly MapAttribute[];
  /** Designated initializers with an identifier or call-free expression: `.init = (void *)f` gives identifier `f`. */
  readonly initializers: readonly { readonly field: string; readonly fieldSpan: Span; readonly text: string; readonly identifier?: string }[];
  /** The value of a string initializer (adjacent literals joined), e.g. the licence. */
  readonly stringValue?: string;
  /** Any other plain initializer, as in `static T (*bpf_x)(…) = (void *)BPF_FUNC_x`; casts and parentheses stripped in `identifier`. */
  readonly initializer?: { readonly span: Span; readonly text: string; readonly identifier?: string };
  readonly conditions: readonly Condition[];
}

/** A `#define`. `params` is absent for an object-like one. `body` has continuations joined and comments blanked. */
export interface DefineView {
  readonly name: string;
  readonly nameSpan: Span;
  readonly span: Span;
  readonly params?: readonly string[];
  readonly body: string;
  readonly bodySpan: Span;
}

/** An `#include`. */
export interface IncludeView {
  readonly path: string;
  readonly angled: boolean;
  /** The path's text, without quotes or brackets. */
  readonly span: Span;
}

/** A suppression: a block or line comment that says `ebpf-lens: allow(rule-id, other-rule)`. */
export interface SuppressionComment {
  readonly rules: readonly string[];
  readonly span: Span;
}

/** A stretch of text that the parser could not make sense of. */
export interface SyntaxProblem {
  readonly span: Span;
}

/** A macro used at file level that is no declaration as it stands: `DEFINE_PROG(x, y)`, `BPF_HASH(m, u32);`. */
export interface MacroUse {
  readonly name: string;
  readonly nameSpan: Span;
  readonly span: Span;
  /** Raw texts of the arguments. */
  readonly args: readonly string[];
  /** Sections that stand before it: `SEC("kprobe/x") TRACE(x);`. */
  readonly sections: readonly SectionUse[];
  readonly conditions: readonly Condition[];
}

export interface FileView {
  readonly path: string;
  readonly text: string;
  /** Functions and prototypes in source order. */
  readonly functions: readonly FunctionView[];
  readonly variables: readonly VariableView[];
  readonly defines: readonly DefineView[];
  readonly includes: readonly IncludeView[];
  readonly suppressions: readonly SuppressionComment[];
  readonly problems: readonly SyntaxProblem[];
  /** Macros that stand alone at file level and may make declarations. */
  readonly macroUses?: readonly MacroUse[];
  /** Named structs with a map's fields. */
  readonly mapStructs?: readonly MapStruct[];
  /** Set where the text is longer than what is looked into: then the view is empty. */
  readonly tooLong?: true;
  /** What limits leave out of it, as ends of sentences about the file. */
  readonly limits?: readonly string[];
}

/** What stands under a cursor. Comments and ordinary strings give `none`. */
export type CursorRole =
  | { readonly kind: 'none' }
  | { readonly kind: 'section'; readonly span: Span; readonly use: SectionUse }
  | { readonly kind: 'callee'; readonly span: Span; readonly name: string }
  | { readonly kind: 'field'; readonly span: Span; readonly name: string; readonly access: FieldAccessView }
  /** `struct NAME`, `enum NAME` or a typedef name in type position; `name` without the keyword. */
  | { readonly kind: 'type'; readonly span: Span; readonly name: string }
  /** A macro that the mask took out: `SEC`, `__uint`, `BPF_PROG`, `__always_inline`. */
  | { readonly kind: 'macro'; readonly span: Span; readonly name: string }
  | { readonly kind: 'identifier'; readonly span: Span; readonly name: string };

/** A call whose argument list is open at a cursor, closed or not. */
export interface CallAround {
  readonly name: string;
  readonly nameSpan: Span;
  /** A word stands before the name, as in a declaration: `int bpf_x(`. */
  readonly afterWord: boolean;
  /** The name is a member's: `ops->f(`. */
  readonly member: boolean;
  /** Behind the opening parenthesis. */
  readonly open: number;
  /** The arguments as far as they are typed, blanks around them included; one that is empty where none is. */
  readonly args: readonly Span[];
  /** Index of the argument at the cursor. */
  readonly active: number;
}

/** What is being typed at a cursor, from tokens alone, so that half-typed code answers too. */
export type CompletionRole =
  | { readonly kind: 'none' }
  /** After `base->` or `base.`; `replace` is the member prefix typed so far; `base` is '' if it is no plain identifier. */
  | { readonly kind: 'member'; readonly base: string; readonly castType?: string; readonly arrow: boolean; readonly replace: Span }
  /** Between the quotes of `SEC("…")`; `replace` covers the whole text between the quotes. */
  | { readonly kind: 'section'; readonly replace: Span; readonly prefix: string }
  /**
   * An expression or statement position in a function. `returning`: it is what `return` gives back, or an arm of its `?:`;
   * `compared`: it is compared with this member, be it by the `switch` around; `label`: behind `case`.
   */
  | { readonly kind: 'expression'; readonly returning: boolean; readonly compared?: { readonly base: string; readonly field: string }; readonly label?: true; readonly replace: Span; readonly prefix: string }
  /** The value of `__uint(type, …)` in a map definition. */
  | { readonly kind: 'map-type'; readonly replace: Span; readonly prefix: string }
  /** Elsewhere in a map definition: a line of its own, the first argument of its macros, or the value behind it. */
  | { readonly kind: 'map'; readonly place: MapPlace; readonly attributes: readonly MapAttributeText[]; readonly replace: Span; readonly prefix: string }
  /** `.member = …` in the initializer of a variable of type `struct NAME`; `used` are the members that are there. */
  | { readonly kind: 'designator'; readonly struct: string; readonly used: readonly string[]; readonly replace: Span; readonly prefix: string }
  /** At file level, outside of any function. */
  | { readonly kind: 'top-level'; readonly place: TopLevelPlace; readonly section?: string; readonly replace: Span; readonly prefix: string };

/** `name`: in `__uint(|`; `value`: behind its comma, where `name` is the attribute. */
export type MapPlace = { readonly at: 'line' } | { readonly at: 'name'; readonly macro: string } | { readonly at: 'value'; readonly macro: string; readonly name: string };

/** A line of a map definition as far as it is typed. */
export interface MapAttributeText {
  readonly macro: string;
  readonly name: string;
  readonly value: string;
}

/**
 * `start`: where a declaration may begin; `section`: behind `SEC("…")`, whose text `section` is; `name`: behind the return type of a
 * function, whose section may be known; `parameters`: in the parentheses behind a function's name.
 */
export type TopLevelPlace = 'start' | 'section' | 'name' | 'parameters' | 'other';
