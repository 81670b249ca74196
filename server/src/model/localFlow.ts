/**
 * What a local variable may hold at a place of its function, as far as the function's own text says: the expressions that are put into
 * it, and along which ways one of them gets to a `return`. Whatever is not plain C here makes the answer unknown.
 */
import type { FunctionView } from '../syntax/views.js';
import { closing, placedTokens, type PlacedToken } from './tokens.js';

/** An expression that is put into a variable. */
export interface Stored {
  readonly text: string;
  /** Of the expression, behind the start of the function. */
  readonly at: number;
}

/** A way from where a value is stored to a `return` of the variable. */
export interface Way {
  readonly stored: Stored;
  /** Of the value that is returned, behind the start of the function. */
  readonly returnAt: number;
  /** Every condition of the function that stands before, as tokens: among them are those around, and those of exits. */
  readonly under: readonly (readonly PlacedToken[])[];
  /** The one condition that decides on the way, if there is one. */
  readonly past?: readonly PlacedToken[];
}

/** Longer bodies are not looked into. */
const MAX_BODY = 100_000;

const bodies = new WeakMap<FunctionView, Body | null>();

/** The function's body, read once for as long as it is the same object; undefined where it cannot be followed. */
export function bodyOf(fn: FunctionView, text: string): Body | undefined {
  let body = bodies.get(fn);
  if (body === undefined) bodies.set(fn, (body = read(fn, text)));
  return body ?? undefined;
}

function read({ bodySpan, span, fromMacro }: FunctionView, text: string): Body | null {
  if (!bodySpan || fromMacro !== undefined || bodySpan.end - bodySpan.start > MAX_BODY) return null;
  const source = text.slice(bodySpan.start, bodySpan.end);
  // Of two arms only one is built.
  if (source.includes('#') && /^[ \t]*#[ \t]*(?:if|el|end|define|include)/m.test(source)) return null;
  return new Body(placedTokens(source), bodySpan.start - span.start, source);
}

type Step =
  | { readonly kind: 'plain'; readonly from: number; readonly to: number; next: number }
  | { readonly kind: 'if'; readonly condition: readonly PlacedToken[]; yes: number; no: number }
  /** A loop or `switch`: `next` is behind it. */
  | { readonly kind: 'maze'; readonly from: number; to: number; next: number }
  | { readonly kind: 'goto'; readonly label: string }
  | { readonly kind: 'return'; readonly from: number; readonly to: number }
  | { readonly kind: 'end' };

const END = 0;
const KEYWORDS_OF_LOOPS: ReadonlySet<string> = new Set(['for', 'while', 'switch', 'do']);
const JUMPS: ReadonlySet<string> = new Set(['return', 'goto', 'break', 'continue']);
/** What is no macro that could change an argument: words of C, and helpers, which take values. */
const READS = /^(?:if|while|for|switch|return|sizeof|bpf_(?!for|repeat|core)\w+)$/;
const STORES = /^(?:[-+*/%&|^]?=|<<=|>>=)$/;

/** The statements of one function. */
export class Body {
  private readonly steps: Step[] = [{ kind: 'end' }];
  private readonly labels = new Map<string, number>();
  private readonly conditions: (readonly PlacedToken[])[] = [];
  /** How many conditions stand before a step. */
  private readonly before: number[] = [0];
  private at = 1;
  private readonly start: number | undefined;
  private readonly stores = new Map<string, readonly Store[] | null>();

  constructor(private readonly tokens: readonly PlacedToken[], private readonly offset: number, private readonly source: string) {
    try {
      this.start = this.statements(END, undefined);
    } catch (error) {
      if (!(error instanceof Unread)) throw error;
    }
  }

  /** Every expression that is put into the variable; undefined where something else may be, or where it is declared twice. */
  storedIn(name: string): readonly Stored[] | undefined {
    const stores = this.storesOf(name);
    return stores?.every((store) => store.stored !== undefined) ? stores.map((store) => store.stored!) : undefined;
  }

  /** Ways on which a stored value surely gets to a `return name;`, each with one condition to pass at most. */
  waysOut(name: string): readonly Way[] {
    const stores = this.start === undefined ? undefined : this.storesOf(name);
    return (stores ?? []).flatMap(({ stored, step }) => {
      const from = this.steps[step];
      if (!stored || from?.kind !== 'plain') return [];
      const under = this.conditions.slice(0, this.before[step]);
      const kept = new Set(stores!.map((store) => store.step));
      return this.outOf(from.next, name, kept, 1, undefined).map(({ returnAt, past }) => ({ stored, under, returnAt, ...(past ? { past } : {}) }));
    });
  }

  private outOf(step: number, name: string, stores: ReadonlySet<number>, choices: number, past: readonly PlacedToken[] | undefined): { returnAt: number; past?: readonly PlacedToken[] }[] {
    const seen = new Set<number>();
    for (let at = step; !seen.has(at); ) {
      seen.add(at);
      const here = this.steps[at]!;
      if (here.kind === 'plain') {
        if (stores.has(at)) return [];
        at = here.next;
      } else if (here.kind === 'goto') {
        const target = this.labels.get(here.label);
        if (target === undefined) return [];
        at = target;
      } else if (here.kind === 'maze') {
        if (this.tokens.slice(here.from, here.to).some((t) => t.value === name || t.value === 'return' || t.value === 'goto')) return [];
        at = here.next;
      } else if (here.kind === 'return') {
        const value = unwrapped(this.tokens.slice(here.from, here.to));
        return value.length === 1 && value[0]!.value === name ? [{ returnAt: this.offset + this.tokens[here.from]!.at, ...(past ? { past } : {}) }] : [];
      } else if (here.kind === 'if') {
        if (choices === 0 || here.condition.some((t) => t.value === name)) return [];
        return [here.yes, here.no].flatMap((way) => this.outOf(way, name, stores, choices - 1, here.condition));
      } else return [];
    }
    return [];
  }

  /** Where the variable changes, or may change: by an expression, or by something else. Undefined where names or steps are not clear. */
  private storesOf(name: string): readonly Store[] | undefined {
    let known = this.stores.get(name);
    if (known === undefined) this.stores.set(name, (known = this.start === undefined ? null : this.findStores(name)));
    return known ?? undefined;
  }

  private findStores(name: string): readonly Store[] | null {
    const stores: Store[] = [];
    let declared = 0;
    for (let i = 1; i < this.tokens.length; i++) {
      if (this.tokens[i]!.value !== name || this.tokens[i]!.kind !== 'word') continue;
      const [before, after] = [this.tokens[i - 1]!, this.tokens[i + 1]];
      if (before.value === '.' || before.value === '->') continue;
      const step = this.steps.findIndex((s) => s.kind === 'plain' && s.from <= i && i < s.to);
      const plain = this.steps[step];
      const declares = plain?.kind === 'plain' && this.declares(plain.from, i);
      if (declares) declared++;
      // Pointers and arrays hold other things, `static` what an earlier run left; what a bracketed name is handed to may be a macro that changes it.
      if (declares && (before.value === '*' || after?.value === '[' || this.tokens.slice(plain.from, i).some((t) => t.value === 'static' || t.value === 'volatile'))) return null;
      if (after?.value === '=' && this.tokens[i + 2]?.value !== '=' && plain?.kind === 'plain' && (declares || i === plain.from)) {
        const end = this.expressionEnd(i + 2, plain.to);
        const text = this.source.slice(this.tokens[i + 2]?.at ?? 0, this.tokens[end]?.at ?? this.source.length).trim();
        const mentioned = this.tokens.slice(i + 2, end).some((t) => t.value === name || t.value === '=');
        stores.push({ step, ...(mentioned || text === '' ? {} : { stored: { text, at: this.offset + this.tokens[i + 2]!.at } }) });
      } else if (before.value === '&' && !this.isValueEnd(i - 2)) return null;
      else if (this.isChanged(i) || this.isHandedOver(i)) stores.push({ step });
    }
    return declared === 1 ? stores : null;
  }

  /** `int a = 1, NAME`: the first word of the statement is a type, and only a declarator stands before. */
  private declares(from: number, i: number): boolean {
    if (i === from || this.tokens[from]!.kind !== 'word' || STORES.test(this.tokens[from + 1]?.value ?? '')) return false;
    const before = this.tokens[i - 1]!;
    if (before.value === ',') return this.depthAt(from, i) === 0 && this.tokens[from + 1]?.kind === 'word';
    return before.kind === 'word' || (before.value === '*' && this.tokens[i - 2]?.kind === 'word' && this.depthAt(from, i) === 0);
  }

  /** True behind what an operator with two sides may follow. */
  private isValueEnd(i: number): boolean {
    const token = this.tokens[i];
    return token !== undefined && (token.kind === 'number' || token.value === ')' || token.value === ']' || (token.kind === 'word' && token.value !== 'return'));
  }

  private depthAt(from: number, i: number): number {
    let depth = 0;
    for (let k = from; k < i; k++) depth += /^[([{]$/.test(this.tokens[k]!.value) ? 1 : /^[)\]}]$/.test(this.tokens[k]!.value) ? -1 : 0;
    return depth;
  }

  private isChanged(i: number): boolean {
    const [before, after, next] = [this.tokens[i - 1], this.tokens[i + 1], this.tokens[i + 2]];
    const twice = (a: PlacedToken | undefined, b: PlacedToken | undefined): boolean => a !== undefined && b !== undefined && a.value === b.value && (a.value === '+' || a.value === '-');
    // Operators that store come as two tokens: `+` and `=`.
    return after?.value === '=' || (next?.value === '=' && /^[-+*/%&|^]$/.test(after?.value ?? '')) || after?.value === '<<' || after?.value === '>>' || twice(after, next) || twice(this.tokens[i - 2], before);
  }

  /** An argument of a call, which may be a macro's; of assembly too. */
  private isHandedOver(i: number): boolean {
    let depth = 0;
    for (let k = i - 1; k >= 0; k--) {
      const { value } = this.tokens[k]!;
      if (value === ';' || value === '{' || value === '}') return false;
      if (value === ')') depth++;
      else if (value === '(' && depth-- === 0) {
        const callee = this.tokens[k - 1];
        if (callee?.kind === 'word' && !READS.test(callee.value)) return true;
        depth = 0;
      }
    }
    return false;
  }

  private expressionEnd(from: number, to: number): number {
    for (let i = from, depth = 0; i < to; i++) {
      const { value } = this.tokens[i]!;
      if (/^[([{]$/.test(value)) depth++;
      else if (/^[)\]}]$/.test(value)) depth--;
      else if (depth === 0 && (value === ',' || value === ';')) return i;
    }
    return to;
  }

  /** Statements up to the closing bracket, which is passed. @returns the first step; `next` follows the last. */
  private statements(next: number, leave: Leave): number {
    const placed: { readonly first: number; readonly link: (to: number) => void }[] = [];
    while (this.tokens[this.at]?.value !== '}') placed.push(this.statement(leave));
    this.at++;
    for (const [i, { link }] of placed.entries()) link(placed[i + 1]?.first ?? next);
    return placed[0]?.first ?? next;
  }

  private add(step: Step): number {
    this.before.push(this.conditions.length);
    return this.steps.push(step) - 1;
  }

  /** One statement; `link` says what follows it. */
  private statement(leave: Leave): Piece {
    const token = this.tokens[this.at];
    if (!token) throw new Unread();
    if (token.value === '{') return this.block(leave);
    if (token.value === 'if') return this.choice(leave);
    if (KEYWORDS_OF_LOOPS.has(token.value)) return this.maze();
    if (token.value === 'case' || token.value === 'default') return this.label();
    if (token.kind === 'word' && this.tokens[this.at + 1]?.value === ':') {
      const piece = this.label();
      this.labels.set(token.value, piece.first);
      return piece;
    }
    return JUMPS.has(token.value) ? this.jump(token.value, leave) : this.plain();
  }

  private block(leave: Leave): Piece {
    this.at++;
    const joint = this.add({ kind: 'plain', from: this.at, to: this.at, next: END });
    const first = this.statements(joint, leave);
    return { first, link: (to) => this.connect(joint, to) };
  }

  private choice(leave: Leave): Piece {
    const condition = this.brackets(this.at + 1);
    this.conditions.push(condition);
    const step: Step & { kind: 'if' } = { kind: 'if', condition, yes: END, no: END };
    const first = this.add(step);
    const yes = this.statement(leave);
    step.yes = yes.first;
    let no: Piece | undefined;
    if (this.tokens[this.at]?.value === 'else') {
      this.at++;
      no = this.statement(leave);
      step.no = no.first;
    }
    return {
      first,
      link: (to) => {
        yes.link(to);
        if (no) no.link(to);
        else step.no = to;
      },
    };
  }

  private maze(): Piece {
    const from = this.at;
    const word = this.tokens[from]!.value;
    const step: Step & { kind: 'maze' } = { kind: 'maze', from, to: from, next: END };
    const first = this.add(step);
    const out = this.add({ kind: 'plain', from, to: from, next: END });
    if (word === 'do') this.at++;
    else this.conditions.push(this.brackets(from + 1));
    const body = this.statement(out);
    // What runs to the end of a loop goes round; out of a `switch` it goes on.
    body.link(word === 'switch' ? out : END);
    if (word === 'do') {
      if (this.tokens[this.at]?.value !== 'while') throw new Unread();
      this.brackets(this.at + 1);
      this.at++;
    }
    step.to = this.at;
    return { first, link: (to) => { step.next = to; this.connect(out, to); } };
  }

  private label(): Piece {
    while (this.tokens[this.at] && this.tokens[this.at]!.value !== ':') this.at++;
    this.at++;
    const first = this.add({ kind: 'plain', from: this.at, to: this.at, next: END });
    return { first, link: (to) => this.connect(first, to) };
  }

  private jump(word: string, leave: Leave): Piece {
    const from = this.at + 1;
    this.at = this.semicolon(from);
    const to = this.at - 1;
    if (word === 'return') return this.fixed({ kind: 'return', from, to });
    if (word === 'goto') return this.fixed({ kind: 'goto', label: this.tokens[from]!.value });
    return this.fixed(word === 'break' && leave !== undefined ? { kind: 'plain', from: to, to, next: leave } : { kind: 'end' });
  }

  private plain(): Piece {
    const from = this.at;
    this.at = this.semicolon(from);
    const first = this.add({ kind: 'plain', from, to: this.at, next: END });
    return { first, link: (to) => this.connect(first, to) };
  }

  private fixed(step: Step): Piece {
    return { first: this.add(step), link: () => undefined };
  }

  private connect(step: number, next: number): void {
    const here = this.steps[step]!;
    if (here.kind === 'plain') here.next = next;
  }

  /** What stands in the brackets at `open`; the place moves behind them. */
  private brackets(open: number): readonly PlacedToken[] {
    const end = this.tokens[open]?.value === '(' ? closing(this.tokens, open) : this.tokens.length;
    if (end >= this.tokens.length) throw new Unread();
    this.at = end + 1;
    return this.tokens.slice(open + 1, end);
  }

  /** Behind the semicolon that ends the statement; a macro with a block of its own is nothing that is known here. */
  private semicolon(from: number): number {
    for (let i = from, depth = 0; i < this.tokens.length; i++) {
      const { value } = this.tokens[i]!;
      if (depth === 0 && value === ';') return i + 1;
      if (/^[([{]$/.test(value)) {
        if (value === '{' && depth === 0 && this.tokens[i - 1]?.value === ')') throw new Unread();
        depth++;
      } else if (/^[)\]}]$/.test(value) && --depth < 0) throw new Unread();
    }
    throw new Unread();
  }
}

interface Store {
  readonly step: number;
  readonly stored?: Stored;
}

/** The step behind the loop or `switch` around. */
type Leave = number | undefined;

interface Piece {
  readonly first: number;
  readonly link: (to: number) => void;
}

/** Thrown where the text is no C that is known here. */
class Unread extends Error {}

/** Brackets around the whole are nothing. */
function unwrapped(tokens: readonly PlacedToken[]): readonly PlacedToken[] {
  let inner = tokens;
  while (inner[0]?.value === '(' && closing(inner, 0) === inner.length - 1) inner = inner.slice(1, -1);
  return inner;
}
