/** All files of a unit by name: what is defined where, so that everything above looks names up and never scans. */
import type { DefineView, FileView, FunctionView, VariableView } from '../syntax/views.js';
import { noteLimit } from './limits.js';
import { tokenize, type Token } from './tokens.js';

export interface Located<T> {
  readonly path: string;
  readonly view: T;
}

export interface UnitIndex {
  readonly main: FileView;
  readonly files: ReadonlyMap<string, FileView>;
  /** Every `#define` of a name, main file first. */
  readonly defines: ReadonlyMap<string, readonly Located<DefineView>[]>;
  /** Definitions, with a body. */
  readonly functions: ReadonlyMap<string, readonly Located<FunctionView>[]>;
  readonly prototypes: ReadonlyMap<string, readonly Located<FunctionView>[]>;
  readonly variables: ReadonlyMap<string, readonly Located<VariableView>[]>;
}

function add<T>(map: Map<string, Located<T>[]>, name: string, path: string, view: T): void {
  if (name === '') return;
  const list = map.get(name);
  if (list) list.push({ path, view });
  else map.set(name, [{ path, view }]);
}

/** The index with functions that macros make added to those that are written out. */
export function withMadeFunctions(index: UnitIndex, made: readonly Located<FunctionView>[]): UnitIndex {
  if (made.length === 0) return index;
  const functions = new Map<string, readonly Located<FunctionView>[]>(index.functions);
  for (const one of made) functions.set(one.view.name, [...(functions.get(one.view.name) ?? []), one]);
  return { ...index, functions };
}

/** Indexes the files of a unit; `main` comes first in every list. */
export function indexUnit(main: FileView, files: ReadonlyMap<string, FileView>): UnitIndex {
  const defines = new Map<string, Located<DefineView>[]>();
  const functions = new Map<string, Located<FunctionView>[]>();
  const prototypes = new Map<string, Located<FunctionView>[]>();
  const variables = new Map<string, Located<VariableView>[]>();
  const addFile = (file: FileView): void => {
    for (const d of file.defines) add(defines, d.name, file.path, d);
    for (const f of file.functions) add(f.bodySpan ? functions : prototypes, f.name, file.path, f);
    for (const v of file.variables) add(variables, v.name, file.path, v);
  };
  addFile(main);
  for (const file of files.values()) if (file.path !== main.path) addFile(file);
  return { main, files, defines, functions, prototypes, variables };
}

/** The same index for later texts of the same files, in which `now` stands where `old` stood: its names are the same. */
export function replaceInIndex(index: UnitIndex, path: string, old: FunctionView, now: FunctionView): void {
  const list = (old.bodySpan ? index.functions : index.prototypes).get(old.name) as Located<FunctionView>[] | undefined;
  const at = list?.findIndex((f) => f.view === old) ?? -1;
  if (at >= 0) list![at] = { path, view: now };
}

/** Gives the index the views of today. */
export function refreshIndex(index: UnitIndex, main: FileView, files: ReadonlyMap<string, FileView>): void {
  Object.assign(index, { main, files });
}

const bodyTokens = new WeakMap<DefineView, readonly Token[]>();

/** The tokens of a macro's body, computed once. */
export function defineTokens(define: DefineView): readonly Token[] {
  let tokens = bodyTokens.get(define);
  if (!tokens) {
    tokens = tokenize(define.body);
    bodyTokens.set(define, tokens);
  }
  return tokens;
}

/** Macros that expand to macros are followed this far, and no further. */
export const MAX_MACRO_DEPTH = 32;

/** Strings that differ by `#if` arms are followed up to this many. */
const MAX_ALTERNATIVES = 8;

/** Joins each text of `left` with each of `right`. */
function product(left: readonly string[], right: readonly string[]): string[] {
  // A set would look at all of the text each time, which thousands of literals in a row would make long.
  if (left.length === 1 && right.length === 1) return [left[0]! + right[0]!];
  const result = new Set<string>();
  for (const l of left) {
    for (const r of right) {
      result.add(l + r);
      if (result.size >= MAX_ALTERNATIVES) return [...result];
    }
  }
  return [...result];
}

/**
 * The strings that tokens can make: literals joined, identifiers replaced by object-like macros. Several where a macro
 * has definitions that differ, since they stand in `#if` arms; none where a part is neither a literal nor such a macro.
 */
export function stringsOf(tokens: readonly Token[], index: UnitIndex, depth = 0): readonly string[] {
  let texts: string[] = [''];
  let seen = false;
  for (const t of tokens) {
    if (t.kind === 'punct' && (t.value === '(' || t.value === ')')) continue;
    const values = t.kind === 'string' ? [unescapeC(t.value)] : t.kind === 'word' ? stringsOfMacro(t.value, index, depth + 1) : [];
    if (values.length === 0) return [];
    texts = product(texts, values);
    seen = true;
  }
  return seen ? texts : [];
}

/** The strings that an object-like macro can stand for. */
export function stringsOfMacro(name: string, index: UnitIndex, depth = 0): readonly string[] {
  if (depth > MAX_MACRO_DEPTH) {
    noteLimit(index, name, `is used more than ${MAX_MACRO_DEPTH} macros deep`);
    return [];
  }
  const result = new Set<string>();
  for (const { view } of index.defines.get(name) ?? []) {
    if (view.params) continue;
    const tokens = defineTokens(view);
    for (const text of tokens.length === 0 ? [''] : stringsOf(tokens, index, depth)) {
      if (result.size < MAX_ALTERNATIVES) result.add(text);
    }
  }
  return [...result];
}

/** A name after object-like macros that are just another name: `__ctx_buff` → `__sk_buff`. */
export function resolveName(name: string, index: UnitIndex): string {
  for (let depth = 0; depth < MAX_MACRO_DEPTH; depth++) {
    const found = index.defines.get(name);
    if (!found || found.length !== 1 || found[0]!.view.params) return name;
    const tokens = defineTokens(found[0]!.view);
    const only = tokens.length === 1 ? tokens[0] : undefined;
    if (only?.kind !== 'word' || only.value === name) return name;
    name = only.value;
  }
  return name;
}

function unescapeC(text: string): string {
  return text.includes('\\') ? text.replace(/\\(["\\/])/g, '$1') : text;
}
