/** Constants that a `return` surely gives back on some way: as it is written, by one arm of a `?:`, or out of a local variable. */
import type { ReturnRange } from '../../facts/factBook.types.js';
import { bodyOf, type Stored, type Way } from '../../model/localFlow.js';
import type { Program } from '../../model/model.types.js';
import { closing, tokenize, type Token } from '../../model/tokens.js';
import type { RuleContext } from '../rule.js';
import { once } from './keep.js';
import { isOrdinary } from './ordinary.js';
import { isBehindEndlessLoop, isUndecided, type Place } from './undecided.js';
import { constantValue, indexOf, sizeOfType } from './unit.js';

type Fn = Program['fn'];
type Statement = NonNullable<Fn['returns']>[number];
type Condition = Statement['conditions'][number];

/** A constant out of the range. */
export interface Returned {
  readonly statement: Statement;
  readonly value: number;
  /** What was put into the variable that is returned. */
  readonly stored?: Stored;
}

/** Returns of the function that give back a constant which the range leaves out, on a way that nothing but its own variables decides about. */
export function wrongReturns(context: RuleContext, fn: Fn, path: string, range: ReturnRange): readonly Returned[] {
  return (fn.returns ?? []).flatMap((statement): readonly Returned[] => {
    if (statement.text === '' || statement.text.length > 200) return [];
    const direct = isReached(context, { fn, path }, statement) ? wrongArm(context, { fn, path }, statement.text, range) : undefined;
    if (direct !== undefined) return [{ statement, value: direct }];
    return ofVariable(context, fn, path, statement, range);
  });
}

/** True if the verifier surely comes to the statement: nobody else decides about it, and neither does the text. */
function isReached(context: RuleContext, place: Place, statement: Statement): boolean {
  const conditions = context.model.conditionsAt?.(place.fn, statement.conditions, statement.span.start) ?? statement.conditions;
  if (!isOrdinary(context, place.fn, conditions) || isBehindEndlessLoop(context, place, statement.span.start)) return false;
  return conditions.every((condition) => condition.kind === 'loop' || leavesChoice(context, place, condition));
}

/** Many statements stand under the same conditions: each is looked into once in an analysis. */
function leavesChoice(context: RuleContext, place: Place, { kind, text, taken }: Condition): boolean {
  const functions = once(context, 'conditions that leave a choice', () => new Map<Fn, Map<string, boolean>>());
  let known = functions.get(place.fn);
  if (!known) functions.set(place.fn, (known = new Map<string, boolean>()));
  const side = kind === 'switch' ? undefined : taken;
  const id = `${side} ${text}`;
  let answer = known.get(id);
  if (answer === undefined) known.set(id, (answer = isUndecided(context, place, tokenize(text), side)));
  return answer;
}

/** The value that the function returns for this one: what is converted to a type that is not known here, or narrow, is unknown. */
function converted({ returnType }: Fn, value: number): number | undefined {
  const type = returnType.replace(/\b(?:const|volatile)\b/g, ' ').replace(/\s+/g, ' ').trim();
  if (type === 'bool' || type === '_Bool') return value === 0 ? 0 : 1;
  const size = sizeOfType(type);
  if (size === 1 || size === 2) return undefined;
  // Registers are wider; what is wrong as a number of 32 bits is wrong there too.
  return size === 4 ? value | 0 : value;
}

function wrong(context: RuleContext, fn: Fn, text: string, range: ReturnRange): number | undefined {
  const { params, locals } = fn;
  // A variable of the function hides what its name stands for elsewhere.
  const constant = [...params, ...locals].some(({ name }) => name === text) ? undefined : constantValue(context, text);
  const value = constant === undefined ? undefined : converted(fn, constant);
  return value === undefined || (value >= range.min && value <= range.max) ? undefined : value;
}

/** The first wrong value of `a`, or of `x ? a : b` where `x` is the function's own matter or no arm is right. */
function wrongArm(context: RuleContext, place: Place, text: string, range: ReturnRange): number | undefined {
  const plain = wrong(context, place.fn, text, range);
  if (plain !== undefined || !text.includes('?')) return plain;
  const choice = choiceOf(tokenize(text));
  if (!choice) return undefined;
  const arms = choice.arms.map((arm) => wrongArm(context, place, arm, range));
  const all = arms.every((arm) => arm !== undefined);
  return all || (isOwn(context, place.fn, choice.condition) && isUndecided(context, place, choice.condition, undefined)) ? arms.find((arm) => arm !== undefined) : undefined;
}

/** The condition and both arms of `x ? a : b`, brackets around it or not. */
function choiceOf(tokens: readonly Token[]): { readonly condition: readonly Token[]; readonly arms: readonly [string, string] } | undefined {
  let inner = tokens;
  while (inner[0]?.value === '(' && closing(inner, 0) === inner.length - 1) inner = inner.slice(1, -1);
  let question = -1;
  let open = 0;
  for (let i = 0; i < inner.length; i++) {
    const { value } = inner[i]!;
    if (value === '(' || value === '[' || value === '{') i = closing(inner, i);
    else if (value === '?') {
      if (question < 0) question = i;
      else open++;
    } else if (value === ':' && question >= 0 && open-- === 0) {
      const text = (part: readonly Token[]): string => part.map((t) => t.value).join(' ');
      return { condition: inner.slice(0, question), arms: [text(inner.slice(question + 1, i)), text(inner.slice(i + 1))] };
    }
  }
  return undefined;
}

function ofVariable(context: RuleContext, fn: Fn, path: string, statement: Statement, range: ReturnRange): readonly Returned[] {
  const name = /^\(*\s*([A-Za-z_]\w*)\s*\)*$/.exec(statement.text)?.[1];
  if (name === undefined || !fn.locals.some((local) => local.name === name)) return [];
  const body = bodyOf(fn, context.model.files.get(path)?.text ?? '');
  const declared = fn.locals.find((local) => local.name === name)!.type;
  if (!body || /^(?:bool|_Bool|(?:unsigned )?char|u8|__u8|s8|__s8|u16|__u16|s16|__s16|(?:unsigned )?short|static\b.*)$/.test(declared)) return [];
  const stored = body.storedIn(name);
  if (stored && stored.length > 0 && isReached(context, { fn, path }, statement)) {
    const values = stored.map(({ text }) => wrong(context, fn, text, range));
    const [value] = values;
    if (value !== undefined && !values.includes(undefined)) return [{ statement, value, stored: stored[0]! }];
  }
  const at = statement.span.start - fn.span.start;
  for (const way of body.waysOut(name)) {
    if (way.returnAt !== at || !isSure(context, { fn, path }, way)) continue;
    const value = wrong(context, fn, way.stored.text, range);
    if (value !== undefined) return [{ statement, value, stored: way.stored }];
  }
  return [];
}

/** True if nothing that a build, a loader or the kernel decides stands before, and the one choice is not made already. */
function isSure(context: RuleContext, place: Place, { under, past }: Way): boolean {
  const { fn } = place;
  if (!isOrdinary(context, fn, []) || !under.every((condition) => isOwn(context, fn, condition) && isUndecided(context, place, condition, undefined))) return false;
  if (!past) return true;
  const before = new Set(under.flat().filter((t) => t.kind === 'word').map((t) => t.value));
  return isOwn(context, fn, past) && isUndecided(context, place, past, undefined) && !past.some((t) => t.kind === 'word' && t.value !== 'ctx' && before.has(t.value));
}

/** True if variables and parameters of the function decide about it, with what helpers answer. */
function isOwn(context: RuleContext, fn: Fn, tokens: readonly Token[]): boolean {
  const own = new Set(['ctx', ...[...fn.params, ...fn.locals].map((v) => v.name)]);
  const { variables } = indexOf(context.model);
  let decides = false;
  for (const [i, token] of tokens.entries()) {
    if (token.kind !== 'word') continue;
    const before = tokens[i - 1]?.value;
    if (before === '->' || before === '.') continue;
    if (tokens[i + 1]?.value === '(') {
      if (token.value !== 'sizeof' && !context.facts.helpers.has(token.value)) return false;
      decides ||= context.facts.helpers.has(token.value);
    } else if (own.has(token.value)) decides = true;
    else if (variables.has(token.value)) return false;
  }
  return decides;
}
