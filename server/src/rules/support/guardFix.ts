/**
 * The correction for a call that older kernels of the target do not have: the call under a test that asks the running kernel.
 * Evidence: `bpf_ksym_exists` of libbpf's bpf_helpers.h (1.2) with a weak declaration, `bpf_core_enum_value_exists` of bpf_core_read.h.
 */
import type { Program } from '../../model/model.types.js';
import { eolOf, indentAt, indentUnit } from '../../text/layout.js';
import { statementStart } from '../../text/statement.js';
import type { Fix, RuleContext } from '../rule.js';
import type { JudgedCall } from './calls.js';
import { includeEdit } from './insertions.js';
import { exists } from './judge.js';
import { libbpfAtLeast } from './libbpf.js';
import { returnsNothing } from './prototypes.js';
import { indexOf } from './unit.js';

type Edit = Fix['edits'][number];

/**
 * One fix where a test would help, and where the call can be put under one: not where a kernel has the function and refuses it to this
 * kind of program, nor inside of macros.
 */
export function guardFixes(context: RuleContext, judged: JudgedCall): readonly Fix[] {
  const { call, fact, verdicts } = judged;
  if (call.call.form !== 'direct' || call.via !== undefined || call.fn.fromMacro !== undefined) return [];
  if (verdicts.some((v) => v.members.length === 0 || v.members.some((r) => exists(fact, r)))) return [];
  const test = call.kind === 'kfunc' ? ksymTest(context, call.name) : enumTest(context, judged);
  if (!test) return [];
  const wrapped = wrap(context, judged, test.text);
  if (!wrapped) return [];
  return [{ title: `Call \`${call.name}\` only where the kernel has it${wrapped.otherwise}`, edits: [...test.edits, ...wrapped.edits] }];
}

interface Test {
  readonly text: string;
  /** What else has to stand in the unit for it. */
  readonly edits: readonly Edit[];
}

/** The test of a kfunc, whose declaration has to be weak; undefined where none can be edited. */
function ksymTest(context: RuleContext, name: string): Test | undefined {
  const declared = indexOf(context.model).prototypes.get(name) ?? [];
  const edits: Edit[] = [];
  for (const { path, view } of declared) {
    if (view.annotations.some((a) => a.name === '__weak')) continue;
    const edit = weakEdit(context, path, view);
    if (!edit) return undefined;
    edits.push(edit);
  }
  if (declared.length === 0) return undefined;
  return { text: libbpfAtLeast(context, '1.2') === false ? name : `bpf_ksym_exists(${name})`, edits };
}

function weakEdit(context: RuleContext, path: string, view: Program['fn']): Edit | undefined {
  const ksym = view.annotations.find((a) => a.name === '__ksym');
  // A generated header is made anew: what is written into it is lost.
  if (!ksym || view.fromMacro !== undefined || /(?:^|\/)vmlinux[\w.-]*\.h$/.test(path)) return undefined;
  if (context.model.files.get(path)?.text.slice(ksym.span.start, ksym.span.end) !== '__ksym') return undefined;
  return { path, span: { start: ksym.span.end, end: ksym.span.end }, newText: ' __weak' };
}

function enumTest(context: RuleContext, { call }: JudgedCall): Test | undefined {
  const text = `bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_${call.name.slice('bpf_'.length)})`;
  const edit = includeEdit(context, call.path, 'bpf/bpf_core_read.h');
  return { text, edits: edit ? [edit] : [] };
}

/** Characters in front of a call that are looked at for what takes its value. */
const MAX_TAIL = 200;

interface Wrapped {
  readonly edits: readonly Edit[];
  /** What the title says of kernels that lack it. */
  readonly otherwise: string;
}

/** A statement goes under an `if`, a value becomes a choice between the call's and 0. */
function wrap(context: RuleContext, { call, fact }: JudgedCall, test: string): Wrapped | undefined {
  const text = context.model.files.get(call.path)?.text;
  const { span, nameSpan } = call.call;
  const body = call.fn.bodySpan;
  if (text === undefined || !body || text.slice(nameSpan.start, nameSpan.end) !== call.name || span.start !== nameSpan.start) return undefined;
  const end = span.end;
  const statement = text.slice(statementStart(text, body, span.start), span.start);
  const ends = /^\s*;/.exec(text.slice(end, end + 200));
  const insert = (at: number, newText: string): Edit => ({ path: call.path, span: { start: at, end: at }, newText });
  if (ends && isAlone(statement)) {
    const inner = `${eolOf(text)}${indentAt(text, span.start)}${indentUnit(text, span.start)}`;
    return { edits: [insert(span.start, `if (${test})${inner}`)], otherwise: '' };
  }
  if (ends && isUnderControl(statement)) {
    return { edits: [insert(span.start, `{ if (${test}) `), insert(end + ends[0].length, ' }')], otherwise: '' };
  }
  if (returnsNothing(fact)) return undefined;
  const whole = ends !== null && /(?:[^=!<>]=|\breturn)\s*$/.test(statement.slice(-MAX_TAIL));
  return { edits: [insert(span.start, `${whole ? '' : '('}${test} ? `), insert(end, whole ? ' : 0' : ' : 0)')], otherwise: ', and take 0 where it does not' };
}

/** Nothing or a label in front of the call. */
const isAlone = (before: string): boolean => /^\s*$/.test(before) || /^(?:case\b[^?;]*|default\s*|[A-Za-z_]\w*\s*):$/.test(before.trim());

/** `if (…)`, `else`, `for (…)`: the call is the whole of what they run. */
function isUnderControl(before: string): boolean {
  const flat = before.trim();
  if (/(?:^|\W)else$/.test(flat.slice(-5))) return true;
  if (!/^(?:else\s+)?(?:if|while|for)\s*\(/.test(flat) || !flat.endsWith(')')) return false;
  let depth = 0;
  let groups = 0;
  for (const c of flat) {
    if (c === '(') depth++;
    else if (c === ')' && --depth === 0) groups++;
  }
  return depth === 0 && groups === 1;
}
