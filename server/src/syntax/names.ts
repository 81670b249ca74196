/** Every name of a text with its place, comments and strings left out: what views do not carry, for references and colours. */
import { IDENT, lex, type Lexed } from './lexer.js';
import type { Span } from '../text/span.js';
import type { FileView } from './views.js';

/** One identifier as written. */
export interface NameUse {
  readonly name: string;
  readonly span: Span;
  /** Behind a `.` or `->`: a member or a designator, whatever else has that name. */
  readonly member: boolean;
}

/** Names in `[from, to)` of a text, bodies of `#define` and conditions of `#if` included, in the order of the text. Linear. */
export function namesIn(text: string, from = 0, to = text.length): NameUse[] {
  const tokens = lex(text, from, to);
  const names: NameUse[] = [];
  let token = 0;
  for (const directive of tokens.directives) {
    token = collect(tokens, token, directive.token, names);
    if (DIRECTIVES.has(directive.name)) collect(lex(text, directive.nameEnd, directive.end, true), 0, Infinity, names);
  }
  collect(tokens, token, Infinity, names);
  return names;
}

const byFile = new WeakMap<FileView, ReadonlyMap<string, readonly NameUse[]>>();

/** Where a file has a name. The file's names are collected once, when it has the first that is asked for. */
export function usesOfName(file: FileView, name: string): readonly NameUse[] {
  if (!file.text.includes(name)) return [];
  let names = byFile.get(file);
  if (names === undefined) {
    const found = new Map<string, NameUse[]>();
    for (const use of namesIn(file.text)) {
      const list = found.get(use.name);
      if (list === undefined) found.set(use.name, [use]);
      else list.push(use);
    }
    byFile.set(file, (names = found));
  }
  return names.get(name) ?? [];
}

const DIRECTIVES = new Set(['define', 'undef', 'if', 'elif', 'ifdef', 'ifndef', 'elifdef', 'elifndef']);

function collect(tokens: Lexed, from: number, to: number, names: NameUse[]): number {
  const end = Math.min(to, tokens.count);
  for (let i = from; i < end; i++) {
    if (tokens.kind[i] !== IDENT) continue;
    const span = { start: tokens.start[i] as number, end: tokens.end[i] as number };
    const before = i > 0 ? tokens.kind[i - 1] : 0;
    const member = before === 46 || (before === 62 && i > 1 && tokens.kind[i - 2] === 45);
    names.push({ name: tokens.text.slice(span.start, span.end), span, member });
  }
  return end;
}
