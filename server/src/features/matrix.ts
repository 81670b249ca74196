/** One cell of the matrix of programs and kernels: does this program run on that release, is it refused, or is it not known? */
import type { Unit } from '../analysis.types.js';
import { formatRelease, type Release } from '../facts/kernelVersion.js';
import type { ContextAccess, Program, Requirement } from '../model/model.types.js';
import type { Span } from '../text/span.js';
import { lateOn } from './status.js';

/** Kernels that kernel.org maintains for long, or did until lately. */
export const LONG_TERM = ['5.4', '5.10', '5.15', '6.1', '6.6', '6.12', '6.18'] as const;

/** `runs`: nothing in it is known to be refused, and all that the book can be asked about is known to be allowed. */
export type CellStatus = 'runs' | 'refused' | 'unknown';

/** Why a cell is not `runs`. */
export interface CellReason {
  readonly status: Exclude<CellStatus, 'runs'>;
  readonly message: string;
  /** What it is about: a helper, kfunc, field, section, type; absent where the program as a whole is not known. */
  readonly feature?: string;
  /** The rule whose finding it is. */
  readonly rule?: string;
  readonly path: string;
  readonly span: Span;
}

export interface Cell {
  readonly status: CellStatus;
  /** All that refuses; where nothing does, all that is not known. */
  readonly reasons: readonly CellReason[];
}

/**
 * Judges one program on one kernel.
 * @param unit the file, analysed with that release alone as its target
 * @param release the unit's target
 */
export function matrixCell(unit: Unit, program: Program, release: Release): Cell {
  const refused = [...refusedByFinding(unit, program), ...refusedByAge(unit, program, release)];
  if (refused.length > 0) return { status: 'refused', reasons: once(refused) };
  const unknown = [...unknownKind(program), ...unknownAges(unit, program, release), ...unknownCalls(unit, program, release), ...unknownFields(unit, program, release)];
  return { status: unknown.length > 0 ? 'unknown' : 'runs', reasons: once(unknown) };
}

/**
 * Judges one program on what one target says: the worst of its kernels, as a name may stand for several.
 * @param unit the file, analysed with that target
 * @param release of a target that is one; else what its kernels are is known
 */
export function targetCell(unit: Unit, program: Program, release: Release): Cell {
  const cells = unit.aims.map(({ facts, target }) => matrixCell(target?.kernel ? { ...unit, facts, aims: [{ facts, target }] } : unit, program, target?.kernel?.release ?? release));
  return cells.find((cell) => cell.status === 'refused') ?? cells.find((cell) => cell.status === 'unknown') ?? cells[0]!;
}

/** Rules about calls that a program can ask for before it makes them (`bpf_ksym_exists`, `bpf_core_enum_value_exists`). */
const GUARDABLE: ReadonlySet<string> = new Set(['helper-newer-than-target', 'kfunc-newer-than-target', 'kfunc-removed-in-target']);

/** True where a refused program would run with its newer calls behind a guard: nothing else refuses it. */
export function needsGuard(cell: Cell): boolean {
  return cell.status === 'refused' && cell.reasons.every(({ rule }) => rule !== undefined && GUARDABLE.has(rule));
}

/** Each feature once, at its first place. */
function once(reasons: readonly CellReason[]): CellReason[] {
  const seen = new Set<string>();
  return reasons.filter(({ feature, message }) => {
    const id = feature ?? message;
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}

function refusedByFinding(unit: Unit, program: Program): CellReason[] {
  return unit.findings
    .filter((f) => f.severity === 'error' && f.programs.includes(program.name))
    .map(({ rule, message, subject, path, span }) => ({ status: 'refused', message, rule, path, span, ...(subject === undefined ? {} : { feature: subject }) }));
}

/** Requirements that no timeline speaks of; those of calls and fields are judged by the rules, which know more exceptions. */
function aged(unit: Unit, program: Program): Requirement[] {
  return unit.minKernel(program).reasons.filter((r) => r.guard === undefined && !['helper', 'kfunc', 'field'].includes(r.kind));
}

function refusedByAge(unit: Unit, program: Program, release: Release): CellReason[] {
  const reasons: CellReason[] = [];
  for (const requirement of aged(unit, program)) {
    const { feature, lifetime, path, span } = requirement;
    // What a kernel of somebody's own has is known of that kernel.
    if (unit.aims.some(({ target }) => target?.kernel) && !lateOn(unit, requirement)) continue;
    const { since, after, max } = lifetime;
    const base = { status: 'refused', feature, path, span } as const;
    if (max !== undefined && release > max) reasons.push({ ...base, message: `\`${feature}\` is gone after Linux ${formatRelease(max)}.` });
    else if (release < since && (after === undefined || release <= after)) {
      const from = after === undefined ? `Linux ${formatRelease(since)}` : `a release between Linux ${formatRelease(after)} and ${formatRelease(since)}`;
      reasons.push({ ...base, message: `\`${feature}\` is upstream since ${from}.` });
    }
  }
  return reasons;
}

function unknownAges(unit: Unit, program: Program, release: Release): CellReason[] {
  if (unit.aims.some(({ target }) => target?.kernel)) return [];
  return aged(unit, program)
    .filter(({ lifetime: { since, after } }) => after !== undefined && release > after && release < since)
    .map(({ feature, lifetime: { since, after = 0 }, path, span }) => ({
      status: 'unknown', feature, path, span,
      message: `\`${feature}\` came with a release between Linux ${formatRelease(after)} and ${formatRelease(since)}; which one is not known.`,
    }));
}

function unknownKind(program: Program): CellReason[] {
  if (program.programType !== null) return [];
  const { path, section } = program;
  return [{ status: 'unknown', message: 'What kind of program its section makes is not known.', path, span: section.use.argumentSpan }];
}

function unknownCalls(unit: Unit, program: Program, release: Release): CellReason[] {
  const reasons: CellReason[] = [];
  for (const { kind, name, path, call, programs, guard, preprocessor } of unit.model.calls) {
    if (guard !== undefined || preprocessor || program.programType === null || !programs.includes(program)) continue;
    const fact = kind === 'helper' ? unit.facts.helpers.get(name) : unit.facts.kfuncs.get(name);
    if (fact && unit.facts.availability(fact, program.key).at(release) !== 'unknown') continue;
    reasons.push({ status: 'unknown', feature: name, path, span: call.nameSpan, message: `Whether this kernel lets the program call \`${name}\` is not known.` });
  }
  return reasons;
}

function unknownFields(unit: Unit, program: Program, release: Release): CellReason[] {
  const context = program.context === null ? undefined : unit.facts.contexts.get(program.context);
  if (!context?.checked) return [];
  const reasons: CellReason[] = [];
  for (const place of unit.model.contextAccesses) {
    if (place.guard !== undefined || !place.programs.includes(program) || modes(place).every((mode) => known(place, mode))) continue;
    const feature = `${context.name}.${place.access.field}`;
    reasons.push({ status: 'unknown', feature, path: place.path, span: place.access.fieldSpan, message: `Whether this kernel lets the program use \`${feature}\` is not known.` });
  }
  return reasons;

  function known({ access }: ContextAccess, mode: 'read' | 'write'): boolean {
    const { field } = access;
    return context !== undefined && context.fields.has(field) && unit.facts.fieldAccess(context.name, field, program.key, mode).at(release) !== 'unknown';
  }
}

/** What the access does to the field; taking the address of one does nothing yet, of an array's element it reads. */
function modes({ access }: ContextAccess): ('read' | 'write')[] {
  switch (access.access) {
    case 'none':
      return [];
    case 'address':
      return access.element ? ['read'] : [];
    case 'readwrite':
      return ['read', 'write'];
    default:
      return [access.access];
  }
}
