/** The read-only look-up over all facts: what rules, model and features may ask. `factBook.ts` implements it over facts.json. */
import type { CallbackFact, OperationFact, RegistersFact, ReturnRange } from './smallFacts.types.js';
import type { Release } from './kernelVersion.js';
import type { KernelsByName } from './kernel.types.js';
import type { DistributionFact } from './distribution.types.js';
import type { Source } from './source.types.js';

export type { CallbackFact, OperationFact, RegisterFact, RegistersFact, ReturnRange } from './smallFacts.types.js';
export type { Source } from './source.types.js';

/**
 * What a kernel says to a program of one kind that uses a thing.
 * `sleepable`: allowed in this type, but only in programs that may sleep, and the one asked about may not.
 * `unknown` makes no finding, ever.
 */
export type Status = 'allowed' | 'denied' | 'sleepable' | 'unknown';

/** The kind of program that a fact is asked for. */
export interface ProgramKey {
  readonly programType: string | null;
  readonly attachType: string | null;
  readonly sleepable: boolean;
  readonly frags: boolean;
  /** What follows the slash where it matters: the iterator, LSM hook, tracepoint or function; for struct_ops `ops.member`. */
  readonly target?: string;
}

/** First release known to have something; `after` is the last known not to where that is not the one before; `max` the last that has it. */
export interface Lifetime {
  readonly since: Release;
  readonly after?: Release;
  readonly max?: Release;
}

/** Status by release. */
export interface Timeline {
  /** Ascending; each segment holds until the next one's `from`; the first starts at 0; the last has no end. */
  readonly segments: readonly { readonly from: Release; readonly status: Status }[];
  /** Status on one release. Above the newest release of the book: the last status if `denied` by existence, else `unknown` as the builder says. */
  at(release: Release): Status;
  /** The first stretch in which it is allowed (`allowed`), or undefined if no release is known to allow it. */
  allowed(): Lifetime | undefined;
  /** True if some release is known to deny and none is known to allow; releases that are `sleepable` do not deny. */
  deniedEverywhere(): boolean;
  /** Ranges in which this status holds, for messages and hovers. */
  ranges(status: Status): readonly { readonly from: Release; readonly to?: Release }[];
}

/** Words of our own about an entry. */
export interface EntryDoc {
  /** One or two sentences: what it does. */
  readonly summary: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly returns?: string;
  readonly pitfalls?: readonly string[];
}

export interface HelperFact {
  readonly kind: 'helper';
  readonly name: string;
  readonly id: number;
  readonly returns: string;
  /** `variadic` helpers end with `...` as a type with an empty name. */
  readonly params: readonly { readonly type: string; readonly name: string }[];
  readonly since: Release;
  readonly sources: readonly Source[];
  readonly capabilities: readonly string[];
  readonly kernelConfig: readonly string[];
  /** Other helpers or kfuncs that do this better, best first. */
  readonly prefer: readonly string[];
  readonly doc?: EntryDoc;
}

export interface KfuncFact {
  readonly kind: 'kfunc';
  readonly name: string;
  /** Declaration without `extern` and `__ksym`. */
  readonly proto: string;
  /** KF_ flags on the newest kernel that has it. */
  readonly flags: readonly string[];
  readonly flagsBefore: readonly string[];
  /** `vmlinux` or the module that holds it. */
  readonly module: string;
  readonly lifetime: Lifetime;
  readonly sources: readonly Source[];
  /** The name that took its place, where it was removed or renamed. */
  readonly replacedBy?: string;
  /** The kfunc that releases what this one acquires, and the other way round. */
  readonly partner?: string;
  readonly doc?: EntryDoc;
}

export interface NamedVersionFact {
  readonly name: string;
  readonly lifetime?: Lifetime;
  readonly sources: readonly Source[];
  readonly doc?: EntryDoc;
}

export interface ProgramTypeFact extends NamedVersionFact {
  readonly kind: 'program-type';
  /** Short display name, e.g. `XDP`, `tc classifier`. */
  readonly title: string;
  /** Name of the context struct without `struct`, or null where the context is no such struct. */
  readonly context: string | null;
  /** Attach types that libbpf's sections or the kernel pair with it. */
  readonly attachTypes: readonly string[];
  /** First release in which a program of this type may sleep; absent if never. */
  readonly sleepableSince?: Release;
  readonly sleepableKnown: boolean;
}

export interface AttachTypeFact extends NamedVersionFact {
  readonly kind: 'attach-type';
  /** True if programs load and attach without it (BPF_XDP), so that it forces no version. */
  readonly optional: boolean;
}

export interface MapTypeFact extends NamedVersionFact {
  readonly kind: 'map-type';
  /** Deprecated alias of another map type. */
  readonly aliasOf?: string;
}

/** A row of libbpf's `section_defs`, or a name that older libbpf or other loaders took. */
export interface SectionDefFact {
  readonly kind: 'section';
  /** e.g. `xdp.frags/devmap`, `kprobe`. */
  readonly name: string;
  /** libbpf's `+`: the name alone or `name/extras`. */
  readonly plus: boolean;
  readonly programType: string;
  readonly attachType: string | null;
  readonly sleepable: boolean;
  readonly frags: boolean;
  /** First libbpf release that knows it in this form; `HEAD` for not released. */
  readonly libbpf: string;
  /** What the section by itself needs beyond type and attach type (frags 5.18, sleepable 5.10, …). */
  readonly lifetime?: Lifetime;
  /** Set on names that current libbpf no longer takes. */
  readonly legacy?: { readonly until: string; readonly prefix: boolean; readonly modern: string };
  /** Grammar of what follows the slash and an example, where there is something. */
  readonly extras?: { readonly grammar: string; readonly example: string };
  readonly doc?: EntryDoc;
}

export type FieldPermission = 'r' | 'rw' | 'w' | '';

export interface ContextFieldFact {
  readonly name: string;
  /** Type as in the header, `__u32`, `struct bpf_sock *`. */
  readonly type: string;
  readonly array?: number;
  readonly offset: number;
  readonly size: number;
  readonly lifetime?: Lifetime;
  readonly doc?: EntryDoc;
}

export interface ContextFact {
  readonly kind: 'context';
  /** `xdp_md` */
  readonly name: string;
  /** True if the kernel checks every access by a table (`*_is_valid_access`); false for plain structs such as pt_regs. */
  readonly checked: boolean;
  readonly fields: ReadonlyMap<string, ContextFieldFact>;
  readonly doc?: EntryDoc;
}

/** Who takes or returns a constant. */
export interface ConstantOwner {
  readonly kind: 'helper' | 'kfunc' | 'map-type' | 'program-type' | 'attach-type' | 'context-field' | 'command';
  /** The entity, `context.field`, a bpf() command, `netlink` or `kconfig`; `*` for every map type. */
  readonly name: string;
  /** A parameter, an attribute of the map or command, or `return`. */
  readonly param?: string;
}

/** A constant or flag that a helper, map, return value or attachment takes. */
export interface ConstantFact extends NamedVersionFact {
  readonly kind: 'constant';
  /** C expression of literals: `1ULL << 8`. */
  readonly value: string;
  /** `(len)` for the few that take arguments. */
  readonly args?: string;
  /** What it is one of: `XDP actions`. */
  readonly group: string;
  readonly header: string;
  readonly belongs: readonly ConstantOwner[];
  /** First libbpf release, for constants of its headers. */
  readonly libbpf?: string;
  /** The constant that took its place. */
  readonly use?: string;
}

/** A helper or kfunc that a macro calls; `when` says under which condition, if not always. */
export interface MacroNeed {
  readonly kind: 'helper' | 'kfunc';
  /** `bpf_iter_*_new`: that of the iterator which is named. */
  readonly name: string;
  readonly when?: string;
}

/** A macro, or an inline function used like one, of libbpf's BPF-side headers. */
export interface MacroFact {
  readonly kind: 'macro';
  readonly name: string;
  readonly header: string;
  /** Parameters as declared; null for a word without any. */
  readonly args: string | null;
  /** A line of C that uses it. */
  readonly usage: string;
  /** First libbpf release. */
  readonly libbpf: string;
  readonly function?: boolean;
  readonly needs: readonly MacroNeed[];
  /** What it asks of the kernel beside what it calls. */
  readonly kernel?: Lifetime;
  readonly doc?: EntryDoc;
}

/** Something of the language or the loader that programs use without naming one function: bounded loops, trampolines. */
export interface FeatureFact extends NamedVersionFact {
  readonly kind: 'feature';
  /** For people: `Bounded loops`; `name` is `bounded-loops`. */
  readonly title: string;
  readonly aliases: readonly string[];
  readonly lifetime: Lifetime;
  /** Where the JIT decides: since when, or the newest release known to lack it. Others are not known. */
  readonly byArch: readonly { readonly arch: string; readonly lifetime?: Lifetime; readonly missing?: Release }[];
  /** Entries by which one uses it. */
  readonly needs: readonly string[];
  readonly replaces?: string;
  readonly capabilities: readonly string[];
  readonly kernelConfig: readonly string[];
}

/** What a driver can do, and since when. */
export interface DriverAbility {
  readonly lifetime: Lifetime;
  readonly note?: string;
}

/** Greatest MTU in bytes by architecture, or `unlimited` (the driver sets none), `firmware` (that says it), `members` (of the devices below). */
export type DriverMtu = string | Readonly<Record<string, number>>;

/** A network driver that runs XDP programs. */
export interface DriverFact {
  readonly kind: 'driver';
  /** The module or directory of the driver: `mlx5_core`. */
  readonly name: string;
  readonly title: string;
  readonly aliases: readonly string[];
  readonly native: DriverAbility;
  /** The card itself can run programs. */
  readonly offload: boolean;
  readonly fragments?: DriverAbility;
  /** AF_XDP without copying. */
  readonly zeroCopy?: DriverAbility;
  readonly mtu?: { readonly plain?: DriverMtu; readonly fragments?: DriverMtu; readonly note?: string };
  readonly note?: string;
  readonly sources: readonly Source[];
  readonly doc?: EntryDoc;
}

export interface LinkTypeFact extends NamedVersionFact {
  readonly kind: 'link-type';
  readonly value: number;
  readonly lifetime: Lifetime;
  readonly programTypes: readonly string[];
  readonly attachTypes: readonly string[];
  readonly aliasOf?: string;
}

/** A page of our own about an idea. */
export interface ConceptFact {
  readonly kind: 'concept';
  readonly name: string;
  readonly title: string;
  readonly aliases: readonly string[];
  /** Entries of the book that belong to it; `bpf_dynptr_*` stands for all that begin so. */
  readonly see: readonly string[];
  /** Paragraphs, lists with `-`, blocks of C and backticks; no other Markdown. */
  readonly text: string;
}

/** A message of the verifier or of a loader, in our words. */
export interface VerifierMessageFact {
  readonly kind: 'verifier-message';
  readonly name: string;
  readonly title: string;
  /** `report`: only in the reports of Linux 7.x; `loader`: cilium/ebpf, bpftool, the system call. */
  readonly from: 'verifier' | 'report' | 'libbpf' | 'loader';
  /** Templates, as `server/src/verifier/templates.ts` reads them. */
  readonly match: readonly string[];
  readonly means: string;
  readonly causes: readonly string[];
  readonly fix: readonly string[];
  readonly wrong?: string;
  readonly right?: string;
  /** It says less than what usually stands beside it. */
  readonly generic: boolean;
  /** Which instructions the log shows most often says more than the last one. */
  readonly hot: boolean;
  /** False where the state of registers explains nothing. */
  readonly registers: boolean;
  /** Releases known to write it. */
  readonly since?: Release;
  readonly until?: Release;
  /** Entries of the book that belong to it. */
  readonly see: readonly string[];
  readonly sources: readonly Source[];
}

/** Kernels that were measured: the release, the exact name. */
export interface MeasuredKernel {
  readonly release: Release;
  readonly name: string;
}

/** What the kernel demands of a map's definition; what is absent may be anything. */
export interface MapLimits {
  /** The only sizes in bytes. */
  readonly keySize?: readonly number[];
  readonly valueSize?: readonly number[];
  /** The least and the largest size of the key in bytes. */
  readonly keyRange?: readonly number[];
  /** The size of the value is a multiple of so many bytes, and not 0. */
  readonly valueUnit?: number;
  /** `some`: not 0; `none`: 0; `pages`: a power of two and whole pages. */
  readonly maxEntries?: 'some' | 'none' | 'pages';
  readonly needsFlags?: readonly string[];
  readonly refusesFlags?: readonly string[];
  /** No map of maps takes it for its inner map. */
  readonly inner?: 'never';
}

export interface FactBook {
  /** Every mainline release that the book speaks of, ascending. */
  readonly releases: readonly Release[];
  readonly measured: readonly MeasuredKernel[];
  readonly helpers: ReadonlyMap<string, HelperFact>;
  readonly kfuncs: ReadonlyMap<string, KfuncFact>;
  readonly programTypes: ReadonlyMap<string, ProgramTypeFact>;
  readonly attachTypes: ReadonlyMap<string, AttachTypeFact>;
  readonly mapTypes: ReadonlyMap<string, MapTypeFact>;
  readonly contexts: ReadonlyMap<string, ContextFact>;
  /** What `struct pt_regs` holds, by architecture as features name it (`x86-64`, `arm64`). */
  readonly registers: ReadonlyMap<string, RegistersFact>;
  readonly constants: ReadonlyMap<string, ConstantFact>;
  readonly macros: ReadonlyMap<string, MacroFact>;
  readonly features: ReadonlyMap<string, FeatureFact>;
  readonly drivers: ReadonlyMap<string, DriverFact>;
  readonly linkTypes: ReadonlyMap<string, LinkTypeFact>;
  readonly distributions: ReadonlyMap<string, DistributionFact>;
  readonly concepts: ReadonlyMap<string, ConceptFact>;
  readonly verifierMessages: ReadonlyMap<string, VerifierMessageFact>;
  /** What the kernel demands of a map's definition, by map type; a type without limits that are known is not there. */
  readonly mapLimits: ReadonlyMap<string, MapLimits>;
  /** libbpf's table in its order, then legacy names. */
  readonly sections: readonly SectionDefFact[];
  /** Licences that the kernel takes as GPL compatible (include/linux/license.h). */
  readonly gplLicenses: readonly string[];

  /** What stands behind files and `running` in a target; absent where there is no machine to ask. */
  readonly kernelsBehind?: (target: string) => KernelsByName;

  /** May a program of this kind call it, release by release? A null program type gives existence only: denied or unknown. */
  availability(fact: HelperFact | KfuncFact, key: ProgramKey): Timeline;
  /** Does this helper or kfunc demand a GPL compatible licence in this kind of program? Undefined: not known. */
  gplOnly(fact: HelperFact | KfuncFact, key: ProgramKey): boolean | undefined;
  /** May a program of this kind load (`read`) or store (`write`) the field, release by release? */
  fieldAccess(context: string, field: string, key: ProgramKey, mode: 'read' | 'write'): Timeline;
  /**
   * Which side of `check_map_func_compatibility()` refuses the helper a map of this type: the map's or the helper's.
   * Undefined where neither surely does.
   */
  mapHelperRefusal(mapType: string, helper: string): 'map' | 'helper' | undefined;
  /** The only map types that the helper takes, the only helpers that take the map type; undefined: not limited, or not known. */
  mapPartners(name: string): readonly string[] | undefined;
  /** Helpers and kfuncs that do the same work for other programs or kernels, best first; whether they are allowed is asked of their own facts. */
  alternatives(name: string): readonly string[];
  /** Values that the verifier lets such programs return, those of LSM at a hook; undefined where it takes any, or where that is not known. */
  returnRange(programType: string, attachType: string | null, hook?: string): ReturnRange | undefined;
  /** By the helper, kfunc or macro that takes them; one about whose callbacks nothing is known is not there. */
  readonly callbacks: ReadonlyMap<string, CallbackFact>;
  /** Members that programs may fill in a structure of operations (`sched_ext_ops`), in its order; undefined where the structure is not known. */
  operations(struct: string): readonly OperationFact[] | undefined;
  /** When programs may fill such a structure; undefined where that is not known. */
  operationsSince(struct: string): Lifetime | undefined;
  /** May programs of this type sleep on this release (any attach type)? Undefined: not known. */
  typeMaySleep(programType: string, release?: Release): boolean | undefined;
}
