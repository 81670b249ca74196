/** Tells whether the texts of a unit differ from earlier ones in the bodies of functions only. */
import type { Condition, FileView, FunctionView } from '../syntax/views.js';
import { enumText } from './enumerators.js';

/** A function that has got another body. */
export interface BodyChange {
  readonly path: string;
  readonly old: FunctionView;
  readonly now: FunctionView;
}

/** A word that struct_ops members are looked for by, in the text itself. */
const BY_TEXT = 'SCX_OPS_DEFINE(';

/**
 * The functions that differ in their bodies; undefined where anything else does: a name, a macro, a variable, the head of a function,
 * what is included, or what order all these stand in. Views of what did not change are the same objects.
 */
export function changedBodies(before: ReadonlyMap<string, FileView>, after: ReadonlyMap<string, FileView>): readonly BodyChange[] | undefined {
  if (before.size !== after.size) return undefined;
  const changes: BodyChange[] = [];
  const paths = before.keys();
  for (const [path, now] of after) {
    const old = before.get(path);
    // The order counts too: the first definition of a name wins here and there.
    if (!old || paths.next().value !== path) return undefined;
    if (old !== now && !compare(path, old, now, changes)) return undefined;
  }
  return changes;
}

function compare(path: string, old: FileView, now: FileView, changes: BodyChange[]): boolean {
  const named = sameItems(old.defines, now.defines) && sameItems(old.includes, now.includes) && sameItems(old.variables, now.variables) && sameItems(old.macroUses ?? [], now.macroUses ?? []) && sameItems(old.mapStructs ?? [], now.mapStructs ?? []);
  if (!named || old.functions.length !== now.functions.length) return false;
  for (let i = 0; i < now.functions.length; i++) {
    const [a, b] = [old.functions[i]!, now.functions[i]!];
    if (a === b) continue;
    if (headOf(a) !== headOf(b)) return false;
    changes.push({ path, old: a, now: b });
  }
  const [change] = changes;
  if (changes.length === 1 && change && sameAround(old, now, change)) {
    // What is typed in one body: nothing but that body is looked through.
    const bodies = [textIn(old, change.old), textIn(now, change.now)];
    return !bodies.some((text) => text.includes(BY_TEXT)) && (!bodies.some((text) => text.includes('enum')) || enumText(old) === enumText(now));
  }
  return enumText(old) === enumText(now) && occurrences(old) === occurrences(now) && !changes.some(({ now: fn }) => textIn(now, fn).includes(BY_TEXT));
}

function textIn({ text }: FileView, { span }: FunctionView): string {
  return text.slice(span.start, span.end);
}

/** True if the texts are the same but for that function. */
function sameAround(old: FileView, now: FileView, { old: { span: before }, now: { span: after } }: BodyChange): boolean {
  return before.start === after.start && old.text.length - before.end === now.text.length - after.end
    && old.text.slice(0, before.start) === now.text.slice(0, after.start) && old.text.slice(before.end) === now.text.slice(after.end);
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === b.length && a.every((item, i) => item === b[i]));
}

const counts = new WeakMap<FileView, number>();

function occurrences(file: FileView): number {
  let count = counts.get(file);
  if (count === undefined) {
    count = 0;
    for (let at = file.text.indexOf(BY_TEXT); at >= 0; at = file.text.indexOf(BY_TEXT, at + 1)) count++;
    counts.set(file, count);
  }
  return count;
}

const heads = new WeakMap<FunctionView, string>();

/** All of a function but its body, as a text to compare. */
function headOf(fn: FunctionView): string {
  let head = heads.get(fn);
  if (head === undefined) {
    const conditions = (list: readonly Condition[]): unknown => list.map((c) => [c.kind, c.text, c.taken]);
    head = JSON.stringify([
      fn.name, fn.bodySpan !== undefined, fn.isStatic, fn.isExtern, fn.isInline, fn.wrapper ?? 0, fn.fromMacro ?? 0, fn.returnType,
      fn.params.map((p) => [p.name, p.type]), fn.annotations.map((a) => [a.name, a.args]),
      fn.sections.map((s) => [s.macro, s.parts.map((p) => [p.kind, p.value]), conditions(s.conditions)]), conditions(fn.conditions),
    ]);
    heads.set(fn, head);
  }
  return head;
}
