/** Who calls whom, from programs down to helpers and kfuncs, tail calls and callbacks among the calls. */
import type { Unit } from '../../analysis.types.js';
import type { EntityCall, FunctionNode, Program } from '../../model/model.types.js';
import type { FileView, FunctionView } from '../../syntax/views.js';
import type { Span } from '../../text/span.js';
import { kindTitle } from '../programs.js';
import { definitionsOf } from './definitions.js';
import { hidden, type Subject } from './subject.js';

/** A function, a helper or a kfunc. */
export interface CallItem {
  readonly kind: 'program' | 'function' | 'helper' | 'kfunc';
  readonly name: string;
  /** `XDP, devmap`, `helper` */
  readonly detail: string;
  /** Where it is defined or declared; for a helper, which has no place in the unit, where it is called first. */
  readonly path: string;
  readonly span: Span;
  readonly nameSpan: Span;
  /** True where `path` is only a place that calls it. */
  readonly elsewhere: boolean;
}

/** A call and the places where it is made, which are all in one file. */
export interface CallStep {
  readonly item: CallItem;
  readonly path: string;
  readonly spans: readonly Span[];
}

/** Where the hierarchy of what the cursor is on begins. */
export function callItems(unit: Unit, subject: Subject): readonly CallItem[] {
  if (subject.kind === 'slot' || subject.kind === 'section') return subject.programs.map((program) => itemOf(unit, program.fn, program.path));
  if (subject.kind === 'name' && (subject.nature === 'helper' || subject.nature === 'kfunc')) return [entityItem(unit, subject.nature, subject.name)].flatMap((item) => item ?? []);
  return functionsOf(unit, subject.name).map(({ fn, path }) => itemOf(unit, fn, path));
}

/** Functions of this name: those with a body, or else the first declaration of one that another file has. */
function functionsOf({ model }: Unit, name: string): readonly { readonly fn: FunctionView; readonly path: string; readonly declaresOnly: boolean }[] {
  const all = definitionsOf(model, name).flatMap(({ fn, path, declaresOnly }) => (fn === undefined ? [] : [{ fn, path, declaresOnly }]));
  const whole = all.filter((d) => !d.declaresOnly);
  return whole.length > 0 ? whole : all.slice(0, 1);
}

/** True if the unit has a function's body; what it calls is told by such a unit only. */
export function defines(unit: Unit, name: string): boolean {
  return functionsOf(unit, name).some((d) => !d.declaresOnly);
}

/** The item of a name and place that an earlier answer had; undefined if it is gone. */
export function findItem(unit: Unit, kind: CallItem['kind'], name: string, path: string): CallItem | undefined {
  if (kind === 'helper' || kind === 'kfunc') return entityItem(unit, kind, name);
  const found = functionsOf(unit, name);
  const here = found.find((d) => d.path === path) ?? found[0];
  return here === undefined ? undefined : itemOf(unit, here.fn, here.path);
}

/** What an item calls: functions of the unit, programs by tail calls, helpers and kfuncs; in the order of the first calls. */
export function outgoing(unit: Unit, item: CallItem): readonly CallStep[] {
  const { model } = unit;
  const steps = new Steps();
  for (const node of nodesOf(unit, item)) {
    for (const { node: to, call } of node.callees) steps.add(itemOf(unit, to.fn, to.path), node.path, call.nameSpan);
    for (const { fn, kind, name, path, call } of model.calls) {
      const called = fn === node.fn ? entityItem(unit, kind, name) : undefined;
      if (called !== undefined) steps.add(called, path, call.nameSpan);
    }
    for (const tail of model.tailCalls ?? []) {
      if (tail.fn === node.fn) for (const program of tail.to) steps.add(itemOf(unit, program.fn, program.path), tail.path, tail.call.nameSpan);
    }
  }
  return steps.list();
}

/** What calls an item, or hands it over. */
export function incoming(unit: Unit, item: CallItem): readonly CallStep[] {
  const { model } = unit;
  const steps = new Steps();
  if (item.kind === 'helper' || item.kind === 'kfunc') {
    for (const { fn, name, kind, path, call } of model.calls) if (kind === item.kind && name === item.name) steps.add(itemOf(unit, fn, path), path, call.nameSpan);
    return steps.list();
  }
  for (const node of nodesOf(unit, item)) {
    for (const { from, call } of node.callers) steps.add(itemOf(unit, from.fn, from.path), from.path, call.nameSpan);
    for (const { fn, path, call, to } of model.tailCalls ?? []) {
      if (to.some((program) => program.fn === node.fn)) steps.add(itemOf(unit, fn, path), path, call.nameSpan);
    }
  }
  if (!defines(unit, item.name)) addCallersOfDeclared(steps, unit, item.name);
  return steps.list();
}

/** The call graph knows functions with a body only. */
function addCallersOfDeclared(steps: Steps, unit: Unit, name: string): void {
  for (const { path, functions } of unit.model.files.values()) {
    for (const fn of functions) {
      for (const call of fn.bodySpan === undefined ? [] : fn.calls) {
        const meant = call.name === name || call.args.some((arg) => arg.identifier === name);
        if (meant && !hidden(fn, name, call.nameSpan)) steps.add(itemOf(unit, fn, path), path, call.nameSpan);
      }
    }
  }
}

/** True if a macro or a variable's value in a file has the name: then any file that includes it may call what is named, and not write the name. */
export function handsOut({ text, defines: macros, variables }: FileView, name: string): boolean {
  if (!text.includes(name)) return false;
  return macros.some((macro) => macro.body.includes(name)) || variables.some((variable) => variable.initializers.some((value) => value.text.includes(name)));
}

/** Steps by what they lead to, each place once. */
class Steps {
  private readonly steps = new Map<string, { item: CallItem; path: string; spans: Map<number, Span> }>();

  add(item: CallItem, path: string, span: Span): void {
    const id = `${item.kind} ${item.name} ${item.path} ${item.elsewhere ? 0 : item.nameSpan.start}`;
    let step = this.steps.get(id);
    if (step === undefined) this.steps.set(id, (step = { item, path, spans: new Map() }));
    if (step.path === path) step.spans.set(span.start, span);
  }

  list(): readonly CallStep[] {
    const sorted = [...this.steps.values()].map(({ item, path, spans }) => ({ item, path, spans: [...spans.values()].sort((a, b) => a.start - b.start) }));
    return sorted.sort((a, b) => a.spans[0]!.start - b.spans[0]!.start);
  }
}

function nodesOf({ model }: Unit, item: CallItem): readonly FunctionNode[] {
  return definitionsOf(model, item.name).flatMap((d) => {
    const node = d.fn === undefined || d.path !== item.path || d.nameSpan.start !== item.nameSpan.start ? undefined : model.functionNode?.(d.fn);
    return node ?? [];
  });
}

function itemOf(unit: Unit, fn: FunctionView, path: string): CallItem {
  const programs = unit.model.programs.filter((program) => program.fn === fn);
  const place = { path, span: fn.span, nameSpan: fn.nameSpan, elsewhere: false };
  const [program] = programs;
  if (program === undefined) return { kind: 'function', name: fn.name, detail: fn.bodySpan === undefined ? 'declared' : fn.isStatic ? 'static' : '', ...place };
  return { kind: 'program', name: program.name, detail: [...new Set(programs.map((p: Program) => kindTitle(unit.facts, p.key)))].join(' or '), ...place };
}

/** A helper or kfunc that is declared or called in the unit. */
function entityItem({ model }: Unit, kind: 'helper' | 'kfunc', name: string): CallItem | undefined {
  const [declared] = definitionsOf(model, name);
  if (declared !== undefined) return { kind, name, detail: kind, path: declared.path, span: declared.span, nameSpan: declared.nameSpan, elsewhere: false };
  const call = model.calls.find((c: EntityCall) => c.kind === kind && c.name === name);
  return call === undefined ? undefined : { kind, name, detail: kind, path: call.path, span: call.call.nameSpan, nameSpan: call.call.nameSpan, elsewhere: true };
}
