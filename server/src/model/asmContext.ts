/**
 * Reads the loads and stores through the context that a `__naked` function makes in assembly. Only the straight line from the
 * function's first instruction to its first jump, call or label, and only registers that surely still hold the context:
 * what is not understood ends the reading.
 */
import type { ContextFact } from '../facts/factBook.types.js';
import { substitute } from '../syntax/expand.js';
import type { FileView, FunctionView } from '../syntax/views.js';
import { span, type Span } from '../text/span.js';
import { integerValue } from './tokens.js';
import { entryOf } from '../text/entryOf.js';

/** One load or store of the context at an offset. */
export interface AsmAccess {
  readonly offset: number;
  /** In bytes. */
  readonly size: number;
  readonly mode: 'read' | 'write';
  /** A load that extends the sign: `*(s32 *)`. */
  readonly signed: boolean;
  /** The memory operand, `*(u32 *)(r1 + %[off])`. */
  readonly span: Span;
}

const ASM = /^\{\s*(?:asm|__asm__|__asm)\s+(?:volatile|__volatile__)\s*\(/;
const STRING = /^"((?:\\[\s\S]|[^"\\])*)"/;
const MEMORY = /^\*\s*\(\s*(?:__)?([us])(8|16|32|64)\s*\*\s*\)\s*\(\s*r(\d+)\s*(?:([+-])\s*(%\[\w+\]|\w+)\s*)?\)/;
const SIZED: Readonly<Record<string, number>> = { u8: 1, u16: 2, u32: 4, u64: 8, s8: 1, s16: 2, s32: 4, s64: 8 };
const MAX_BODY = 20_000;

/** The template with each character at its place in the file: escapes and what lies between literals are blanks. */
interface Template {
  readonly text: string;
  /** Offset in the file of the first character. */
  readonly start: number;
  /** Text behind the template: the operands. */
  readonly operands: string;
}

function templateOf(body: string, start: number): Template | undefined {
  const head = ASM.exec(body);
  if (!head) return undefined;
  let text = '';
  let at = head[0].length;
  for (;;) {
    const blank = /^\s*/.exec(body.slice(at))![0].length;
    const literal = STRING.exec(body.slice(at + blank));
    if (!literal) break;
    const inner = literal[1]!.replace(/\\\r?\n|\\[\s\S]/g, (m) => (m === '\\n' ? ' ;' : ' '.repeat(m.length)));
    text += ' '.repeat(blank) + ' ' + inner + ' ';
    at += blank + literal[0].length;
  }
  const rest = body.slice(at).trimStart();
  // Anything else in the template is a macro's word, whose text is not here.
  if (text === '' || !/^[:)]/.test(rest)) return undefined;
  return { text, start: start + head[0].length, operands: rest };
}

/** Numbers behind `%[name]`: `__imm_const(name, offsetof(struct S, field) + 4)`. */
function constantsOf(operands: string, struct: string, fact: ContextFact): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const m of operands.matchAll(/__imm_const\s*\(\s*(\w+)\s*,((?:[^()]|\([^()]*\))*)\)/g)) {
    const value = valueOf(m[2]!.trim(), struct, fact);
    if (value !== undefined) found.set(m[1]!, value);
  }
  return found;
}

function valueOf(text: string, struct: string, fact: ContextFact): number | undefined {
  const sum = /^(.*)([+-])\s*(\w+)$/.exec(text);
  if (sum) {
    const [left, right] = [valueOf(sum[1]!.trim(), struct, fact), integerValue(sum[3]!)];
    return left === undefined || right === undefined ? undefined : sum[2] === '+' ? left + right : left - right;
  }
  const whole = /^sizeof\s*\(\s*struct\s+(\w+)\s*\)$/.exec(text);
  if (whole) return whole[1] === struct ? sizeOf(fact) : undefined;
  const m = /^offsetof\s*\(\s*struct\s+(\w+)\s*,\s*(\w+)\s*(?:\[\s*(\w+)\s*\]\s*)?\)$/.exec(text);
  if (!m) return integerValue(text);
  const field = m[1] === struct ? fact.fields.get(m[2]!) : undefined;
  const index = m[3] === undefined ? 0 : integerValue(m[3]);
  if (!field || index === undefined || (m[3] !== undefined && field.array === undefined)) return undefined;
  return field.offset + index * (field.size / (field.array ?? 1));
}

/** Size of the newest known form of the struct. */
export function sizeOf(fact: ContextFact): number {
  let size = 0;
  for (const f of fact.fields.values()) size = Math.max(size, f.offset + f.size);
  return size;
}

/** True for functions that are nothing but assembly. */
export function isNaked({ annotations }: FunctionView): boolean {
  return annotations.some((a) => a.name === '__naked');
}

/**
 * All accesses that are certain.
 * @param file that `fn` is in.
 */
export function asmAccesses(fn: FunctionView, file: FileView, struct: string, fact: ContextFact): readonly AsmAccess[] {
  if (!fn.bodySpan || !isNaked(fn)) return [];
  if (fn.fromMacro !== undefined) return read(bodyOfMade(fn, file), 0, struct, fact).map((a) => ({ ...a, span: fn.nameSpan }));
  return read(file.text.slice(fn.bodySpan.start, Math.min(fn.bodySpan.end, fn.bodySpan.start + MAX_BODY)), fn.bodySpan.start, struct, fact);
}

/** The body that a macro wrote, with the arguments of this use. */
function bodyOfMade(fn: FunctionView, file: FileView): string {
  const use = file.macroUses?.find((u) => u.name === fn.fromMacro && u.span.start === fn.span.start);
  const define = file.defines.find((d) => d.name === fn.fromMacro);
  const text = use && define ? substitute(define, use.args) : undefined;
  const open = text?.indexOf('{') ?? -1;
  return text === undefined || open < 0 ? '' : text.slice(open, open + MAX_BODY);
}

/**
 * The body as each build has it, the rest of it blank: one, or two where `#if`s with or without `#else` stand in it. Nested ones and
 * `#elif` are not understood.
 */
function builds(body: string): readonly string[] {
  if (!/^[ \t]*#/m.test(body)) return [body];
  const texts: [string, string] = ['', ''];
  let arm: number | undefined;
  for (const line of body.split(/(?<=\n)/)) {
    const blank = line.replace(/[^\r\n]/g, ' ');
    const directive = /^[ \t]*#[ \t]*(\w*)/.exec(line)?.[1];
    if (directive === undefined) {
      texts[0] += arm === 1 ? blank : line;
      texts[1] += arm === 0 ? blank : line;
      continue;
    }
    if (/^if/.test(directive) && arm === undefined) arm = 0;
    else if (directive === 'else' && arm === 0) arm = 1;
    else if (directive === 'endif' && arm !== undefined) arm = undefined;
    else return [];
    texts[0] += blank;
    texts[1] += blank;
  }
  return arm === undefined ? texts : [];
}

/** Reads a body that starts at offset `start`: what every build does, in the words of the first. */
function read(body: string, start: number, struct: string, fact: ContextFact): readonly AsmAccess[] {
  const [first = [], ...others] = builds(body).map((text) => readBuild(text, start, struct, fact));
  const isSame = (a: AsmAccess, b: AsmAccess): boolean => a.mode === b.mode && fieldAt(fact, a)?.name === fieldAt(fact, b)?.name;
  return first.filter((access) => others.every((other) => other.some((o) => isSame(access, o))));
}

function readBuild(body: string, start: number, struct: string, fact: ContextFact): readonly AsmAccess[] {
  const template = templateOf(body, start);
  if (!template) return [];
  const constants = constantsOf(template.operands, struct, fact);
  const holders = new Set(['1']);
  const result: AsmAccess[] = [];
  let from = 0;
  for (const instruction of template.text.split(';')) {
    const lead = /^\s*/.exec(instruction)![0].length;
    const at = from + lead;
    from += instruction.length + 1;
    const code = instruction.trim();
    if (code !== '' && !step(code, template.start + at, holders, constants, result)) break;
  }
  return result;
}

/** Takes one instruction in; false ends the reading. */
function step(code: string, at: number, holders: Set<string>, constants: ReadonlyMap<string, number>, out: AsmAccess[]): boolean {
  const note = (from: number, mode: AsmAccess['mode']): boolean => {
    const m = MEMORY.exec(code.slice(from));
    if (!m) return false;
    const word = m[5];
    const distance = word === undefined ? 0 : word.startsWith('%') ? constants.get(word.slice(2, -1)) : integerValue(word);
    if (!holders.has(m[3]!) || distance === undefined) return true;
    const where = span(at + from, at + from + m[0].length);
    out.push({ offset: m[4] === '-' ? -distance : distance, size: entryOf(SIZED, m[1]! + m[2]!)!, mode, signed: m[1] === 's', span: where });
    return true;
  };
  if (code.startsWith('*')) return /\)\s*=[^=]/.test(code) && note(0, 'write');
  const assigned = /^([rw])(\d+)\s*(=|[-+*/%&|^]=|<<=|>>=|s>>=|s[/%]=)\s*/.exec(code);
  if (!assigned) return false;
  const source = code.slice(assigned[0].length);
  const copied = assigned[1] === 'r' && assigned[3] === '=' ? /^r(\d+)$/.exec(source)?.[1] : undefined;
  if (source.startsWith('*') && !note(assigned[0].length, 'read')) return false;
  if (copied !== undefined && holders.has(copied)) holders.add(assigned[2]!);
  else holders.delete(assigned[2]!);
  return true;
}

/** What is wrong with the shape of an access, whatever the program's type. */
export type AsmShape = 'outside' | 'crosses' | 'narrow' | 'signed-pointer' | 'read-only';

/** The field that an access falls in, and what no kernel lets it do there. */
export interface AsmField {
  readonly name: string;
  readonly element: boolean;
  readonly shape: AsmShape | undefined;
}

/**
 * Offsets that the kernel turns into pointers: their loads must be whole, and never extend the sign (`is_ldsx`). So must those
 * of the 64-bit fields of `bpf_sock_ops` (`sock_ops_is_valid_access`).
 */
const PACKET = new Set(['data', 'data_end', 'data_meta']);

/** A struct that no table lists field by field, but whose fields are pointers to be loaded whole (`nf_is_valid_access`). */
export const WHOLE_FIELDS = 'bpf_nf_ctx';

/** Finds the field of an access; undefined in a hole of the struct, of which nothing is known. */
export function fieldAt(fact: ContextFact, { offset, size, signed, mode }: AsmAccess): AsmField | undefined {
  if (offset < 0) return undefined;
  if (offset >= sizeOf(fact)) return { name: '', element: false, shape: 'outside' };
  for (const f of fact.fields.values()) {
    if (offset < f.offset || offset >= f.offset + f.size) continue;
    const pointer = f.type.includes('*') || PACKET.has(f.name);
    const whole = pointer || (fact.name === 'bpf_sock_ops' && f.size === 8);
    const shape = offset + size > f.offset + f.size ? 'crosses'
      : mode === 'write' && fact.name === WHOLE_FIELDS ? 'read-only'
        : pointer && signed && mode === 'read' ? 'signed-pointer'
          : whole && size < f.size ? 'narrow' : undefined;
    return { name: f.name, element: f.array !== undefined, shape };
  }
  return undefined;
}
