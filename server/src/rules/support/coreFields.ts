/** Which fields of kernel structs a unit reads in a way that libbpf relocates (CO-RE): `task->pid`, `BPF_CORE_READ(task, mm, pgd)`. */
import type { KernelTypes } from '../../btf/kernelTypes.js';
import { chainStart, structPointedTo } from '../../model/coreReads.js';
import type { EntityCall, Model, Program } from '../../model/model.types.js';
import type { Span } from '../../text/span.js';
import type { RuleContext } from '../rule.js';
import { indexOf, unseenHeaders } from './unit.js';

type FunctionView = Program['fn'];
type CallView = EntityCall['call'];
type FileView = Model['main'];

export interface CoreFieldUse {
  /** Without the word `struct`. */
  readonly struct: string;
  readonly field: string;
  readonly path: string;
  readonly span: Span;
  readonly fn: FunctionView;
  /** Conditions in the function that it stands under. */
  readonly conditions: FunctionView['conditions'];
}

const ASKS = /\b(?:bpf_core_(?:field_exists|field_size|field_offset|type_exists|type_matches)|__builtin_preserve_(?:field|type)_info)\b/;
/** A chain of accesses that is longer was not written by hand. */
const MAX_CHAIN = 16;

/**
 * Uses in functions of the unit of structs that are the kernel's for certain, by names that nothing else gives a meaning to; those that
 * the unit asks for are left out. `types` say what a field in a chain points to.
 */
export function coreFieldUses(context: RuleContext, types: KernelTypes): readonly CoreFieldUse[] {
  const { model, facts } = context;
  const files = [...model.files.values()];
  const wholeKernel = files.some((file) => file.includes.some(({ path }) => /vmlinux/.test(path)));
  if (!wholeKernel && !files.some((file) => file.text.includes(RELOCATED))) return [];
  const { defines } = indexOf(model);
  const asked = askedFor(files);
  // What no file in sight lays out is vmlinux.h's, unless it may be another's that is not in sight.
  const fromVmlinux = wholeKernel && unseenHeaders(model).length === 0;
  const kernels = new Map<string, boolean>();
  const isKernels = (struct: string): boolean => {
    let known = kernels.get(struct);
    if (known === undefined) kernels.set(struct, (known = !struct.includes('___') && !facts.contexts.has(struct) && (isRelocated(files, struct) ?? fromVmlinux)));
    return known;
  };
  return files
    .flatMap((file) => file.functions.flatMap((fn) => (fn.bodySpan ? usesIn(file, fn, types) : [])))
    .filter(({ struct, field }) => isKernels(struct) && !asked.has(field) && !asked.has(struct) && !defines.has(field));
}

/** Words in the arguments of tests for fields and types: what is asked for anywhere may be missing anywhere. */
function askedFor(files: readonly FileView[]): ReadonlySet<string> {
  const words = new Set<string>();
  for (const file of files) {
    if (!ASKS.test(file.text)) continue;
    for (const fn of file.functions) for (const call of fn.calls) if (ASKS.test(call.name)) for (const arg of call.args) for (const [word] of arg.text.matchAll(/\w+/g)) words.add(word);
    // In conditions of macros and initialisers no call is seen.
    for (const line of file.text.split('\n')) if (ASKS.test(line)) for (const [word] of line.matchAll(/\w+/g)) words.add(word);
  }
  return words;
}

const RELOCATED = 'preserve_access_index';
/** Before the name in a definition; attributes of more characters are nobody's. */
const HEAD = /\bstruct\s+(?:__attribute__\s*\(\([^;{}]*\)\)\s*)?$/;
const MAX_HEAD = 200;
/** A struct's text is looked through so far for its end. */
const MAX_STRUCT = 20_000;

/** Whether the unit's definition of a struct asks for relocations, else its layout is the program's own; undefined where none is in sight. */
function isRelocated(files: readonly FileView[], struct: string): boolean | undefined {
  let found: boolean | undefined;
  for (const { text } of files) {
    for (let at = text.indexOf(struct); at >= 0; at = text.indexOf(struct, at + struct.length)) {
      const open = /^\s*\{/.exec(text.slice(at + struct.length, at + struct.length + MAX_HEAD));
      const head = open === null ? null : HEAD.exec(text.slice(Math.max(0, at - MAX_HEAD), at));
      if (open === null || head === null) continue;
      if (!head[0].includes(RELOCATED) && !isUnderPragma(text, at) && !attributesBehind(text, at + struct.length + open[0].length).includes(RELOCATED)) return false;
      found = true;
    }
  }
  return found;
}

/** `#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)` up to its `pop`. */
function isUnderPragma(text: string, at: number): boolean {
  const push = text.lastIndexOf('clang attribute push', at);
  return push >= 0 && text.slice(push, push + MAX_HEAD).includes(RELOCATED) && text.lastIndexOf('clang attribute pop', at) < push;
}

/** What stands behind the brace that closes a struct, up to the semicolon; `from` is the offset behind the one that opens it. */
function attributesBehind(text: string, from: number): string {
  const end = Math.min(text.length, from + MAX_STRUCT);
  for (let at = from, depth = 1; at < end; at++) {
    const c = text.charCodeAt(at);
    if (c === 123) depth++;
    else if (c === 125 && --depth === 0) return text.slice(at + 1, at + MAX_HEAD).split(';', 1)[0]!;
  }
  return '';
}

function usesIn(file: FileView, fn: FunctionView, types: KernelTypes): CoreFieldUse[] {
  const structs = new Map<string, string>();
  for (const { name, type } of [...fn.params, ...fn.locals]) {
    const struct = structPointedTo(type) ?? '';
    // A name that is declared twice may mean either.
    structs.set(name, structs.has(name) && structs.get(name) !== struct ? '' : struct);
  }
  const uses: CoreFieldUse[] = [];
  for (const { base, field, fieldSpan, arrow, castType, access, conditions } of fn.fields) {
    const struct = arrow && castType === undefined ? structs.get(base) : undefined;
    if (struct && access !== 'none') uses.push({ struct, field, path: file.path, span: fieldSpan, fn, conditions });
  }
  for (const call of fn.calls) uses.push(...chainOf(file, fn, call, structs, types));
  return uses;
}

/** `BPF_CORE_READ(task, mm, pgd)` reads `task->mm` and `mm->pgd`; the types say what `mm` points to. */
function chainOf(file: FileView, fn: FunctionView, call: CallView, structs: ReadonlyMap<string, string>, types: KernelTypes): CoreFieldUse[] {
  const first = chainStart(call.name);
  const source = first === undefined ? undefined : call.args[first];
  if (first === undefined || source?.identifier === undefined || source.text.trim() !== source.identifier) return [];
  let struct = structs.get(source.identifier);
  const uses: CoreFieldUse[] = [];
  for (const { text, span } of call.args.slice(first + 1, first + 1 + MAX_CHAIN)) {
    const name = /^\s*(\w+)/.exec(text)?.[1];
    if (!struct || name === undefined) break;
    const start = span.start + text.indexOf(name);
    uses.push({ struct, field: name, path: file.path, span: { start, end: start + name.length }, fn, conditions: call.conditions });
    struct = text.trim() === name ? types.pointedTo(struct, name) : undefined;
  }
  return uses;
}
