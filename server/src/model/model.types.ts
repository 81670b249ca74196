/** What an analysed unit is made of, above syntax and below rules. All spans are offsets into the file named beside them. */
import type { Span } from '../text/span.js';
import type { CallView, Condition, FieldAccessView, FileView, FunctionView, SectionUse, VariableView } from '../syntax/views.js';
import type { AsmShape } from './asmContext.js';
import type { UnitIndex } from './unitIndex.js';
import type { Lifetime, ProgramKey, SectionDefFact } from '../facts/factBook.types.js';

/** `bcc`: C that bcc rewrites; `android`: Android's bpfloader; `windows`: eBPF for Windows; `iproute2`: `tc`'s and `ip`'s own loader. */
export type Dialect = 'bcc' | 'android' | 'windows' | 'iproute2';

/** How a section's name was understood. */
export type SectionMatch = 'libbpf' | 'legacy' | 'cilium' | 'setting' | 'near-miss' | 'none';

export interface ResolvedSection {
  readonly use: SectionUse;
  readonly path: string;
  /** The section's string with macros expanded and literals joined; undefined where a part could not be resolved. */
  readonly text: string | undefined;
  /** `text` without libbpf's leading `?`. */
  readonly name: string;
  /** True for `SEC("?x")`: not loaded by default. */
  readonly optional: boolean;
  readonly match: SectionMatch;
  readonly def: SectionDefFact | undefined;
  /** What follows the definition's name and its slash; '' if nothing does. */
  readonly extras: string;
  /** For `near-miss`: what was probably meant, as a whole section string. */
  readonly suggestion?: string;
}

/** A function placed in a program section. */
export interface Program {
  readonly name: string;
  readonly path: string;
  readonly fn: FunctionView;
  readonly section: ResolvedSection;
  readonly programType: string | null;
  readonly attachType: string | null;
  readonly sleepable: boolean;
  /** Context struct's name without `struct`; null where there is none. */
  readonly context: string | null;
  readonly key: ProgramKey;
}

export interface MapDef {
  readonly name: string;
  readonly path: string;
  readonly variable: VariableView;
  /** The fields of its struct, named or not, or the designators of a legacy map; in the same file as the variable. */
  readonly attributes: VariableView['mapAttributes'];
  /** `BPF_MAP_TYPE_HASH`, or null if it cannot be told. */
  readonly type: string | null;
  readonly typeSpan: Span;
  readonly legacy: boolean;
  /** Set for the inner map of a map of maps (`innerMap()`): that map. */
  readonly within?: MapDef;
  /** What its static `.values` hold: programs of a program array, inner maps of a map of maps. Absent where it has none. */
  readonly values?: readonly MapValue[];
}

/** One static value of a map: the function or map named there, and its slot as written. */
export interface MapValue {
  readonly slot?: string;
  readonly name: string;
  readonly path: string;
  readonly span: Span;
}

/**
 * A tail call through a program array whose programs are known. Each program that it leads to is loaded and verified by itself:
 * it keeps its own type and its own least kernel, and no guard before the call holds for it.
 */
export interface TailCall {
  readonly map: MapDef;
  readonly path: string;
  readonly fn: FunctionView;
  readonly call: CallView;
  /** Programs from which the call is reached. */
  readonly from: readonly Program[];
  /** Programs that stand in the slot, or in any where the slot is chosen at run time. */
  readonly to: readonly Program[];
  readonly guard?: string;
}

/** A call from one function of the unit to another, macros followed; or, as a callback, a function handed over. */
export interface FunctionEdge {
  readonly from: FunctionNode;
  readonly node: FunctionNode;
  readonly call: CallView;
  readonly callback: boolean;
}

/** A function of the unit with what it calls or hands over, and what calls it. */
export interface FunctionNode {
  readonly fn: FunctionView;
  readonly path: string;
  readonly callees: readonly FunctionEdge[];
  readonly callers: readonly FunctionEdge[];
}

/** One call of a helper or kfunc. */
export interface EntityCall {
  readonly kind: 'helper' | 'kfunc';
  readonly name: string;
  readonly path: string;
  readonly call: CallView;
  readonly fn: FunctionView;
  /** Programs from which the call is reached, in source order; empty for dead code and for libraries. */
  readonly programs: readonly Program[];
  /** Set when the call only runs where a guard holds; says the guard's text. */
  readonly guard?: string;
  /** True where the guard is the `#if` that the programs exist under themselves. */
  readonly own?: true;
  /** True where these programs get there only as to a callback that may sleep, whatever the programs may do. */
  readonly sleeping?: true;
  /** The macro that hides the call: libbpf's `BPF_CORE_READ`, or one of the unit. */
  readonly via?: string;
  /**
   * Loaders put an older helper in its place on kernels before this release, so that the call's absence there is no matter
   * (libbpf's and cilium/ebpf's handling of `bpf_probe_read_kernel` and its kind, through macros).
   */
  readonly rewrittenBefore?: number;
  /** Set where the call sits in inactive-or-alternative `#if` arms, so that absence of a fact about the build is respected. */
  readonly preprocessor: boolean;
}

/** One access to a field of the context. */
export interface ContextAccess {
  readonly path: string;
  readonly access: FieldAccessView;
  readonly fn: FunctionView;
  /** Programs for which the base is their context. */
  readonly programs: readonly Program[];
  readonly guard?: string;
  /** As in a call. */
  readonly own?: true;
  /** For a load or store in assembly: where, and what no kernel lets it do there, whatever the field (`AsmShape`). */
  readonly asm?: { readonly offset: number; readonly size: number; readonly shape?: AsmShape };
}

/** One way in which a thing counts. */
export interface Place {
  readonly programs: readonly Program[];
  /** Text of a condition that may keep these programs from it; undefined where there is none. */
  readonly guard: string | undefined;
  /** True where an `#if` has a part in it. */
  readonly preprocessor: boolean;
  /** True where the guard is nothing but the `#if`s that these programs exist under themselves: who has the program has this. */
  readonly own?: true;
}

export interface LicenseInfo {
  /** Text of the licence, undefined if none is in sight. */
  readonly text: string | undefined;
  readonly path?: string;
  readonly span?: Span;
  /** Undefined: not known. */
  readonly gplCompatible: boolean | undefined;
}

export type RequirementKind =
  'helper' | 'kfunc' | 'section' | 'attach-type' | 'map-type' | 'field' | 'flag' | 'macro' | 'language';

/** One thing in the source that needs a kernel version, with its place. */
export interface Requirement {
  /** `bpf_redirect_map`, `BPF_MAP_TYPE_RINGBUF`, `xdp.frags`, `xdp_md.egress_ifindex`. */
  readonly feature: string;
  readonly kind: RequirementKind;
  readonly lifetime: Lifetime;
  readonly path: string;
  readonly span: Span;
  /** Programs that need it; empty when it belongs to the file as a whole (a map). */
  readonly programs: readonly Program[];
  readonly guard?: string;
  /** True where the guard is the `#if` that the programs exist under themselves: it is no guard for them. */
  readonly own?: true;
  /** For what belongs to the file: the programs that refer to it. */
  readonly users?: readonly Program[];
}

/** Everything known about the texts given to `analyze`. */
export interface Model {
  readonly main: FileView;
  /** Set where another loader's C was recognised: nothing in it is judged. */
  readonly dialect?: Dialect;
  /** What a map's type needs, without the cost of all requirements. */
  mapRequirement?(map: MapDef): Requirement | undefined;
  /** For programs that reach `fn` through others, the functions between, the caller of `fn` first. */
  callPaths?(fn: FunctionView, programs: readonly Program[]): ReadonlyMap<Program, readonly FunctionView[]>;
  /**
   * By which programs code under these conditions of a function is reached, and past which guards; none where that is never.
   * @param at where it begins: macros lay conditions on what follows them, too
   */
  placesOf?(fn: FunctionView, conditions: readonly Condition[], at?: number): readonly Place[];
  /** With the conditions that are written around a place of a function those that macros lay on the token that begins at an offset. */
  conditionsAt?(fn: FunctionView, conditions: readonly Condition[], at: number): readonly Condition[];
  /** A function's place among the calls of the unit; undefined for what has no body. */
  functionNode?(fn: FunctionView): FunctionNode | undefined;
  /** Tail calls to programs of the unit, function by function. */
  readonly tailCalls?: readonly TailCall[];
  readonly files: ReadonlyMap<string, FileView>;
  /** What is defined where; names that macros make are not in it. */
  readonly names?: UnitIndex;
  readonly programs: readonly Program[];
  readonly maps: readonly MapDef[];
  readonly license: LicenseInfo;
  readonly calls: readonly EntityCall[];
  /** The calls function by function; the same list as long as nothing about its calls changes. */
  readonly callGroups?: readonly (readonly EntityCall[])[];
  readonly contextAccesses: readonly ContextAccess[];
  /** The accesses function by function, in the same way. */
  readonly accessGroups?: readonly (readonly ContextAccess[])[];
  readonly requirements: readonly Requirement[];
  /**
   * Those of kind `language` at an offset of the main file: also where the same thing is needed before, and without the cost of all.
   * @param fn the function around the offset, if there is one
   */
  languageRequirementsAt?(offset: number, fn: FunctionView | undefined): readonly Requirement[];
  /** Sentences about what limits on headers and macros cut off, for the log. */
  readonly limits?: readonly string[];
  /** Sections of functions that resolve to nothing known or only by a fallback, for the rule about them. */
  readonly sections: readonly ResolvedSection[];
}
