/**
 * Tells conditions that leave both sides open until the program runs from those that the compiler or the verifier decides: constants in
 * variables, sizes, and pointers that are known not to be null (reg_not_null() in kernel/bpf/verifier.c).
 */
import { bodyOf } from '../../model/localFlow.js';
import type { Program } from '../../model/model.types.js';
import { closing, tokenize, type Token } from '../../model/tokens.js';
import type { RuleContext } from '../rule.js';
import { once } from './keep.js';

/** A function with a body, and the file that it is in. */
export interface Place {
  readonly fn: Program['fn'];
  readonly path: string;
}

/** Characters of a body. */
const MAX_BODY = 50_000;
/** Variables are followed so far into others. */
const MAX_DEPTH = 4;
/** Fields whose pointers are trusted, or sockets, in some context. */
const NEVER_NULL_FIELDS: ReadonlySet<string> = new Set(['meta', 'seq', 'sk']);
/** Helpers whose pointers need no test. */
const NEVER_NULL: ReadonlySet<string> = new Set(['bpf_get_current_task_btf', 'bpf_get_local_storage', 'bpf_this_cpu_ptr', 'bpf_task_pt_regs']);
/** What a constant key finds in these is never null on newer kernels (get_constant_map_key() in verifier.c). */
const ALWAYS_FILLED: ReadonlySet<string> = new Set(['BPF_MAP_TYPE_ARRAY', 'BPF_MAP_TYPE_PERCPU_ARRAY']);
const NOTHING: ReadonlySet<string> = new Set(['0', 'NULL']);
const UNEVALUATED = /^(?:sizeof|_?_?typeof(?:_?_)?|__builtin_\w+|offsetof|ARRAY_SIZE)$/;
const UNSIGNED = /^(?:unsigned\b.*|_?_?u(?:8|16|32|64)|uint\d+_t|size_t|bool|_Bool)$/;

/**
 * True if the program surely gets to this side of a condition on some run, as far as the condition goes.
 * @param taken the side; undefined asks for both
 */
export function isUndecided(context: RuleContext, place: Place, condition: readonly Token[], taken: boolean | undefined): boolean {
  let tokens = unwrapped(condition);
  let side = taken;
  for (let nots = countNots(tokens); nots > 0 && isOperand(tokens.slice(nots)); nots = countNots(tokens)) {
    tokens = unwrapped(tokens.slice(nots));
    if (nots % 2 === 1 && side !== undefined) side = !side;
  }
  for (const [operator, one] of [['||', true], ['&&', false]] as const) {
    const parts = split(tokens, operator);
    if (parts.length === 1) continue;
    return side === one ? parts.some((part) => isUndecided(context, place, part, side)) : parts.every((part) => isUndecided(context, place, part, side));
  }
  const test = pointerTest(place, tokens);
  // Nobody tests for null what always is.
  if (test) return side === test.there || mayBeNull(context, place, test.pointer);
  const [first, operator, last] = tokens;
  if (tokens.length === 3 && last!.value === '0' && /^(?:<|>=)$/.test(operator!.value) && UNSIGNED.test(typeOf(place, first!.value) ?? '')) return side === (operator!.value === '>=');
  return isOpen(context, place, tokens, 0);
}

const ENDLESS = /^(?:for\s*\(\s*;\s*;\s*\)|while\s*\(\s*(?:1|true)\s*\))/;

/** True behind a loop that only a `break` ends, of which there may be none. */
export function isBehindEndlessLoop(context: RuleContext, { fn, path }: Place, offset: number): boolean {
  const ends = once(context, 'ends of endless loops', () => new Map<Place['fn'], number>());
  let end = ends.get(fn);
  if (end === undefined) {
    const text = context.model.files.get(path)?.text ?? '';
    const endless = fn.loops.filter(({ span }) => ENDLESS.test(text.slice(span.start, span.start + 40)));
    ends.set(fn, (end = endless.reduce((least, { span }) => Math.min(least, span.end), Infinity)));
  }
  return offset >= end;
}

/** The pointer that a condition asks about, and the side on which there is one. */
interface PointerTest {
  readonly pointer: readonly Token[];
  readonly there: boolean;
}

function pointerTest(place: Place, tokens: readonly Token[]): PointerTest | undefined {
  const at = tokens.findIndex((t) => t.value === '==' || t.value === '!=');
  if (at < 0) return isPointer(place, tokens) ? { pointer: tokens, there: true } : undefined;
  const sides = [tokens.slice(0, at), tokens.slice(at + 1)];
  const zero = sides.findIndex((part) => part.length === 1 && NOTHING.has(part[0]!.value));
  const pointer = unwrapped(sides[1 - zero] ?? []);
  if (zero < 0 || !(isPointer(place, pointer) || (sides[zero]![0]!.value === 'NULL' && isPath(pointer)))) return undefined;
  return { pointer, there: tokens[at]!.value === '!=' };
}

/** `a->b.c` */
function isPath(tokens: readonly Token[]): boolean {
  return tokens.length % 2 === 1 && tokens.every((t, i) => (i % 2 === 0 ? t.kind === 'word' : t.value === '->' || t.value === '.'));
}

function isPointer(place: Place, tokens: readonly Token[]): boolean {
  if (tokens.length === 1) return typeOf(place, tokens[0]!.value)?.includes('*') === true;
  return isPath(tokens) && NEVER_NULL_FIELDS.has(tokens[tokens.length - 1]!.value);
}

/** True for what a helper may answer with null, and for fields of structs. Arguments of programs and callbacks are trusted. */
function mayBeNull(context: RuleContext, place: Place, pointer: readonly Token[]): boolean {
  const last = pointer[pointer.length - 1]!.value;
  if (pointer.length > 1) return !NEVER_NULL_FIELDS.has(last);
  const sources = [...textOf(context, place).matchAll(new RegExp(`(?<![.>\\w])${last}\\s*=(?!=)([^;]*)`, 'g'))];
  return sources.length > 0 && sources.every((source) => comesFromHelper(context, tokenize(source[1]!)));
}

function comesFromHelper({ facts, model }: RuleContext, tokens: readonly Token[]): boolean {
  const call = tokens.findIndex((t, i) => t.kind === 'word' && tokens[i + 1]?.value === '(');
  const name = tokens[call]?.value;
  if (name === undefined || !facts.helpers.has(name) || NEVER_NULL.has(name)) return false;
  if (!/^bpf_map_lookup(?:_percpu)?_elem$/.test(name)) return true;
  const map = tokens[call + 2]?.value === '&' ? model.maps.find((m) => m.name === tokens[call + 3]?.value) : undefined;
  return map !== undefined && map.type !== null && !ALWAYS_FILLED.has(map.type);
}

/** True if something in an expression is known only when the program runs. */
function isOpen(context: RuleContext, place: Place, tokens: readonly Token[], depth: number): boolean {
  for (let i = 0; i < tokens.length; i++) {
    const { kind, value } = tokens[i]!;
    if (kind !== 'word') continue;
    const next = tokens[i + 1]?.value;
    if (UNEVALUATED.test(value)) {
      if (next === '(') i = closing(tokens, i + 1);
    } else if (next === '(' || next === '->' || next === '[') return true;
    else if (tokens[i - 1]?.value === '*' && typeOf(place, value)?.includes('*')) return true;
    else if (next === '.') {
      if (isAddressTaken(context, place, value)) return true;
    } else if (isOpenVariable(context, place, value, depth)) return true;
  }
  return false;
}

function isOpenVariable(context: RuleContext, place: Place, name: string, depth: number): boolean {
  const { fn, path } = place;
  const type = typeOf(place, name);
  if (type === undefined || type.includes('*')) return false;
  if (fn.params.some((p) => p.name === name)) return true;
  const stored = bodyOf(fn, context.model.files.get(path)?.text ?? '')?.storedIn(name);
  if (stored) return depth < MAX_DEPTH && stored.some(({ text }) => isOpen(context, place, tokenize(text), depth + 1));
  return !type.includes('volatile') && !isCounted(textOf(context, place), name);
}

/** What counts from a number on, the verifier counts too. */
function isCounted(body: string, name: string): boolean {
  return new RegExp(`\\b${name}\\s*=\\s*\\d`).test(body) && new RegExp(`\\b${name}\\s*(?:\\+\\+|--|[-+]=)|(?:\\+\\+|--)\\s*${name}\\b`).test(body);
}

function isAddressTaken(context: RuleContext, place: Place, name: string): boolean {
  return new RegExp(`&\\s*${name}\\b`).test(textOf(context, place));
}

/** The body, so far as it is looked through for a name. */
function textOf({ model }: RuleContext, { fn, path }: Place): string {
  return fn.bodySpan ? (model.files.get(path)?.text.slice(fn.bodySpan.start, Math.min(fn.bodySpan.end, fn.bodySpan.start + MAX_BODY)) ?? '') : '';
}

/** The declared type of a parameter or of a local variable; undefined for others, and where there are several of the name. */
function typeOf({ fn }: Place, name: string): string | undefined {
  const types = new Set([...fn.params, ...fn.locals].flatMap((v) => (v.name === name ? [v.type] : [])));
  return types.size === 1 ? [...types][0] : undefined;
}

/** Brackets around the whole are nothing, nor is a hint for the compiler. */
function unwrapped(tokens: readonly Token[]): readonly Token[] {
  let inner = tokens;
  if ((inner[0]?.value === 'likely' || inner[0]?.value === 'unlikely') && isOperand(inner.slice(1))) inner = inner.slice(1);
  while (inner[0]?.value === '(' && closing(inner, 0) === inner.length - 1) inner = inner.slice(1, -1);
  return inner;
}

function countNots(tokens: readonly Token[]): number {
  let count = 0;
  while (tokens[count]?.value === '!') count++;
  return count;
}

/** True for one bracket, and for a path: no operator stands beside it. A hint for the compiler is a bracket. */
function isOperand(tokens: readonly Token[]): boolean {
  const inner = tokens[0]?.value === 'likely' || tokens[0]?.value === 'unlikely' ? tokens.slice(1) : tokens;
  return inner[0]?.value === '(' ? closing(inner, 0) === inner.length - 1 : isPath(inner);
}

/** Parts between an operator that stands in no brackets. */
function split(tokens: readonly Token[], operator: string): (readonly Token[])[] {
  const parts: (readonly Token[])[] = [];
  let start = 0;
  for (let i = 0; i < tokens.length; i++) {
    if (/^[([{]$/.test(tokens[i]!.value)) i = closing(tokens, i);
    else if (tokens[i]!.value === operator) {
      parts.push(tokens.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(tokens.slice(start));
  return parts;
}
