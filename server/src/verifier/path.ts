/**
 * The way to the failing instruction. The verifier takes up a branch that it had put aside with `from 5 to 9:`; what led to
 * instruction 5 stands further up, at the last time that the log shows it before that line.
 */
import { parseState } from './registers.js';
import type { PathStep, Register, SourceNote, State, Statement } from './verifier.types.js';

/** More steps than a person reads. */
const MAX_STEPS = 400;

export interface Way {
  readonly steps: readonly PathStep[];
  /** True if older steps were left out or are not in the log. */
  readonly cut: boolean;
  /** All that is known before the last step. */
  readonly registers: readonly Register[];
}

interface Raw {
  readonly at: number;
  readonly insn: number;
  readonly code: string;
  readonly line: number;
  readonly state?: State;
}

/**
 * @param end index of the failing instruction's statement
 * @param notes source lines by instruction
 */
export function wayTo(statements: readonly Statement[], end: number, notes: ReadonlyMap<number, SourceNote>): Way {
  const { raws, states, cut } = walkBack(statements, end);
  const known = new Map<string, string>();
  const steps: PathStep[] = [];
  let registers: readonly Register[] = [];
  let frame = 0;
  const learn = (state: State, only?: Map<string, Register>): void => {
    if (state.frame !== frame || state.whole) {
      if (state.frame !== frame) known.clear();
      frame = state.frame;
    }
    for (const register of state.registers) {
      if (known.get(register.name) !== register.value) only?.set(register.name, register);
      known.set(register.name, register.value);
    }
  };
  raws.forEach((raw, i) => {
    for (const state of states.get(raw.at) ?? []) {
      const changed = new Map<string, Register>();
      learn(state, changed);
      // Before 5.18 what an instruction changed stands in the next whole state.
      const before = steps.at(-1);
      if (before !== undefined && before.changed.length === 0 && changed.size < 4) steps[steps.length - 1] = { ...before, changed: [...changed.values()] };
    }
    if (i === raws.length - 1) registers = [...known].map(([name, value]) => ({ name, value }));
    const changed = new Map<string, Register>();
    if (raw.state !== undefined) learn(raw.state, changed);
    const next = raws[i + 1];
    const note = notes.get(raw.insn);
    const taken = next === undefined || !/^if .* goto /.test(raw.code) ? undefined : next.insn !== raw.insn + 1;
    steps.push({ insn: raw.insn, code: raw.code, line: raw.line, ...(note ? { note } : {}), changed: [...changed.values()], ...(taken === undefined ? {} : { taken }) });
  });
  return { steps, cut, registers };
}

/** Walks to the start of the program, or as far as the log and the limit go; every statement is looked at once at most. */
function walkBack(statements: readonly Statement[], end: number): { raws: Raw[]; states: Map<number, State[]>; cut: boolean } {
  const raws: Raw[] = [];
  const states = new Map<number, State[]>();
  let pending: State[] = [];
  let lookFor: number | undefined;
  for (let at = end; at >= 0; at--) {
    const statement = statements[at]!;
    if (lookFor !== undefined) {
      if (statement.kind !== 'instruction' || statement.insn !== lookFor) continue;
      lookFor = undefined;
    }
    if (statement.kind === 'instruction') {
      // An instruction's own state is that of the way that went on at once, not of the branch that was put aside.
      const jumpedFrom = raws.at(-1);
      const other = jumpedFrom !== undefined && pending.length > 0 && /^if .* goto /.test(statement.code) && jumpedFrom.insn !== statement.insn + 1;
      if (jumpedFrom !== undefined && pending.length > 0) states.set(jumpedFrom.at, pending.reverse());
      pending = [];
      const state = other || statement.stateText === undefined ? undefined : parseState(statement.stateText.trimStart(), statement.whole ?? false);
      raws.push({ at, insn: statement.insn, code: statement.code, line: statement.line, ...(state ? { state } : {}) });
      if (raws.length >= MAX_STEPS) return { raws: raws.reverse(), states, cut: true };
    } else if (statement.kind === 'state') addState(pending, statement.stateText);
    else if (statement.kind === 'branch') {
      addState(pending, statement.stateText);
      lookFor = statement.from;
    }
  }
  const first = raws.at(-1);
  if (first !== undefined && pending.length > 0) states.set(first.at, pending.reverse());
  raws.reverse();
  return { raws, states, cut: lookFor !== undefined || (raws[0] !== undefined && raws[0].insn !== 0) };
}

function addState(states: State[], text: string | undefined): void {
  const state = text === undefined ? undefined : parseState(text, true);
  if (state !== undefined) states.push(state);
}

/** The source line of every instruction that the log shows: the last note before it. */
export function notesByInstruction(statements: readonly Statement[]): ReadonlyMap<number, SourceNote> {
  const notes = new Map<number, SourceNote>();
  let current: SourceNote | undefined;
  let fresh: SourceNote | undefined;
  for (const statement of statements) {
    if (statement.kind === 'note') fresh = current = statement.note;
    // A branch goes on elsewhere; the line is written anew only if it differs from the last one that was written.
    else if (statement.kind === 'branch') fresh = undefined;
    else if (statement.kind === 'instruction') {
      const note = fresh ?? notes.get(statement.insn) ?? current;
      if (note !== undefined && !notes.has(statement.insn)) notes.set(statement.insn, note);
      fresh = note ?? fresh;
    }
  }
  return notes;
}
