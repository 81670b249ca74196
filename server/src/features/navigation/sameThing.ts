/** Whether a name means the same in two units: what is written in both, what is linked together, and what is the kernel's. */
import type { Unit } from '../../analysis.types.js';
import { definitionsOf, type Definition } from './definitions.js';
import type { Subject } from './subject.js';

/** The names under which a subject is written. */
export function namesOf(subject: Subject): readonly string[] {
  return subject.kind === 'slot' || subject.kind === 'section' ? [...new Set(subject.programs.map((program) => program.fn.name))] : [subject.name];
}

/**
 * True for the name of a helper or kfunc that the unit does not take for a function of its own. Pointers to helpers, as `bpf_helper_defs.h`
 * has them, are no others than the helpers.
 */
export function isKernels({ facts, model }: Unit, name: string): boolean {
  return (facts.helpers.has(name) || facts.kfuncs.has(name)) && definitionsOf(model, name).every((d) => d.declaresOnly || d.fn === undefined);
}

/**
 * True if both units mean the same by a name: a helper or kfunc; what a file that is part of both declares; or, where it is not static, what one
 * of them only declares (`extern`, also of `.ksyms` and `.kconfig`) and the other declares or defines. Two definitions are two things.
 */
export function sameThing(unit: Unit, other: Unit, name: string): boolean {
  if (isKernels(unit, name)) return isKernels(other, name);
  const own = definitionsOf(unit.model, name);
  const theirs = definitionsOf(other.model, name);
  const paths = new Set(own.map((d) => d.path));
  if (theirs.some((d) => paths.has(d.path))) return true;
  return isLinked(own) && isLinked(theirs) && !(own.some(isWhole) && theirs.some(isWhole));
}

/** The only files through which another unit can mean the same by a name; undefined where any unit may. */
export function onlyThrough(unit: Unit, name: string): readonly string[] | undefined {
  const own = definitionsOf(unit.model, name);
  return isKernels(unit, name) || isLinked(own) ? undefined : own.map((d) => d.path);
}

const isWhole = (d: Definition): boolean => !d.declaresOnly;

/** Something that a linker, or the loader, sees by its name. */
function isLinked(definitions: readonly Definition[]): boolean {
  return definitions.length > 0 && !definitions.some((d) => d.isStatic);
}
