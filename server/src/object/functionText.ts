/** Writes one function of an object: each call, access and use on a line of its own, under the questions that guard it. */
import type { BtfType } from '../btf/btf.types.js';
import type { ContextFact, FactBook, HelperFact } from '../facts/factBook.types.js';
import { BACK_EDGE, needMarker } from '../model/compiled.js';
import { sectionTable } from '../model/programModel.js';
import { isDataSection } from '../model/sections.js';
import { backEdges, blocksOf, reachable, type Block } from './blocks.js';
import type { CoreRelocation, LineInfo } from './btfExt.js';
import { argumentText } from './flagNames.js';
import { constantOf, copy, flowOf, questionOf, step, type FlowSource, type Register, type State } from './flow.js';
import { CLASS, MODE, WIDE, atomicOf, classOf, decode, isCall, isExit, isVersion3, isVersion4, type Instruction } from './instructions.js';
import { identifier, quoted } from './names.js';
import type { Origin, Writer } from './outline.types.js';
import type { ObjectFunction, ObjectKfunc, ObjectPart, ObjectVariable, Parts } from './parts.js';
import { fieldText, questionText } from './coreText.js';

/** Questions of one function that are looked into; each costs a walk over its blocks. */
const MAX_QUESTIONS = 64;
const MAX_NESTED = 8;
/** Functions that answer by another function's answer are followed this far. */
const MAX_DEPTH = 4;
const MAX_PARAMETERS = 5;
/** The end of a path that tells files of one object apart. */
const MAX_PATH = 256;
/** `BPF_PSEUDO_CALL`, in an object for functions of its own and of the kernel. */
const PSEUDO_CALL = 1;
/** libbpf and cilium/ebpf replace these on kernels before 5.5, and macros of libbpf are what mostly calls them. */
const READS: ReadonlyMap<string, string> = new Map([
  ['bpf_probe_read_kernel', 'bpf_core_read'], ['bpf_probe_read_user', 'bpf_core_read_user'],
  ['bpf_probe_read_kernel_str', 'bpf_core_read_str'], ['bpf_probe_read_user_str', 'bpf_core_read_user_str'],
]);

/** A parameter as it is declared. */
interface Parameter { readonly name: string; readonly type: string; readonly struct: string | undefined; readonly tags: readonly string[] }

/** What all functions of an object share; notes which variables and kfuncs they use. */
export class Surroundings {
  readonly variables = new Set<ObjectVariable>();
  readonly kfuncs = new Set<ObjectKfunc>();
  /** The source line that uses a map: the first that names it, or else the first. */
  readonly mapUses = new Map<ObjectVariable, LineInfo>();
  private readonly helpers: ReadonlyMap<number, HelperFact>;
  private readonly results = new Map<ObjectFunction, Register>();
  private readonly prototypes = new Map<number, readonly Parameter[]>();
  private tags: ReadonlyMap<number, readonly { readonly name: string; readonly component: number }[]> | undefined;

  constructor(readonly parts: Parts, readonly facts: FactBook) {
    this.helpers = new Map([...facts.helpers.values()].map((fact) => [fact.id, fact]));
  }

  helper(id: number): HelperFact | undefined {
    return this.helpers.get(id);
  }

  /** Notes a use, and gives its name. */
  use(part: ObjectPart): string {
    if (part.kind === 'kfunc') this.kfuncs.add(part);
    else if (part.kind !== 'function') this.variables.add(part);
    return part.name;
  }

  /** Notes the source line of an instruction that uses a map. */
  useMap(map: ObjectVariable, line: LineInfo | undefined): void {
    const known = this.mapUses.get(map);
    if (line && line.line > 0 && (!known || (!known.text.includes(map.name) && line.text.includes(map.name)))) this.mapUses.set(map, line);
  }

  instructions(fn: ObjectFunction): readonly Instruction[] {
    return decode(this.parts.object.bytes(fn.section.index), fn.start, fn.end, this.parts.object.littleEndian);
  }

  line(fn: ObjectFunction, offset: number): LineInfo | undefined {
    return this.parts.object.ext?.lineAt(fn.section.name, offset, fn.start);
  }

  core(fn: ObjectFunction, i: Instruction): CoreRelocation | undefined {
    return this.parts.object.ext?.coreAt(fn.section.name, i.at);
  }

  /** What the relocation at an instruction stands for. */
  target(fn: ObjectFunction, i: Instruction): { readonly part: ObjectPart; readonly offset: number } | undefined {
    const symbol = this.parts.object.relocations(fn.section.index).get(i.at);
    if (!symbol) return undefined;
    return this.parts.at(symbol, i.code === WIDE ? i.imm : symbol.kind === 'section' ? (i.imm + 1) * 8 : 0);
  }

  /** The function that a call goes to: of the object, or of the kernel. */
  callee(fn: ObjectFunction, i: Instruction): ObjectFunction | ObjectKfunc | undefined {
    const target = this.target(fn, i)?.part;
    if (target !== undefined) return target.kind === 'function' || target.kind === 'kfunc' ? target : undefined;
    const related = this.parts.object.relocations(fn.section.index).has(i.at);
    return i.src === PSEUDO_CALL && !related ? this.parts.functionAt(fn.section.index, i.at + 8 + i.imm * 8) : undefined;
  }

  /** The answer that a function hands on; undefined where it gives none. */
  result(fn: ObjectFunction, depth = 0): Register {
    if (this.results.has(fn)) return this.results.get(fn);
    if (depth >= MAX_DEPTH || fn.global) return undefined;
    this.results.set(fn, undefined);
    const source = this.source(fn, depth + 1);
    const blocks = blocksOf(this.instructions(fn));
    const states = flowOf(blocks, source);
    let answer: Register;
    for (const block of blocks) {
      if (!isExit(block.instructions.at(-1)!) || !states[block.index]) continue;
      const state = copy(states[block.index]!);
      for (const i of block.instructions) step(state, i, source);
      const value = state.registers[0];
      if (value?.kind === 'answer' && (answer?.kind !== 'answer' || value.strong)) answer = value;
    }
    this.results.set(fn, answer);
    return answer;
  }

  source(fn: ObjectFunction, depth = 0): FlowSource {
    return {
      address: (i) => this.target(fn, i),
      question: (i) => {
        const core = this.core(fn, i);
        return core && this.parts.object.btf && questionText(core, this.parts.object.btf);
      },
      result: (i) => {
        const callee = this.callee(fn, i);
        return callee?.kind === 'function' ? this.result(callee, depth) : undefined;
      },
    };
  }

  /** Parameters by the BTF; undefined without it. */
  parameters(fn: ObjectFunction): readonly Parameter[] | undefined {
    const { btf } = this.parts.object;
    const own = fn.type === undefined ? undefined : btf?.type(fn.type, 0);
    if (!btf || own?.kind !== 'function') return undefined;
    let known = this.prototypes.get(own.type);
    if (!known) {
      const prototype = btf.type(own.type, MAX_PARAMETERS);
      if (prototype?.kind !== 'prototype') return undefined;
      this.prototypes.set(own.type, (known = prototype.parameters.map(({ name, type }, i) => ({ name: identifier(name, `arg${i + 1}`), ...this.typeText(type), tags: [] }))));
    }
    const tags = this.tagsOf(own.id);
    return tags.length === 0 ? known : known.map((p, i) => ({ ...p, tags: tags.filter((t) => t.component === i).map((t) => t.name) }));
  }

  /** `btf_decl_tag("arg:nonnull")` of a function's parameters, as libbpf's macro. */
  private tagsOf(fn: number): readonly { readonly name: string; readonly component: number }[] {
    const { btf } = this.parts.object;
    if (!this.tags) {
      const found = new Map<number, { name: string; component: number }[]>();
      for (const id of btf?.ids('decl-tag') ?? []) {
        const tag = btf!.type(id);
        const name = tag?.kind === 'decl-tag' ? /^arg:([a-z_]{1,32})$/.exec(tag.name)?.[1] : undefined;
        if (tag?.kind === 'decl-tag' && name !== undefined) found.set(tag.type, [...(found.get(tag.type) ?? []).slice(-16), { name: `__arg_${name}`, component: tag.component }]);
      }
      this.tags = found;
    }
    return this.tags.get(fn) ?? [];
  }

  private typeText(id: number): { readonly type: string; readonly struct: string | undefined } {
    const btf = this.parts.object.btf!;
    const own = btf.resolve(id, 0);
    if (own?.kind !== 'pointer') return { type: 'long ', struct: undefined };
    const target: BtfType | undefined = btf.resolve(own.type, 0);
    const named = target && (target.kind === 'struct' || (target.kind === 'forward' && !target.union)) && target.name !== '';
    if (!named) return { type: target?.kind === 'int' ? 'long long *' : 'void *', struct: undefined };
    const struct = identifier(target.name, 'type');
    return { type: `struct ${struct} *`, struct };
  }
}

/** Writes one function. */
export class FunctionWriter {
  private readonly source: FlowSource;
  private readonly parameters: readonly Parameter[];
  private readonly isProgram: boolean;
  private readonly said = new Set<string>();

  constructor(private readonly fn: ObjectFunction, private readonly around: Surroundings, private readonly out: Writer) {
    this.source = around.source(fn);
    this.isProgram = !isDataSection(fn.section.name.replace(/^\?/, ''));
    this.parameters = this.declared();
  }

  write(): void {
    const { fn, around, out } = this;
    const instructions = around.instructions(fn);
    const blocks = blocksOf(instructions);
    const states = flowOf(blocks, this.source);
    const guards = this.guardsOf(blocks, states);
    const loops = new Set(backEdges(blocks));
    const head = this.parameters.map((p) => `${p.type}${p.name}${p.tags.map((t) => ` ${t}`).join('')}`).join(', ');
    const place = this.isProgram ? `SEC(${quoted(fn.section.name)}) ` : fn.global ? '__noinline ' : 'static __noinline ';
    const at = this.origin(fn.start);
    out.line(`${place}int ${fn.name}(${head === '' ? 'void' : head})`, at);
    out.line('{', at);
    const returned = new Map<number, number>();
    for (const block of blocks) {
      const state = states[block.index] && copy(states[block.index]!);
      if (!state) continue;
      const under = guards[block.index]!;
      for (const i of block.instructions) {
        for (const text of this.statements(i, state)) this.say(under, text, i.at);
        if (isExit(i) && state.registers[0]?.kind === 'constant') for (const [value, made] of state.registers[0].values) returned.set(made, value | 0);
        step(state, i, this.source);
      }
      if (loops.has(block)) this.say(under, `for (; ${BACK_EDGE}; );`, block.instructions.at(-1)!.at);
    }
    this.returns(blocks, guards, returned);
    out.line('}', at);
  }

  /** Constants that get to an exit, each where it was made. */
  private returns(blocks: readonly Block[], guards: readonly (readonly string[])[], returned: ReadonlyMap<number, number>): void {
    if (!this.isProgram || returned.size === 0) return;
    for (const block of blocks) {
      for (const i of block.instructions) {
        const value = returned.get(i.at);
        if (value !== undefined) this.say(guards[block.index]!, `return ${value};`, i.at);
      }
    }
  }

  /** By its BTF, the context's struct where that says no struct of its own. */
  private declared(): readonly Parameter[] {
    const { fn, around, isProgram } = this;
    const known = around.parameters(fn);
    if (!isProgram) return known ?? [];
    if (known && (known.length !== 1 || known[0]!.type !== 'void *')) return known;
    const def = sectionTable(around.facts).match(fn.section.name.replace(/^\?/, '')).def;
    const context = def === undefined ? undefined : around.facts.programTypes.get(def.programType)?.context ?? undefined;
    const name = known?.[0]?.name ?? 'ctx';
    return [context === undefined ? { name, type: 'void *', struct: undefined, tags: [] } : { name, type: `struct ${context} *`, struct: context, tags: [] }];
  }

  /** For each block the questions without whose answer it is not reached. */
  private guardsOf(blocks: readonly Block[], states: readonly (State | undefined)[]): readonly (readonly string[])[] {
    const guards: string[][] = blocks.map(() => []);
    let left = MAX_QUESTIONS;
    let all: Uint8Array | undefined;
    for (const block of blocks) {
      if (block.next.length < 2 || !states[block.index]) continue;
      const state = copy(states[block.index]!);
      const last = block.instructions.at(-1)!;
      for (const i of block.instructions.slice(0, -1)) step(state, i, this.source);
      const question = questionOf(last, state, (index) => this.parameters[index]?.name);
      if (question === undefined) continue;
      for (const value of [state.registers[last.dst], state.registers[last.src]]) {
        if (value?.kind === 'address') this.around.use(value.part);
      }
      all ??= reachable(blocks);
      // Too many to look into: what is behind them is taken for guarded, rather than for free.
      if (--left < 0) {
        for (const own of guards.slice(block.index + 1)) own.push(question);
        break;
      }
      for (const to of block.next) {
        const without = reachable(blocks, { from: block.index, to });
        for (const { index } of blocks) {
          const own = guards[index]!;
          if (all[index] === 1 && without[index] === 0 && own.length < MAX_NESTED && !own.includes(question)) own.push(question);
        }
      }
    }
    return guards;
  }

  private origin(offset: number): Origin {
    return { section: this.fn.section.name, offset, source: this.around.line(this.fn, offset) };
  }

  private say(under: readonly string[], text: string, offset: number): void {
    const origin = this.origin(offset);
    const whole = `\t${under.map((question) => `if (${question}) `).join('')}${text}`;
    const id = `${whole} ${origin.source ? `${origin.source.file.slice(-MAX_PATH)}:${origin.source.line}:${origin.source.column}` : offset}`;
    if (this.said.has(id)) return;
    this.said.add(id);
    this.out.line(whole, origin);
  }

  /** What one instruction does, as far as anyone asks. */
  private *statements(i: Instruction, state: State): Generator<string> {
    if (isVersion4(i)) yield needMarker('isa-v4');
    if (isVersion3(i)) yield needMarker('isa-v3');
    if (i.code === 0xe5) yield needMarker('may-goto');
    const atomic = atomicOf(i);
    if (atomic === 'new') yield needMarker('atomics');
    if (atomic === 'acquire-release') yield needMarker('load-acquire');
    if (isCall(i)) yield* this.call(i, state);
    else if (i.code === WIDE) yield* this.address(i);
    else yield* this.access(i, state);
  }

  private *address(i: Instruction): Generator<string> {
    const target = this.around.target(this.fn, i)?.part;
    if (!target || target.kind === 'function') return;
    const name = this.around.use(target);
    if (target.kind === 'map') this.around.useMap(target, this.around.line(this.fn, i.at));
    // Whether a function of the kernel is there is asked by its address.
    if (target.kind !== 'kfunc') yield target.kind === 'map' ? `&${name};` : `${name};`;
  }

  private *access(i: Instruction, state: State): Generator<string> {
    const [kind, mode] = [classOf(i), i.code & 0xe0];
    const loads = kind === CLASS.ldx && (mode === MODE.memory || mode === MODE.signed);
    if (!loads && !((kind === CLASS.st || kind === CLASS.stx) && mode === MODE.memory)) return;
    const base = state.registers[loads ? i.src : i.dst];
    const parameter = base?.kind === 'parameter' ? this.parameters[base.index] : undefined;
    const fact: ContextFact | undefined = parameter?.struct === undefined ? undefined : this.around.facts.contexts.get(parameter.struct);
    if (base?.kind !== 'parameter' || !parameter || !fact?.checked) return;
    const { btf } = this.around.parts.object;
    const core = this.around.core(this.fn, i);
    const field = fieldText(fact, base.offset + i.off, core && btf ? { core, btf } : undefined);
    if (field !== undefined) yield loads ? `(void)${parameter.name}->${field};` : `${parameter.name}->${field} = 0;`;
  }

  private *call(i: Instruction, state: State): Generator<string> {
    const { around, fn } = this;
    const callee = around.callee(fn, i);
    if (callee) {
      const count = callee.kind === 'function' ? around.parameters(callee)?.length ?? 0 : this.kfuncParameters(callee);
      const args = Array.from({ length: count }, (_, n) => this.argument(state.registers[n + 1], n));
      yield `${around.use(callee)}(${args.join(', ')});`;
      return;
    }
    const fact = i.src === 0 ? around.helper(i.imm) : undefined;
    if (!fact) return;
    // More arguments than three: a rule of its own speaks of the macro.
    if (fact.name === 'bpf_trace_vprintk' && around.line(fn, i.at)?.text.includes('bpf_printk(')) {
      yield 'bpf_printk(r1, r2, r3, r4, r5);';
      return;
    }
    const args = fact.params.slice(0, MAX_PARAMETERS).map(({ name }, n) => this.argument(state.registers[n + 1], n, { helper: fact.name, param: name }));
    yield `${this.writtenAs(fact.name, i)}(${args.join(', ')});`;
  }

  /** The macro by which the source calls a helper, where that makes a difference. */
  private writtenAs(helper: string, i: Instruction): string {
    const line = this.around.line(this.fn, i.at)?.text;
    const macro = READS.get(helper);
    return macro !== undefined && !line?.includes(`${helper}(`) ? macro : helper;
  }

  private kfuncParameters({ type }: ObjectKfunc): number {
    const { btf } = this.around.parts.object;
    const own = type === undefined ? undefined : btf?.type(type, 0);
    const prototype = own?.kind === 'function' ? btf?.type(own.type, MAX_PARAMETERS) : undefined;
    return prototype?.kind === 'prototype' ? prototype.parameters.length : 0;
  }

  private argument(value: Register, index: number, owner?: { readonly helper: string; readonly param: string }): string {
    const unknown = `r${index + 1}`;
    switch (value?.kind) {
      case 'constant': {
        const number = constantOf(value);
        if (number === undefined) return unknown;
        return owner ? argumentText(this.around.facts, owner.helper, owner.param, number) : String(number);
      }
      case 'address':
        if (value.part.kind === 'function') return value.offset === 0 ? value.part.name : unknown;
        return value.offset === 0 ? `&${this.around.use(value.part)}` : unknown;
      case 'parameter':
        return value.offset === 0 ? this.parameters[value.index]?.name ?? unknown : unknown;
      case 'answer':
        return value.strong ? unknown : value.text;
      default:
        return unknown;
    }
  }
}
