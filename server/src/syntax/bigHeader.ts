/** Scans generated headers (vmlinux.h) for the functions that they declare, by tokens and without a parse. */
import { span } from '../text/span.js';
import { IDENT, lex } from './lexer.js';
import { preprocess } from './preprocessor.js';
import { ATTRIBUTE, STORAGE, flagsOf } from './words.js';
import type { Annotation, DefineView, FunctionView, IncludeView } from './views.js';

/** Function prototypes, defines and includes of a header; nothing else is looked at. */
export function scanBigHeader(text: string): { functions: FunctionView[]; defines: readonly DefineView[]; includes: readonly IncludeView[] } {
  const tokens = lex(text);
  const { kind, count } = tokens;
  const functions: FunctionView[] = [];
  let depth = 0;
  let first = 0;
  let name = -1;
  let close = -1;
  for (let i = 0; i < count; i++) {
    const k = kind[i] as number;
    if (k === 123 || k === 40) {
      if (k === 40 && depth === 0 && name < 0 && i > first + 1 && kind[i - 1] === IDENT && kind[i + 1] !== 42) name = i - 1;
      depth++;
    } else if (k === 125 || k === 41) {
      depth = Math.max(0, depth - 1);
      if (k === 41 && depth === 0 && close < 0) close = i;
    } else if (k === 59 && depth === 0) {
      const view = name >= 0 && close > name ? prototype(tokens, first, name, close, i) : undefined;
      if (view !== undefined) functions.push(view);
      first = i + 1;
      name = close = -1;
    } else if (k === 61 && depth === 0) name = -1;
  }
  const { defines, includes } = preprocess({ ...tokens, directives: tokens.directives.filter((d) => d.name === 'define' || d.name === 'include') });
  return { functions, defines, includes };
}

function prototype(tokens: ReturnType<typeof lex>, first: number, name: number, close: number, last: number): FunctionView | undefined {
  const { text, kind, word, start, end } = tokens;
  const say = (i: number): string => text.slice(start[i], end[i]);
  const head = say(first);
  if (head === 'typedef' || head === 'struct' && kind[first + 2] === 123) return undefined;
  const annotations: Annotation[] = [];
  const type: string[] = [];
  let isExtern = false;
  let isStatic = false;
  for (let i = first; i < name; i++) {
    const w = say(i);
    if (kind[i] === IDENT && (flagsOf(word[i] as number) & STORAGE) !== 0) {
      isExtern ||= w === 'extern';
      isStatic ||= w === 'static';
    } else if (kind[i] === IDENT && (flagsOf(word[i] as number) & ATTRIBUTE) !== 0) {
      annotations.push({ name: w, span: span(start[i] as number, end[i] as number), args: [] });
    } else if (kind[i] === IDENT || kind[i] === 42) type.push(w);
    else return undefined;
  }
  for (let i = close + 1; i < last; i++) if (kind[i] === IDENT) annotations.push({ name: say(i), span: span(start[i] as number, end[i] as number), args: [] });
  return {
    kind: 'function', name: say(name), nameSpan: span(start[name] as number, end[name] as number), span: span(start[first] as number, end[last] as number),
    returnType: type.join(' ').replace(/\* (?=\*)/g, '*'), params: [], isStatic, isExtern, isInline: false, sections: [], annotations, calls: [], fields: [], locals: [], identifiers: [],
    assignments: [], loops: [], conditions: [],
  };
}
