/** What the preprocessor lines of a file say: defines, includes, and which `#if` arm each piece of code stands in. */
import { span } from '../text/span.js';
import { describeCondition, noConditions, withCondition } from './conditions.js';
import { IDENT, lex } from './lexer.js';
import { ATTRIBUTE, PROGRAM, SECTION, flagsOf } from './words.js';
import type { Directive, Lexed } from './lexer.js';
import type { Condition, DefineView, IncludeView } from './views.js';

/** An arm of an `#if` whose code is left out, since with it the text would not be C any more. */
export interface DroppedArm {
  readonly start: number;
  readonly end: number;
  /** True for `#if 0` and `__cplusplus`: nothing in it counts. */
  readonly dead: boolean;
}

/** The preprocessor's part of a file. */
export interface Preprocessed {
  readonly defines: readonly DefineView[];
  readonly includes: readonly IncludeView[];
  readonly dropped: readonly DroppedArm[];
  /** Where lists of conditions begin to hold, ascending, and those lists. */
  readonly arms: { readonly starts: number[]; readonly lists: readonly (readonly Condition[])[] };
  /** `#if` conditions in force at an offset, outermost first. The same list object for the same arm. */
  conditionsAt(offset: number): readonly Condition[];
}

/** `#if`s nested deeper than this are taken as if they were not there. */
const MAX_NESTING = 100;

interface Arm {
  readonly at: number;
  readonly tokenStart: number;
  tokenEnd: number;
  end: number;
  readonly dead: boolean;
}

interface Group {
  readonly arms: Arm[];
  readonly outer: readonly Condition[];
  /** Conditions that failed for the arms so far. */
  failed: readonly Condition[];
  seenTrue: boolean;
}

/** Reads all preprocessor lines of a lexed text. */
export function preprocess(lexed: Lexed): Preprocessed {
  return new LineReader(lexed).read();
}

/** Goes through the lines of a text with the `#if`s that are open. */
class LineReader {
  private readonly defines: DefineView[] = [];
  private readonly includes: IncludeView[] = [];
  private readonly starts: number[] = [0];
  private readonly lists: (readonly Condition[])[] = [noConditions()];
  private readonly skipped: Uint8Array;
  private readonly dropped: DroppedArm[] = [];
  private readonly open: Group[] = [];
  private tooDeep = 0;

  constructor(private readonly lexed: Lexed) {
    this.skipped = new Uint8Array(lexed.count);
  }

  read(): Preprocessed {
    const { directives } = this.lexed;
    for (let i = 0; i < directives.length; i++) this.take(directives[i] as Directive, directives[i + 1]);
    while (this.open.length > 0) this.finish(this.open.pop() as Group);
    const { defines, includes, dropped, starts, lists } = this;
    dropped.sort((a, b) => a.start - b.start);
    return { defines, includes, dropped, arms: { starts, lists }, conditionsAt: (offset) => listAt(starts, lists, offset) };
  }

  private take(d: Directive, next: Directive | undefined): void {
    switch (d.name) {
      case 'define': {
        const define = readDefine(this.lexed.text, d);
        if (define !== undefined) this.defines.push(define);
        break;
      }
      case 'include':
      case 'include_next':
      case 'import': {
        const include = readInclude(this.lexed.text, d);
        if (include !== undefined) this.includes.push(include);
        break;
      }
      case 'if':
      case 'ifdef':
      case 'ifndef':
        if (this.open.length >= MAX_NESTING) this.tooDeep++;
        else this.begin(d, next);
        break;
      case 'elif':
      case 'elifdef':
      case 'elifndef':
      case 'else':
        if (this.tooDeep === 0) this.nextArm(d);
        break;
      case 'endif':
        if (this.tooDeep > 0) this.tooDeep--;
        else this.end(d);
        break;
    }
  }

  private begin(d: Directive, next: Directive | undefined): void {
    const { text } = this.lexed;
    const group: Group = { arms: [], outer: this.lists[this.lists.length - 1] as readonly Condition[], failed: noConditions(), seenTrue: false };
    const { truth, condition } = readCondition(text, d);
    const guard = d.name === 'ifndef' && isIncludeGuard(text, d, next);
    this.openArm(group, d, truth === false);
    group.seenTrue = truth === true;
    if (guard || condition === undefined) this.enter(d, group.outer);
    else {
      this.enter(d, [...group.outer, condition]);
      group.failed = [negate(condition)];
    }
    this.open.push(group);
  }

  private nextArm(d: Directive): void {
    const group = this.open[this.open.length - 1];
    if (group === undefined) return;
    closeArm(group, d);
    const { truth, condition } = d.name === 'else' ? { truth: undefined, condition: undefined } : readCondition(this.lexed.text, d);
    this.openArm(group, d, truth === false || group.seenTrue);
    if (truth === true) group.seenTrue = true;
    this.enter(d, condition === undefined ? [...group.outer, ...group.failed] : [...group.outer, ...group.failed, condition]);
    if (condition !== undefined) group.failed = withCondition(group.failed, negate(condition));
  }

  private end(d: Directive): void {
    const group = this.open.pop();
    if (group === undefined) return;
    closeArm(group, d);
    this.finish(group);
    this.enter(d, group.outer);
  }

  private enter(d: Directive, conditions: readonly Condition[]): void {
    this.starts.push(d.end);
    this.lists.push(conditions);
  }

  private openArm(group: Group, d: Directive, dead: boolean): void {
    group.arms.push({ at: d.end, tokenStart: d.token, tokenEnd: this.lexed.count, end: this.lexed.text.length, dead });
  }

  private finish(group: Group): void {
    decide(this.lexed, group.arms, this.skipped, this.dropped);
  }
}

function closeArm(group: Group, d: Directive): void {
  const arm = group.arms[group.arms.length - 1];
  if (arm === undefined) return;
  arm.end = d.start;
  arm.tokenEnd = d.token;
}

/** The list that begins to hold at or before `offset`; `starts` ascend. */
function listAt(starts: readonly number[], lists: readonly (readonly Condition[])[], offset: number): readonly Condition[] {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return lists[low] as readonly Condition[];
}

function negate(condition: Condition): Condition {
  return { ...condition, taken: !condition.taken };
}

/** `#ifndef X` directly followed by `#define X`: says nothing about the code in it. */
function isIncludeGuard(text: string, d: Directive, next: Directive | undefined): boolean {
  if (next === undefined || next.name !== 'define') return false;
  const name = text.slice(d.nameEnd, d.end).trim();
  const defined = text.slice(next.nameEnd, next.end).trim();
  return name !== '' && defined === name;
}

/** The condition of an `#if` line; `truth` is set where it is plain: `0`, `1`, `__cplusplus`. */
function readCondition(text: string, d: Directive): { truth: boolean | undefined; condition: Condition | undefined } {
  const raw = stripComments(text.slice(d.nameEnd, d.end)).trim();
  let start = d.nameEnd;
  while (start < d.end && text.charCodeAt(start) <= 32) start++;
  const where = span(start, Math.max(start, d.end));
  const negative = d.name === 'ifndef' || d.name === 'elifndef';
  if (d.name === 'if' || d.name === 'elif') {
    if (raw === '0' || raw === 'defined(__cplusplus)' || raw === 'defined __cplusplus') return { truth: false, condition: undefined };
    if (raw === '1') return { truth: true, condition: undefined };
    return { truth: undefined, condition: describeCondition('preprocessor', raw, where, true) };
  }
  const name = /^[\w$]+/.exec(raw)?.[0] ?? '';
  if (name === '__cplusplus') return { truth: negative, condition: undefined };
  return { truth: undefined, condition: describeCondition('preprocessor', `defined(${name})`, span(start, start + name.length), !negative) };
}

/** Blanks comments and joins continued lines, keeping every offset. */
export function stripComments(raw: string): string {
  if (!raw.includes('/') && !raw.includes('\\')) return raw;
  let out = '';
  let i = 0;
  while (i < raw.length) {
    const c = raw.charCodeAt(i);
    let j = i + 1;
    if (c === 34 || c === 39) {
      while (j < raw.length && raw.charCodeAt(j) !== c) j += raw.charCodeAt(j) === 92 ? 2 : 1;
      j = Math.min(j + 1, raw.length);
      out += raw.slice(i, j);
    } else if (c === 47 && raw.charCodeAt(j) === 42) {
      const close = raw.indexOf('*/', j + 1);
      j = close < 0 ? raw.length : close + 2;
      out += ' '.repeat(j - i);
    } else if (c === 47 && raw.charCodeAt(j) === 47) {
      j = raw.length;
      out += ' '.repeat(j - i);
    } else if (c === 92 && (raw.charCodeAt(j) === 10 || raw.charCodeAt(j) === 13)) {
      j += raw.charCodeAt(j) === 13 && raw.charCodeAt(j + 1) === 10 ? 2 : 1;
      out += ' '.repeat(j - i);
    } else out += raw[i];
    i = j;
  }
  return out;
}

function readDefine(text: string, d: Directive): DefineView | undefined {
  const clean = stripComments(text.slice(d.nameEnd, d.end));
  const match = /^\s*([A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*)/.exec(clean);
  const name = match?.[1];
  if (match === null || name === undefined) return undefined;
  const nameStart = d.nameEnd + match[0].length - name.length;
  let at = match[0].length;
  let params: string[] | undefined;
  if (clean.charCodeAt(at) === 40) {
    const close = clean.indexOf(')', at);
    const inner = clean.slice(at + 1, close < 0 ? clean.length : close);
    params = inner.trim() === '' ? [] : inner.split(',').map((p) => p.trim());
    at = close < 0 ? clean.length : close + 1;
  }
  const rest = clean.slice(at);
  const body = rest.trim();
  const bodyStart = d.nameEnd + at + (body === '' ? 0 : rest.indexOf(body));
  const view = { name, nameSpan: span(nameStart, nameStart + name.length), span: span(d.start, d.end), body, bodySpan: span(bodyStart, bodyStart + body.length) };
  return params === undefined ? view : { ...view, params };
}

function readInclude(text: string, d: Directive): IncludeView | undefined {
  const raw = text.slice(d.nameEnd, d.end);
  const match = /^\s*(?:"([^"]*)"?|<([^>]*)>?)/.exec(raw);
  if (match === null) return undefined;
  const path = match[1] ?? match[2] ?? '';
  const start = d.nameEnd + raw.search(/["<]/) + 1;
  return { path, angled: match[1] === undefined, span: span(start, start + path.length) };
}

/**
 * Decides which arms stay in the text. All stay where each is whole by itself (statements, definitions, attributes);
 * else only the first that has code, so that what is left is C. Marks tokens of dropped arms in `skipped`.
 */
function decide(lexed: Lexed, arms: readonly Arm[], skipped: Uint8Array, dropped: DroppedArm[]): void {
  const drop = (arm: Arm): void => {
    skipped.fill(1, arm.tokenStart, arm.tokenEnd);
    dropped.push({ start: arm.at, end: arm.end, dead: arm.dead });
  };
  const open: Arm[] = [];
  for (const arm of arms) {
    if (arm.dead) drop(arm);
    else if (hasCode(arm, skipped)) open.push(arm);
  }
  if (open.length < 2) return;
  const before = lexed.kind[(open[0] as Arm).tokenStart - 1];
  if (open.every((arm) => isWhole(lexed, arm, skipped, before))) return;
  for (const arm of open.slice(1)) drop(arm);
}

function hasCode(arm: Arm, skipped: Uint8Array): boolean {
  for (let i = arm.tokenStart; i < arm.tokenEnd; i++) if (skipped[i] === 0) return true;
  return false;
}

function isWhole(lexed: Lexed, arm: Arm, skipped: Uint8Array, before: number | undefined): boolean {
  let depth = 0;
  let last = 0;
  let first = -1;
  let attributesOnly = true;
  for (let i = arm.tokenStart; i < arm.tokenEnd; i++) {
    if (skipped[i] === 1) continue;
    const k = lexed.kind[i] as number;
    if (first < 0) first = i;
    if (depth === 0 && k === IDENT && (flagsOf(lexed.word[i] as number) & (SECTION | ATTRIBUTE)) === 0) attributesOnly = false;
    if (k === 40 || k === 91 || k === 123) depth++;
    else if (k === 41 || k === 93 || k === 125) {
      if (--depth < 0) return false;
    } else if (depth === 0 && k !== IDENT) attributesOnly = false;
    last = k;
  }
  if (depth !== 0) return false;
  if (attributesOnly) return true;
  if (last === 44) return true;
  if (last !== 59 && last !== 125) return false;
  const head = lexed.kind[first];
  if (head === 123 && before === 41) return false; // two bodies for one head
  return before === undefined || before === 59 || before === 123 || before === 125 || before === 58 || before === 41 || before === 44;
}

/** What a `#define` of the file makes of its name, as far as declarations are concerned. */
export type DefineClass = 'attribute' | 'section' | 'definition' | 'loop' | 'program' | 'other';

/** Classifies a define by its body: nothing or attributes only, a section, whole declarations, a loop head. */
export function classifyDefine(define: DefineView): DefineClass {
  const body = define.body;
  if (body === '') return define.params === undefined ? 'attribute' : 'other';
  if (body.length > 20_000) return 'other';
  const tokens = lex(body, 0, undefined, true);
  const hasSection = /\b(?:SEC|section)\s*\(/.test(body);
  const brace = body.includes('{');
  if (hasSection && brace) return 'definition';
  if (/^(?:for|while|if)\b/.test(body) && !brace && !body.endsWith(';')) return 'loop';
  let attributes = true;
  for (let i = 0, depth = 0; i < tokens.count; i++) {
    const k = tokens.kind[i] as number;
    if (k === 40) {
      if (depth++ === 0 && tokens.kind[i - 1] !== IDENT) attributes = false; // `(1 << 3)`
    }
    else if (k === 41) depth--;
    else if (depth === 0) {
      const word = k === IDENT ? body.slice(tokens.start[i], tokens.end[i]) : '';
      const flags = flagsOf(tokens.word[i] as number);
      if (k !== IDENT || !((flags & (ATTRIBUTE | SECTION)) !== 0 || /^(?:static|inline|__inline|__inline__|_Pragma|extern|const|volatile|unused)$/.test(word))) attributes = false;
    }
  }
  if (attributes) return hasSection ? 'section' : 'attribute';
  if (hasSection) return 'definition';
  if (flagsOf(tokens.word[0] ?? 0) & PROGRAM) return 'program';
  return brace && define.params !== undefined ? 'definition' : 'other';
}
