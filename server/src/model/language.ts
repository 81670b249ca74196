/** What the shape of the code itself shows for certain, whatever the compiler makes of the rest. */
import type { Condition, FunctionView, VariableView } from '../syntax/views.js';
import type { Span } from '../text/span.js';
import type { GraphNode } from './callGraph.js';
import { BACK_EDGE } from './compiled.js';
import { scopeOf } from './scope.js';
import { sectionText } from './sections.js';
import { integerValue } from './tokens.js';
import { defineTokens, resolveName, type Located, type UnitIndex } from './unitIndex.js';

/**
 * True if a call of the function surely stays a call: only then does it need a kernel that knows calls. A weak function may be
 * another one after linking, so that clang inlines it nowhere.
 */
export function isNeverInlined(fn: FunctionView): boolean {
  return fn.bodySpan !== undefined && !fn.isInline && fn.annotations.some(({ name, args }) => STAYS.test(name) || (name === '__attribute__' && args.some((a) => /\b(?:__)?(?:noinline|weak)(?:__)?\b/.test(a))));
}

const STAYS = /^(?:__noinline|noinline|__noinline__|__weak)$/;

/**
 * True if loads of the variable surely stay in the program: `volatile`, or visible to other objects and not constant.
 * Static variables that nobody writes, and constants, may be folded by the compiler.
 */
function isKept(variable: VariableView, index: UnitIndex): boolean {
  if (variable.isExtern || variable.mapAttributes.length > 0) return false;
  if (variable.annotations.some((a) => /^__(?:ksym|kconfig|arena|arena_global)$/.test(a.name))) return false;
  if (!variable.sections.every((use) => /^\.(?:data|rodata|bss)/.test(sectionText(use, index) ?? ''))) return false;
  if (variable.type.includes('(')) return false;
  return variable.isVolatile || (!variable.isStatic && !variable.isConst);
}

/**
 * Variables by the feature (an id of data/features) that a use of them needs: global data, values of the kernel's configuration
 * (a map of libbpf's that is global data too), and variables of the kernel that have a type and must be there.
 */
export function variableFeatures(index: UnitIndex): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  for (const [name, list] of index.variables) {
    const [first] = list;
    if (!first || index.functions.has(name)) continue;
    if (list.length === 1 && isKept(first.view, index)) result.set(name, 'global-data');
    else if (isMarked(list, '__kconfig')) result.set(name, 'kconfig-externs');
    else if (isMarked(list, '__ksym') && !isMarked(list, '__weak') && !/\bvoid\b|\(/.test(first.view.type)) result.set(name, 'ksyms');
  }
  return result;
}

function isMarked(list: readonly Located<VariableView>[], word: string): boolean {
  return list.every(({ view }) => view.isExtern && view.annotations.some((a) => a.name === word));
}

/** Calls `use` for each mention of one of `names` in a function: plain uses and bases of member accesses. */
export function forUsedNames(node: GraphNode, names: ReadonlyMap<string, unknown>, use: (name: string, span: Span, conditions: readonly Condition[]) => void): void {
  const { fn } = node;
  const own = scopeOf(fn);
  const isOther = (name: string): boolean => names.has(name) && !own.locals.has(name) && !own.params.has(name);
  for (const i of fn.identifiers) if (isOther(i.name)) use(i.name, i.span, i.conditions);
  for (const f of fn.fields) if (isOther(f.base)) use(f.base, f.baseSpan, f.conditions);
}

/** What gcc's and clang's builtins need where they cannot become an old atomic add: compare and exchange, exchange, and bits. */
const ATOMIC = /^__sync_(?:val_compare_and_swap|bool_compare_and_swap|lock_test_and_set|fetch_and_(?:and|or|xor)|(?:and|or|xor)_and_fetch)$|^__atomic_(?:compare_exchange|exchange)(?:_n)?$/;

/** True for a builtin that surely is one of the instructions of Linux 5.12. */
export function isNewAtomic(name: string): boolean {
  return ATOMIC.test(name);
}

/** True if the name is a word for the instruction `may_goto`: bpf_experimental.h's macros, whoever wrote them here. */
export function isMayGoto(name: string, index: UnitIndex): boolean {
  if (name !== 'can_loop' && name !== 'cond_break') return false;
  return (index.defines.get(name) ?? []).every(({ view }) => /may_goto|\.byte 0xe5/.test(view.body) || defineTokens(view).some((t) => /may_goto/.test(t.value)));
}

/** `for (…; i < p->field; …)`: it runs up to a value in memory. */
const UP_TO_FIELD = /^for\s*\([^;{}]*;\s*\w+\s*(?:<|<=|!=)\s*(\w+)\s*->\s*\w+\s*;[^;{}]*\)/;
/** `for (int i = 0; i < COUNT; i++)` */
const UP_TO_CONSTANT = /^for\s*\([^;{}]*?\b(\w+)\s*=\s*(\w+)\s*;\s*\1\s*(?:<|<=|!=)\s*(\w+)\s*;\s*(?:\1\s*\+\+|\+\+\s*\1)\s*\)/;
/** A pragma, or a macro that makes one, stands right before its loop. */
const BEFORE = 120;
/**
 * Passes with a call in each that no clang unrolls by itself: its thresholds count instructions, 300 at `-O3`, four times that at most
 * where it hopes for folded constants (LoopUnrollPass.cpp).
 */
const MANY_PASSES = 4096;

/**
 * The name of the field's base where a loop runs up to a field of a parameter, without another way out; 'constant' where it makes so many
 * passes with a call in each that it stays a loop; 'compiled' for one of a compiled object; undefined where clang might unroll it, or is told to.
 * @param text of the file that the loop stands in.
 */
export function staysALoop(fn: FunctionView, loop: FunctionView['loops'][number], text: string, index: UnitIndex): 'field' | 'constant' | 'compiled' | undefined {
  const { start, end } = loop.span;
  if (text.startsWith(`for (; ${BACK_EDGE};`, start)) return 'compiled';
  if (loop.unrolled || fn.fromMacro !== undefined || /unroll/i.test(text.slice(Math.max(0, start - BEFORE), start))) return undefined;
  const head = text.slice(start, Math.min(end, start + 400));
  const field = UP_TO_FIELD.exec(head);
  if (field) {
    if (!fn.params.some((p) => p.name === field[1]) || /\b(?:break|return|goto)\b/.test(text.slice(start, end))) return undefined;
    return fn.fields.some((f) => f.base === field[1] && f.baseSpan.start > start && f.fieldSpan.end <= start + field[0].length) ? 'field' : undefined;
  }
  const counted = UP_TO_CONSTANT.exec(head);
  if (!counted) return undefined;
  const from = constant(counted[2]!, index);
  const to = constant(counted[3]!, index);
  if (from === undefined || to === undefined || to - from < MANY_PASSES) return undefined;
  // Only what surely is a call to the kernel: functions of the unit may fold to nothing.
  const calls = fn.calls.some((c) => c.span.start > start + counted[0].length && c.span.end <= end && c.form !== 'asm' && /^bpf_\w+$/.test(c.name) && !index.functions.has(c.name) && !index.defines.has(c.name));
  return calls ? 'constant' : undefined;
}

function constant(word: string, index: UnitIndex): number | undefined {
  const literal = integerValue(word);
  if (literal !== undefined) return literal;
  const [only, ...others] = index.defines.get(resolveName(word, index)) ?? [];
  if (!only || others.length > 0 || only.view.params) return undefined;
  const tokens = defineTokens(only.view).filter((t) => t.value !== '(' && t.value !== ')');
  return tokens.length === 1 && tokens[0]!.kind === 'number' ? integerValue(tokens[0]!.value) : undefined;
}
