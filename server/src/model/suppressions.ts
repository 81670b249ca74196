/** Applies `ebpf-lens: allow(rule-id)` comments: to the next statement, the next function, or the whole file. */
import { withoutEnd } from '../text/ends.js';
import type { FileView, FunctionView, SuppressionComment } from '../syntax/views.js';
import type { Span } from '../text/span.js';

/** A comment's rules and the stretch of text in which they are silent. */
export interface Suppression {
  readonly rules: readonly string[];
  readonly scope: Span;
  readonly comment: Span;
}

/** Offset behind blanks and comments from `at` on, or `stop` where one begins there. */
function skipBlank(text: string, at: number, stop = -1): number {
  for (;;) {
    while (at < text.length && text.charCodeAt(at) <= 32) at++;
    if (at === stop) return at;
    if (text.startsWith('//', at)) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      at = end < 0 ? text.length : end + 2;
    } else return at;
  }
}

/** End of the statement that begins at `at`: its semicolon, or the brace that closes its last block. */
function statementEnd(text: string, at: number, limit: number): number {
  let depth = 0;
  for (let i = at; i < limit; i++) {
    const c = text[i]!;
    if (c === '"' || c === "'") i = stringEnd(text, i, limit);
    else if (c === '/' && (text[i + 1] === '/' || text[i + 1] === '*')) i = skipBlank(text, i) - 1;
    else if (c === '(' || c === '[' || c === '{') depth++;
    else if (c === ')' || c === ']') depth--;
    else if (c === '}') {
      depth--;
      if (depth < 0) return i;
      if (depth === 0 && !/^(?:else\b|while\b|;|,|\)|\.)/.test(text.slice(skipBlank(text, i + 1), skipBlank(text, i + 1) + 6))) return i + 1;
    } else if (c === ';' && depth === 0) return i + 1;
  }
  return limit;
}

function stringEnd(text: string, at: number, limit: number): number {
  const quote = text[at];
  for (let i = at + 1; i < limit; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote || text[i] === '\n') return i;
  }
  return limit;
}

/** What the comments of a file are among. */
interface Surroundings {
  readonly text: string;
  /** Where something else stands for the first time than a byte order mark, blanks and comments. */
  readonly top: number;
  readonly functions: readonly FunctionView[];
  /** Places of all that stands at file level, in order. */
  readonly items: readonly Span[];
}

function surroundingsOf({ text, functions, variables }: FileView): Surroundings {
  const byPlace = <T extends { readonly span: Span }>(list: readonly T[]): T[] => [...list].sort((a, b) => a.span.start - b.span.start);
  return { text, top: skipBlank(text, text.charCodeAt(0) === 0xfeff ? 1 : 0), functions: byPlace(functions), items: byPlace([...functions, ...variables]).map((item) => item.span) };
}

/** Index of the first that starts at or behind `at`. */
function firstFrom(starts: (i: number) => number, count: number, at: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts(middle) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param next where the code begins that follows the comment */
function scopeOf(comment: SuppressionComment, next: number, { text, top, functions, items }: Surroundings): Span {
  const fnFrom = (at: number): number => firstFrom((i) => functions[i]!.span.start, functions.length, at);
  // Right before the first function it means that function; on top of includes and the rest, the file.
  if (top >= comment.span.start && functions[fnFrom(next)]?.span.start !== next) return { start: 0, end: text.length };
  const before = functions[fnFrom(comment.span.start + 1) - 1];
  const around = before?.bodySpan && comment.span.start >= before.bodySpan.start && comment.span.end <= before.bodySpan.end ? before : undefined;
  if (around) {
    const lineStart = text.lastIndexOf('\n', comment.span.start) + 1;
    const onLine = text.slice(lineStart, comment.span.start).trim();
    // Behind a statement on the same line it means that line.
    if (/[;{}]$/.test(onLine)) return { start: lineStart, end: comment.span.start };
    return { start: comment.span.end, end: statementEnd(text, next, around.bodySpan!.end) };
  }
  const item = items[firstFrom((i) => items[i]!.start, items.length, comment.span.start)];
  return item ? { start: comment.span.end, end: item.end } : { start: comment.span.end, end: comment.span.end };
}

const known = new WeakMap<FileView, readonly Suppression[]>();

/** The suppressions of a file with their scopes. */
export function suppressionsOf(file: FileView): readonly Suppression[] {
  let result = known.get(file);
  if (result) return result;
  const around = surroundingsOf(file);
  const found: Suppression[] = [];
  // From the last one on: what follows a comment behind which another stands is what follows that.
  let [start, behind] = [-1, -1];
  for (const comment of [...file.suppressions].reverse()) {
    const next = skipBlank(file.text, comment.span.end, start);
    [start, behind] = [comment.span.start, next === start ? behind : next];
    found.push({ rules: comment.rules, scope: scopeOf(comment, behind, around), comment: comment.span });
  }
  known.set(file, (result = found.reverse()));
  return result;
}

/** The comment in the file that silences this rule at this place. */
export function silencerOf(file: FileView | undefined, rule: string, at: Span): Suppression | undefined {
  if (!file || file.suppressions.length === 0) return undefined;
  return suppressionsOf(file).find((s) => s.rules.includes(rule) && at.start >= s.scope.start && at.end <= s.scope.end);
}

/** What a comment says beside the rules that it allows, for who asks why: `/* ebpf-lens: allow(x): our kernel has it *\/`. '' where it says nothing. */
export function reasonIn(comment: string): string {
  const body = comment.startsWith('//') ? comment.replace(/^\/+/, '') : withoutEnd(comment.slice(2, comment.endsWith('*/') ? -2 : undefined), '*');
  const words = body.replace(/(?:^|\n)[ \t]*\*+/g, ' ').replace(/ebpf-lens:\s*allow\s*\([^)]*\)/g, ' ');
  return words.replace(/\s+/g, ' ').replace(/^[\s:;,.–-]+/, '').trim();
}
