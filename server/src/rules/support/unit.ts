/** What several rules ask of a unit's texts: names, constants of C that are known, and whether all its headers are in sight. */
import type { Model } from '../../model/model.types.js';
import { arithmetic } from '../../model/arithmetic.js';
import { enumeratorValue } from '../../model/enumerators.js';
import { isKnownHeader, isSystemHeader } from '../../model/knownHeaders.js';
import { integerValue, tokenize, type Token } from '../../model/tokens.js';
import { defineTokens, indexUnit, type UnitIndex } from '../../model/unitIndex.js';
import type { RuleContext } from '../rule.js';
import { remember } from './memo.js';

const indexes = new WeakMap<Model, UnitIndex>();

/** The unit's names, indexed once for all the rules that ask. */
export function indexOf(model: Model): UnitIndex {
  let index = model.names ?? indexes.get(model);
  if (!index) indexes.set(model, (index = indexUnit(model.main, model.files)));
  return index;
}

/** Headers that a unit includes and that were not read, the system's left out. */
export function unseenHeaders(model: Model): readonly string[] {
  const paths = [...model.files.keys()].map((path) => `/${path}`);
  const unseen: string[] = [];
  for (const file of model.files.values()) {
    for (const { path } of file.includes) {
      if (isKnownHeader(path) || isSystemHeader(path)) continue;
      const ending = `/${path.replace(/^(?:\.{1,2}\/)+/, '')}`;
      if (!paths.some((p) => p.endsWith(ending))) unseen.push(path);
    }
  }
  return unseen;
}

/** Sizes of C's types for the BPF target, and of the kernel's names for them. */
const SIZES: ReadonlyMap<string, number> = new Map([
  ...sized(1, 'char', 'unsigned char', 'signed char', 'u8', '__u8', 's8', '__s8', 'uint8_t', 'int8_t', 'bool', '_Bool'),
  ...sized(2, 'short', 'unsigned short', 'u16', '__u16', 's16', '__s16', 'uint16_t', 'int16_t', '__be16'),
  ...sized(4, 'int', 'unsigned int', 'unsigned', 'u32', '__u32', 's32', '__s32', 'uint32_t', 'int32_t', '__be32', 'pid_t'),
  ...sized(8, 'long', 'unsigned long', 'long long', 'unsigned long long', 'u64', '__u64', 's64', '__s64', 'uint64_t', 'int64_t', '__be64', 'size_t'),
]);

function sized(size: number, ...names: readonly string[]): [string, number][] {
  return names.map((name) => [name, size]);
}

/** Size in bytes of a type as written, undefined where it is none of the plain ones. */
export function sizeOfType(type: string): number | undefined {
  const known = SIZES.get(type);
  if (known !== undefined) return known;
  const plain = type.replace(/\b(?:const|volatile)\b/g, ' ').replace(/\s+/g, ' ').trim();
  if (/^[\w ]+\*+$/.test(plain)) return 8;
  const array = /^([\w ]+)\[(\d{1,9})\]$/.exec(plain);
  const element = SIZES.get(array === null ? plain : array[1]!.trim());
  return array === null || element === undefined ? element : element * Number(array[2]);
}

const MAX_DEPTH = 16;
/** Names that one expression may lead to: each may stand for several others. */
const MAX_NAMES = 2000;
const LEVELS: readonly (readonly string[])[] = [['|'], ['^'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '/', '%']];

/** Values of expressions by their text: the same few stand in many places of a unit. */
const values = new WeakMap<UnitIndex, Map<string, number | undefined>>();

/** Typing makes ever new expressions. */
const MAX_VALUES = 5000;

/** Value of a constant expression of C: literals, macros with one definition, enumerators, `const` variables, `sizeof` plain types, constants of the book. */
export function constantValue(context: RuleContext, text: string): number | undefined {
  const literal = integerValue(text);
  if (literal !== undefined) return literal;
  if (text.length > 200) return undefined;
  const index = indexOf(context.model);
  let known = values.get(index);
  if (!known) values.set(index, (known = new Map()));
  if (known.has(text)) return known.get(text);
  const value = new Constant(context, tokenize(text), 0, { left: MAX_NAMES }).whole();
  const safe = value !== undefined && Number.isSafeInteger(value) ? value : undefined;
  if (known.size > MAX_VALUES) known.clear();
  known.set(text, safe);
  return safe;
}

class Constant {
  private at = 0;

  constructor(private readonly context: RuleContext, private readonly tokens: readonly Token[], private readonly depth: number, private readonly budget: { left: number }) {}

  whole(): number | undefined {
    if (this.tokens.length === 0 || this.depth > MAX_DEPTH) return undefined;
    const value = this.binary(0);
    return this.at === this.tokens.length ? value : undefined;
  }

  /** The value, if it is the same beside whatever operators: of `-4`, `(1 << 2)` and `sizeof(int)`, not of `2 + 2`. */
  operand(): number | undefined {
    if (this.depth > MAX_DEPTH) return undefined;
    const value = this.unary();
    return this.at === this.tokens.length ? value : undefined;
  }

  private take(text: string): boolean {
    if (this.tokens[this.at]?.value !== text) return false;
    this.at++;
    return true;
  }

  private binary(level: number): number | undefined {
    const operators = LEVELS[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    for (let op = this.tokens[this.at]; op?.kind === 'punct' && operators.includes(op.value); op = this.tokens[this.at]) {
      this.at++;
      const right = this.binary(level + 1);
      left = left === undefined || right === undefined ? undefined : arithmetic(op.value, left, right);
    }
    return left;
  }

  private unary(): number | undefined {
    if (this.take('-')) {
      const value = this.unary();
      return value === undefined ? undefined : -value;
    }
    if (this.take('+')) return this.unary();
    return this.primary();
  }

  private primary(): number | undefined {
    const token = this.tokens[this.at++];
    if (!token) return undefined;
    if (token.kind === 'number') return integerValue(token.value);
    if (token.kind === 'word') return token.value === 'sizeof' ? this.sizeOf() : this.name(token.value);
    if (token.value !== '(') return undefined;
    const value = this.binary(0);
    return this.take(')') ? value : undefined;
  }

  private sizeOf(): number | undefined {
    if (!this.take('(')) return undefined;
    const words: string[] = [];
    for (let t = this.tokens[this.at++]; t; t = this.tokens[this.at++]) {
      if (t.value === ')') return sizeOfType(words.join(' ').replace(/ \*/g, '*'));
      words.push(t.value);
    }
    return undefined;
  }

  /** True if no operator stands beside the token that was just taken. */
  private isAlone(): boolean {
    const [before, after] = [this.tokens[this.at - 2]?.value, this.tokens[this.at]?.value];
    return (before === undefined || before === '(') && (after === undefined || after === ')');
  }

  private name(name: string): number | undefined {
    if (this.budget.left-- <= 0) return undefined;
    const defined = indexOf(this.context.model).defines.get(name);
    if (defined) {
      const [only] = defined;
      if (!only || defined.length > 1 || only.view.params) return undefined;
      const body = new Constant(this.context, defineTokens(only.view), this.depth + 1, this.budget);
      return this.isAlone() ? body.whole() : body.operand();
    }
    const known = this.context.facts.constants.get(name);
    if (!known) return this.ofUnit(name);
    if (known.args !== undefined) return undefined;
    // Values in the book are made of literals alone.
    return remember(this.context.facts, `value ${name}`, () => new Constant(this.context, tokenize(known.value), this.depth + 1, { left: MAX_NAMES }).whole());
  }

  /** An enumerator of the unit, or a `const` variable that the compiler puts the value in the place of. */
  private ofUnit(name: string): number | undefined {
    const { files, variables } = indexOf(this.context.model);
    const [only, ...others] = variables.get(name) ?? [];
    if (!only) {
      const value = enumeratorValue(name, files);
      return value === undefined ? undefined : new Constant(this.context, tokenize(value), this.depth + 1, this.budget).whole();
    }
    const { view } = only;
    const size = sizeOfType(view.type.replace(/\bstatic\b/g, ' ').trim());
    // What the build chooses between several, and what a narrow type makes of a number, is not looked at.
    if (others.length > 0 || !view.isConst || view.isVolatile || view.isExtern || view.sections.length > 0 || !view.initializer || view.conditions.length > 0 || view.type.includes('*') || size === undefined || size < 4 || size > 8) return undefined;
    return new Constant(this.context, tokenize(view.initializer.text), this.depth + 1, this.budget).whole();
  }
}
