/** Scans generated headers (vmlinux.h) for the functions that they declare, by tokens and without a parse. */
import { span } from '../text/span.js';
import { commentEnd, directiveEnd, IDENT, lex, quotedEnd, type Directive, type Lexed } from './lexer.js';
import { preprocess } from './preprocessor.js';
import { ATTRIBUTE, STORAGE, flagsOf } from './words.js';
import type { Annotation, DefineView, FunctionView, IncludeView } from './views.js';

export interface BigHeader {
  readonly functions: FunctionView[];
  readonly defines: readonly DefineView[];
  readonly includes: readonly IncludeView[];
}

/** Function prototypes, defines and includes of a header; nothing else is looked at. */
export function scanBigHeader(text: string): BigHeader {
  return scanGenerated(text) ?? scanTokens(text);
}

/** The same by all tokens of the text. */
export function scanTokens(text: string): BigHeader {
  const tokens = lex(text);
  const functions: FunctionView[] = [];
  new Prototypes(functions).take(tokens);
  return { functions, ...linesOf(tokens) };
}

function linesOf(tokens: Lexed): Pick<BigHeader, 'defines' | 'includes'> {
  const { defines, includes } = preprocess({ ...tokens, directives: tokens.directives.filter((d) => d.name === 'define' || d.name === 'include') });
  return { defines, includes };
}

/** Finds prototypes among the tokens at depth 0. */
class Prototypes {
  constructor(private readonly found: FunctionView[]) {}

  /**
   * @param inside true if the text before these tokens is the beginning of a declaration that is no prototype
   * @returns true if the last of these tokens is at depth 0 and in no prototype's list of parameters or behind it
   */
  take(tokens: Lexed, inside = false): boolean {
    const { kind, count } = tokens;
    let depth = 0;
    let first = 0;
    let name = -1;
    let close = -1;
    for (let i = 0; i < count; i++) {
      const k = kind[i] as number;
      if (k === 123 || k === 40) {
        if (!inside && k === 40 && depth === 0 && name < 0 && i > first + 1 && kind[i - 1] === IDENT && kind[i + 1] !== 42) name = i - 1;
        depth++;
      } else if (k === 125 || k === 41) {
        depth = Math.max(0, depth - 1);
        if (k === 41 && depth === 0 && close < 0) close = i;
      } else if (k === 59 && depth === 0) {
        const view = name >= 0 && close > name ? prototype(tokens, first, name, close, i) : undefined;
        if (view !== undefined) this.found.push(view);
        first = i + 1;
        name = close = -1;
        inside = false;
      } else if (k === 61 && depth === 0) name = -1;
    }
    return depth === 0 && name < 0;
  }
}

/** What is no plain code: comments, literals, preprocessor lines. */
const ODD = ['/*', '//', '"', "'", '\n#'];

/** Goes through a text by the places of some strings, which native code finds. */
class Places {
  private readonly next: number[];

  constructor(private readonly text: string, private readonly what: readonly string[]) {
    this.next = what.map(() => -1);
  }

  /** The first place of any at or behind `from`, which never goes back; the text's length if there is none. */
  from(from: number): number {
    let least = this.text.length;
    for (let i = 0; i < this.what.length; i++) {
      let at = this.next[i]!;
      if (at < from) {
        at = this.text.indexOf(this.what[i]!, from);
        this.next[i] = at = at < 0 ? this.text.length : at;
      }
      if (at < least) least = at;
    }
    return least;
  }
}

/** Offset behind what stands at one of the places of `ODD`. */
function oddEnd(text: string, at: number): number {
  const c = text.charCodeAt(at);
  if (c === 10 || c === 35) return directiveEnd(text, c === 10 ? at + 2 : at + 1, text.length);
  return c === 47 ? commentEnd(text, at, text.length) : quotedEnd(text, at, text.length);
}

/**
 * Scans a header whose bodies hold plain code: no comment, literal or preprocessor line. Bodies, nearly all of a generated header, are jumped
 * over; what stands between is lexed where it has a parenthesis or is no plain code itself.
 * @returns undefined if the header is another one
 */
function scanGenerated(text: string): BigHeader | undefined {
  if (text.includes('\r')) return undefined;
  const functions: FunctionView[] = [];
  const prototypes = new Prototypes(functions);
  const directives: Directive[] = [];
  const odd = new Places(text, ODD);
  const [opens, closes, parens, hashes] = ['{', '}', '(', '#'].map((what) => new Places(text, [what])) as [Places, Places, Places, Places];
  const begins = text.startsWith('#') ? 0 : -1;
  for (let at = 0; at < text.length;) {
    let open = opens.from(at);
    let isPlain = true;
    for (let place = at === begins ? 0 : odd.from(at); place < open; place = odd.from(oddEnd(text, place))) {
      isPlain = false;
      const end = oddEnd(text, place);
      if (end > open) open = opens.from(end);
    }
    if (!isPlain || parens.from(at) < open) {
      const tokens = lex(text, at, open);
      directives.push(...tokens.directives);
      if (tokens.directives.some(({ start }) => start > 0 && text[start - 1] !== '\n')) return undefined;
      if (!prototypes.take(tokens, at > 0) && open < text.length) return undefined;
    }
    // One that begins no line may still be a preprocessor line's, and hide the brace.
    if (isPlain && hashes.from(at) < open) return undefined;
    if (open >= text.length) break;
    const end = bodyEnd(text, open, opens, closes);
    if (end === undefined || odd.from(open) < end || hashes.from(open) < end) return undefined;
    at = end;
  }
  return { functions, ...linesOf({ ...lex(text, 0, 0), directives }) };
}

/** Offset behind the brace that closes a body of plain code; undefined if none does. */
function bodyEnd(text: string, open: number, opens: Places, closes: Places): number | undefined {
  for (let at = open + 1, depth = 1; ;) {
    const close = closes.from(at);
    const next = opens.from(at);
    if (close === text.length) return undefined;
    depth += next < close ? 1 : -1;
    at = Math.min(next, close) + 1;
    if (depth === 0) return at;
  }
}

function prototype(tokens: Lexed, first: number, name: number, close: number, last: number): FunctionView | undefined {
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
