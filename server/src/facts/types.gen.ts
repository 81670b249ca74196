/** Generated from data/schema by `node data/build/run.mjs types`. Do not edit. */


export type CommonAttachType = string
/**
 * A mainline release, always quoted: unquoted 6.10 is the number 6.1.
 */
export type CommonVersion = string
/**
 * @minItems 1
 */
export type CommonSources = CommonSource[]
export type CommonProgramType = string
/**
 * One letter a measured kernel, in the order of kernels.yaml.
 */
export type CommonLetters = string
/**
 * @minItems 1
 */
export type ContextNames = string[]
/**
 * Hand-made corrections that a re-import keeps: data/corrections.yaml.
 */
export type CorrectionsData = {
kind: ("helpers" | "kfuncs" | "program-types" | "attach-types" | "map-types" | "sections" | "contexts")
name: string
/**
 * Dotted path -> value; null removes.
 */
set: {
[k: string]: unknown
}
why: string
sources: CommonSources
}[]
/**
 * There, though newer.
 * 
 * @minItems 1
 */
export type DistributionNames = string[]
/**
 * Not there, though older.
 * 
 * @minItems 1
 */
export type DistributionNames1 = string[]
/**
 * The first and the last kernel of the release differ, or its sources do not tell.
 * 
 * @minItems 1
 */
export type DistributionNames2 = string[]
export type DistributionDate = string
export type DriverMtu = (("unlimited" | "firmware" | "members") | {
x86: DriverBytes
arm: DriverBytes
arm64: DriverBytes
armv7: DriverBytes
riscv: DriverBytes
})
export type DriverBytes = number
export type FactsSources = string[][]
export type FactsMtu = (string | {
[k: string]: number
})

export interface DataKinds {
alternatives?: AlternativesData
attachType?: AttachTypeData
callbacks?: CallbacksData
concept?: ConceptData
configs?: ConfigsData
constant?: ConstantData
context?: ContextData
corrections?: CorrectionsData
distribution?: DistributionData
driver?: DriverData
facts?: FactsJson
feature?: FeatureData
helper?: HelperData
kernels?: KernelsData
kfunc?: KfuncData
linkType?: LinkTypeData
lsmHooks?: LsmHooksData
macro?: MacroData
mapHelpers?: MapHelpersData
mapLimits?: MapLimitsData
mapType?: MapTypeData
operations?: OperationsData
programType?: ProgramTypeData
published?: Published
registers?: RegistersData
returnRanges?: ReturnRangesData
section?: SectionData
text?: TextData
verifierMessage?: VerifierMessageData
}
/**
 * Helpers and kfuncs that do the same work for another kind of program or kernel: data/alternatives.yaml. An editorial judgement, not a claim about any kernel: whether one of them is allowed is asked of its own facts.
 */
export interface AlternativesData {
/**
 * @minItems 1
 */
groups: string[][]
}
/**
 * An attach type: data/attach-types/<name>.yaml.
 */
export interface AttachTypeData {
name: CommonAttachType
/**
 * Programs load and attach without it, so it forces no version.
 */
optional: boolean
lifetime?: CommonLifetime
sources?: CommonSources
}
/**
 * First release known to have a thing; `after`: the last known not to, where that is not the one before; `max`: the last known to have it.
 */
export interface CommonLifetime {
since: CommonVersion
after?: CommonVersion
max?: CommonVersion
/**
 * A mainline release, always quoted: unquoted 6.10 is the number 6.1.
 */
gone?: string
}
/**
 * Where a claim comes from.
 */
export interface CommonSource {
source: ("measured" | "ebpf-docs" | "bcc" | "kernel-source" | "kernel-commit" | "libbpf" | "uapi-history" | "editorial")
/**
 * A commit, file or kernel that backs it.
 */
ref?: string
note?: string
}
/**
 * What the verifier demands of functions that are handed to helpers and kfuncs: data/callbacks.yaml. What is not said is not known.
 */
export interface CallbacksData {
callbacks: {
/**
 * @minItems 1
 */
takenBy: string[]
/**
 * What they may return.
 */
returns?: {
min: number
max: number
/**
 * A mainline release, always quoted: unquoted 6.10 is the number 6.1.
 */
since: string
/**
 * How the verifier's message begins, on all of these releases.
 */
says: string
}
/**
 * Whether they may sleep whatever the program may do; absent where they may what it may.
 */
sleeps?: {
may: ("always" | "never")
since: CommonVersion
/**
 * A mainline release, always quoted: unquoted 6.10 is the number 6.1.
 */
free?: string
}
sources: CommonSources
}[]
}
/**
 * A page of our own about an idea: the front matter of data/concepts/<name>.md, with the text below it as `text`.
 */
export interface ConceptData {
title: string
/**
 * @minItems 1
 */
aliases?: string[]
/**
 * Entries of the book, concepts included, that belong to it; `*` at the end of a name stands for anything.
 * 
 * @minItems 2
 */
see: string[]
/**
 * Paragraphs, lists with `-`, blocks of C and backticks; no other Markdown.
 */
text: string
}
/**
 * The measured kinds of program: data/configs.yaml.
 */
export interface ConfigsData {
[k: string]: {
programType: CommonProgramType
attachType: (CommonAttachType | null)
sleepable?: boolean
frags?: boolean
target?: string
/**
 * A mainline release, always quoted: unquoted 6.10 is the number 6.1.
 */
since?: string
sources?: CommonSources
/**
 * Kfuncs were not tried in it: nothing but helpers is known.
 */
kfuncs?: false
live: CommonLetters
}
}
/**
 * A constant or flag that a helper, kfunc, map, return value or attachment takes: data/constants/<name>.yaml.
 */
export interface ConstantData {
name: string
/**
 * As a C expression of literals.
 */
value: string
/**
 * Of a flag that takes arguments, `(len)`.
 */
args?: string
/**
 * What it is one of: `XDP actions`.
 */
group: string
/**
 * Header that declares it; `vmlinux.h` where no uapi header does.
 */
header: string
/**
 * Who takes or returns it. `param`: a parameter, an attribute of the map or command, or `return`.
 * 
 * @minItems 1
 */
belongs: {
kind: ("helper" | "kfunc" | "map-type" | "program-type" | "attach-type" | "context-field" | "command")
/**
 * The entity; `context.field` for a field; a bpf() command, or `netlink`; `*` for every map type or every command.
 */
name: string
param?: string
}[]
lifetime?: CommonLifetime
/**
 * Of libbpf's own constants: the first release that has it.
 */
libbpf?: string
sources: CommonSources
deprecated?: {
/**
 * The constant that took its place.
 */
use: string
}
}
/**
 * A context struct with its fields and who may touch them: data/contexts/<name>.yaml.
 */
export interface ContextData {
name: string
/**
 * The kernel checks each access by a table.
 */
checked: boolean
fields: {
[k: string]: {
type: string
array?: number
offset: number
size: number
lifetime?: CommonLifetime
/**
 * The version is one release early or late at worst.
 */
hint?: boolean
sources?: CommonSources
}
}
/**
 * Program type and attach type (or *) -> kernel -> permission -> fields. A field named under none does not exist there.
 */
access?: {
[k: string]: {
sources: CommonSources
kernels: {
[k: string]: {
r?: ContextNames
rw?: ContextNames
w?: ContextNames
none?: ContextNames
}
}
}
}
}
/**
 * A release of a distribution and its kernels: data/distributions/<name>.yaml.
 */
export interface DistributionData {
name: string
title: string
/**
 * @minItems 1
 */
aliases?: string[]
/**
 * @minItems 1
 */
kernels?: {
/**
 * The mainline release that it is based on; older ones than the book knows may stand here.
 */
release: string
/**
 * A mainline release, always quoted: unquoted 6.10 is the number 6.1.
 */
bpf?: string
/**
 * It brought back more than that, and nobody says what.
 */
backports?: boolean
/**
 * Kinds of which the kernel's sources tell all: it has what the mainline release in `bpf` has, but for these exceptions.
 */
things?: {
helper?: DistributionExceptions
kfunc?: DistributionExceptions
"map-type"?: DistributionExceptions
"program-type"?: DistributionExceptions
"attach-type"?: DistributionExceptions
field?: DistributionExceptions
constant?: DistributionExceptions
}
}[]
/**
 * Others whose kernels it has.
 * 
 * @minItems 1
 */
includes?: string[]
released?: DistributionDate
/**
 * The end of support for everybody.
 */
supportEnd?: string
/**
 * The end of what is paid for, or done by others.
 */
extendedEnd?: string
note?: string
/**
 * @minItems 1
 */
sources: {
/**
 * Who says so: the vendor, endoflife.date, or others who have it, as rebuilds and logs.
 */
source: ("vendor" | "endoflife.date" | "third-party")
/**
 * What was read: an address, or a file of a public repository and its commit.
 */
ref: string
}[]
}
export interface DistributionExceptions {
more?: DistributionNames
fewer?: DistributionNames1
open?: DistributionNames2
}
/**
 * A network driver that runs XDP programs: data/drivers/<name>.yaml.
 */
export interface DriverData {
/**
 * As the kernel's module or `ethtool -i` says, or the directory of the driver.
 */
name: string
title: string
/**
 * @minItems 1
 */
aliases?: string[]
native: DriverAbility
/**
 * The card itself can run programs.
 */
offload: boolean
fragments?: DriverAbility
zeroCopy?: DriverAbility
/**
 * Greatest MTU with a program attached; computed for pages of 4 KiB and Linux 6.8.
 */
mtu?: {
plain?: DriverMtu
fragments?: DriverMtu
note?: string
sources: CommonSources
}
/**
 * In which sources disagree, or what holds under a condition only.
 */
note?: string
}
export interface DriverAbility {
lifetime: CommonLifetime
sources: CommonSources
note?: string
}
/**
 * The compiled book, dist/facts.json. Releases are numbers (major * 1000 + minor).
 */
export interface FactsJson {
version: 1
releases: number[]
measured: {
release: number
name: string
}[]
gplLicenses: string[]
alternatives: string[][]
configs: {
name: string
programType: string
attachType: (string | null)
sleepable?: boolean
frags?: boolean
target?: string
kfuncs?: false
}[]
/**
 * Letter and first release, e.g. `x0d3019a6012`: x does not exist, d refused, a allowed, s only if sleepable, u unknown, v no such configuration known there.
 */
timelines: string[]
/**
 * Indices of timelines by configuration, run-length encoded: `3*97` or `3,4*2`.
 */
matrices: string[]
helpers: FactsHelper[]
kfuncs: FactsKfunc[]
programTypes: FactsProgramType[]
attachTypes: FactsAttachType[]
mapTypes: FactsMapType[]
sections: FactsSection[]
contexts: FactsContext[]
constants: FactsConstant[]
macros: FactsMacro[]
mapHelpers: {
mapTypes: {
[k: string]: string[]
}
depends?: {
[k: string]: string[]
}
helpers: {
[k: string]: string[]
}
}
mapLimits: {
[k: string]: FactsMapLimit
}
returnRanges: {
programType: string
attachTypes: string[]
min: number
max: number
since: number
free?: number
hooks?: string[]
}[]
callbacks: {
takenBy: string[]
returns?: {
min: number
max: number
since: number
says: string
}
sleeps?: {
may: ("always" | "never")
since: number
free?: number
}
}[]
operations: {
struct: string
lifetime?: FactsLifetime
members: {
name: string
kind: ("program" | "text" | "number")
detail: string
}[]
}[]
registers: {
arch: string
size: number
fields: {
name: string
type: string
array?: number
offset: number
user?: string
role?: string
}[]
}[]
features: FactsFeature[]
drivers: FactsDriver[]
linkTypes: FactsLinkType[]
distributions: FactsDistribution[]
concepts: FactsConcept[]
verifierMessages: FactsVerifierMessage[]
}
export interface FactsHelper {
name: string
id: number
returns: string
params: string[][]
since: number
sources: FactsSources
gpl: (boolean | null | {
[k: string]: boolean
})
capabilities?: string[]
kernelConfig?: string[]
prefer?: string[]
exists: number
matrix: number
doc?: FactsDoc
}
export interface FactsDoc {
summary: string
params?: {
[k: string]: string
}
returns?: string
pitfalls?: string[]
}
export interface FactsKfunc {
name: string
proto: string
flags: string[]
flagsBefore?: string[]
module: string
lifetime: FactsLifetime
sources: FactsSources
replacedBy?: string
partner?: string
exists: number
matrix: number
doc?: FactsDoc
}
export interface FactsLifetime {
since: number
after?: number
max?: number
}
export interface FactsProgramType {
name: string
title: string
context: (string | null)
attachTypes: string[]
lifetime?: FactsLifetime
sources: FactsSources
sleepableSince?: number
sleepableKnown: boolean
doc?: FactsDoc
}
export interface FactsAttachType {
name: string
optional: boolean
lifetime?: FactsLifetime
sources: FactsSources
doc?: FactsDoc
}
export interface FactsMapType {
name: string
lifetime?: FactsLifetime
sources: FactsSources
aliasOf?: string
doc?: FactsDoc
}
export interface FactsSection {
name: string
plus: boolean
programType: string
attachType: (string | null)
sleepable: boolean
frags: boolean
libbpf: string
lifetime?: FactsLifetime
legacy?: {
until: string
prefix: boolean
modern: string
}
extras?: {
grammar: string
example: string
}
doc?: FactsDoc
}
export interface FactsContext {
name: string
checked: boolean
fields: {
name: string
type: string
array?: number
offset: number
size: number
lifetime?: FactsLifetime
doc?: FactsDoc
}[]
/**
 * Program type and attach type -> field -> timelines of reading and writing.
 */
access?: {
[k: string]: {
/**
 * @minItems 2
 * @maxItems 2
 */
[k: string]: number[]
}
}
doc?: FactsDoc
}
export interface FactsConstant {
name: string
value: string
args?: string
group: string
header: string
/**
 * Kind, name and parameter.
 */
belongs: string[][]
lifetime?: FactsLifetime
libbpf?: string
sources: FactsSources
/**
 * What took its place.
 */
use?: string
doc?: FactsDoc
}
export interface FactsMacro {
name: string
header: string
args: (string | null)
usage: string
libbpf: string
function?: boolean
/**
 * Kind, name and condition.
 */
needs?: string[][]
kernel?: FactsLifetime
doc?: FactsDoc
}
export interface FactsMapLimit {
keySize?: number[]
valueSize?: number[]
keyRange?: number[]
valueUnit?: number
maxEntries?: ("some" | "none" | "pages")
inner?: "never"
needsFlags?: string[]
refusesFlags?: string[]
}
export interface FactsFeature {
name: string
title: string
aliases?: string[]
lifetime: FactsLifetime
sources: FactsSources
byArch?: {
arch: string
lifetime?: FactsLifetime
missing?: number
}[]
needs?: string[]
replaces?: string
capabilities?: string[]
kernelConfig?: string[]
doc?: FactsDoc
}
export interface FactsDriver {
name: string
title: string
aliases?: string[]
native: FactsAbility
offload: boolean
fragments?: FactsAbility
zeroCopy?: FactsAbility
mtu?: {
plain?: FactsMtu
fragments?: FactsMtu
note?: string
}
note?: string
sources: FactsSources
doc?: FactsDoc
}
export interface FactsAbility {
lifetime: FactsLifetime
note?: string
}
export interface FactsLinkType {
name: string
value: number
lifetime: FactsLifetime
sources: FactsSources
programTypes?: string[]
attachTypes?: string[]
aliasOf?: string
doc?: FactsDoc
}
export interface FactsDistribution {
name: string
title: string
aliases?: string[]
kernels: {
release: number
bpf?: number
backports?: boolean
things?: {
[k: string]: FactsExceptions
}
}[]
includes?: string[]
released?: string
supportEnd?: string
extendedEnd?: string
note?: string
sources: FactsSources
}
export interface FactsExceptions {
more?: string[]
fewer?: string[]
open?: string[]
}
export interface FactsConcept {
name: string
title: string
aliases?: string[]
see: string[]
text: string
}
export interface FactsVerifierMessage {
name: string
title: string
from: ("verifier" | "report" | "libbpf" | "loader")
match: string[]
means: string
causes?: string[]
fix: string[]
wrong?: string
right?: string
generic?: boolean
hot?: boolean
registers?: boolean
since?: number
until?: number
see?: string[]
sources: FactsSources
}
/**
 * Something of the language or the loader that programs use without naming one function: data/features/<id>.yaml.
 */
export interface FeatureData {
name: string
title: string
/**
 * Other words for it, in lower case.
 * 
 * @minItems 1
 */
aliases?: string[]
lifetime: CommonLifetime
sources: CommonSources
/**
 * Where the JIT of an architecture decides. An architecture that is not named is not known.
 * 
 * @minItems 1
 */
byArch?: {
arch: ("x86-64" | "x86-32" | "arm64" | "arm" | "s390x" | "riscv64" | "loongarch64" | "powerpc64" | "mips64" | "parisc64")
lifetime?: CommonLifetime
/**
 * A mainline release, always quoted: unquoted 6.10 is the number 6.1.
 */
missing?: string
sources: CommonSources
}[]
/**
 * Helpers, kfuncs, map types and macros by which one uses it.
 * 
 * @minItems 1
 */
needs?: string[]
/**
 * What one had to do before, in a phrase.
 */
replaces?: string
/**
 * @minItems 1
 */
capabilities?: string[]
/**
 * @minItems 1
 */
kernelConfig?: string[]
}
/**
 * A helper function: data/helpers/<name>.yaml.
 */
export interface HelperData {
name: string
id: number
returns: string
params: {
type: string
name: string
}[]
since: CommonVersion
sources: CommonSources
/**
 * True, false, null for not known, or by program type and attach type where the kernel has variants (`*` for the rest).
 */
gplOnly: (boolean | null | {
[k: string]: boolean
})
capabilities?: string[]
kernelConfig?: string[]
prefer?: string[]
known?: CommonLetters
listed?: CommonListing[]
measured?: CommonMeasured
}
/**
 * What a version table says about program types; absence from it says nothing.
 */
export interface CommonListing {
/**
 * `*`: every program type.
 * 
 * @minItems 1
 */
programTypes: string[]
/**
 * @minItems 1
 */
attachTypes?: CommonAttachType[]
/**
 * Only in members of these structs (struct_ops).
 * 
 * @minItems 1
 */
targets?: string[]
/**
 * Only in programs attached by a trampoline.
 */
trampoline?: boolean
since?: CommonVersion
until?: CommonVersion
ref?: string
}
/**
 * Letters a kernel -> the configurations for which it said that. A configuration named nowhere was refused by every kernel that has it.
 */
export interface CommonMeasured {
/**
 * @minItems 1
 */
[k: string]: string[]
}
/**
 * Every mainline release that the book speaks of, and those that were measured: data/kernels.yaml.
 */
export interface KernelsData {
releases: CommonVersion[]
measured: {
release: CommonVersion
name: string
/**
 * Kfuncs of modules were measured too.
 */
modules: boolean
}[]
gplLicenses: string[]
sources: CommonSources
}
/**
 * A kernel function that programs may call: data/kfuncs/<name>.yaml.
 */
export interface KfuncData {
name: string
/**
 * Declaration without extern and __ksym; empty where no kernel at hand declares it.
 */
proto: string
module: string
flags: string[]
flagsBefore?: string[]
lifetime: CommonLifetime
sources: CommonSources
replacedBy?: string
partner?: string
known?: CommonLetters
listed?: CommonListing[]
measured?: CommonMeasured
}
/**
 * A kind of BPF link: data/link-types/<name>.yaml.
 */
export interface LinkTypeData {
name: string
value: number
lifetime: CommonLifetime
sources: CommonSources
/**
 * @minItems 1
 */
programTypes?: CommonProgramType[]
/**
 * @minItems 1
 */
attachTypes?: CommonAttachType[]
aliasOf?: string
}
/**
 * Hooks of security modules by what programs there may return: data/lsm-hooks.yaml. A hook that is not listed is not known.
 */
export interface LsmHooksData {
kinds: {
/**
 * @minItems 1
 */
hooks: string[]
/**
 * Attach types that are not listed may return anything.
 */
ranges: {
attachType: CommonAttachType
min: number
max: number
/**
 * A mainline release, always quoted: unquoted 6.10 is the number 6.1.
 */
since: string
/**
 * A mainline release, always quoted: unquoted 6.10 is the number 6.1.
 */
free?: string
}[]
}[]
sources: CommonSources
}
/**
 * A macro of libbpf's BPF-side headers: data/macros/<name>.yaml.
 */
export interface MacroData {
name: string
header: ("bpf/bpf_helpers.h" | "bpf/bpf_helper_defs.h" | "bpf/bpf_tracing.h" | "bpf/bpf_core_read.h" | "bpf/bpf_endian.h" | "bpf/usdt.bpf.h")
/**
 * Parameters as declared, null for a word without any.
 */
args: (string | null)
/**
 * One line of C that uses it.
 */
usage: string
/**
 * First libbpf release that has it.
 */
libbpf: string
sources: CommonSources
/**
 * An inline function of the header, used as the macros are.
 */
function?: true
/**
 * Helpers and kfuncs that its expansion calls, and so needs from the kernel.
 * 
 * @minItems 1
 */
needs?: {
kind: ("helper" | "kfunc")
/**
 * `bpf_iter_*_new` stands for those of the iterator that is named.
 */
name: string
/**
 * Under which condition, where it is not always.
 */
when?: string
}[]
/**
 * What it needs from the kernel beside what it calls, such as the release whose verifier knows a BTF tag.
 */
kernel?: {
lifetime: CommonLifetime
sources: CommonSources
}
}
/**
 * Which helpers take which maps, as check_map_func_compatibility() asks it from both sides: data/map-helpers.yaml.
 */
export interface MapHelpersData {
/**
 * Map type -> the only helpers that may be given such a map. A type named nowhere takes any.
 */
mapTypes: {
/**
 * @minItems 1
 */
[k: string]: string[]
}
/**
 * Map type -> helpers for which other things than the two names decide.
 */
depends?: {
/**
 * @minItems 1
 */
[k: string]: string[]
}
/**
 * Helper -> the only map types that it takes. A helper named nowhere takes any.
 */
helpers: {
/**
 * @minItems 1
 */
[k: string]: string[]
}
sources: CommonSources
}
/**
 * What the kernel demands of a map's definition, by type: data/map-limits.yaml. What is not said may be anything.
 */
export interface MapLimitsData {
mapTypes: {
[k: string]: MapLimitsLimit
}
sources: CommonSources
}
export interface MapLimitsLimit {
/**
 * The only sizes of the key, in bytes.
 * 
 * @minItems 1
 */
keySize?: number[]
/**
 * The only sizes of the value, in bytes.
 * 
 * @minItems 1
 */
valueSize?: number[]
/**
 * The least and the largest size of the key, in bytes.
 * 
 * @minItems 2
 * @maxItems 2
 */
keyRange?: number[]
/**
 * The size of the value is a multiple of so many bytes, and not 0.
 */
valueUnit?: number
/**
 * `some`: not 0; `none`: 0; `pages`: a power of two and whole pages.
 */
maxEntries?: ("some" | "none" | "pages")
/**
 * It may not be the inner map of a map of maps.
 */
inner?: "never"
/**
 * Flags that must be set.
 */
needsFlags?: string[]
/**
 * Flags that must not be set.
 */
refusesFlags?: string[]
}
/**
 * A map type: data/map-types/<name>.yaml.
 */
export interface MapTypeData {
name: string
lifetime: CommonLifetime
sources: CommonSources
aliasOf?: string
}
/**
 * Members that a program's own source may fill in structures of operations (struct_ops) and of legacy maps, in the order of their structure: data/operations.yaml.
 */
export interface OperationsData {
/**
 * @minItems 1
 */
tables: {
/**
 * The structure's name, without `struct`.
 */
struct: string
lifetime?: CommonLifetime1
sources: CommonSources
/**
 * @minItems 1
 */
members: {
name: string
/**
 * What is put there: a program's name, a string, or a number.
 */
kind: ("program" | "text" | "number")
/**
 * When the kernel calls it, or what the value means; no full stop. Starts with `needed:` where the kernel refuses a table without it.
 */
detail: string
}[]
}[]
}
/**
 * First release known to have a thing; `after`: the last known not to, where that is not the one before; `max`: the last known to have it.
 */
export interface CommonLifetime1 {
since: CommonVersion
after?: CommonVersion
max?: CommonVersion
/**
 * A mainline release, always quoted: unquoted 6.10 is the number 6.1.
 */
gone?: string
}
/**
 * A program type: data/program-types/<name>.yaml.
 */
export interface ProgramTypeData {
name: CommonProgramType
title: string
context: (string | null)
attachTypes: CommonAttachType[]
lifetime: CommonLifetime
sources: CommonSources
/**
 * From when a program of this type may sleep; false: never; null: not known.
 */
sleepable: (false | null | {
since: CommonVersion
sources: CommonSources
})
}
/**
 * What public tables say where the entries say something else. Written by `node data/build/run.mjs disagreements --reference DIR`.
 */
export interface Published {
versions: {
kind: ("helper" | "kfunc" | "program type" | "attach type" | "map type")
name: string
ebpfDocs?: string
bcc?: string
}[]
flags: {
name: string
ebpfDocs: string[]
}[]
}
/**
 * The fields of `struct pt_regs`, the context of kprobe and uprobe programs, by architecture: data/registers.yaml.
 */
export interface RegistersData {
/**
 * @minItems 1
 */
architectures: {
/**
 * As in data/features.
 */
arch: string
/**
 * Of the whole structure, in bytes; programs may load any aligned part of it.
 */
size: number
sources: CommonSources
/**
 * @minItems 1
 */
fields: {
name: string
type: string
array?: number
offset: number
/**
 * The field's name in the header for user space, where it differs.
 */
user?: string
/**
 * What it holds in a probe; no full stop.
 */
role?: string
}[]
}[]
}
/**
 * Values that programs may return where the verifier enforces a range: data/return-ranges.yaml. What is not listed may return anything, or is not known.
 */
export interface ReturnRangesData {
ranges: {
programType: CommonProgramType
/**
 * @minItems 1
 */
attachTypes: CommonAttachType[]
min: number
max: number
/**
 * A mainline release, always quoted: unquoted 6.10 is the number 6.1.
 */
since: string
sources: CommonSources
}[]
}
/**
 * A row of libbpf's section_defs, or a name that older libbpf took: data/sections/<name with / as __>.yaml.
 */
export interface SectionData {
name: string
/**
 * Position in libbpf's table: the first match wins.
 */
order: number
/**
 * libbpf's `+`: the name alone or `name/extras`.
 */
plus: boolean
programType: CommonProgramType
attachType: (CommonAttachType | null)
sleepable: boolean
frags: boolean
libbpf: string
lifetime?: CommonLifetime
legacy?: {
until: string
prefix: boolean
modern: string
}
extras?: {
grammar: string
example: string
}
sources: CommonSources
}
/**
 * Words of our own about an entry: data/text/<kind>/<name>.yaml.
 */
export interface TextData {
summary: string
params?: {
[k: string]: string
}
/**
 * Of a context: field -> what it holds.
 */
fields?: {
[k: string]: string
}
returns?: string
pitfalls?: string[]
prefer?: string[]
}
/**
 * A message of the verifier or of a loader: how to know it, and what it means in our words. The file's name is its name.
 */
export interface VerifierMessageData {
/**
 * What went wrong, in a few words.
 */
title: string
/**
 * `report`: only in the reports of Linux 7.x; `loader`: cilium/ebpf, bpftool, the system call.
 */
from: ("verifier" | "report" | "libbpf" | "loader")
/**
 * Templates: literal text with holes, {name} for anything, {name:d} for a number, {name:w} for a word; ^ and $ hold them to the line's ends.
 * 
 * @minItems 1
 */
match: string[]
/**
 * What the kernel or loader found.
 */
means: string
/**
 * What usually leads there, the likeliest first.
 * 
 * @minItems 1
 */
causes?: string[]
/**
 * What to do about it.
 * 
 * @minItems 1
 */
fix: string[]
/**
 * C that makes the message.
 */
wrong?: string
/**
 * The same, mended.
 */
right?: string
/**
 * It says less than what usually stands beside it.
 */
generic?: boolean
/**
 * Which instructions the log shows most often says more than the last one.
 */
hot?: boolean
/**
 * False where the state of registers explains nothing.
 */
registers?: boolean
/**
 * A mainline release, always quoted: unquoted 6.10 is the number 6.1.
 */
since?: string
/**
 * A mainline release, always quoted: unquoted 6.10 is the number 6.1.
 */
until?: string
/**
 * Entries of the book that belong to it.
 * 
 * @minItems 1
 */
see?: string[]
sources: CommonSources
}
