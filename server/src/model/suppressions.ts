/** Applies `ebpf-lens: allow(rule-id)` comments: to the next statement, the next function, or the whole file. */
import { withoutEnd } from '../text/ends.js';
import type { FileView, SuppressionComment } from '../syntax/views.js';
import type { Span } from '../text/span.js';

/** A comment's rules and the stretch of text in which they are silent. */
export interface Suppression {
  readonly rules: readonly string[];
  readonly scope: Span;
  readonly comment: Span;
}

/** Offset behind blanks and comments from `at` on. */
function skipBlank(text: string, at: number): number {
  for (;;) {
    while (at < text.length && text.charCodeAt(at) <= 32) at++;
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

/** True if nothing but a byte order mark, blanks and comments stands before `at`. */
function isAtTop(text: string, at: number): boolean {
  return skipBlank(text, text.charCodeAt(0) === 0xfeff ? 1 : 0) >= at;
}

/** What stands at file level and begins at or after `at`, nearest first. */
function nextTopLevel(file: FileView, at: number): Span | undefined {
  let best: Span | undefined;
  for (const list of [file.functions, file.variables]) {
    for (const v of list) if (v.span.start >= at && (!best || v.span.start < best.start)) best = v.span;
  }
  return best;
}

function scopeOf(comment: SuppressionComment, file: FileView): Span {
  const { text } = file;
  const next = skipBlank(text, comment.span.end);
  if (isAtTop(text, comment.span.start)) {
    // Right before the first function it means that function; on top of includes and the rest, the file.
    const fn = file.functions.find((f) => f.span.start === next);
    if (!fn) return { start: 0, end: text.length };
  }
  const around = file.functions.find((f) => f.bodySpan && comment.span.start >= f.bodySpan.start && comment.span.end <= f.bodySpan.end);
  if (around) {
    const lineStart = text.lastIndexOf('\n', comment.span.start) + 1;
    const before = text.slice(lineStart, comment.span.start).trim();
    // Behind a statement on the same line it means that line.
    if (/[;{}]$/.test(before)) return { start: lineStart, end: comment.span.start };
    return { start: comment.span.end, end: statementEnd(text, next, around.bodySpan!.end) };
  }
  const item = nextTopLevel(file, comment.span.start);
  return item ? { start: comment.span.end, end: item.end } : { start: comment.span.end, end: comment.span.end };
}

const known = new WeakMap<FileView, readonly Suppression[]>();

/** The suppressions of a file with their scopes. */
export function suppressionsOf(file: FileView): readonly Suppression[] {
  let result = known.get(file);
  if (!result) known.set(file, (result = file.suppressions.map((c) => ({ rules: c.rules, scope: scopeOf(c, file), comment: c.span }))));
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
