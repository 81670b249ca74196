/**
 * What registers and the stack hold at each instruction of one function: constants, addresses, parameters, and answers of the
 * kernel that a guard rests on. One forward pass until nothing changes; what is not understood is unknown, and unknown is no fact.
 */
import type { Block } from './blocks.js';
import { CLASS, JUMP, MODE, WIDE, atomicOf, classOf, isCall, isJump, sizeOf, type Instruction } from './instructions.js';
import type { ObjectPart } from './parts.js';

export type Value =
  /** One of several constants, each with the instructions that made it. */
  | { readonly kind: 'constant'; readonly values: ReadonlyMap<number, number> }
  /** A parameter, or an address inside of what it points to. */
  | { readonly kind: 'parameter'; readonly index: number; readonly offset: number }
  | { readonly kind: 'frame'; readonly offset: number }
  | { readonly kind: 'address'; readonly part: ObjectPart; readonly offset: number }
  /** Fixed before the verifier runs; `strong` where it is the kernel's answer to a question. `text` is the question in C. */
  | { readonly kind: 'answer'; readonly text: string; readonly strong: boolean };

/** Undefined: not known. */
export type Register = Value | undefined;

export interface State {
  readonly registers: Register[];
  /** Values of eight bytes on the stack, by offset from the frame's end. */
  readonly stack: Map<number, Value>;
}

/** What the surroundings of a function say of its instructions. */
export interface FlowSource {
  /** What the relocation of a wide load stands for. */
  address(i: Instruction): { readonly part: ObjectPart; readonly offset: number } | undefined;
  /** The kernel's answer that a CO-RE relocation puts into the instruction, as a question in C. */
  question(i: Instruction): string | undefined;
  /** What a call leaves in R0. */
  result(i: Instruction): Register;
}

const MAX_CONSTANTS = 8;
const MAX_STACK = 32;
/** Each value may change a few times; a hostile graph must not make more of it. */
const MAX_ROUNDS = 24;

const constant = (value: number, at: number): Value => ({ kind: 'constant', values: new Map([[value, at]]) });

/** The one constant that a register holds. */
export function constantOf(value: Register): number | undefined {
  return value?.kind === 'constant' && value.values.size === 1 ? value.values.keys().next().value : undefined;
}

/** Runs over a function. @returns the state at the beginning of each block that is reached */
export function flowOf(blocks: readonly Block[], source: FlowSource): (State | undefined)[] {
  const states: (State | undefined)[] = blocks.map(() => undefined);
  if (blocks.length === 0) return states;
  const registers: Register[] = Array.from({ length: 11 }, (_, r) => (r >= 1 && r <= 5 ? { kind: 'parameter', index: r - 1, offset: 0 } : r === 10 ? { kind: 'frame', offset: 0 } : undefined));
  states[0] = { registers, stack: new Map() };
  const visits = new Uint16Array(blocks.length);
  const queue = [0];
  const queued = new Set(queue);
  for (let head = 0; head < queue.length; head++) {
    const at = queue[head]!;
    queued.delete(at);
    if (++visits[at]! > MAX_ROUNDS) {
      // Rather nothing than something that is not settled.
      states[at] = nothing();
      if (visits[at]! > MAX_ROUNDS + 1) continue;
    }
    const state = copy(states[at]!);
    for (const i of blocks[at]!.instructions) step(state, i, source);
    for (const next of blocks[at]!.next) {
      const before = states[next];
      const changed = before === undefined ? ((states[next] = copy(state)), true) : merge(before, state);
      if (changed && !queued.has(next)) {
        queued.add(next);
        queue.push(next);
      }
    }
  }
  return states;
}

function nothing(): State {
  return { registers: Array.from({ length: 11 }, (_, r) => (r === 10 ? { kind: 'frame', offset: 0 } : undefined)), stack: new Map() };
}

/** A state that may be changed while the other stays. */
export function copy(state: State): State {
  return { registers: [...state.registers], stack: new Map(state.stack) };
}

/** Takes another way to the same place in; true if that changed anything. */
function merge(to: State, from: State): boolean {
  let changed = false;
  for (let r = 0; r < 11; r++) {
    const joined = join(to.registers[r], from.registers[r]);
    if (!same(joined, to.registers[r])) {
      to.registers[r] = joined;
      changed = true;
    }
  }
  for (const [offset, value] of to.stack) {
    const joined = join(value, from.stack.get(offset));
    if (same(joined, value)) continue;
    changed = true;
    if (joined === undefined) to.stack.delete(offset);
    else to.stack.set(offset, joined);
  }
  return changed;
}

function same(a: Register, b: Register): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'constant':
      return b.kind === 'constant' && a.values.size === b.values.size && [...a.values.keys()].every((v) => b.values.has(v));
    case 'parameter':
      return b.kind === 'parameter' && a.index === b.index && a.offset === b.offset;
    case 'frame':
      return b.kind === 'frame' && a.offset === b.offset;
    case 'address':
      return b.kind === 'address' && a.part === b.part && a.offset === b.offset;
    case 'answer':
      return b.kind === 'answer' && a.strong === b.strong && a.text === b.text;
  }
}

/** What holds whichever way was taken. An answer of the kernel counts if it may be one. */
function join(a: Register, b: Register): Register {
  if (same(a, b)) return a;
  const [answer, other] = a?.kind === 'answer' ? [a, b] : [b, a];
  if (answer?.kind === 'answer') {
    if (answer.strong || other?.kind === 'constant') return answer;
    return other?.kind === 'answer' ? other : undefined;
  }
  if (a?.kind !== 'constant' || b?.kind !== 'constant') return undefined;
  const values = new Map([...a.values, ...b.values]);
  return values.size > MAX_CONSTANTS ? undefined : { kind: 'constant', values };
}

/** Takes one instruction in. */
export function step(state: State, i: Instruction, source: FlowSource): void {
  const { registers } = state;
  const set = (r: number, value: Register): void => {
    if (r < 10) registers[r] = value;
  };
  switch (classOf(i)) {
    case CLASS.alu64: case CLASS.alu:
      return set(i.dst, arithmetic(i, registers, source));
    case CLASS.ld:
      if (i.code === WIDE) return set(i.dst, wide(i, source));
      // Loads from the packet of old: they call into the kernel.
      if ((i.code & 0xe0) === MODE.absolute || (i.code & 0xe0) === MODE.indirect) for (let r = 0; r <= 5; r++) registers[r] = undefined;
      return;
    case CLASS.ldx:
      return set(i.dst, load(i, state));
    case CLASS.st: case CLASS.stx:
      return store(i, state, set);
    default:
      if (isCall(i)) call(i, state, source);
  }
}

function call(i: Instruction, state: State, source: FlowSource): void {
  // What gets an address of the stack may write there.
  if (state.registers.slice(1, 6).some((r) => r?.kind === 'frame')) state.stack.clear();
  state.registers[0] = source.result(i);
  for (let r = 1; r <= 5; r++) state.registers[r] = undefined;
}

function wide(i: Instruction, source: FlowSource): Register {
  const target = source.address(i);
  if (target) return { kind: 'address', ...target };
  const question = source.question(i);
  if (question !== undefined) return { kind: 'answer', text: question, strong: true };
  // A pseudo register says that a loader has put an address there.
  if (i.src !== 0) return undefined;
  const value = i.high * 2 ** 32 + (i.imm >>> 0);
  return Number.isSafeInteger(value) ? constant(value, i.at) : undefined;
}

function arithmetic(i: Instruction, registers: readonly Register[], source: FlowSource): Register {
  const narrow = classOf(i) === CLASS.alu;
  const operation = i.code & 0xf0;
  const immediate = (i.code & 8) === 0;
  if (operation === 0xb0) {
    const question = immediate ? source.question(i) : undefined;
    if (question !== undefined) return { kind: 'answer', text: question, strong: true };
    if (immediate) return constant(narrow ? i.imm >>> 0 : i.imm, i.at);
    return i.off !== 0 ? undefined : narrow ? narrowed(registers[i.src], i.at) : registers[i.src];
  }
  const own = registers[i.dst];
  const other: Register = operation === 0xd0 || operation === 0x80 ? undefined : immediate ? constant(i.imm, i.at) : registers[i.src];
  if (operation === 0 && !narrow) {
    const distance = constantOf(other);
    if (distance !== undefined && own !== undefined && own.kind !== 'constant' && own.kind !== 'answer') return { ...own, offset: own.offset + distance };
  }
  const answers = [own, other].filter((v) => v?.kind === 'answer');
  const strong = answers.find((v) => v?.kind === 'answer' && v.strong);
  if (strong) return strong;
  // Swaps and negation have one operand.
  const alone = operation === 0xd0 || operation === 0x80;
  if (answers.length > 0 && (alone || (own?.kind !== undefined && other?.kind !== undefined && [own, other].every((v) => v.kind === 'answer' || v.kind === 'constant')))) return answers[0];
  return folded(operation, constantOf(own), constantOf(other), narrow, i.at);
}

/** `and`, `or`, `add` and shifts, as compilers use them to make flags. */
function folded(operation: number, a: number | undefined, b: number | undefined, narrow: boolean, at: number): Register {
  if (a === undefined || b === undefined) return undefined;
  const [x, y] = [BigInt(a), BigInt(b)];
  const wide = operation === 0 ? x + y : operation === 0x10 ? x - y : operation === 0x40 ? x | y : operation === 0x50 ? x & y : operation === 0x60 && b >= 0 && b < 64 ? x << y : undefined;
  if (wide === undefined) return undefined;
  const value = Number(narrow ? BigInt.asUintN(32, wide) : BigInt.asIntN(64, wide));
  return Number.isSafeInteger(value) ? constant(value, at) : undefined;
}

function narrowed(value: Register, at: number): Register {
  if (value?.kind === 'answer') return value;
  const one = constantOf(value);
  return one === undefined ? undefined : constant(one >>> 0, at);
}

function load(i: Instruction, state: State): Register {
  if ((i.code & 0xe0) !== MODE.memory) return undefined;
  const base = state.registers[i.src];
  if (base?.kind === 'frame') return sizeOf(i) === 8 ? state.stack.get(base.offset + i.off) : answerOnly(state.stack.get(base.offset + i.off));
  if (base?.kind !== 'address') return undefined;
  const { part } = base;
  // libbpf writes these before it loads the programs, and the verifier knows their values then.
  if (part.kind === 'kconfig' || (part.kind === 'data' && part.section.startsWith('.rodata'))) return { kind: 'answer', text: part.name, strong: false };
  return undefined;
}

function answerOnly(value: Register): Register {
  return value?.kind === 'answer' ? value : undefined;
}

function store(i: Instruction, state: State, set: (r: number, value: Register) => void): void {
  const base = state.registers[i.dst];
  const atomic = atomicOf(i) !== undefined;
  if (base?.kind === 'frame') {
    const at = base.offset + i.off;
    for (const offset of state.stack.keys()) if (offset < at + sizeOf(i) && at < offset + 8) state.stack.delete(offset);
    const value = classOf(i) === CLASS.stx ? state.registers[i.src] : constant(i.imm, i.at);
    if (value && !atomic && (sizeOf(i) === 8 || value.kind === 'answer') && state.stack.size < MAX_STACK) state.stack.set(at, value);
  }
  if (!atomic) return;
  // With BPF_FETCH the old value comes back, of a comparison in R0.
  if ((i.imm & 1) !== 0 || i.imm === 0x100) set(i.imm === 0x100 ? i.dst : i.src, undefined);
  if (i.imm === 0xf1) set(0, undefined);
}

/** What a branch asks, in C; undefined where it is nothing that is known before the program runs. */
export function questionOf(i: Instruction, state: State, parameter: (index: number) => string | undefined): string | undefined {
  if (!isJump(i) || (i.code & 0xf0) === JUMP.always || (i.code & 0xf0) >= JUMP.call && (i.code & 0xf0) <= JUMP.exit || i.code === (CLASS.jmp | JUMP.conditional)) return undefined;
  const [a, b]: Register[] = [state.registers[i.dst], (i.code & 8) === 0 ? constant(i.imm, i.at) : state.registers[i.src]];
  for (const value of [a, b]) {
    if (value?.kind === 'answer' && value.strong) return value.text;
    if (value?.kind === 'address' && (value.part.kind === 'ksym' || value.part.kind === 'kfunc')) return `bpf_ksym_exists(${value.part.name})`;
  }
  const fixed = (v: Register): boolean => v?.kind === 'answer' || v?.kind === 'constant';
  if (fixed(a) && fixed(b)) return a?.kind === 'answer' ? a.text : b?.kind === 'answer' ? b.text : undefined;
  const [one, other] = a?.kind === 'parameter' ? [a, b] : [b, a];
  return one?.kind === 'parameter' && one.offset === 0 && fixed(other) ? parameter(one.index) : undefined;
}
