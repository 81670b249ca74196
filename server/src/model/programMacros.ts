/** Expands macros that make whole programs, or hide their SEC and name, as far as to see what they declare. */
import type { Annotation, CallView, Condition, DefineView, FunctionView, MacroUse, SectionPart, SectionUse } from '../syntax/views.js';
import type { Span } from '../text/span.js';
import { keyOf, readFlow } from './flowWalk.js';
import { noteLimit } from './limits.js';
import { STRINGIFY, textOfName } from './stringify.js';
import { splitArguments, substitute } from './substitution.js';
import { closing, tokenize, type Token } from './tokens.js';
import { defineTokens, type Located, type UnitIndex } from './unitIndex.js';

/** Limits that no input gets past: nesting, and tokens of one use. */
const MAX_DEPTH = 8;
const MAX_TOKENS = 6000;

/** A program seen in expanded tokens. */
export interface MadeProgram {
  readonly name: string;
  /** Strings and names between the parentheses of `SEC(…)`. */
  readonly section: readonly Token[];
  readonly wrapper: string | undefined;
  readonly isDefinition: boolean;
  /** What its body calls, and under which conditions. */
  readonly calls: readonly { readonly name: string; readonly conditions: readonly Condition[] }[];
}

const SECTION_WORDS = new Set(['SEC', '__section', 'section', '__section__']);
const WRAPPER = /^(?:BPF_(?:PROG2?|KPROBE|KRETPROBE|UPROBE|URETPROBE|KSYSCALL|KPROBE_SYSCALL|USDT|STRUCT_OPS|STRUCT_OPS_SLEEPABLE))$/;

const sectionMakers = new WeakMap<UnitIndex, Map<string, boolean>>();

/** A function-like macro of the unit that mentions a section, directly or through another; only such ones are expanded. */
function makesSections(name: string, index: UnitIndex, depth = 0): boolean {
  let known = sectionMakers.get(index);
  if (!known) sectionMakers.set(index, (known = new Map<string, boolean>()));
  const before = known.get(name);
  if (before !== undefined) return before;
  if (depth > MAX_DEPTH) {
    noteLimit(index, name, `is used more than ${MAX_DEPTH} macros deep`);
    return false;
  }
  known.set(name, false);
  const makes = index.defines.get(name)?.some(({ view }) => view.params !== undefined && mentionsSection(view, index, depth)) ?? false;
  known.set(name, makes);
  return makes;
}

function mentionsSection(view: DefineView, index: UnitIndex, depth: number): boolean {
  return defineTokens(view).some((t) => t.kind === 'word' && (SECTION_WORDS.has(t.value) || (index.defines.has(t.value) && makesSections(t.value, index, depth + 1))));
}

/** The definition to expand: of several, which stand in `#if` arms, one that says something of sections. */
function functionLike(name: string, index: UnitIndex): DefineView | undefined {
  const all = index.defines.get(name)?.filter((d) => d.view.params !== undefined);
  return all && (all.length > 1 ? all.find((d) => mentionsSection(d.view, index, 0)) ?? all[0] : all[0])?.view;
}

/** Expands one use; macros in it are expanded where they mention sections or write functions. `budget` bounds all levels together. */
function expand(name: string, args: readonly (readonly Token[])[], index: UnitIndex, depth: number, budget: { tokens: number }): Token[] {
  const define = functionLike(name, index);
  if (!define || budget.tokens <= 0) return [];
  if (depth > MAX_DEPTH) {
    noteLimit(index, name, `is used more than ${MAX_DEPTH} macros deep`);
    return [];
  }
  const tokens = substitute(defineTokens(define), define.params!, args, index);
  budget.tokens -= tokens.length;
  if (budget.tokens <= 0) noteLimit(index, name, `expands to more than ${MAX_TOKENS} tokens`);
  const out: Token[] = [];
  for (let i = 0; i < tokens.length && budget.tokens > 0; i++) {
    const t = tokens[i]!;
    const nested = t.kind === 'word' && t.value !== name && tokens[i + 1]?.value === '(' && !SECTION_WORDS.has(t.value) && index.defines.has(t.value)
      && (makesSections(t.value, index) || isHeader(t.value, index));
    if (!nested) {
      out.push(t);
      continue;
    }
    const end = closing(tokens, i + 1);
    out.push(...expand(t.value, splitArguments(tokens.slice(i + 2, end)), index, depth + 1, budget));
    i = end;
  }
  return out;
}

/** A macro that writes a function with a body, or the word for its name: it may stand behind a SEC in another macro. */
function isHeader(name: string, index: UnitIndex): boolean {
  const body = index.defines.get(name)?.[0];
  return body?.view.params !== undefined && /^\s*(?:static\s+)?(?:int|long|void|__u32|u32)\s+\w/.test(body.view.body);
}

/** What stands in a `SEC(…)` with the function-like macros in it expanded: `"kprobe/" __stringify(F)`. */
function sectionTokens(tokens: readonly Token[], index: UnitIndex, depth = 0): Token[] {
  const out: Token[] = [];
  for (let i = 0; i < tokens.length && out.length < MAX_TOKENS; i++) {
    const t = tokens[i]!;
    const define = t.kind === 'word' && tokens[i + 1]?.value === '(' && depth <= MAX_DEPTH ? functionLike(t.value, index) : undefined;
    if (define === undefined && !(t.value === STRINGIFY && tokens[i + 1]?.value === '(')) {
      out.push(t);
      continue;
    }
    const end = closing(tokens, i + 1);
    const args = splitArguments(tokens.slice(i + 2, end));
    i = end;
    if (t.value === STRINGIFY) out.push({ kind: 'string', value: args.flat().map((a) => (a.kind === 'word' ? textOfName(a.value, index) : a.value)).join('') });
    else out.push(...sectionTokens(substitute(defineTokens(define!), define!.params!, args, index), index, depth + 1));
  }
  return out;
}

/** Reads the programs that expanded tokens declare. */
function read(tokens: readonly Token[], index: UnitIndex): MadeProgram[] {
  const made: MadeProgram[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i]!.kind !== 'word' || !SECTION_WORDS.has(tokens[i]!.value) || tokens[i + 1]?.value !== '(') continue;
    const close = closing(tokens, i + 1);
    const section = sectionTokens(tokens.slice(i + 2, close), index);
    const header = readHeader(tokens, close + 1);
    if (!header) continue;
    const end = tokens[header.end]?.value === '{' ? closing(tokens, header.end) : header.end;
    const isDefinition = tokens[header.end]?.value === '{';
    made.push({ name: header.name, section, wrapper: header.wrapper, isDefinition, calls: isDefinition ? callsIn(tokens.slice(header.end, end + 1)) : [] });
    i = Math.max(end, close);
  }
  return made;
}

/** What a body calls, each function once: under what is around all of its calls. */
function callsIn(body: readonly Token[]): MadeProgram['calls'] {
  const flow = readFlow(body.map(({ kind, value }) => ({ kind, value, use: 0 })), () => []);
  const names = new Set(body.flatMap((t, k) => (t.kind === 'word' && body[k + 1]?.value === '(' && !/^(?:if|for|while|switch|return|sizeof|asm)$/.test(t.value) ? [t.value] : [])));
  return [...names].map((name) => ({ name, conditions: flow?.inMacros.get(keyOf(0, name)) ?? [] }));
}

/** The function's name in the tokens behind a SEC, up to its brace, semicolon or the end of the macro. */
function readHeader(tokens: readonly Token[], from: number): { readonly name: string; readonly wrapper: string | undefined; readonly end: number } | undefined {
  let last: string | undefined;
  for (let i = from; i < tokens.length; i++) {
    const t = tokens[i]!;
    if (t.kind === 'string' || t.value === ';' || t.value === '=' || t.value === '[') return undefined;
    if (t.kind === 'word' && /^__attribute__$|^__(?:msg|description|retval|flag|log_level|arch)\w*$/.test(t.value) && tokens[i + 1]?.value === '(') {
      i = closing(tokens, i + 1);
      continue;
    }
    if (t.kind === 'word') last = t.value;
    if (t.kind !== 'punct' || t.value !== '(' || last === undefined) continue;
    const end = closing(tokens, i) + 1;
    if (!WRAPPER.test(last)) return { name: last, wrapper: undefined, end };
    const name = tokens[i + 1];
    return name?.kind === 'word' ? { name: name.value, wrapper: last, end } : undefined;
  }
  return last === undefined ? undefined : { name: last, wrapper: undefined, end: tokens.length };
}

/** The programs that a use of a macro with these argument texts declares; none if it is no macro of the unit, or declares none. */
export function madeBy(name: string, args: readonly string[], index: UnitIndex): readonly MadeProgram[] {
  return read(expanded(name, args, index), index);
}

function expanded(name: string, args: readonly string[], index: UnitIndex): readonly Token[] {
  return makesSections(name, index) ? expand(name, args.map((a) => tokenize(a)), index, 0, { tokens: MAX_TOKENS }) : [];
}

/** The section that a macro before a function gives it: `PKTGEN("tc", "name") int f(…) {…}`; none where it makes functions of its own. */
export function hiddenSection({ name, args, span }: Annotation, index: UnitIndex): SectionUse | undefined {
  const tokens = expanded(name, args, index);
  const at = tokens.findIndex((t, i) => SECTION_WORDS.has(t.value) && tokens[i + 1]?.value === '(');
  if (at < 0 || read(tokens, index).some((m) => m.isDefinition)) return undefined;
  return useOf(sectionTokens(tokens.slice(at + 2, closing(tokens, at + 1)), index), name, span);
}

/** The section of a made program, as if it were written at `span`. */
export function sectionOf(made: MadeProgram, macro: string, span: Span): SectionUse {
  return useOf(made.section, macro, span);
}

function useOf(section: readonly Token[], macro: string, span: Span): SectionUse {
  const parts = section.filter((t) => t.kind !== 'punct').map((t): SectionPart => ({ kind: t.kind === 'string' ? 'string' : 'identifier', value: t.value, span }));
  return { span, argumentSpan: span, parts, macro, conditions: [] };
}

function functionOf(made: MadeProgram, use: Pick<MacroUse, 'name' | 'nameSpan' | 'span' | 'conditions'>): FunctionView {
  const calls = made.calls.map(({ name, conditions }): CallView => ({ name, nameSpan: use.nameSpan, span: use.span, args: [], form: 'direct', conditions }));
  return {
    kind: 'function', name: made.name, nameSpan: use.nameSpan, span: use.span, bodySpan: use.span, returnType: 'int', params: [],
    isStatic: false, isExtern: false, isInline: false, ...(made.wrapper === undefined ? {} : { wrapper: made.wrapper }),
    sections: [sectionOf(made, use.name, use.nameSpan)], annotations: [], calls, fields: [], locals: [], identifiers: [], assignments: [], loops: [],
    conditions: use.conditions,
  };
}

/** Functions that the macros standing alone at file level make: `TAIL_FUNC(1)`, `DEFINE_PROBE(vfs_write)`. */
export function madeFunctions(index: UnitIndex): Located<FunctionView>[] {
  const result: Located<FunctionView>[] = [];
  for (const file of index.files.values()) {
    const add = (use: Pick<MacroUse, 'name' | 'nameSpan' | 'span' | 'conditions'>, args: readonly string[]): void => {
      for (const made of madeBy(use.name, args, index)) {
        if (made.isDefinition && !index.functions.has(made.name)) result.push({ path: file.path, view: functionOf(made, use) });
      }
    };
    for (const use of file.macroUses ?? []) add(use, use.args);
    // Without a semicolon behind it, such a macro looks like an attribute of the function that follows.
    for (const fn of file.functions) {
      for (const { name, args, span } of fn.annotations) if (args.length > 0) add({ name, nameSpan: { start: span.start, end: span.start + name.length }, span, conditions: fn.conditions }, args);
    }
  }
  return result;
}
