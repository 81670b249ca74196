/** Which programs a place in a file belongs to, and how a kind of program is called in a sentence. */
import { keyText } from '../facts/programKey.js';
import type { Unit } from '../analysis.types.js';
import type { FactBook, ProgramKey } from '../facts/factBook.types.js';
import type { Model, Program } from '../model/model.types.js';
import type { FunctionView } from '../syntax/views.js';

const reachCache = new WeakMap<Model, ReadonlyMap<string, readonly Program[]>>();

/**
 * The function of the main file around an offset. While somebody types, a function may not have been made out to its end:
 * then it is the last one that starts before the offset, if no other top-level thing ends in between.
 */
export function functionAt(unit: Unit, offset: number): FunctionView | undefined {
  let best: FunctionView | undefined;
  for (const fn of unit.model.main.functions) {
    if (fn.bodySpan === undefined || fn.span.start > offset) continue;
    if (offset <= fn.span.end) return fn;
    if (best === undefined || fn.span.start > best.span.start) best = fn;
  }
  return best !== undefined && isOpen(unit.model.main.text, best, offset) ? best : undefined;
}

/** True if what stands between the function's end and the offset never closes a block at the left margin. */
function isOpen(text: string, fn: FunctionView, offset: number): boolean {
  return !/\n\}/.test(text.slice(Math.max(fn.span.end - 2, fn.span.start), offset));
}

/** Programs that reach a function of this name, itself included, in source order; empty for dead code and libraries. */
export function programsReaching(model: Model, functionName: string): readonly Program[] {
  let reach = reachCache.get(model);
  if (reach === undefined) {
    reach = computeReach(model);
    reachCache.set(model, reach);
  }
  return reach.get(functionName) ?? [];
}

/** Programs to which an offset of the main file belongs; in a header, those of the files that include it, too. */
export function programsAt(unit: Unit, offset: number): readonly Program[] {
  const fn = functionAt(unit, offset);
  if (fn === undefined) return [];
  const own = programsReaching(unit.model, fn.name);
  if (unit.includers === undefined) return own;
  const all = new Map<string, Program>();
  for (const { model } of [unit, ...unit.includers]) for (const program of programsReaching(model, fn.name)) all.set(`${program.path}\0${program.name}`, program);
  return [...all.values()];
}

/** The program whose own function is around an offset of the main file. */
export function programAt(unit: Unit, offset: number): Program | undefined {
  const fn = functionAt(unit, offset);
  return fn && programsReaching(unit.model, fn.name).find((p) => p.path === unit.model.main.path && p.fn.name === fn.name);
}

function computeReach(model: Model): ReadonlyMap<string, readonly Program[]> {
  const functions = new Map<string, FunctionView>();
  for (const file of model.files.values()) {
    for (const fn of file.functions) if (fn.bodySpan !== undefined) functions.set(fn.name, fn);
  }
  const reach = new Map<string, Program[]>();
  for (const program of model.programs) {
    const seen = new Set<string>([program.fn.name]);
    for (const name of seen) {
      const fn = functions.get(name);
      if (fn === undefined) continue;
      const list = reach.get(name);
      if (list) list.push(program);
      else reach.set(name, [program]);
      for (const callee of mentions(fn)) if (functions.has(callee)) seen.add(callee);
    }
  }
  return reach;
}

const mentioned = new WeakMap<FunctionView, readonly string[]>();

/** Names that may be functions which a function calls or hands over (callbacks), each once. Kept with the view, since an edit replaces one of many. */
function mentions(fn: FunctionView): readonly string[] {
  let names = mentioned.get(fn);
  if (names === undefined) {
    const found = new Set<string>();
    for (const call of fn.calls) {
      found.add(call.name);
      for (const arg of call.args) if (arg.identifier !== undefined) found.add(arg.identifier);
    }
    for (const use of fn.identifiers) found.add(use.name);
    mentioned.set(fn, (names = [...found]));
  }
  return names;
}

/** Programs of one kind, for a sentence that should not be said once a program. */
export interface ProgramGroup {
  readonly key: ProgramKey;
  readonly context: string | null;
  readonly programs: readonly Program[];
}

/** Groups programs by what a fact depends on: type, attach type, sleepable, frags and the measured target. */
export function groupPrograms(programs: readonly Program[]): readonly ProgramGroup[] {
  const groups = new Map<string, Program[]>();
  for (const program of programs) {
    const id = keyText(program.key);
    const group = groups.get(id);
    if (group) group.push(program);
    else groups.set(id, [program]);
  }
  return [...groups.values()].map((list) => ({ key: list[0]!.key, context: list[0]!.context, programs: list }));
}

/** `XDP, devmap`, `tracing, fentry, sleepable`: a kind of program in a few words. */
export function kindTitle(facts: FactBook, key: ProgramKey): string {
  if (key.programType === null) return 'unknown type';
  const parts = [typeTitle(facts, key.programType)];
  const attach = key.attachType === null ? '' : attachTitle(key.programType, key.attachType);
  if (attach !== '' && facts.attachTypes.get(key.attachType!)?.optional !== true) parts.push(attach);
  if (key.target && key.programType === 'BPF_PROG_TYPE_STRUCT_OPS') parts.push(key.target);
  if (key.sleepable) parts.push('sleepable');
  return parts.filter((part, i) => parts.findIndex((p) => p.toLowerCase() === part.toLowerCase()) === i).join(', ');
}

/** `XDP` for `BPF_PROG_TYPE_XDP`. */
export function typeTitle(facts: FactBook, programType: string): string {
  return facts.programTypes.get(programType)?.title ?? words(programType.replace(/^BPF_PROG_TYPE_/, ''));
}

/** `devmap` for `BPF_XDP_DEVMAP` of XDP: what the attach type adds to the program type. */
export function attachTitle(programType: string, attachType: string): string {
  const typeWords = programType.replace(/^BPF_PROG_TYPE_/, '').split('_');
  const rest = attachType.replace(/^BPF_/, '').split('_');
  while (rest.length > 0 && (typeWords.includes(rest[0]!) || rest[0] === 'TRACE')) rest.shift();
  return words(rest.join('_'));
}

const words = (name: string): string => name.toLowerCase().replaceAll('_', ' ');
