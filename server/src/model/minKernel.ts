/** Sums requirements up to the least kernel, and the last one where something was removed. */
import type { Program, Requirement } from './model.types.js';

/** The least kernel and its reasons; the façade's `MinKernel`. */
export interface KernelRange {
  readonly version: number | undefined;
  readonly max?: number;
  readonly reasons: readonly Requirement[];
}

function byVersionThenPlace(a: Requirement, b: Requirement): number {
  if (a.lifetime.since !== b.lifetime.since) return b.lifetime.since - a.lifetime.since;
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.span.start - b.span.start;
}

/** Sums up once for the file and once for each program that is asked for; a program's own requirements are looked up, not searched. */
export class KernelRanges {
  private readonly known = new Map<Program | undefined, KernelRange>();
  private byProgram: Map<Program, Requirement[]> | undefined;

  /** @param requirements asked for when first needed. */
  constructor(private readonly requirements: () => readonly Requirement[]) {}

  /**
   * The least kernel of a file, or of one program and what it reaches (the maps that it refers to among it).
   * Guarded requirements are among the reasons but force nothing.
   */
  of(program?: Program): KernelRange {
    let range = this.known.get(program);
    if (!range) this.known.set(program, (range = program === undefined ? this.ofFile() : rangeOf(this.concerning(program).map(asOwn))));
    return range;
  }

  /**
   * Where a function is one of several programs, by `#if`, every build has one of them: the file needs at least what the least
   * demanding needs. What only that one needs is then no longer guarded.
   */
  private ofFile(): KernelRange {
    const requirements = this.requirements();
    const least = new Set<Program>();
    for (const programs of alternatives(requirements)) {
      const needs = programs.map((program) => ({ program, version: this.of(program).version ?? 0 }));
      least.add(needs.reduce((a, b) => (b.version < a.version ? b : a)).program);
    }
    if (least.size === 0) return rangeOf(requirements);
    return rangeOf(requirements.map((r) => (r.own && r.programs.some((p) => least.has(p)) ? asOwn(r) : r)));
  }

  private concerning(program: Program): readonly Requirement[] {
    if (!this.byProgram) {
      this.byProgram = new Map();
      for (const r of this.requirements()) {
        for (const p of r.users ? [...r.programs, ...r.users] : r.programs) {
          const list = this.byProgram.get(p);
          if (list) list.push(r);
          else this.byProgram.set(p, [r]);
        }
      }
    }
    return this.byProgram.get(program) ?? [];
  }
}

/** A requirement as its own programs have it: the `#if` that they exist under is no guard for them. */
function asOwn(requirement: Requirement): Requirement {
  if (!requirement.own) return requirement;
  return { ...requirement, guard: undefined, own: undefined };
}

/** Programs of one name and file of which each build has one. */
function alternatives(requirements: readonly Requirement[]): readonly (readonly Program[])[] {
  const groups = new Map<string, Set<Program>>();
  for (const { own, programs } of requirements) {
    if (!own) continue;
    for (const p of programs) {
      const id = `${p.path} ${p.name}`;
      const group = groups.get(id);
      if (group) group.add(p);
      else groups.set(id, new Set([p]));
    }
  }
  return [...groups.values()].filter((group) => group.size > 1).map((group) => [...group]);
}

function rangeOf(requirements: readonly Requirement[]): KernelRange {
  const reasons = [...requirements].sort(byVersionThenPlace);
  let version: number | undefined;
  let max: number | undefined;
  for (const { lifetime, guard } of reasons) {
    if (guard !== undefined) continue;
    if (version === undefined || lifetime.since > version) version = lifetime.since;
    if (lifetime.max !== undefined && (max === undefined || lifetime.max < max)) max = lifetime.max;
  }
  return { version, ...(max === undefined ? {} : { max }), reasons };
}
