/** Finds map definitions: BTF maps in `.maps`, legacy ones in `maps` and `maps/x`. */
import type { FactBook } from '../facts/factBook.types.js';
import type { Condition, MapAttribute, VariableView } from '../syntax/views.js';
import type { MapDef } from './model.types.js';
import { compiledUnder } from './preprocessor.js';
import { sectionText } from './sections.js';
import { staticValues } from './tailCalls.js';
import { resolveName, type UnitIndex } from './unitIndex.js';

function mapSection(variable: VariableView, index: UnitIndex): 'btf' | 'legacy' | undefined {
  for (const use of variable.sections) {
    const text = sectionText(use, index)?.replace(/^\?/, '');
    if (text === '.maps') return 'btf';
    if (text === 'maps' || text?.startsWith('maps/')) return 'legacy';
  }
  return undefined;
}

/** The map type that a value names: macros followed, numbers looked up by nobody (they stay null). */
export function mapTypeOf(value: string, index: UnitIndex, facts: FactBook): string | null {
  const name = resolveName(value.trim().replace(/^\((.*)\)$/, '$1').trim(), index);
  return facts.mapTypes.has(name) || /^BPF_MAP_TYPE_\w+$/.test(name) ? name : null;
}

/**
 * The attributes of one definition without those that are surely compiled out. What is left of an attribute's conditions is what the build
 * decides: `#if`s that stand in the definition. Those around all of it are the map's, not the attribute's.
 */
function attributesOf(all: readonly MapAttribute[], path: string, index: UnitIndex): readonly MapAttribute[] {
  const first = all[0];
  if (first === undefined || all.every((a) => a.conditions.length === 0)) return all;
  const around = first.conditions.filter((c) => all.every((a) => a.conditions.some((other) => isSame(c, other))));
  return all.flatMap((a) => {
    const own = a.conditions.filter((c) => !around.some((other) => isSame(c, other)));
    const compiled = compiledUnder(own, path, index);
    return compiled === 'no' ? [] : [{ ...a, conditions: compiled === 'maybe' ? own : [] }];
  });
}

const isSame = (a: Condition, b: Condition): boolean => a.span.start === b.span.start && a.taken === b.taken;

/** The type that a definition names, null where it is none that we know, or the build chooses between several (`#ifdef` in the definition). */
function chosenType(types: readonly MapAttribute[], index: UnitIndex, facts: FactBook): string | null {
  const names = new Set(types.map((type) => mapTypeOf(type.value, index, facts)));
  const [first = null] = names;
  return names.size > 1 && types.some((type) => type.conditions.length > 0) ? null : first;
}

/** Where a map's fields are written, and what they are. */
interface Definition {
  readonly path: string;
  readonly attributes: readonly MapAttribute[];
}

/** The fields of a map, in the variable or in a struct or type that is defined apart: `struct my_map m SEC(".maps");`, `my_map_t m SEC(".maps");`. */
function definitionOf(variable: VariableView, path: string, index: UnitIndex): Definition {
  const here = { path, attributes: variable.mapAttributes };
  const tag = here.attributes.length > 0 ? undefined : /^(?:(?:static|const|volatile)\s+)*(?:struct\s+)?(\w+)$/.exec(variable.type)?.[1];
  if (tag === undefined) return here;
  for (const file of [index.files.get(path), ...index.files.values()]) {
    const found = file?.mapStructs?.find((s) => s.tag === tag);
    if (file && found) return { path: file.path, attributes: found.attributes };
  }
  return here;
}

/** All maps of the unit, main file first; those that are surely compiled out are not there. */
export function findMaps(index: UnitIndex, facts: FactBook): MapDef[] {
  const maps: MapDef[] = [];
  const visit = (variable: VariableView, path: string): void => {
    const kind = variable.sections.length > 0 ? mapSection(variable, index) : undefined;
    if (!kind || variable.isExtern || compiledUnder(variable.conditions, path, index) === 'no') return;
    const definition = definitionOf(variable, path, index);
    const attributes = attributesOf(definition.attributes, definition.path, index);
    const types = attributes.filter((a) => a.name === 'type');
    const isHere = definition.path === path;
    const file = variable.initializers.length > 0 ? index.files.get(path) : undefined;
    const values = kind === 'btf' && file ? staticValues(variable, file) : [];
    maps.push({
      name: variable.name, path, variable,
      attributes: isHere ? attributes : [],
      type: chosenType(types, index, facts),
      typeSpan: (isHere ? types[0]?.valueSpan : undefined) ?? variable.nameSpan,
      legacy: kind === 'legacy' || variable.type.includes('bpf_map_def'),
      ...(values.length > 0 ? { values } : {}),
    });
  };
  for (const v of index.main.variables) visit(v, index.main.path);
  for (const file of index.files.values()) {
    if (file.path !== index.main.path) for (const v of file.variables) visit(v, file.path);
  }
  return maps;
}
