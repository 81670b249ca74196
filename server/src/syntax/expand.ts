/** Functions that a macro of the same file writes: the macro's body with the arguments put in, read like any other text. */
import { IDENT, lex } from './lexer.js';
import type { Span } from '../text/span.js';
import type { DefineView, FunctionView, MacroUse } from './views.js';

/** Expansions longer than this are left alone. */
const MAX_EXPANSION = 64 * 1024;

/** The body of `define` with `args` in place of its parameters; undefined where it gets too long. */
export function substitute(define: DefineView, args: readonly string[]): string | undefined {
  const { body } = define;
  const params = define.params ?? [];
  const variadic = params[params.length - 1]?.endsWith('...') === true;
  const valueOf = (name: string): string | undefined => {
    if (variadic && (name === '__VA_ARGS__' || `${name}...` === params[params.length - 1])) return args.slice(params.length - 1).join(', ');
    const index = params.indexOf(name);
    return index < 0 ? undefined : (args[index] ?? '');
  };
  const tokens = lex(body, 0, undefined, true);
  let out = '';
  let at = 0;
  for (let i = 0; i < tokens.count && out.length <= MAX_EXPANSION; i++) {
    const start = tokens.start[i] as number;
    const end = tokens.end[i] as number;
    if (tokens.kind[i] === 35) {
      if (tokens.kind[i + 1] === 35) {
        out += body.slice(at, start).trimEnd(); // a##b
        at = i + 2 < tokens.count ? (tokens.start[i + 2] as number) : body.length;
        i++;
        continue;
      }
      const value = tokens.kind[i + 1] === IDENT ? valueOf(body.slice(tokens.start[i + 1], tokens.end[i + 1])) : undefined;
      if (value !== undefined) {
        out += `${body.slice(at, start)}"${value.replace(/["\\]/g, '\\$&')}"`;
        at = tokens.end[i + 1] as number;
        i++;
        continue;
      }
    }
    const value = tokens.kind[i] === IDENT ? valueOf(body.slice(start, end)) : undefined;
    if (value !== undefined) {
      out += body.slice(at, start) + value;
      at = end;
    }
  }
  out += body.slice(at);
  return out.length > MAX_EXPANSION ? undefined : out;
}

/** A function out of an expansion, with every place in it moved to where the macro is used. */
export function placeAt(fn: FunctionView, use: MacroUse): FunctionView {
  const moved = move(fn, use.nameSpan) as FunctionView;
  return { ...moved, span: use.span, conditions: [...use.conditions, ...moved.conditions], fromMacro: use.name };
}

/** A copy of plain data with every span replaced. */
function move(value: unknown, where: Span): unknown {
  if (Array.isArray(value)) return value.map((v) => move(v, where));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 2 && 'start' in value && 'end' in value) return where;
  return Object.fromEntries(entries.map(([key, v]) => [key, typeof v === 'object' ? move(v, where) : v]));
}
