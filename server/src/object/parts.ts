/** What is in an object, by the sections and symbols that it is found by: functions, maps, variables, and what the kernel gives. */
import type { Btf } from '../btf/btf.js';
import type { BtfType } from '../btf/btf.types.js';
import { Names } from './names.js';
import type { ObjectFile, ObjectSymbol } from './objectFile.js';

/** A function of the object. */
export interface ObjectFunction {
  readonly kind: 'function';
  readonly name: string;
  readonly section: { readonly index: number; readonly name: string };
  /** Offsets in the section. */
  readonly start: number;
  readonly end: number;
  /** A function for others: neither `static` nor hidden. */
  readonly global: boolean;
  /** Its type in the BTF: the function's own id. */
  readonly type: number | undefined;
}

export interface ObjectVariable {
  readonly kind: 'map' | 'data' | 'kconfig' | 'ksym';
  readonly name: string;
  readonly section: string;
  readonly sectionIndex: number;
  /** Where it lies in its section. */
  readonly offset: number;
  readonly size: number;
  /** Of the variable without its name; undefined where nothing says it. */
  readonly type: number | undefined;
  /** May it be missing in the kernel? */
  readonly weak: boolean;
}

/** A function of the kernel. */
export interface ObjectKfunc {
  readonly kind: 'kfunc';
  readonly name: string;
  readonly type: number | undefined;
  readonly weak: boolean;
}

export type ObjectPart = ObjectFunction | ObjectVariable | ObjectKfunc;

const DATA = /^\.(?:data|rodata|bss)(?:\.|$)/;
const MAPS = /^(?:\.maps|maps|maps\/.*)$/;
export const isLegacyMaps = (section: string): boolean => /^maps(?:\/|$)/.test(section);

/** The parts of one object; what is asked for twice is the same. */
export class Parts {
  readonly functions: readonly ObjectFunction[];
  private readonly names = new Names();
  private readonly bySection = new Map<number, ObjectFunction[]>();
  private readonly variables = new Map<number, ObjectVariable[]>();
  private readonly externs = new Map<string, ObjectVariable | ObjectKfunc | undefined>();
  /** Variables without a symbol or type of their own, such as strings, by section. */
  private readonly unnamed = new Map<number, ObjectVariable>();
  private readonly described = new Set<string>();
  private readonly asked = new Map<string, ReadonlyMap<string, number>>();
  private readonly datasec: { get(name: string): number | undefined };

  constructor(readonly object: ObjectFile) {
    this.datasec = object.btf?.named('section') ?? new Map<string, number>();
    this.functions = object.code.flatMap((section) => this.functionsOf(section.index, section.name, section.size));
    for (const { index, name, empty, size } of object.sections) {
      if (size === 0 && !empty) continue;
      if (DATA.test(name)) this.variables.set(index, this.variablesOf(index, name, 'data'));
      else if (MAPS.test(name)) this.variables.set(index, this.variablesOf(index, name, 'map'));
    }
  }

  /** Maps in the order of their sections. */
  get maps(): readonly ObjectVariable[] {
    return [...this.variables.values()].flat().filter((v) => v.kind === 'map');
  }

  /** The function that holds an offset of a section. */
  functionAt(section: number, offset: number): ObjectFunction | undefined {
    const fn = lastAt(this.bySection.get(section), offset, (f) => f.start);
    return fn && offset < fn.end ? fn : undefined;
  }

  /**
   * What a symbol, and an offset from it, stand for; undefined for what is none of these.
   * @param offset from the symbol, as the instruction has it
   */
  at(symbol: ObjectSymbol, offset: number): { readonly part: ObjectPart; readonly offset: number } | undefined {
    if (symbol.section === 0) {
      const part = this.extern(symbol);
      return part && { part, offset };
    }
    const at = symbol.value + offset;
    const fn = this.functionAt(symbol.section, at);
    if (fn) return { part: fn, offset: at - fn.start };
    const known = lastAt(this.variables.get(symbol.section), at, (v) => v.offset);
    if (known && at < known.offset + Math.max(known.size, 1)) return { part: known, offset: at - known.offset };
    const name = this.object.sections[symbol.section]?.name ?? '';
    if (!DATA.test(name)) return undefined;
    let part = this.unnamed.get(symbol.section);
    if (!part) this.unnamed.set(symbol.section, (part = { kind: 'data', name: this.names.unique(name.slice(1), 'data'), section: name, sectionIndex: symbol.section, offset: 0, size: 0, type: undefined, weak: false }));
    return { part, offset: at };
  }

  private functionsOf(section: number, name: string, size: number): readonly ObjectFunction[] {
    const symbols = this.object.symbolsIn(section).filter((s) => s.kind === 'function' && s.value % 8 === 0 && s.value < size).sort((a, b) => a.value - b.value || b.size - a.size);
    const starts = symbols.filter((s, i) => i === 0 || symbols[i - 1]!.value !== s.value);
    const own = starts.map((symbol, i): ObjectFunction => {
      const behind = starts[i + 1]?.value ?? size;
      return {
        kind: 'function', name: this.names.unique(symbol.name, 'function'), section: { index: section, name }, start: symbol.value,
        end: symbol.size > 0 ? Math.min(symbol.value + symbol.size, behind) : behind,
        global: symbol.binding !== 'local' && !symbol.hidden, type: this.typeOfFunction(name, symbol),
      };
    });
    this.bySection.set(section, own);
    return own;
  }

  private typeOfFunction(section: string, symbol: ObjectSymbol): number | undefined {
    const { btf, ext } = this.object;
    return ext?.functionAt(section, symbol.value) ?? btf?.named('function').get(symbol.name);
  }

  /** By symbols, where there are, and else by the BTF: static variables have no symbols after stripping. */
  private variablesOf(section: number, name: string, kind: 'data' | 'map'): ObjectVariable[] {
    const { object } = this;
    const types = new Map<string, number>();
    // Of several sections of one name the BTF can mean but one.
    const typed = this.described.has(name) ? [] : this.btfVariables(name);
    this.described.add(name);
    for (const { type } of typed) types.set(type.name, type.type);
    const found = object.symbolsIn(section).filter((s) => s.kind === 'data' && s.name !== '' && !s.name.startsWith('.L'))
      .map((s): ObjectVariable => ({ kind, name: this.names.unique(s.name, kind), section: name, sectionIndex: section, offset: s.value, size: s.size, type: types.get(s.name), weak: false }));
    const known = new Set(found.map((v) => v.offset));
    const same = new Set(found.map((v) => `${v.type} ${v.name}`));
    // libbpf trusts the symbols' offsets only: those in the BTF are 0 until the object is linked.
    for (const { type, size, offset } of typed) {
      if (known.has(offset) || same.has(`${type.type} ${type.name}`) || (offset === 0 && typed.length > 1)) continue;
      const own = this.names.unique(type.name, kind);
      same.add(`${type.type} ${own}`);
      found.push({ kind, name: own, section: name, sectionIndex: section, offset, size, type: type.type, weak: false });
    }
    return found.sort((a, b) => a.offset - b.offset);
  }

  private btfVariables(section: string): { readonly type: Extract<BtfType, { kind: 'variable' }>; readonly offset: number; readonly size: number }[] {
    const type = this.object.btf?.type(this.datasec.get(section) ?? 0);
    if (type?.kind !== 'section') return [];
    return type.variables.flatMap(({ type: id, offset, size }) => {
      const variable = this.object.btf!.type(id, 0);
      return variable?.kind === 'variable' ? [{ type: variable, offset, size }] : [];
    });
  }

  /** What the kernel is asked for by name. */
  private extern(symbol: ObjectSymbol): ObjectVariable | ObjectKfunc | undefined {
    const { name } = symbol;
    if (this.externs.has(name)) return this.externs.get(name);
    const found = this.findExtern(name, symbol.binding === 'weak');
    this.externs.set(name, found);
    return found;
  }

  private findExtern(name: string, weak: boolean): ObjectVariable | ObjectKfunc | undefined {
    for (const [section, kind] of [['.kconfig', 'kconfig'], ['.ksyms', 'ksym']] as const) {
      const type = this.object.btf?.type(this.members(section).get(name) ?? 0, 0);
      if (type?.kind === 'function' && kind === 'ksym') return { kind: 'kfunc', name: this.names.unique(name, 'kfunc'), type: type.id, weak };
      if (type?.kind === 'variable') return { kind, name: this.names.unique(name, kind), section, sectionIndex: 0, offset: 0, size: 0, type: type.type, weak };
    }
    return undefined;
  }

  private members(section: string): ReadonlyMap<string, number> {
    let known = this.asked.get(section);
    if (!known) {
      const { btf } = this.object;
      const type = btf?.type(this.datasec.get(section) ?? 0);
      known = new Map(btf && type?.kind === 'section' ? type.variables.map((v) => [btf.name(v.type), v.type]) : []);
      this.asked.set(section, known);
    }
    return known;
  }
}

/** The last of a sorted list that begins at or before an offset. */
function lastAt<T>(list: readonly T[] | undefined, offset: number, start: (item: T) => number): T | undefined {
  if (!list || list.length === 0) return undefined;
  let [low, high] = [0, list.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (start(list[middle]!) <= offset) low = middle;
    else high = middle - 1;
  }
  return start(list[low]!) <= offset ? list[low] : undefined;
}

/** The size of a type in bytes; undefined where it has none, or is nonsense. */
export function sizeOfType(btf: Btf, id: number, depth = 0): number | undefined {
  const type = btf.resolve(id, 0);
  switch (type?.kind) {
    case 'int': case 'enum': case 'enum64': case 'struct': case 'union': case 'float':
      return type.size;
    case 'pointer':
      return 8;
    case 'array': {
      const each = depth > 8 ? undefined : sizeOfType(btf, type.element, depth + 1);
      return each === undefined ? undefined : each * type.count;
    }
    default:
      return undefined;
  }
}
