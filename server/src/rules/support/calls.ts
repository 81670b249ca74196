/** Walks the calls of a unit and gathers, for each, the programs for which a verdict holds: one finding per call and rule. */
import { maySleep } from '../../facts/maySleep.js';
import { arrivalOf } from '../../model/arrival.js';
import type { EntityCall, Program } from '../../model/model.types.js';
import type { Finding, Report, RuleContext } from '../rule.js';
import { sureOf } from './arms.js';
import { exists, judge, type CallFact, type Verdict } from './judge.js';
import { aimOf, listKeeper, namesOf, once } from './keep.js';
import { kindOf } from './words.js';
import { entryOf } from '../../text/entryOf.js';

/** Helpers that take the same arguments, so that renaming the callee is the whole correction. */
export const SAME_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  bpf_probe_read: ['bpf_probe_read_kernel', 'bpf_probe_read_user'],
  bpf_probe_read_str: ['bpf_probe_read_kernel_str', 'bpf_probe_read_user_str'],
};

/**
 * What loaders put in place of a helper that the kernel does not know: libbpf's `bpf_object__sanitize_prog()` and
 * cilium/ebpf's `fixupProbeReadKernel()`.
 */
const LOADER_SUBSTITUTES: Readonly<Record<string, string>> = {
  bpf_probe_read_kernel: 'bpf_probe_read',
  bpf_probe_read_user: 'bpf_probe_read',
  bpf_probe_read_kernel_str: 'bpf_probe_read_str',
  bpf_probe_read_user_str: 'bpf_probe_read_str',
};

/** The helper that loaders call instead, where the kernels that refuse lack this one and let all these programs call that. */
export function loaderSubstitute(context: RuleContext, { fact, verdicts, programs }: JudgedCall): string | undefined {
  const name = entryOf(LOADER_SUBSTITUTES, fact.name);
  const other = name === undefined ? undefined : context.facts.helpers.get(name);
  if (!other || verdicts.some((v) => v.members.some((r) => exists(fact, r)))) return undefined;
  // On a kernel without this kind of program the call is not what keeps it out.
  const allowed = programs.every((p, i) => verdicts[i]?.members.every((r) => r < arrivalOf(p, context.facts) || context.facts.availability(other, p.key).at(r) === 'allowed'));
  return allowed ? name : undefined;
}

/** A call with the programs for which one kind of verdict holds, and each program's verdict, in source order. */
export interface JudgedCall {
  readonly call: EntityCall;
  readonly fact: CallFact;
  readonly programs: readonly Program[];
  readonly verdicts: readonly Verdict[];
  /** The first program's, which the message speaks of. */
  readonly verdict: Verdict;
}

/** The fact behind a call, or undefined for a name that the book does not have. */
export function factOf(context: RuleContext, call: EntityCall): CallFact | undefined {
  return call.kind === 'helper' ? context.facts.helpers.get(call.name) : context.facts.kfuncs.get(call.name);
}

/** Calls that run unconditionally as far as one can see: guarded ones, by a test or by `#if`, are left to the guard. */
export function unguarded(context: RuleContext, kind: EntityCall['kind']): readonly EntityCall[] {
  return once(context, `unguarded ${kind}`, () => callGroups(context).flatMap((group) => unguardedIn(group, kind)));
}

/** Calls function by function. */
export function callGroups({ model }: RuleContext): readonly (readonly EntityCall[])[] {
  return model.callGroups ?? [model.calls];
}

/** Those calls of one group that run unconditionally. */
export function unguardedIn(group: readonly EntityCall[], kind: EntityCall['kind']): readonly EntityCall[] {
  return group.filter((c) => c.kind === kind && c.guard === undefined && !c.preprocessor && c.programs.length > 0);
}

/** True if the unit declares the kfunc weak, so that an object loads without it and only the call is refused. */
export function isWeak(context: RuleContext, name: string): boolean {
  for (const file of context.model.files.values()) {
    if (file.functions.some((f) => f.name === name && f.annotations.some((a) => a.name === '__weak'))) return true;
  }
  return false;
}

/** All calls of helpers or kfuncs to which a verdict of this kind applies. */
export function judgedCalls(context: RuleContext, kind: EntityCall['kind'], verdictKind: Verdict['kind']): readonly JudgedCall[] {
  const all = refused(context, kind);
  if (all.length === 0) return all;
  const judged: JudgedCall[] = [];
  // A macro such as bpf_for stands for several calls at one place: one finding says enough.
  const macros = new Set<string>();
  for (const one of all) {
    if (one.verdict.kind !== verdictKind) continue;
    const { call } = one;
    const macro = call.via === undefined ? undefined : `${call.path} ${call.call.nameSpan.start}`;
    if (macro !== undefined && macros.has(macro)) continue;
    judged.push(one);
    if (macro !== undefined) macros.add(macro);
  }
  return judged;
}

/** All calls with a verdict, once for each kind of verdict. */
function refused(context: RuleContext, kind: EntityCall['kind']): readonly JudgedCall[] {
  return once(context, `refused ${kind}`, () => {
    const judge = (group: Group): readonly JudgedCall[] => unguardedIn(group, kind).flatMap((call) => judgeCall(context, call));
    return judgements[kind](aimOf(context), namesOf(context.model), callGroups(context), judge);
  });
}

type Group = readonly EntityCall[];
const judgements = { helper: listKeeper<Group, JudgedCall>(), kfunc: listKeeper<Group, JudgedCall>() };
const FINE: readonly JudgedCall[] = [];

function judgeCall(context: RuleContext, call: EntityCall): readonly JudgedCall[] {
  const fact = factOf(context, call);
  if (!fact) return FINE;
  const byKind = new Map<Verdict['kind'], { readonly programs: Program[]; readonly verdicts: Verdict[] }>();
  const refused = call.programs.filter((program) => verdictsOn(context, call, fact, program).length > 0);
  for (const program of sureOf(refused, call.programs)) {
    const kinds = new Set<Verdict['kind']>();
    for (const verdict of verdictsOn(context, call, fact, program)) {
      if (kinds.has(verdict.kind)) continue;
      kinds.add(verdict.kind);
      let entry = byKind.get(verdict.kind);
      if (!entry) byKind.set(verdict.kind, (entry = { programs: [], verdicts: [] }));
      entry.programs.push(program);
      entry.verdicts.push(verdict);
    }
  }
  return byKind.size === 0 ? FINE : [...byKind.values()].map(({ programs, verdicts }) => ({ call, fact, programs, verdicts, verdict: verdicts[0]! }));
}

function verdictsOn(context: RuleContext, call: EntityCall, fact: CallFact, program: Program): readonly Verdict[] {
  const verdicts = judge(context, fact, program.key);
  return call.sleeping ? verdicts.filter((verdict) => !isAboutSleep(context, fact, verdict)) : verdicts;
}

/** True if the verdict may come of nothing but that the program may not sleep. */
function isAboutSleep({ facts }: RuleContext, fact: CallFact, { kind, release }: Verdict): boolean {
  return kind === 'needs-sleepable' || (exists(fact, release) && maySleep(facts, fact, release));
}

/** The finding on a call: the callee's name as its place, and how the programs get there. */
export function callReport(context: RuleContext, call: EntityCall, programs: readonly Program[], message: string, fixes: Report['fixes'] = []): Report {
  return { path: call.path, span: call.call.nameSpan, message, subject: call.name, programs, fixes, related: [...macroAround(context, call), ...callers(context, call, programs)] };
}

/** "in the macro `READ`" for a call that only a macro of the unit shows, where that is defined once. */
function macroAround({ model }: RuleContext, { via }: EntityCall): Finding['related'] {
  const defines = via === undefined ? undefined : model.names?.defines.get(via);
  const [only, ...others] = defines ?? [];
  return only === undefined || others.length > 0 ? [] : [{ path: only.path, span: only.view.nameSpan, message: `the call is in the macro \`${via}\`` }];
}

/** Programs whose ways to a place are told; of a function that hundreds reach the list would be longer than anyone reads. */
const MAX_CALLERS = 64;

/** "called from `a` ← `xdp_main` (XDP)" for each program that reaches the place through other functions, with the way. */
export function callers(context: RuleContext, place: { readonly path: string; readonly fn: Program['fn'] }, programs: readonly Program[]): Finding['related'] {
  const others = programs.filter((p) => p.path !== place.path || p.fn.span.start !== place.fn.span.start);
  const told = others.slice(0, MAX_CALLERS);
  const paths = context.model.callPaths?.(place.fn, told);
  const called = told.map((p) => ({ path: p.path, span: p.fn.nameSpan, message: `called from ${way(paths?.get(p) ?? [], p)} (${kindName(context, p)})` }));
  const next = others[MAX_CALLERS];
  const more = next ? [{ path: next.path, span: next.fn.nameSpan, message: `called from ${others.length - MAX_CALLERS} more programs` }] : [];
  return [...called, ...more, ...tailCallers(context, programs)];
}

function kindName(context: RuleContext, program: Program): string {
  return kindOf(context.facts, program.programType).replace(/ programs$/, '');
}

/** Tail calls that are told of one finding. */
const MAX_TAIL_CALLS = 4;

/** "tail call from `entry` (XDP) through `jmp_table`" for the programs that others lead to by tail calls. */
function tailCallers(context: RuleContext, programs: readonly Program[]): Finding['related'] {
  const told = new Map<string, Finding['related'][number]>();
  for (const tail of context.model.tailCalls ?? []) {
    if (!tail.to.some((p) => programs.includes(p))) continue;
    for (const from of tail.from) {
      const message = `tail call from \`${from.name}\` (${kindName(context, from)}) through \`${tail.map.name}\``;
      if (told.size < MAX_TAIL_CALLS && !told.has(message)) told.set(message, { path: tail.path, span: tail.call.nameSpan, message });
    }
  }
  return [...told.values()];
}

/** Functions named on the way from a place to a program; of a longer way only the ends are told. */
const MAX_WAY = 8;

function way(path: readonly Program['fn'][], program: Program): string {
  const names = [...path.map((f) => f.name), program.name].map((name) => `\`${name}\``);
  if (names.length > MAX_WAY) names.splice(MAX_WAY / 2, names.length - MAX_WAY, '…');
  return names.join(' ← ');
}

/** Those of the preferred replacements that all of these programs may call. */
export function replacements(context: RuleContext, fact: CallFact, programs: readonly Program[]): readonly string[] {
  const own = fact.kind === 'helper' ? [...fact.prefer, ...(entryOf(SAME_ARGUMENTS, fact.name) ?? [])] : fact.replacedBy === undefined ? [] : [fact.replacedBy];
  const names = new Set([...own, ...context.facts.alternatives(fact.name)]);
  return [...names].filter((name) => fits(context, name, programs));
}

/** True if the helper or kfunc is known to be allowed in all these programs, on the target's releases or, without one, on some release. */
export function fits(context: RuleContext, name: string, programs: readonly Program[]): boolean {
  const fact = context.facts.helpers.get(name) ?? context.facts.kfuncs.get(name);
  if (!fact) return false;
  return programs.every((p) => {
    const timeline = context.facts.availability(fact, p.key);
    if (context.target) return context.target.releases.every((r) => timeline.at(r) === 'allowed');
    return timeline.allowed() !== undefined;
  });
}
