/** The line above each program: its kind, its least kernel, and the maps and shared functions that it uses. */
import type { Unit } from '../analysis.types.js';
import { formatRelease } from '../facts/kernelVersion.js';
import type { Program } from '../model/model.types.js';
import { kindTitle } from './programs.js';
import { usedBy, type Place } from './used.js';

/** One piece of the line. What a click does is for the editor: show the reasons for the kernel, or peek at places. */
export interface LensData {
  /** Offset in the main file; the line that it is in gets the lens above it. */
  readonly offset: number;
  readonly title: string;
  readonly action?: { readonly kind: 'kernel'; readonly offset: number } | { readonly kind: 'places'; readonly places: readonly Place[] };
}

const cache = new WeakMap<Unit, readonly LensData[]>();

/** Pieces in source order, those of one program in the order in which they are read. Sections that nobody knows get none. Found out once a unit. */
export function lenses(unit: Unit): readonly LensData[] {
  let known = cache.get(unit);
  if (known === undefined) cache.set(unit, (known = collect(unit)));
  return known;
}

function collect(unit: Unit): readonly LensData[] {
  const { main, programs } = unit.model;
  const groups = new Map<number, Map<string, Program[]>>();
  for (const program of programs) {
    if (program.path !== main.path || program.programType === null) continue;
    const at = program.fn.span.start;
    const here = groups.get(at) ?? new Map<string, Program[]>();
    groups.set(at, here.set(program.name, [...(here.get(program.name) ?? []), program]));
  }
  const out: LensData[] = [];
  for (const [offset, byName] of [...groups].sort(([a], [b]) => a - b)) {
    // A macro may write several programs in one place: then each says which it is.
    for (const [name, list] of byName) out.push(...pieces(unit, offset, list, byName.size > 1 ? `${name}: ` : ''));
  }
  return out;
}

/** The pieces for one function; it is several programs where the arms of an `#if` give it different sections. */
function pieces(unit: Unit, offset: number, programs: readonly Program[], prefix: string): readonly LensData[] {
  const kinds = [...new Set(programs.map((program) => kindOf(unit, program)))];
  const out: LensData[] = [{ offset, title: prefix + kinds.join(' or ') }];
  const kernels = [...new Set(programs.map((program) => kernelText(unit, program)).filter((text) => text !== ''))];
  if (kernels.length > 0) out.push({ offset, title: kernels.join(' or '), action: { kind: 'kernel', offset: programs[0]!.fn.nameSpan.start } });
  const used = usedBy(unit, programs[0]!);
  if (used.maps.length > 0) out.push({ offset, title: count(used.maps.length, 'map'), action: { kind: 'places', places: used.maps.flatMap((use) => [{ path: use.map.path, span: use.map.variable.nameSpan }, ...use.places]) } });
  if (used.shared.length > 0) out.push({ offset, title: count(used.shared.length, 'shared function'), action: { kind: 'places', places: used.shared } });
  return out;
}

/** `XDP · devmap · fragments` */
function kindOf(unit: Unit, { key }: Program): string {
  return [...kindTitle(unit.facts, key).split(', '), ...(key.frags ? ['fragments'] : [])].join(' · ');
}

function kernelText(unit: Unit, program: Program): string {
  const { version, max } = unit.minKernel(program);
  if (version === undefined) return max === undefined ? '' : `≤ ${formatRelease(max)}`;
  return max === undefined ? `≥ ${formatRelease(version)}` : `${formatRelease(version)} – ${formatRelease(max)}`;
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
