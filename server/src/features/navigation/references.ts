/** Where something is defined and used, in all files of a unit. */
import type { Unit } from '../../analysis.types.js';
import { usesOfName, type NameUse } from '../../syntax/names.js';
import type { FileView, FunctionView, VariableView } from '../../syntax/views.js';
import { contains, type Span } from '../../text/span.js';
import type { Place } from '../used.js';
import { definitionsOf } from './definitions.js';
import { namesOf } from './sameThing.js';
import { hidden, type Subject } from './subject.js';

/** Files longer than this are generated lists of declarations, in which nothing is used. */
const MAX_SEARCHED = 1.5 * 1024 * 1024;

export interface Reference extends Place {
  /** The place defines or declares it. */
  readonly declares: boolean;
}

/** Where what the cursor is on is defined; what is only declared (kfuncs) leads to its declaration. */
export function definitions(unit: Unit, subject: Subject): readonly Place[] {
  switch (subject.kind) {
    case 'slot':
      return unique(subject.programs.map(({ path, fn }) => ({ path, span: fn.nameSpan })));
    case 'section':
      return unique(subject.programs.flatMap(({ name }) => holders(unit, name)));
    default: {
      const all = definitionsOf(unit.model, subject.name);
      const whole = all.filter((d) => !d.declaresOnly);
      return (whole.length > 0 ? whole : all).map(({ path, nameSpan }) => ({ path, span: nameSpan }));
    }
  }
}

/** Where a program is put to be reached: members of struct_ops variables, and values of program arrays. */
function holders({ model }: Unit, name: string): Place[] {
  const places: Place[] = [];
  for (const file of model.files.values()) {
    for (const variable of file.variables) {
      for (const { identifier, fieldSpan } of variable.initializers) if (identifier === name) places.push({ path: file.path, span: fieldSpan });
    }
  }
  for (const map of model.maps) for (const value of map.values ?? []) if (value.name === name) places.push({ path: value.path, span: value.span });
  return places;
}

/** Every place in the unit that means the same, definitions among them; file by file, the main one first. */
export function references(unit: Unit, subject: Subject): readonly Reference[] {
  return namesOf(subject).flatMap((name) => referencesToName(unit, name));
}

/** Every place in the unit that has a name at file level and means the same by it, in the order of `references`. */
export function referencesToName({ model }: Unit, name: string): readonly Reference[] {
  const { main } = model;
  const files = [main, ...[...model.files.values()].filter((file) => file.path !== main.path)];
  const declaring = new Map<string, Set<number>>();
  for (const { path, nameSpan } of definitionsOf(model, name)) declaring.set(path, (declaring.get(path) ?? new Set()).add(nameSpan.start));
  return files.flatMap((file): Reference[] => {
    const own = declaring.get(file.path);
    if (file.text.length > MAX_SEARCHED) return definitionsOf(model, name).filter((d) => d.path === file.path).map(({ path, nameSpan }) => ({ path, span: nameSpan, declares: true }));
    const uses = usesOfName(file, name).filter((use) => own?.has(use.span.start) === true || counts(file, use)).map((use) => use.span);
    return [...uses, ...inAssembly(file, name)]
      .sort((a, b) => a.start - b.start)
      .map((span) => ({ path: file.path, span, declares: own?.has(span.start) === true }));
  });
}

/** True if a name as written is a use of what the file level calls so: no member, no local, no member of a struct that is declared. */
function counts(file: FileView, { name, span, member }: NameUse): boolean {
  if (member) return false;
  const fn = around(file.functions, span);
  if (fn !== undefined) return !hidden(fn, name, span);
  if (file.defines.some((define) => contains(define.span, span))) return true;
  const variable = around(file.variables, span);
  if (variable !== undefined) return inValue(variable, span);
  return file.macroUses?.some((use) => contains(use.span, span)) ?? false;
}

/** Behind the name of a variable, where only its value can be, or in a field of a map's definition. */
function inValue(variable: VariableView, span: Span): boolean {
  if (variable.mapAttributes.some((attribute) => contains(attribute.valueSpan, span))) return true;
  return span.start > variable.nameSpan.end && (variable.initializers.length > 0 || variable.initializer !== undefined);
}

/** `call %[bpf_x]` stands inside of a string, where no token is a name. */
function inAssembly(file: FileView, name: string): Span[] {
  return file.functions.flatMap((fn) => fn.calls.filter((call) => call.form === 'asm' && call.name === name).map((call) => call.nameSpan));
}

function around<T extends FunctionView | VariableView>(list: readonly T[], span: Span): T | undefined {
  return list.find((one) => contains(one.span, span));
}

function unique(places: readonly Place[]): readonly Place[] {
  const seen = new Set<string>();
  return places.filter(({ path, span }) => {
    const id = `${span.start} ${path}`;
    return !seen.has(id) && seen.add(id) !== undefined;
  });
}
