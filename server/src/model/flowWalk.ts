/**
 * Reads the statements of a function whose macros are put in, and tells which conditions out of macros its tokens stand under. Conditions that
 * are written in the function itself are the syntax's business.
 */
import { describeCondition } from '../syntax/conditions.js';
import type { Condition } from '../syntax/views.js';
import type { FlowToken } from './controlMacros.js';
import { joined } from './tokenText.js';

type Conditions = readonly Condition[];

const NONE: Conditions = [];
/** Statements and brackets in one another beyond this are given up. */
const MAX_DEPTH = 300;
/** More conditions around one place do not count. */
const MAX_CONDITIONS = 64;
/** Tokens of a condition that are told. */
const MAX_CONDITION = 300;
const JUMPS: ReadonlySet<string> = new Set(['return', 'goto', 'break', 'continue']);
const OPENING: ReadonlySet<string> = new Set(['(', '[', '{']);
const ASSIGNING = /^(?:=|return)$/;

/** What a statement does to those behind it. */
interface Effect {
  /** It surely leaves, and whether a macro says so. */
  readonly leaves: boolean;
  readonly byMacro: boolean;
  /** It may leave the loop around it. */
  readonly breaks: boolean;
  /** What holds behind it. */
  readonly exits: Conditions;
}

const PLAIN: Effect = { leaves: false, byMacro: false, breaks: false, exits: NONE };

/** What was found out about a function. */
export interface Flow {
  /** By the offset of a token: what it stands under. Tokens under nothing are not in it. */
  readonly at: ReadonlyMap<number, Conditions>;
  /** The same of words in the bodies of macros, by the offset of the use and the word. */
  readonly inMacros: ReadonlyMap<string, Conditions>;
  /** Conditions out of macros that have other definitions as well. */
  readonly unsure: ReadonlySet<Condition>;
}

/** Thrown where brackets do not match or lie too deep: then nothing is said. */
class GivenUp extends Error {}

/** Adds what is not in a list yet. */
function together(list: Conditions, more: Conditions): Conditions {
  return more.length === 0 ? list : list.length + more.length > MAX_CONDITIONS ? list : [...list, ...more];
}

class FlowWalk {
  readonly at = new Map<number, Conditions>();
  readonly inMacros = new Map<string, Conditions>();
  readonly unsure = new Set<Condition>();
  private readonly match: Int32Array;
  private readonly gotos = new Map<string, Conditions>();
  /** Variables that macros declare, with the tokens of what they begin as: `({ long r_ = (x); if (r_ < 0) return r_; r_; })`. */
  private readonly values = new Map<string, readonly FlowToken[]>();
  private i = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly FlowToken[], private readonly calleesOf: (macro: string) => readonly string[]) {
    this.match = matchBrackets(tokens);
  }

  run(): void {
    while (this.i < this.tokens.length) this.sequence(NONE, false, this.tokens.length);
  }

  private word(i = this.i): string {
    const t = this.tokens[i];
    return t === undefined || t.kind === 'string' || t.kind === 'number' ? '' : t.value;
  }

  /** Takes down what token `i` stands under; what stands in several places of macros is under what is around all of them. */
  private visit(i: number, list: Conditions): void {
    const { at, use, kind, value } = this.tokens[i]!;
    if (at !== undefined) this.note(this.at, at, list);
    else if (use !== undefined && kind === 'word') {
      if (!this.at.has(use)) this.at.set(use, list);
      this.note(this.inMacros, keyOf(use, value), list);
      for (const callee of this.calleesOf(value)) this.note(this.inMacros, keyOf(use, callee), list);
    }
  }

  private note<K>(known: Map<K, Conditions>, key: K, list: Conditions): void {
    const before = known.get(key);
    if (before === undefined || before === list) known.set(key, list);
    else known.set(key, before.filter((b) => list.some((c) => c.text === b.text && c.taken === b.taken)));
  }

  /** Index of the bracket that closes the one at `i`. */
  private close(i: number): number {
    const close = this.match[i]!;
    if (close < 0) throw new GivenUp();
    return close;
  }

  private deeper<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) throw new GivenUp();
    const value = read();
    this.depth--;
    return value;
  }

  /** A condition of tokens `from` to before `to`, if a macro makes it one. */
  private condition(kind: Condition['kind'], from: number, to: number, taken: boolean, cause: FlowToken | undefined): Conditions {
    if (cause?.use === undefined || to <= from) return NONE;
    const condition = describeCondition(kind, joined(this.meant(from, Math.min(to, from + MAX_CONDITION))), { start: 0, end: 0 }, taken);
    if (cause.unsure) this.unsure.add(condition);
    return [condition];
  }

  /** Tokens of a condition, with what macros' own variables are in their place. */
  private meant(from: number, to: number): readonly FlowToken[] {
    const tokens = this.tokens.slice(from, to);
    return this.values.size === 0 ? tokens : tokens.flatMap((t) => (t.kind === 'word' && t.use !== undefined ? this.values.get(t.value) ?? t : t)).slice(0, MAX_CONDITION);
  }

  /** `typeof(x) name = …` out of a macro. */
  private noteValue(from: number, to: number): void {
    if (this.tokens[from]?.use === undefined) return;
    let at = from;
    while (at < to && this.word(at) !== '=') at++;
    const [name, before] = [this.tokens[at - 1], this.tokens[at - 2]];
    if (at === to || at < from + 2 || name?.kind !== 'word' || (before?.kind !== 'word' && before?.value !== ')')) return;
    this.values.set(name.value, this.meant(at + 1, Math.min(to, at + 1 + MAX_CONDITION)));
  }

  /** Statements up to the end of a block. */
  private sequence(around: Conditions, isSwitch: boolean, end: number): Effect {
    let here = around;
    let last = PLAIN;
    let breaks = false;
    while (this.i < end) {
      if (this.word() === '}') {
        this.i++; // one too many
        continue;
      }
      const label = this.label(end);
      if (label !== undefined) {
        const jump = this.gotos.get(label);
        if (label === '') here = isSwitch ? around : here;
        else if (jump) here = here.filter((c) => jump.includes(c));
        last = PLAIN;
        continue;
      }
      last = this.deeper(() => this.statement(here, end));
      here = together(here, last.exits);
      breaks ||= last.breaks;
    }
    return { leaves: last.leaves, byMacro: last.byMacro, breaks, exits: here.slice(around.length) };
  }

  /** Steps over `name:`, and tells the name, or over `case 1:` and `default:`, which have none. */
  private label(end: number): string | undefined {
    const word = this.word();
    if (word !== 'case' && word !== 'default') {
      if (this.tokens[this.i]!.kind !== 'word' || this.word(this.i + 1) !== ':') return undefined;
      this.i += 2;
      return word;
    }
    while (this.i < end && this.word() !== ':' && this.word() !== ';' && this.word() !== '}') this.i++;
    this.i++;
    return '';
  }

  private statement(list: Conditions, end: number): Effect {
    if (this.i >= end) return PLAIN;
    const word = this.word();
    if (word === '{') return this.block(list, false);
    if (word === ';') {
      this.i++;
      return PLAIN;
    }
    if (word === 'if') return this.branch(list, end);
    if (word === 'while' || word === 'for' || word === 'switch') return this.headed(list, word, end);
    if (word === 'do') return this.doLoop(list, end);
    if (word === 'else') { // of an `if` that is not in sight
      this.i++;
      this.deeper(() => this.statement(list, end));
      return PLAIN;
    }
    return JUMPS.has(word) ? this.jump(list, word, end) : this.simple(list, end);
  }

  private block(list: Conditions, isSwitch: boolean): Effect {
    const close = this.close(this.i);
    this.i++;
    const effect = this.deeper(() => this.sequence(list, isSwitch, close));
    this.i = close + 1;
    return effect;
  }

  /** The parentheses behind a keyword: what is between them. */
  private group(list: Conditions): { readonly from: number; readonly to: number; readonly exits: Conditions } {
    const open = this.i + 1;
    if (this.word(open) !== '(') throw new GivenUp();
    const to = this.close(open);
    this.visit(this.i, list);
    const exits = this.expression(open + 1, to, list);
    this.i = to + 1;
    return { from: open + 1, to, exits };
  }

  private branch(list: Conditions, end: number): Effect {
    const cause = this.tokens[this.i]!;
    const { from, to, exits } = this.group(list);
    const inside = together(list, exits);
    const then = this.deeper(() => this.statement(together(inside, this.condition('if', from, to, true, cause)), end));
    let other = PLAIN;
    if (this.word() === 'else' && this.i < end) {
      this.i++;
      other = this.deeper(() => this.statement(together(inside, this.condition('if', from, to, false, cause)), end));
    }
    const breaks = then.breaks || other.breaks;
    if (then.leaves === other.leaves) return { leaves: then.leaves, byMacro: then.byMacro || other.byMacro, breaks, exits };
    const leaving = then.leaves ? then : other;
    const said = cause.use !== undefined ? cause : leaving.byMacro ? this.jumper : undefined;
    return { leaves: false, byMacro: false, breaks, exits: together(exits, this.condition('early-exit', from, to, !then.leaves, said)) };
  }

  /** The last jump that a macro made. */
  private jumper: FlowToken | undefined;

  private headed(list: Conditions, word: string, end: number): Effect {
    const cause = this.tokens[this.i]!;
    const { from, to, exits } = this.group(list);
    const inside = word === 'for' ? list : together(together(list, exits), this.condition(word === 'while' ? 'loop' : 'switch', from, to, true, cause));
    if (word === 'switch' && this.word() === '{') this.block(inside, true);
    else this.deeper(() => this.statement(inside, end));
    return word === 'for' ? PLAIN : { ...PLAIN, exits };
  }

  /** Its body runs at least once. */
  private doLoop(list: Conditions, end: number): Effect {
    this.i++;
    const body = this.deeper(() => this.statement(list, end));
    if (this.word() === 'while' && this.i < end) {
      this.group(list);
      if (this.word() === ';') this.i++;
    }
    return body.breaks ? PLAIN : body;
  }

  private jump(list: Conditions, word: string, end: number): Effect {
    const cause = this.tokens[this.i]!;
    const byMacro = cause.use !== undefined;
    if (byMacro) this.jumper = cause;
    if (word === 'goto') {
      const label = this.word(this.i + 1);
      const before = this.gotos.get(label);
      this.gotos.set(label, before ? before.filter((c) => list.includes(c)) : list);
    }
    this.simple(list, end);
    return { leaves: true, byMacro, breaks: word === 'break' || word === 'continue', exits: NONE };
  }

  /** An expression or declaration, or a macro of elsewhere with a block behind it. */
  private simple(list: Conditions, end: number): Effect {
    const from = this.i;
    let i = from;
    while (i < end && this.word(i) !== ';' && this.word(i) !== '}') {
      const isBlock = this.word(i) === '{' && (i === from + 1 || (this.word(from + 1) === '(' && this.close(from + 1) === i - 1));
      if (isBlock) {
        const exits = this.expression(from, i, list);
        this.i = i;
        this.block(together(list, exits), false);
        return PLAIN;
      }
      i = OPENING.has(this.word(i)) ? this.close(i) + 1 : i + 1;
    }
    const exits = this.expression(from, Math.min(i, end), list);
    this.noteValue(from, Math.min(i, end));
    this.i = this.word(i) === ';' ? i + 1 : i;
    return exits.length === 0 ? PLAIN : { ...PLAIN, exits };
  }

  /** @returns what holds behind it, which statements in parentheses may say. */
  private expression(from: number, to: number, list: Conditions): Conditions {
    return this.deeper(() => {
      let exits = NONE;
      let start = from;
      for (let i = from; i <= to; i++) {
        if (i < to && OPENING.has(this.word(i))) {
          i = this.close(i);
          continue;
        }
        if (i < to && this.word(i) !== ',' && this.word(i) !== ';') continue;
        exits = together(exits, this.part(start, i, together(list, exits)));
        start = i + 1;
      }
      return exits;
    });
  }

  /** An expression without commas: what stands on the right of an operator that decides is under what is on its left. */
  private part(from: number, to: number, list: Conditions): Conditions {
    let start = from;
    let question = -1;
    let or = -1;
    let and = -1;
    for (let i = from; i < to; i++) {
      const word = this.word(i);
      if (OPENING.has(word)) i = this.close(i);
      else if (ASSIGNING.test(word)) start = i + 1;
      else if (word === '?') {
        question = i;
        break;
      } else if (word === '||') or = i;
      else if (word === '&&') and = i;
    }
    if (question >= 0) return this.choice(from, start, question, to, list);
    const operator = or >= 0 ? or : and;
    if (operator < 0) return this.operand(from, to, list);
    const exits = this.deeper(() => this.part(from, operator, list));
    const known = together(list, exits);
    this.deeper(() => this.part(operator + 1, to, together(known, this.condition('logical', start, operator, operator !== or, this.tokens[operator]))));
    return exits;
  }

  private choice(from: number, start: number, question: number, to: number, list: Conditions): Conditions {
    let colon = question + 1;
    for (let open = 1; colon < to; colon++) {
      const word = this.word(colon);
      if (OPENING.has(word)) colon = this.close(colon);
      else if (word === '?') open++;
      else if (word === ':' && --open === 0) break;
    }
    const exits = this.deeper(() => this.part(from, question, list));
    const known = together(list, exits);
    const under = (taken: boolean): Conditions => together(known, this.condition('ternary', start, question, taken, this.tokens[question]));
    this.deeper(() => this.part(question + 1, colon, under(true)));
    if (colon < to) this.deeper(() => this.part(colon + 1, to, under(false)));
    return exits;
  }

  /** Tokens without an operator that decides, with what is between brackets in them. */
  private operand(from: number, to: number, list: Conditions): Conditions {
    let exits = NONE;
    for (let i = from; i < to; i++) {
      const here = together(list, exits);
      this.visit(i, here);
      if (!OPENING.has(this.word(i))) continue;
      const close = this.close(i);
      if (this.word(i) === '(' && this.word(i + 1) === '{' && this.close(i + 1) === close - 1) {
        this.i = i + 1;
        exits = together(exits, this.block(here, false).exits);
      } else exits = together(exits, this.expression(i + 1, close, here));
      i = close;
    }
    return exits;
  }
}

/** The key of a word that a macro brings in. */
export function keyOf(use: number, word: string): string {
  return `${use} ${word}`;
}

/** For each opening bracket the index of its closing one, -1 where there is none. */
function matchBrackets(tokens: readonly FlowToken[]): Int32Array {
  const match = new Int32Array(tokens.length).fill(-1);
  const open: number[] = [];
  for (const [i, { kind, value }] of tokens.entries()) {
    if (kind !== 'punct') continue;
    if (OPENING.has(value)) open.push(i);
    else if (value === ')' || value === ']' || value === '}') {
      const from = open.pop();
      if (from !== undefined && tokens[from]!.value === (value === ')' ? '(' : value === ']' ? '[' : '{')) match[from] = i;
    }
  }
  return match;
}

function withSome<K>(known: ReadonlyMap<K, Conditions>): ReadonlyMap<K, Conditions> {
  return new Map([...known].filter(([, list]) => list.length > 0));
}

/**
 * Reads the tokens of a body, its braces included; undefined where they are not to be read.
 * @param calleesOf what a macro calls that is not put in
 */
export function readFlow(tokens: readonly FlowToken[], calleesOf: (macro: string) => readonly string[]): Flow | undefined {
  const walk = new FlowWalk(tokens, calleesOf);
  try {
    walk.run();
    return { at: withSome(walk.at), inMacros: withSome(walk.inMacros), unsure: walk.unsure };
  } catch (error) {
    if (error instanceof GivenUp) return undefined;
    throw error;
  }
}
