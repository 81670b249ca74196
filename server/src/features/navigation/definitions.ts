/** What a unit defines at file level, by name: programs, functions, maps, globals, and kfuncs that it only declares. */
import type { Model } from '../../model/model.types.js';
import type { FunctionView, VariableView } from '../../syntax/views.js';
import type { Span } from '../../text/span.js';

export type Nature = 'program' | 'function' | 'map' | 'global';

export interface Definition {
  readonly name: string;
  readonly nature: Nature;
  readonly path: string;
  readonly span: Span;
  readonly nameSpan: Span;
  /** A prototype, or an `extern` variable. */
  readonly declaresOnly: boolean;
  /** Seen by its own file only. */
  readonly isStatic: boolean;
  /** Absent for variables. */
  readonly fn?: FunctionView;
}

const cache = new WeakMap<Model, ReadonlyMap<string, readonly Definition[]>>();

/** Everything of this name, main file first, definitions before what only declares. */
export function definitionsOf(model: Model, name: string): readonly Definition[] {
  let index = cache.get(model);
  if (index === undefined) cache.set(model, (index = collect(model)));
  return index.get(name) ?? [];
}

function collect(model: Model): ReadonlyMap<string, readonly Definition[]> {
  const byName = new Map<string, Definition[]>();
  const programs = new Set(model.programs.map((program) => program.fn));
  const maps = new Set(model.maps.map((map) => map.variable));
  const put = (definition: Definition): void => {
    const list = byName.get(definition.name);
    if (list === undefined) byName.set(definition.name, [definition]);
    else if (!list.some((d) => d.path === definition.path && d.nameSpan.start === definition.nameSpan.start)) list.push(definition);
  };
  const functionOf = (fn: FunctionView, path: string, name: string): Definition => ({
    name, path, fn, nature: programs.has(fn) ? 'program' : 'function', span: fn.span, nameSpan: fn.nameSpan, declaresOnly: fn.bodySpan === undefined, isStatic: fn.isStatic,
  });
  const variableOf = (variable: VariableView, path: string): Definition => ({
    name: variable.name, path, nature: maps.has(variable) ? 'map' : 'global', span: variable.span, nameSpan: variable.nameSpan, declaresOnly: variable.isExtern, isStatic: variable.isStatic,
  });
  const { main } = model;
  for (const file of [main, ...[...model.files.values()].filter((f) => f.path !== main.path)]) {
    for (const fn of file.functions) if (fn.name !== '') put(functionOf(fn, file.path, fn.name));
    for (const variable of file.variables) if (variable.name !== '') put(variableOf(variable, file.path));
  }
  // Programs that macros make whole, and those whose macro adds to the name that is written.
  for (const program of model.programs) put(functionOf(program.fn, program.path, program.name));
  for (const list of byName.values()) list.sort((a, b) => Number(a.declaresOnly) - Number(b.declaresOnly));
  return byName;
}
