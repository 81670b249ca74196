/** Names out of a target kernel's own types: functions, hooks and tracepoints to attach to, and fields of its structs. */
import type { Unit } from '../../analysis.types.js';
import type { KernelTypes } from '../../btf/kernelTypes.js';
import { chainStart, structPointedTo } from '../../model/coreReads.js';
import type { CompletionRole } from '../../syntax/views.js';
import { touches, type Span } from '../../text/span.js';
import type { CompletionEntry, CompletionResult } from './entry.js';
import { before } from '../../text/ends.js';

/** A kernel has some 60,000 functions: so many are offered, and the client asks again as the name grows. */
const MAX_NAMES = 200;
const MAX_FIELDS = 500;

const SECTION = /^(\??(?:fentry|fexit|fmod_ret|kprobe|kretprobe|lsm|tp_btf|raw_tp|raw_tracepoint)(?:\.s|\.w)?\/)(\w*)$/;

/** The types of the first kernel of the target that has any. */
function typesOf(unit: Unit): KernelTypes | undefined {
  return unit.aims.find(({ target }) => target?.kernel?.types)?.target?.kernel?.types;
}

/** What may follow the slash of `SEC("fentry/`; undefined where no types are at hand or the section takes no such name. */
export function completeAttachTargets(unit: Unit, replace: Span, offset: number): CompletionResult | undefined {
  const types = typesOf(unit);
  const typed = SECTION.exec(unit.model.main.text.slice(replace.start, offset));
  if (!types || !typed) return undefined;
  const [, section = '', prefix = ''] = typed;
  const isTracepoint = /tp_btf|raw_t/.test(section);
  const inTypes = isTracepoint ? 'btf_trace_' : section.includes('lsm') ? 'bpf_lsm_' : '';
  const { names, more } = types.names(isTracepoint ? 'typedef' : 'function', inTypes + prefix, MAX_NAMES);
  const entries = names.map((full): CompletionEntry => {
    const name = full.slice(inTypes.length);
    const prototype = isTracepoint ? undefined : types.functionText(full);
    // Beside a name as long as these a prototype would leave no room for the name.
    return { label: `${section}${name}`, kind: 'section', detail: prototype ?? 'tracepoint', ...(prototype === undefined ? {} : { aside: 'function' }), order: name };
  });
  return { replace, entries, incomplete: more };
}

/** `task->`: the fields of the kernel's struct that a parameter or local variable points to. */
export function completeKernelMembers(unit: Unit, offset: number, role: Extract<CompletionRole, { kind: 'member' }>): CompletionResult | undefined {
  const types = typesOf(unit);
  const struct = types && pointee(unit, offset, role.base);
  return types && struct !== undefined ? fieldsOf(types, struct, role.replace) : undefined;
}

/** `BPF_CORE_READ(task, mm, ‸)`: the fields of what the names before it lead to. */
export function completeCoreRead(unit: Unit, offset: number, replace: Span): CompletionResult | undefined {
  const types = typesOf(unit);
  const call = types && unit.callAt(offset);
  const first = call && chainStart(call.name);
  if (!types || !call || first === undefined || call.active <= first) return undefined;
  const { text } = unit.model.main;
  const words = call.args.slice(first, call.active).map((span) => text.slice(span.start, span.end).trim());
  let struct = pointee(unit, offset, words[0] ?? '');
  for (const word of words.slice(1)) struct = struct === undefined ? undefined : types.pointedTo(struct, word);
  return struct === undefined ? undefined : fieldsOf(types, struct, replace);
}

/** The kernel's name of the struct that a parameter or local variable of the function around points to. */
function pointee(unit: Unit, offset: number, name: string): string | undefined {
  const fn = unit.model.main.functions.find((f) => f.bodySpan !== undefined && touches(f.span, offset));
  const variable = fn && [...fn.params, ...fn.locals].find((v) => v.name === name);
  const struct = variable && structPointedTo(variable.type);
  return struct === undefined ? undefined : before(struct, '___');
}

function fieldsOf(types: KernelTypes, struct: string, replace: Span): CompletionResult | undefined {
  const fields = types.fields('struct', struct);
  if (!fields) return undefined;
  const all = [...fields.values()];
  const entries = all.slice(0, MAX_FIELDS).map((field, i): CompletionEntry => ({ label: field.name, kind: 'field', detail: `struct ${struct}`, aside: field.text, order: String(i).padStart(4, '0') }));
  return { replace, entries, incomplete: all.length > MAX_FIELDS };
}
