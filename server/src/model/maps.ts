/** Finds map definitions: BTF maps in `.maps`, legacy ones in `maps` and `maps/x`. */
import type { FactBook } from '../facts/factBook.types.js';
import type { FileView, VariableView } from '../syntax/views.js';
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
function typeOf(value: string, index: UnitIndex, facts: FactBook): string | null {
  const name = resolveName(value.trim().replace(/^\((.*)\)$/, '$1').trim(), index);
  return facts.mapTypes.has(name) || /^BPF_MAP_TYPE_\w+$/.test(name) ? name : null;
}

/** The fields of the struct that a variable is of, where the file defines it apart: `struct my_map m SEC(".maps");`. */
function fieldsOfStruct(variable: VariableView, file: FileView): VariableView['mapAttributes'] {
  const tag = /^(?:(?:static|const|volatile)\s+)*struct\s+(\w+)$/.exec(variable.type)?.[1];
  return file.mapStructs?.find((s) => s.tag === tag)?.attributes ?? [];
}

/** All maps of the unit, main file first; those that are surely compiled out are not there. */
export function findMaps(index: UnitIndex, facts: FactBook): MapDef[] {
  const maps: MapDef[] = [];
  const visit = (variable: VariableView, path: string): void => {
    const kind = variable.sections.length > 0 ? mapSection(variable, index) : undefined;
    if (!kind || variable.isExtern || compiledUnder(variable.conditions, path, index) === 'no') return;
    const attributes = variable.mapAttributes.length > 0 ? variable.mapAttributes : fieldsOfStruct(variable, index.files.get(path) ?? index.main);
    const type = attributes.find((a) => a.name === 'type');
    const file = variable.initializers.length > 0 ? index.files.get(path) : undefined;
    const values = kind === 'btf' && file ? staticValues(variable, file) : [];
    maps.push({
      name: variable.name, path, variable, attributes,
      type: type ? typeOf(type.value, index, facts) : null,
      typeSpan: type?.valueSpan ?? variable.nameSpan,
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
