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

/** True if the requirement is one of this program: its own, or a map that it refers to. */
function concerns(requirement: Requirement, program: Program): boolean {
  return requirement.programs.includes(program) || (requirement.users?.includes(program) ?? false);
}

/**
 * The least kernel of a file, or of one program and what it reaches.
 * Guarded requirements are among the reasons but force nothing.
 */
export function minKernelOf(requirements: readonly Requirement[], program?: Program): KernelRange {
  const reasons = requirements.filter((r) => program === undefined || concerns(r, program)).sort(byVersionThenPlace);
  let version: number | undefined;
  let max: number | undefined;
  for (const { lifetime, guard } of reasons) {
    if (guard !== undefined) continue;
    if (version === undefined || lifetime.since > version) version = lifetime.since;
    if (lifetime.max !== undefined && (max === undefined || lifetime.max < max)) max = lifetime.max;
  }
  return { version, ...(max === undefined ? {} : { max }), reasons };
}
