/** What a cursor is on, for everything that leads from one place to others. */
import type { Unit } from '../../analysis.types.js';
import type { Program } from '../../model/model.types.js';
import type { FunctionView } from '../../syntax/views.js';
import { contains, touches, type Span } from '../../text/span.js';
import { declares } from '../used.js';
import { definitionsOf, type Nature } from './definitions.js';

export type Subject =
  /** A name of the unit, or a helper or kfunc. */
  | { readonly kind: 'name'; readonly span: Span; readonly name: string; readonly nature: Nature | 'helper' | 'kfunc' }
  /** The index of a tail call: the programs that stand in that slot. */
  | { readonly kind: 'slot'; readonly span: Span; readonly programs: readonly Program[] }
  /** A member of a struct_ops variable: the function that fills it. */
  | { readonly kind: 'member'; readonly span: Span; readonly name: string }
  /** The string of a `SEC("…")`: the programs that it makes. */
  | { readonly kind: 'section'; readonly span: Span; readonly programs: readonly Program[] };

/** Undefined for comments, strings, locals, types, members and all that is plain C. */
export function subjectAt(unit: Unit, offset: number): Subject | undefined {
  const { model } = unit;
  for (const { path, call, map, to } of model.tailCalls ?? []) {
    if (path !== model.main.path || !touches(call.span, offset)) continue;
    const slot = call.args[call.args.findIndex((arg) => arg.identifier === map.name) + 1];
    if (slot !== undefined && touches(slot.span, offset)) return { kind: 'slot', span: slot.span, programs: to };
  }
  const member = memberAt(unit, offset);
  if (member !== undefined) return member;
  const role = unit.roleAt(offset);
  if (role.kind === 'section') {
    const programs = model.programs.filter((program) => program.path === model.main.path && program.section.use.span.start === role.use.span.start);
    return programs.length > 0 ? { kind: 'section', span: role.span, programs } : undefined;
  }
  if (role.kind === 'callee' || role.kind === 'identifier' || role.kind === 'macro') return named(unit, role.name, role.span);
  // `counts.total`: the base is a name as any other, though its field has the role.
  return undefined;
}

/** What a name means at a place: nothing if it is a parameter or local there. */
function named(unit: Unit, name: string, span: Span): Subject | undefined {
  const { model, facts } = unit;
  const around = model.main.functions.find((fn) => contains(fn.span, span));
  if (around !== undefined && hidden(around, name, span)) return undefined;
  const [first] = definitionsOf(model, name);
  if (first !== undefined && !(first.declaresOnly && (facts.kfuncs.has(name) || facts.helpers.has(name)))) return { kind: 'name', span, name, nature: first.nature };
  if (facts.kfuncs.has(name)) return { kind: 'name', span, name, nature: 'kfunc' };
  if (facts.helpers.has(name)) return { kind: 'name', span, name, nature: 'helper' };
  return undefined;
}

/** True if in this function the name is a variable of its own; the function's own name never is. */
export function hidden(fn: FunctionView, name: string, at: Span): boolean {
  return at.start !== fn.nameSpan.start && declares(fn, name);
}

/** `.init` in `struct tcp_congestion_ops x = { .init = (void *)f }`, in a section or by a macro that says so. */
function memberAt({ model }: Unit, offset: number): Subject | undefined {
  for (const variable of model.main.variables) {
    if (!touches(variable.span, offset)) continue;
    for (const { fieldSpan, identifier } of variable.initializers) {
      if (!touches(fieldSpan, offset) || identifier === undefined) continue;
      if (definitionsOf(model, identifier).some((d) => d.fn !== undefined)) return { kind: 'member', span: fieldSpan, name: identifier };
    }
  }
  return undefined;
}
