/** What the code's shape needs of a kernel, and of a kernel on the architecture at hand: calls that stay, global data, loops, atomics. */
import type { FactBook } from '../facts/factBook.types.js';
import type { Condition } from '../syntax/views.js';
import type { Span } from '../text/span.js';
import type { LanguageNeed, LanguageNeeds } from './architecture.js';
import type { CallGraph, GraphNode } from './callGraph.js';
import { standing, type Collector } from './collector.js';
import { neededFeature } from './compiled.js';
import { spotOf, type Guards } from './guards.js';
import { forUsedNames, isMayGoto, isNeverInlined, isNewAtomic, staysALoop, variableFeatures } from './language.js';
import type { EntityCall, MapDef, Program, Requirement } from './model.types.js';
import { places, type Reach } from './reach.js';
import type { UnitIndex } from './unitIndex.js';

export interface LanguageSources {
  readonly index: UnitIndex;
  /** The functions whose needs are asked for. */
  readonly nodes: readonly GraphNode[];
  readonly graph: Pick<CallGraph, 'byFunction' | 'expander'>;
  readonly guards: Guards;
  readonly reach: Reach;
  readonly programs: readonly Program[];
  readonly calls: readonly EntityCall[];
  readonly needs: LanguageNeeds;
  readonly facts: FactBook;
}

/** Takes notes of what is needed. */
export type Notebook = Pick<Collector, 'add'>;

/** Notes a need of the programs that get to a place in `node`. */
type Note = (need: LanguageNeed | undefined, span: Span, conditions: readonly Condition[], own?: string) => void;

/** The `#if`s under which a program exists: a guard for the file, none for the program. */
export function existence(program: Program, { graph, guards }: Pick<LanguageSources, 'graph' | 'guards'>): { readonly guard: string | undefined; readonly own?: true } {
  const node = graph.byFunction.get(program.fn);
  const guard = node ? guards.verdict(node, program.section.use).guard : undefined;
  return guard === undefined ? { guard } : { guard, own: true };
}

/** Adds the requirements of kind `language`, and those that macros of libbpf hide. */
export function languageRequirements(s: LanguageSources, collector: Notebook): void {
  const variables = variableFeatures(s.index);
  const mixing = new MixedCalls();
  for (const node of s.nodes) {
    const reached = s.reach.of(node);
    if (reached.plain.length === 0 && reached.guarded.length === 0) continue;
    const note: Note = (need, span, conditions, own) => {
      if (!need) return;
      for (const place of places(node, { conditions, at: span.start }, own, s.guards, s.reach)) {
        if (place.programs.length > 0) collector.add('language', need.feature, place.programs, { path: node.path, span, ...standing(place) }, () => need.lifetime);
      }
    };
    calls(node, s, note, mixing);
    if (variables.size > 0) forUsedNames(node, variables, (name, span, conditions) => note(s.needs.of(variables.get(name)!), span, conditions));
    loops(node, s, note);
    atomics(node, s, note);
  }
  mixing.add(s, collector);
  argumentTags(s, collector);
  for (const program of s.programs) {
    hiddenNeeds(program, s, collector);
    operationsNeed(program, s, collector);
  }
  printedFormats(s, collector);
  if (s.needs.architecture !== undefined) byArchitecture(s, collector);
}

function calls(node: GraphNode, s: LanguageSources, note: Note, mixing: MixedCalls): void {
  for (const edge of node.callees) {
    if (edge.callback || !isNeverInlined(edge.node.fn)) continue;
    note(s.needs.of('bpf-calls'), edge.call.nameSpan, edge.call.conditions, edge.guard);
    for (const place of places(node, spotOf(edge.call, edge.node.fn.name), edge.guard, s.guards, s.reach)) {
      if (place.guard === undefined) for (const p of place.programs) mixing.calling.add(p);
    }
  }
  for (const entity of node.entities) {
    if (entity.name !== 'bpf_tail_call') continue;
    for (const place of places(node, spotOf(entity.call, entity.via === undefined ? undefined : entity.name), entity.guard, s.guards, s.reach)) {
      if (place.guard === undefined) for (const p of place.programs) if (!mixing.tails.has(p)) mixing.tails.set(p, { path: node.path, span: entity.call.nameSpan });
    }
  }
}

/** Programs with tail calls and calls that stay: kernels that know both refused them together at first. */
class MixedCalls {
  readonly calling = new Set<Program>();
  readonly tails = new Map<Program, { readonly path: string; readonly span: Span }>();

  add({ needs }: LanguageSources, collector: Notebook): void {
    const need = needs.of('tail-calls-with-calls');
    if (!need) return;
    for (const [program, at] of this.tails) {
      if (this.calling.has(program)) collector.add('language', need.feature, [program], { ...at, guard: undefined }, () => need.lifetime);
    }
  }
}

/** What libbpf does for kernels that do not know the tag (`FEAT_ARG_CTX_TAG`). */
const EMULATED = new Set(['__arg_ctx']);

/** `__arg_nonnull` and its kind on parameters of global functions: older kernels do not read these tags. */
function argumentTags(s: LanguageSources, collector: Notebook): void {
  for (const node of s.nodes) {
    if (node.fn.isStatic) continue;
    for (const { name, span } of node.fn.annotations) {
      const lifetime = name.startsWith('__arg_') && !EMULATED.has(name) && !s.index.defines.has(name) ? s.facts.macros.get(name)?.kernel : undefined;
      if (!lifetime) continue;
      for (const place of places(node, { conditions: [] }, undefined, s.guards, s.reach)) {
        if (place.programs.length > 0) collector.add('macro', name, place.programs, { path: node.path, span, ...standing(place) }, () => lifetime);
      }
    }
  }
}

function loops(node: GraphNode, s: LanguageSources, note: Note): void {
  const text = node.fn.loops.length > 0 ? s.index.files.get(node.path)?.text : undefined;
  if (text === undefined) return;
  for (const loop of node.fn.loops) {
    const stays = staysALoop(node.fn, loop, text, s.index);
    // A field of what a caller hands over may be a constant once the function is inlined.
    if (stays === undefined || (stays === 'field' && !s.programs.some((p) => p.fn === node.fn))) continue;
    note(s.needs.of('bounded-loops'), { start: loop.span.start, end: loop.span.start + 'for'.length }, conditionsIn(node, loop.span));
  }
}

/** Conditions around a loop: those of the first thing in it, but for what the loop itself lays on it. */
function conditionsIn(node: GraphNode, loop: Span): readonly Condition[] {
  const inside = [...node.fn.calls.map((c) => ({ at: c.span, c: c.conditions })), ...node.fn.identifiers.map((i) => ({ at: i.span, c: i.conditions }))].find(({ at }) => at.start >= loop.start && at.end <= loop.end);
  return inside?.c.filter((c) => c.span.start < loop.start) ?? [];
}

function atomics(node: GraphNode, s: LanguageSources, note: Note): void {
  for (const call of node.fn.calls) {
    const names = s.graph.expander.has(call.name) ? s.graph.expander.calls(call.name).names : [call.name];
    if (names.some(isNewAtomic)) note(s.needs.of('atomics'), call.nameSpan, call.conditions, s.graph.expander.has(call.name) ? s.graph.expander.calls(call.name).guard : undefined);
  }
  for (const use of node.fn.identifiers) {
    const feature = isMayGoto(use.name, s.index) ? 'may-goto' : neededFeature(use.name);
    if (feature !== undefined) note(s.needs.of(feature), use.span, use.conditions);
  }
}

/**
 * Macros of bpf_tracing.h and usdt.bpf.h that read values of the kernel's configuration (`LINUX_HAS_SYSCALL_WRAPPER`,
 * `LINUX_HAS_BPF_COOKIE`), which libbpf gives as global data.
 */
function hiddenNeeds(program: Program, s: LanguageSources, collector: Notebook): void {
  const { fn, path } = program;
  const reads = fn.wrapper === 'BPF_KSYSCALL' || fn.wrapper === 'BPF_KPROBE_SYSCALL' || (fn.wrapper === 'BPF_USDT' && fn.params.length > 0);
  const need = reads && !s.index.defines.has(fn.wrapper!) ? s.needs.of('kconfig-externs') : undefined;
  if (!need) return;
  collector.add('macro', fn.wrapper!, [program], { path, span: fn.nameSpan, ...existence(program, s) }, () => need.lifetime);
}

/** The structure of operations that a program is put into: the kernel must know that one, and not only `struct_ops` as such. */
function operationsNeed(program: Program, s: LanguageSources, collector: Notebook): void {
  const struct = program.programType === 'BPF_PROG_TYPE_STRUCT_OPS' ? program.key.target?.split('.')[0] : undefined;
  const lifetime = struct === undefined ? undefined : s.facts.operationsSince(struct);
  if (!lifetime) return;
  collector.add('section', `struct ${struct}`, [program], { path: program.path, span: program.section.use.argumentSpan, ...existence(program, s) }, () => lifetime);
}

/**
 * `bpf_printk` keeps its format in `.rodata` since libbpf 0.6 (`static const char ____fmt[]`, bpf_helpers.h), unless `BPF_NO_GLOBAL_DATA` is
 * defined; a program that names such a map is refused by libbpf where the kernel has no global data.
 */
function printedFormats(s: LanguageSources, collector: Notebook): void {
  const { defines } = s.index;
  if (defines.has('bpf_printk') || defines.has('BPF_NO_GLOBAL_DATA') || !s.needs.formatsAreData) return;
  const need = s.needs.of('global-data');
  if (!need) return;
  for (const call of s.calls) {
    if (call.via !== 'bpf_printk' || call.programs.length === 0) continue;
    collector.add('macro', 'bpf_printk', call.programs, { path: call.path, span: call.call.nameSpan, ...standing(call) }, () => need.lifetime);
  }
}

/** Attach types whose programs a trampoline runs. */
const TRAMPOLINES = new Set(['BPF_TRACE_FENTRY', 'BPF_TRACE_FEXIT', 'BPF_MODIFY_RETURN', 'BPF_LSM_MAC', 'BPF_LSM_CGROUP']);

/** What the JIT must know how to do, where that came later on this architecture. */
function byArchitecture(s: LanguageSources, collector: Notebook): void {
  const { needs } = s;
  const trampolines = needs.later('trampolines');
  if (trampolines) {
    for (const program of s.programs) {
      if (!TRAMPOLINES.has(program.attachType ?? '') && program.programType !== 'BPF_PROG_TYPE_STRUCT_OPS') continue;
      collector.add('language', trampolines.feature, [program], { path: program.path, span: program.section.use.argumentSpan, ...existence(program, s) }, () => trampolines.lifetime);
    }
  }
  for (const call of s.calls) {
    const need = call.kind === 'kfunc' ? needs.later(call.name === 'bpf_throw' ? 'exceptions' : 'kfuncs') : undefined;
    if (!need || call.programs.length === 0) continue;
    collector.add('language', need.feature, call.programs, { path: call.path, span: call.call.nameSpan, ...standing(call) }, () => need.lifetime);
  }
}

/** What maps need on this architecture beyond their types. */
export function mapArchitecture(map: MapDef, base: Requirement, needs: LanguageNeeds): Requirement | undefined {
  const need = map.type === 'BPF_MAP_TYPE_ARENA' ? needs.later('arenas') : undefined;
  return need && { ...base, kind: 'language', feature: need.feature, lifetime: need.lifetime };
}
