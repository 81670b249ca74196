/** The status of a file: its least kernel, what forces it, and whether the target is met. */
import type { MinKernel, Unit } from '../analysis.types.js';
import { hasThing, type KernelThing } from '../facts/kernel.js';
import { formatRelease } from '../facts/kernelVersion.js';
import type { Program, Requirement } from '../model/model.types.js';
import type { Span } from '../text/span.js';
import { fileKind } from './ebpfFile.js';
import { programAt } from './programs.js';
import { earlierToo, reasonsByFeature, type Reason } from './reasons.js';
import { code, paragraph, strong, type InfoSection, type Line } from './text/info.js';
import { lackingPart, targetText, versionRange } from './verdict.js';

export type StatusState = 'ebpf' | 'no-programs' | 'header' | 'not-ebpf';

export interface StatusReasonData {
  readonly feature: string;
  readonly kind: string;
  readonly since: string;
  readonly program?: string;
  readonly guarded: boolean;
  readonly exceedsTarget: boolean;
  readonly path: string;
  readonly span: Span;
}

export interface Status {
  readonly state: StatusState;
  readonly text: string;
  readonly tooltip: readonly InfoSection[];
  readonly minKernel: string | null;
  readonly maxKernel: string | null;
  readonly exceedsTarget: boolean;
  readonly program: string | null;
  /** Each feature once, at its first place; highest release first. */
  readonly reasons: readonly StatusReasonData[];
}

/** Nothing to show. */
export const NO_STATUS: Status = { state: 'not-ebpf', text: '', tooltip: [], minKernel: null, maxKernel: null, exceedsTarget: false, program: null, reasons: [] };

const MAX_LISTED = 8;

/** C for other loaders, as it is called. */
const DIALECTS: Readonly<Record<NonNullable<Unit['model']['dialect']>, string>> = {
  bcc: 'C for bcc',
  android: 'C for Android\'s loader',
  windows: 'C for eBPF for Windows',
  iproute2: 'C for iproute2\'s loader',
};

/**
 * @param path path or URI of the unit's main file
 * @param offset where the cursor is: inside a program, the status is that program's
 * @param lineOf 1-based line of a place, for the tooltip
 * @param includers units known to include this file, for a header
 */
export function status(unit: Unit, path: string, offset: number | undefined, lineOf: (path: string, offset: number) => number, includers: readonly Unit[] = []): Status {
  const kind = fileKind(unit, path, includers.some((i) => i.model.programs.length > 0));
  if (kind === 'other') return NO_STATUS;
  const program = offset === undefined ? undefined : programAt(unit, offset);
  const min = unit.minKernel(program);
  const exceedsTarget = exceeds(unit, min);
  const state: StatusState = kind === 'header' ? 'header' : unit.model.programs.length === 0 ? 'no-programs' : 'ebpf';
  return {
    state,
    text: statusText(min),
    tooltip: tooltip(unit, state, program, min, exceedsTarget, lineOf, includers),
    minKernel: min.version === undefined ? null : formatRelease(min.version),
    maxKernel: min.max === undefined ? null : formatRelease(min.max),
    exceedsTarget,
    program: program?.name ?? null,
    reasons: reasonsByFeature(min.reasons).map((reason) => reasonData(unit, reason.first)),
  };
}

function statusText(min: MinKernel): string {
  if (min.version === undefined) return min.max === undefined ? 'eBPF' : `eBPF ≤ ${formatRelease(min.max)}`;
  return min.max === undefined ? `eBPF ≥ ${formatRelease(min.version)}` : `eBPF ${formatRelease(min.version)} – ${formatRelease(min.max)}`;
}

/** The least kernel above the lowest target, or the last one below the highest. */
export function exceeds(unit: Unit, min: MinKernel): boolean {
  if (unit.target === undefined) return false;
  if (unit.target.parts.some((part) => part.kernel)) return min.reasons.some((reason) => reason.guard === undefined && lateOn(unit, reason));
  return (min.version !== undefined && min.version > unit.target.min) || (min.max !== undefined && min.max < unit.target.max);
}

/** What a requirement is to a kernel's types. */
const THINGS: Partial<Record<Requirement['kind'], KernelThing>> = { helper: 'helper', kfunc: 'kfunc', 'map-type': 'map-type', 'attach-type': 'attach-type', flag: 'constant', field: 'field' };

/** True if a part of the target is too old for the requirement, or too new. */
export function lateOn(unit: Pick<Unit, 'aims' | 'facts'>, { kind, feature, lifetime }: Requirement): boolean {
  const thing = feature.startsWith('BPF_PROG_TYPE_') ? 'program-type' : THINGS[kind];
  if (lackingPart(unit, lifetime, thing, feature) !== undefined) return true;
  const { max } = lifetime;
  return max !== undefined && unit.aims.some(({ target }) => target !== undefined && max < target.max && !(target.kernel && thing && hasThing(target.kernel, thing, feature, unit.facts) === true));
}

function reasonData(unit: Unit, reason: Requirement): StatusReasonData {
  const { lifetime } = reason;
  const guarded = reason.guard !== undefined;
  const late = unit.target?.parts.some((part) => part.kernel) ? lateOn(unit, reason) : unit.target !== undefined && (lifetime.since > unit.target.min || (lifetime.max !== undefined && lifetime.max < unit.target.max));
  const program = reason.programs.length === 1 ? reason.programs[0]!.name : undefined;
  return {
    feature: reason.feature,
    kind: reason.kind,
    since: versionRange(lifetime),
    ...(program === undefined ? {} : { program }),
    guarded,
    exceedsTarget: late && !guarded,
    path: reason.path,
    span: reason.span,
  };
}

function tooltip(
  unit: Unit,
  state: StatusState,
  program: Program | undefined,
  min: MinKernel,
  exceedsTarget: boolean,
  lineOf: (path: string, offset: number) => number,
  includers: readonly Unit[],
): readonly InfoSection[] {
  const about: Line = program ? ['program ', code(program.name)] : ['this file'];
  const sections: InfoSection[] = [headline(unit, state, about, min, includers)];
  const reasons = reasonsByFeature(min.reasons);
  const item = (reason: Reason): Line => [
    `${versionRange(reason.first.lifetime)}: `,
    code(reason.feature),
    ` (${place(unit, reason, lineOf)}${reason.places > 1 ? ` and ${reason.places - 1} more` : ''})`,
  ];
  const forcing = reasons.filter((reason) => !reason.guarded);
  if (forcing.length > 0) sections.push(list(forcing, item));
  // What the least kernel has anyway is no news.
  const guarded = reasons.filter((reason) => reason.guarded && (min.version === undefined || reason.since > min.version));
  if (guarded.length > 0) sections.push({ ...list(guarded, item), title: 'Used when present' });
  if (unit.target !== undefined) {
    const met = exceedsTarget ? 'is not met' : 'is met';
    sections.push({ kind: 'verdict', answers: [{ answer: exceedsTarget ? 'no' : 'yes', line: [`The target kernel ${targetText(unit.target)} ${met}`] }] });
  }
  return sections;
}

function headline(unit: Unit, state: StatusState, about: Line, min: MinKernel, includers: readonly Unit[]): InfoSection {
  const { dialect } = unit.model;
  if (dialect !== undefined) return paragraph(`This is ${DIALECTS[dialect]}, which is not checked: its sections, maps and kernels are another loader's.`);
  if (state === 'header' && includers.length > 0) return header(includers);
  if (state === 'header') return paragraph('A header: the programs that include it are not known yet, so what they allow is not judged here.');
  if (min.version === undefined && min.max === undefined) return paragraph('Nothing in ', ...about, ' is known to need a particular kernel.');
  const upTo: Line = min.max === undefined ? [] : [min.version === undefined ? 'at most ' : ' and at most ', strong(`Linux ${formatRelease(min.max)}`)];
  const from: Line = min.version === undefined ? [] : ['at least ', strong(`Linux ${formatRelease(min.version)}`), earlierToo(min.version, min.reasons.filter(({ guard }) => guard === undefined).map(({ lifetime }) => lifetime))].filter((part) => part !== '');
  return paragraph('Needs ', ...from, ...upTo, ' for ', ...about, ':');
}

/** Whose programs a header is judged for. */
function header(includers: readonly Unit[]): InfoSection {
  const names = includers.map(({ model }) => model.main.path.slice(model.main.path.lastIndexOf('/') + 1)).sort();
  const types = new Set(includers.flatMap(({ model }) => model.programs.map((p) => p.programType)).filter((type) => type !== null));
  const shown = names.slice(0, 3).flatMap((name, i): Line => (i === 0 ? [code(name)] : [', ', code(name)]));
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return paragraph('A header: judged for the ', String(types.size), types.size === 1 ? ' program type' : ' program types', ' of the files that include it, ', ...shown, `${more}.`);
}

function place(unit: Unit, reason: Reason, lineOf: (path: string, offset: number) => number): string {
  const { path, span } = reason.first;
  const line = `line ${lineOf(path, span.start)}`;
  return path === unit.model.main.path ? line : `${path.slice(path.lastIndexOf('/') + 1)}, ${line}`;
}

function list(reasons: readonly Reason[], item: (reason: Reason) => Line): Extract<InfoSection, { kind: 'list' }> {
  const shown = reasons.slice(0, MAX_LISTED).map(item);
  const more = reasons.length - shown.length;
  return { kind: 'list', items: more > 0 ? [...shown, [`and ${more} more`]] : shown };
}
