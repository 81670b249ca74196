/** The `extern … __ksym;` of a kfunc: whether something declares it already, what it says, and where it belongs. */
import type { Unit } from '../../analysis.types.js';
import type { Model } from '../../model/model.types.js';
import { eolOf } from '../../text/layout.js';
import { span, type TextEdit } from '../../text/span.js';
import { functionAt } from '../programs.js';

/** Headers of schedulers declare every kfunc of theirs; they often lie outside of what is read. */
const SCX_HEADER = /(?:^|\/)scx\/\w+\.bpf\.h$/;

const declarations = new WeakMap<Model, ReadonlySet<string>>();

/** Tells whether a kfunc is declared in a file of the unit, or by a header of libbpf that the unit includes. */
export function isDeclared(unit: Unit): (name: string) => boolean {
  const names = (declarations.get(unit.model) ?? declaredNames(unit));
  declarations.set(unit.model, names);
  const scx = includes(unit, (path) => SCX_HEADER.test(path));
  return (name) => names.has(name) || (scx && name.startsWith('scx_bpf_'));
}

function declaredNames(unit: Unit): ReadonlySet<string> {
  const names = new Set<string>();
  const { files, main } = unit.model;
  for (const file of [main, ...files.values()]) {
    for (const fn of file.functions) if (unit.facts.kfuncs.has(fn.name)) names.add(fn.name);
    for (const variable of file.variables) if (unit.facts.kfuncs.has(variable.name)) names.add(variable.name);
    for (const define of file.defines) if (unit.facts.kfuncs.has(define.name)) names.add(define.name);
  }
  // bpf_helpers.h declares the kfuncs that its loops and casts call.
  if (includes(unit, (path) => /(?:^|\/)bpf_helpers\.h$/.test(path))) {
    for (const macro of unit.facts.macros.values()) for (const need of macro.needs) if (need.kind === 'kfunc') names.add(need.name);
  }
  return names;
}

const includes = (unit: Unit, test: (path: string) => boolean): boolean => {
  for (const file of unit.model.files.values()) if (file.includes.some(({ path }) => test(path))) return true;
  return false;
};

/**
 * The edit that declares a kfunc for the function around `offset`: behind the last declaration of its kind before that
 * function, else behind the includes, but never before a struct of this file that the prototype names.
 * @returns undefined where the book knows no prototype
 */
export function declareKfunc(unit: Unit, name: string, offset: number): TextEdit | undefined {
  const proto = unit.facts.kfuncs.get(name)?.proto.replace(/;\s*$/, '').trim();
  if (proto === undefined || proto === '') return undefined;
  const { text } = unit.model.main;
  const eol = eolOf(text);
  const line = `extern ${inUnitsTypes(unit, proto)} __ksym;`;
  const limit = startOfDeclaration(unit, offset);
  const sibling = unit.model.main.functions.filter((fn) => fn.bodySpan === undefined && fn.span.end <= limit && fn.conditions.length === 0 && fn.annotations.some((a) => a.name === '__ksym')).at(-1);
  const own = lastOwnType(unit, proto, limit);
  if (sibling !== undefined && sibling.span.end >= own) return insertAt(lineEnd(text, sibling.span.end), `${eol}${line}`);
  const include = lastInclude(unit, limit);
  if (include !== undefined && include >= own) return insertAt(lineEnd(text, include), `${eol}${eol}${line}`);
  return insertAt(own > 0 ? limit : firstDeclaration(unit, limit), `${line}${eol}${eol}`);
}

const insertAt = (at: number, newText: string): TextEdit => ({ span: span(at), newText });

/** Without vmlinux.h, which has the kernel's short names, only those of `linux/types.h` are there. */
function inUnitsTypes(unit: Unit, proto: string): string {
  return includes(unit, (path) => /(?:^|\/)vmlinux\.h$/.test(path)) ? proto : proto.replace(/\b[us](?:8|16|32|64)\b/g, '__$&');
}

/** Where the line of the declaration starts that is around `offset`, or `offset`'s own line. */
function startOfDeclaration(unit: Unit, offset: number): number {
  const { text } = unit.model.main;
  const at = functionAt(unit, offset)?.span.start ?? offset;
  let start = text.lastIndexOf('\n', at - 1) + 1;
  // A comment right above belongs to the function.
  const comment = /(?:^|\n)([ \t]*\/\*(?:(?!\*\/)[\s\S])*\*\/[ \t]*\r?\n|(?:[ \t]*\/\/[^\n]*\n)+)$/.exec(text.slice(Math.max(0, start - 2000), start));
  if (comment !== null) start -= comment[1]!.length;
  return start;
}

/** End of the last definition of a struct that the prototype names, 0 if this file defines none of them before `limit`. */
function lastOwnType(unit: Unit, proto: string, limit: number): number {
  const before = unit.model.main.text.slice(0, limit);
  let last = 0;
  for (const [, tag] of proto.matchAll(/\b(?:struct|union|enum)\s+(\w+)/g)) {
    const at = before.search(new RegExp(`\\b(?:struct|union|enum)\\s+${tag!}\\s*\\{`));
    if (at >= 0) last = Math.max(last, before.indexOf('}', at) + 1);
  }
  return last;
}

/** End of the last `#include` before `limit` that stands as far outside of `#if`s as any. */
function lastInclude(unit: Unit, limit: number): number | undefined {
  const { main } = unit.model;
  let best: { readonly depth: number; readonly at: number } | undefined;
  for (const { span: at } of main.includes) {
    if (at.end > limit) break;
    const depth = conditionDepth(main.text, at.start);
    if (best === undefined || depth <= best.depth) best = { depth, at: at.end };
  }
  return best?.at;
}

function conditionDepth(text: string, offset: number): number {
  let depth = 0;
  for (const [, word] of text.slice(0, offset).matchAll(/^[ \t]*#[ \t]*(if|endif)/gm)) depth += word === 'if' ? 1 : -1;
  return depth;
}

/** Where the first function or variable starts, or `limit` if that is before it. */
function firstDeclaration(unit: Unit, limit: number): number {
  const { functions, variables } = unit.model.main;
  return Math.min(limit, ...functions.map((fn) => fn.span.start), ...variables.map((variable) => variable.span.start));
}

function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  if (newline < 0) return text.length;
  return text[newline - 1] === '\r' ? newline - 1 : newline;
}
