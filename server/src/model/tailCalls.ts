/**
 * Which programs a program array holds before anything runs, and by which tail calls they are reached: static `.values`
 * (libbpf's `init_prog_array_slots()`) and cilium's `__declare_tail`, whose tag names map and slot. What user space puts in later is not known.
 */
import type { CallView, FileView, FunctionView, VariableView } from '../syntax/views.js';
import { span } from '../text/span.js';
import type { CallGraph, GraphNode } from './callGraph.js';
import { spotOf, type Guards } from './guards.js';
import type { MapDef, MapValue, Program, TailCall } from './model.types.js';
import { places, type Reach } from './reach.js';
import { closing, tokenize } from './tokens.js';
import { defineTokens, resolveName, type UnitIndex } from './unitIndex.js';
import { withoutEnd } from '../text/ends.js';

const PROG_ARRAY = 'BPF_MAP_TYPE_PROG_ARRAY';
/** An array with more values than this is generated; the rest is not followed. */
const MAX_VALUES = 4096;
/** A slot that is handed down as a parameter is looked for in callers this far up. */
const MAX_DEPTH = 4;

/** Comments and directives as blanks, so that offsets stay true. */
function blanked(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|^[ \t]*#[^\n]*/gm, (t) => t.replace(/[^\n]/g, ' '));
}

/** What stands in a map's static `.values = { [0] = (void *)&f, … }`; empty where it has none. */
export function staticValues(variable: VariableView, file: FileView): readonly MapValue[] {
  const init = variable.initializers.find((i) => i.field === 'values');
  if (!init) return [];
  const start = file.text.indexOf(init.text, init.fieldSpan.end);
  if (start < 0) return [];
  const text = blanked(init.text);
  const inner = /^\s*\{/.exec(text);
  const values: MapValue[] = [];
  let position = 0;
  for (const m of (inner ? text.slice(inner[0].length).replace(/\}\s*$/, ' ') : text).matchAll(/[^,]+/g)) {
    if (values.length >= MAX_VALUES) break;
    const entry = /^(?:\[([^\]]*)\]\s*=)?([^]*)$/.exec(m[0].trim());
    const value = /(?:^|[&)\s(])([A-Za-z_]\w*)\s*(?:\)+\s*)?$/.exec(entry?.[2] ?? '');
    const slot = entry?.[1]?.trim() ?? (inner ? String(position) : undefined);
    position = slot !== undefined && /^\d+$/.test(slot) ? Number(slot) + 1 : position + 1;
    if (!entry || !value?.[1] || value[1] === 'NULL') continue;
    const at = start + (inner?.[0].length ?? 0) + m.index + m[0].lastIndexOf(value[1]);
    values.push({ ...(slot === undefined ? {} : { slot }), name: value[1], path: file.path, span: span(at, at + value[1].length) });
  }
  return values;
}

const TAG = /tail:(\w+)\/(\w*)$/;

/** `__declare_tail(SLOT)` before a function: a macro whose body tags it with `"tail:map/" …`. */
function declaredTails(programs: readonly Program[], index: UnitIndex): readonly { readonly map: string; readonly value: MapValue }[] {
  const found: { map: string; value: MapValue }[] = [];
  for (const { fn, name, path } of programs) {
    for (const a of fn.annotations) {
      for (const { view } of index.defines.get(a.name) ?? []) {
        const tokens = defineTokens(view);
        const tag = tokens.findIndex((t) => t.value === 'btf_decl_tag');
        const text = tag < 0 ? undefined : tokens.slice(tag, closing(tokens, tag + 1)).find((t) => t.kind === 'string')?.value;
        const m = text === undefined ? null : TAG.exec(text);
        const slot = m?.[2] === '' ? a.args[0]?.trim() : m?.[2];
        if (m?.[1]) found.push({ map: m[1], value: { ...(slot === undefined ? {} : { slot }), name, path, span: fn.nameSpan } });
      }
    }
  }
  return found;
}

/** A slot as one can compare it: macros that are another name or a number followed. */
function slotOf(text: string, index: UnitIndex): string {
  const word = text.trim().replace(/^\((.*)\)$/, '$1').trim();
  if (!/^[A-Za-z_]\w*$/.test(word)) return word.replace(/^(\d+)[uUlL]+$/, '$1');
  const name = resolveName(word, index);
  const [only, ...others] = index.defines.get(name) ?? [];
  const tokens = only && others.length === 0 && !only.view.params ? defineTokens(only.view) : [];
  return tokens.length === 1 && tokens[0]!.kind === 'number' ? withoutEnd(tokens[0]!.value, 'uUlL') : name;
}

interface Holder {
  readonly map: MapDef;
  readonly values: readonly MapValue[];
}

export interface TailCallSources {
  readonly index: UnitIndex;
  readonly graph: CallGraph;
  readonly guards: Guards;
  readonly reach: Reach;
  readonly programs: readonly Program[];
  readonly maps: readonly MapDef[];
}

/** Every tail call through an array whose programs are known, function by function. */
export function tailCalls(s: TailCallSources): readonly TailCall[] {
  const holders = new Map<string, Holder>();
  const tails = s.maps.some((m) => m.type === PROG_ARRAY) ? declaredTails(s.programs, s.index) : [];
  for (const map of s.maps) {
    if (map.type !== PROG_ARRAY) continue;
    const values = [...(map.values ?? []), ...tails.filter((t) => t.map === map.name).map((t) => t.value)];
    if (values.length > 0) holders.set(map.name, { map, values });
  }
  if (holders.size === 0) return [];
  const byName = new Map<string, Program[]>();
  for (const p of s.programs) byName.set(p.name, [...(byName.get(p.name) ?? []), p]);
  const result: TailCall[] = [];
  for (const node of s.graph.nodes) {
    for (const call of node.fn.calls) {
      const holder = /tail_?call/i.test(call.name) ? arrayOf(call, holders) : undefined;
      if (holder) result.push(...callsOf(node, call, holder, s, byName));
    }
  }
  return result;
}

function arrayOf(call: CallView, holders: ReadonlyMap<string, Holder>): Holder | undefined {
  for (const arg of call.args) {
    const holder = arg.identifier === undefined ? undefined : holders.get(arg.identifier);
    if (holder) return holder;
  }
  return undefined;
}

/** One for each way to get there, free or guarded. */
function callsOf(node: GraphNode, call: CallView, { map, values }: Holder, s: TailCallSources, byName: ReadonlyMap<string, readonly Program[]>): TailCall[] {
  const at = call.args.findIndex((a) => a.identifier === map.name);
  const slots = slotsOf(node, call.args[at + 1]?.text, s, 0);
  const known = values.map((v) => (v.slot === undefined ? undefined : slotOf(v.slot, s.index)));
  const exact = slots && values.filter((_, i) => slots.has(known[i] ?? ''));
  const to = [...new Set((exact && exact.length > 0 ? exact : values).flatMap((v) => byName.get(v.name) ?? []))];
  if (to.length === 0) return [];
  return places(node, spotOf(call), undefined, s.guards, s.reach)
    .filter((place) => place.programs.length > 0)
    .map((place) => ({ map, path: node.path, fn: node.fn, call, from: place.programs, to, ...(place.guard === undefined ? {} : { guard: place.guard }) }));
}

/** The slots that an index can be, followed to the callers where it is a parameter; undefined where only running tells. */
function slotsOf(node: GraphNode, text: string | undefined, s: TailCallSources, depth: number): ReadonlySet<string> | undefined {
  const word = text?.trim();
  if (word === undefined || word === '' || depth > MAX_DEPTH) return undefined;
  const param = node.fn.params.findIndex((p) => p.name === word);
  if (param < 0) return isConstant(word, node.fn, s) ? new Set([slotOf(word, s.index)]) : undefined;
  const slots = new Set<string>();
  for (const { from, call, callback } of node.callers) {
    const given = callback || call.name !== node.fn.name ? undefined : slotsOf(from, call.args[param]?.text, s, depth + 1);
    if (!given) return undefined;
    for (const slot of given) slots.add(slot);
  }
  return slots.size > 0 ? slots : undefined;
}

/** A literal, or a name that is neither a variable of the function nor one of the unit: a macro or an enumerator. */
function isConstant(text: string, fn: FunctionView, { index }: TailCallSources): boolean {
  const [only, ...others] = tokenize(text);
  if (!only || others.length > 0) return false;
  return only.kind === 'number' || (only.kind === 'word' && !index.variables.has(only.value) && !fn.locals.some((l) => l.name === only.value));
}
