/** Which fields of kernel structs a unit reads in a way that libbpf relocates (CO-RE): `task->pid`, `BPF_CORE_READ(task, mm, pgd)`. */
import type { KernelTypes } from '../../btf/kernelTypes.js';
import type { EntityCall, Model, Program } from '../../model/model.types.js';
import type { Span } from '../../text/span.js';
import type { RuleContext } from '../rule.js';

type FunctionView = Program['fn'];
type CallView = EntityCall['call'];
type FileView = Model['main'];

export interface CoreFieldUse {
  readonly struct: string;
  readonly field: string;
  readonly path: string;
  readonly span: Span;
  readonly fn: FunctionView;
}

const READS = /^(?:BPF_CORE_READ|BPF_CORE_READ_USER)$/;
const INTO = /^(?:BPF_CORE_READ_INTO|BPF_CORE_READ_STR_INTO|BPF_CORE_READ_USER_INTO)$/;
const ASKS = /\bbpf_core_(?:field_exists|field_size|field_offset|type_exists|type_matches)\b/;
const POINTER = /^(?:const )?struct (\w+) ?\*$/;
/** A chain of accesses that is longer was not written by hand. */
const MAX_CHAIN = 16;

/** Uses in functions of the unit, those that are asked for first left out. */
export function fieldUses(context: RuleContext): readonly CoreFieldUse[] {
  const { model, facts, target } = context;
  const types = target?.kernel?.types;
  if (!types) return [];
  const files = [...model.files.values()];
  if (!files.some((file) => file.includes.some(({ path }) => /vmlinux/.test(path)) || file.text.includes('preserve_access_index'))) return [];
  const asked = askedFor(files);
  const own = new Map<string, boolean>();
  const isKernels = (struct: string): boolean => {
    let known = own.get(struct);
    if (known === undefined) own.set(struct, (known = !struct.includes('___') && !facts.contexts.has(struct) && !laidOutHere(files, struct)));
    return known;
  };
  return files.flatMap((file) => file.functions.flatMap((fn) => (fn.bodySpan ? usesIn(file, fn, types) : []))).filter(({ struct, field }) => isKernels(struct) && !asked.has(field) && !asked.has(struct));
}

/** The programs in which a function runs. */
export function programsOf({ model }: RuleContext, fn: FunctionView): readonly Program[] {
  return model.programs.filter((program) => program.fn === fn || (model.callPath?.(fn, program)?.length ?? 0) > 0);
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

/** True where the unit defines the struct without asking for relocations: then its layout is the program's own. */
function laidOutHere(files: readonly FileView[], struct: string): boolean {
  const definition = new RegExp(`\\bstruct\\s+${struct}\\s*\\{`);
  return files.some((file) => file.text.includes(struct) && definition.test(file.text) && !file.text.includes('preserve_access_index'));
}

function usesIn(file: FileView, fn: FunctionView, types: KernelTypes): CoreFieldUse[] {
  const structs = new Map<string, string>();
  for (const { name, type } of [...fn.params, ...fn.locals]) {
    const struct = POINTER.exec(type.trim())?.[1];
    // A name that is declared twice may mean either.
    if (struct !== undefined) structs.set(name, structs.has(name) && structs.get(name) !== struct ? '' : struct);
  }
  const uses: CoreFieldUse[] = [];
  for (const access of fn.fields) {
    const struct = access.arrow && access.castType === undefined ? structs.get(access.base) : undefined;
    if (struct && access.access !== 'none') uses.push({ struct, field: access.field, path: file.path, span: access.fieldSpan, fn });
  }
  for (const call of fn.calls) uses.push(...chainOf(file, fn, call, structs, types));
  return uses;
}

/** `BPF_CORE_READ(task, mm, pgd)` reads `task->mm` and `mm->pgd`; the types say what `mm` points to. */
function chainOf(file: FileView, fn: FunctionView, call: CallView, structs: ReadonlyMap<string, string>, types: KernelTypes): CoreFieldUse[] {
  const first = READS.test(call.name) ? 0 : INTO.test(call.name) ? 1 : -1;
  const source = first < 0 ? undefined : call.args[first];
  if (!source || source.identifier === undefined || source.text.trim() !== source.identifier) return [];
  let struct = structs.get(source.identifier);
  const uses: CoreFieldUse[] = [];
  for (const arg of call.args.slice(first + 1, first + 1 + MAX_CHAIN)) {
    const name = /^\s*(\w+)/.exec(arg.text)?.[1];
    if (!struct || name === undefined) break;
    const start = arg.span.start + (file.text.slice(arg.span.start, arg.span.end).indexOf(name));
    uses.push({ struct, field: name, path: file.path, span: { start, end: start + name.length }, fn });
    struct = arg.text.trim() === name ? types.pointedTo(struct, name) : undefined;
  }
  return uses;
}
