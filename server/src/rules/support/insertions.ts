/** Lines that fixes write at the top or the end of a file: an `#include`, a kfunc's declaration, the licence. */
import type { Model } from '../../model/model.types.js';
import type { Fix, RuleContext } from '../rule.js';

type Edit = Fix['edits'][number];
type FileView = Model['main'];

/** Adds an `#include <header>` to a file, behind libbpf's own or the last one; undefined where the unit includes it already. */
export function includeEdit(context: RuleContext, path: string, header: string): Edit | undefined {
  const name = header.slice(header.lastIndexOf('/') + 1);
  const { model } = context;
  for (const file of model.files.values()) if (file.includes.some((i) => i.path.endsWith(name))) return undefined;
  const file = model.files.get(path) ?? model.main;
  const helpers = file.includes.find((i) => /(?:^|\/)bpf_helpers\.h$/.test(i.path));
  // Written as its neighbour is: `"bpf_helpers.h"` of a tree of its own, or libbpf's folder.
  const folder = helpers?.path.slice(0, -'bpf_helpers.h'.length) ?? header.slice(0, -name.length);
  const line = helpers?.angled === false ? `#include "${folder}${name}"\n` : `#include <${folder}${name}>\n`;
  const at = helpers ? nextLine(file.text, helpers.span.end) : behindIncludes(file);
  return { path: file.path, span: { start: at, end: at }, newText: startsLine(file.text, at, line) };
}

/** Writes a kfunc's declaration behind the last `#include` of a file; undefined where the prototype is not known. */
export function declareEdit(context: RuleContext, path: string, name: string): Edit | undefined {
  const proto = context.facts.kfuncs.get(name)?.proto;
  const file = context.model.files.get(path);
  if (proto === undefined || !file) return undefined;
  const at = behindIncludes(file);
  const line = `extern ${proto.replace(/;\s*$/, '')} __ksym;\n`;
  return { path, span: { start: at, end: at }, newText: startsLine(file.text, at, file.includes.length > 0 ? `\n${line}` : `${line}\n`) };
}

/** A line behind everything else in a file. */
export function appendEdit(file: FileView, line: string): Edit {
  const end = file.text.length;
  return { path: file.path, span: { start: end, end }, newText: startsLine(file.text, end, `\n${line}\n`) };
}

function behindIncludes(file: FileView): number {
  const last = file.includes.at(-1);
  if (last) return nextLine(file.text, last.span.end);
  // A byte order mark and a licence's comment stay in front.
  return /^\uFEFF?(?:\/\/[^\n]*\r?\n|\/\*[\s\S]*?\*\/[ \t]*\r?\n)*/.exec(file.text)?.[0].length ?? 0;
}

function nextLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline < 0 ? text.length : newline + 1;
}

/** At the end of a text that does not end its last line, the line is ended first. */
const startsLine = (text: string, at: number, line: string): string => (at > 0 && text[at - 1] !== '\n' && text[at - 1] !== '\uFEFF' ? `\n${line}` : line);
