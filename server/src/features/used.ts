/** Which maps and functions a program uses, itself or through what it calls: what lenses count and lead to. */
import type { Unit } from '../analysis.types.js';
import type { MapDef, Model, Program } from '../model/model.types.js';
import type { FunctionView } from '../syntax/views.js';
import type { Span } from '../text/span.js';
import { programsReaching } from './programs.js';

/** A place in a file of the unit. */
export interface Place {
  readonly path: string;
  readonly span: Span;
}

export interface UsedMap {
  readonly map: MapDef;
  /** Where the program refers to it, in source order. */
  readonly places: readonly Place[];
}

export interface Used {
  /** In the order of the unit's maps. */
  readonly maps: readonly UsedMap[];
  /** Functions of the unit that another program reaches too, in source order; programs are not among them. */
  readonly shared: readonly Place[];
}

const NOTHING: Used = { maps: [], shared: [] };
const cache = new WeakMap<Model, ReadonlyMap<Program, Used>>();

/** What a program of the unit uses. Found out once for all programs. */
export function usedBy({ model }: Unit, program: Program): Used {
  let all = cache.get(model);
  if (all === undefined) cache.set(model, (all = collect(model)));
  return all.get(program) ?? NOTHING;
}

interface Collected {
  readonly places: Map<MapDef, Place[]>;
  readonly shared: Place[];
}

function collect(model: Model): ReadonlyMap<Program, Used> {
  const byName = new Map(model.maps.map((map) => [map.name, map]));
  const entries = new Set<FunctionView>(model.programs.map((program) => program.fn));
  const found = new Map<Program, Collected>();
  for (const file of model.files.values()) {
    for (const fn of file.functions) {
      if (fn.bodySpan === undefined) continue;
      const programs = programsReaching(model, fn.name);
      if (programs.length === 0) continue;
      const uses = usesOf(fn, byName);
      const shared = programs.some((program) => program.fn.name !== programs[0]!.fn.name) && !entries.has(fn);
      if (uses.length === 0 && !shared) continue;
      for (const program of programs) {
        let one = found.get(program);
        if (one === undefined) found.set(program, (one = { places: new Map(), shared: [] }));
        if (shared) one.shared.push({ path: file.path, span: fn.nameSpan });
        for (const { map, span } of uses) one.places.set(map, [...(one.places.get(map) ?? []), { path: file.path, span }]);
      }
    }
  }
  const order = new Map(model.maps.map((map, i) => [map, i]));
  return new Map(
    [...found].map(([program, { places, shared }]) => {
      const maps = [...places].map(([map, at]): UsedMap => ({ map, places: at })).sort((a, b) => order.get(a.map)! - order.get(b.map)!);
      return [program, { maps, shared }];
    }),
  );
}

/** The uses of maps in one function; a variable of its own hides a map of the same name. */
function usesOf(fn: FunctionView, maps: ReadonlyMap<string, MapDef>): { readonly map: MapDef; readonly span: Span }[] {
  const uses: { map: MapDef; span: Span }[] = [];
  for (const { name, span } of fn.identifiers) {
    const map = maps.get(name);
    if (map !== undefined && !declares(fn, name)) uses.push({ map, span });
  }
  return uses;
}

/** True if a parameter or local of the function has this name. */
export function declares(fn: FunctionView, name: string): boolean {
  return fn.params.some((param) => param.name === name) || fn.locals.some((local) => local.name === name);
}
