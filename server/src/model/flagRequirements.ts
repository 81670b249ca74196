/** Constants of the kernel's interface that calls pass and maps are created with, and the release that first takes each. */
import type { ConstantFact, FactBook, Lifetime } from '../facts/factBook.types.js';
import type { Span } from '../text/span.js';
import { standing, type Collector } from './collector.js';
import { bodyOf } from './localFlow.js';
import type { EntityCall, MapDef, Program, Requirement } from './model.types.js';
import { closing, integerValue, tokenize } from './tokens.js';
import type { UnitIndex } from './unitIndex.js';
import { lastWord } from '../text/ends.js';

/** A constant that stands in a call or a map definition by its name. */
export interface FlagUse {
  readonly constant: ConstantFact;
  readonly lifetime: Lifetime;
  /** The argument or the attribute's value. */
  readonly span: Span;
}

/** What an attribute of one owner takes: by the name of the constant, the release that first takes its value. */
type Taken = ReadonlyMap<string, { readonly constant: ConstantFact; readonly lifetime: Lifetime }>;

interface Owners {
  readonly calls: ReadonlyMap<string, Taken>;
  readonly maps: ReadonlyMap<string, Taken>;
}

const books = new WeakMap<FactBook, Owners>();

function ownersOf(facts: FactBook): Owners {
  let owners = books.get(facts);
  if (owners) return owners;
  const gathered = { helper: new Map<string, ConstantFact[]>(), kfunc: new Map<string, ConstantFact[]>(), map: new Map<string, ConstantFact[]>() };
  for (const constant of facts.constants.values()) {
    if (constant.args !== undefined || !constant.lifetime) continue;
    for (const { kind, name, param } of constant.belongs) {
      if (param === undefined || param === 'return') continue;
      const list = kind === 'helper' || kind === 'kfunc' ? gathered[kind] : kind === 'map-type' && param === 'map_flags' ? gathered.map : undefined;
      if (!list) continue;
      const id = kind === 'map-type' ? name : `${name} ${param}`;
      list.set(id, [...(list.get(id) ?? []), constant]);
    }
  }
  const oldest = (lists: Map<string, ConstantFact[]>): [string, Taken][] => [...lists].map(([id, list]) => [id, firstTaken(list)]);
  owners = { calls: new Map([...oldest(gathered.helper), ...oldest(gathered.kfunc)]), maps: new Map(oldest(gathered.map)) };
  books.set(facts, owners);
  return owners;
}

/** The kernel sees values, not names: one that an older name had (`BPF_SK_STORAGE_GET_F_CREATE`) is as old as that. */
function firstTaken(list: readonly ConstantFact[]): Taken {
  const byValue = new Map<string, Lifetime>();
  for (const { value, lifetime } of list) {
    const known = byValue.get(canonical(value));
    if (lifetime && (!known || lifetime.since < known.since)) byValue.set(canonical(value), lifetime);
  }
  return new Map(list.map((constant) => [constant.name, { constant, lifetime: byValue.get(canonical(constant.value))! }]));
}

/** `1ULL << 1`, `(1U << 1)` and `2` are the same. */
function canonical(value: string): string {
  const tokens = tokenize(value).filter((t) => t.value !== '(' && t.value !== ')');
  const [a, op, b] = tokens;
  const left = a ? integerValue(a.value) : undefined;
  if (tokens.length === 1 && left !== undefined) return String(left);
  const right = tokens.length === 3 && op?.value === '<<' && b ? integerValue(b.value) : undefined;
  return left !== undefined && right !== undefined && right < 52 ? String(left * 2 ** right) : tokens.map((t) => t.value).join(' ');
}

const NO_FLAGS: readonly FlagUse[] = [];
/** An argument that is longer is no sum of flags; calls in calls would be looked through once for each. */
const MAX_TEXT = 4_000;
/** Flags are written in capitals: most arguments are none. */
const CAPITALS = /\b[A-Z][A-Z0-9]*_/;

/** A choice at run time may be a guard of its own, a comparison passes 0 or 1, and what `~` or `&` takes away is not passed. */
const CHOOSES: ReadonlySet<string> = new Set(['?', '~', '!', '&', '&&', '||', '==', '!=', '<', '>', '<=', '>=']);

function uses(text: string, span: Span, taken: Taken | undefined, index: UnitIndex): readonly FlagUse[] {
  if (!taken || text.length > MAX_TEXT || !CAPITALS.test(text)) return NO_FLAGS;
  const tokens = tokenize(text);
  if (tokens.some((t) => t.kind === 'punct' && CHOOSES.has(t.value))) return NO_FLAGS;
  const found: FlagUse[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const { kind, value } = tokens[i]!;
    if (kind !== 'word') continue;
    // What a macro or function makes of its arguments is not known.
    if (tokens[i + 1]?.value === '(') i = closing(tokens, i + 1);
    const known = index.defines.has(value) ? undefined : taken.get(value);
    if (known) found.push({ ...known, span });
  }
  return found;
}

/** Names of a kfunc's parameters, by its prototype. */
function parameterNames(facts: FactBook, call: EntityCall): readonly string[] {
  if (call.kind === 'helper') return facts.helpers.get(call.name)?.params.map((p) => p.name) ?? [];
  const list = /\(([^()]*)\)\s*(?:;\s*)?$/.exec(facts.kfuncs.get(call.name)?.proto ?? '')?.[1];
  return list?.split(',').map((p) => lastWord(p)) ?? [];
}

/** Constants that a call passes by name, or in a variable that holds nothing without them, in the parameters that take them. */
export function flagsOfCall(call: EntityCall, facts: FactBook, index: UnitIndex): readonly FlagUse[] {
  if (call.via !== undefined || call.call.form === 'asm' || !call.call.args.some((a) => a.text.length <= MAX_TEXT && (CAPITALS.test(a.text) || NAME.test(a.text)))) return NO_FLAGS;
  const { calls } = ownersOf(facts);
  const params = parameterNames(facts, call);
  return call.call.args.flatMap((arg, i) => {
    const taken = params[i] === undefined || params[i] === '' ? undefined : calls.get(`${call.name} ${params[i]}`);
    if (!taken) return NO_FLAGS;
    const [first = NO_FLAGS, ...others] = (NAME.test(arg.text) ? valuesOf(arg.text, call, index) : undefined)?.map((text) => uses(text, arg.span, taken, index)) ?? [uses(arg.text, arg.span, taken, index)];
    return others.length === 0 ? first : first.filter((flag) => others.every((list) => list.some(({ constant }) => constant === flag.constant)));
  });
}

const NAME = /^[A-Za-z_]\w*$/;

/** All expressions that a variable may hold: one of the function, or a `const` of the unit. Undefined for other names, and where they are not known. */
function valuesOf(name: string, { fn, path }: EntityCall, index: UnitIndex): readonly string[] | undefined {
  if (fn.params.some((p) => p.name === name)) return undefined;
  if (fn.locals.some((local) => local.name === name)) {
    const stored = bodyOf(fn, index.files.get(path)?.text ?? '')?.storedIn(name);
    return stored && stored.length > 0 ? stored.map(({ text }) => text) : undefined;
  }
  const [only, ...others] = index.variables.get(name) ?? [];
  const { view } = only ?? {};
  return view?.initializer && others.length === 0 && view.isConst && !view.isVolatile && view.sections.length === 0 && view.conditions.length === 0 ? [view.initializer.text] : undefined;
}

/** Flags that a map is created with. */
export function flagsOfMap(map: MapDef, facts: FactBook, index: UnitIndex): readonly FlagUse[] {
  const attribute = map.type === null ? undefined : map.attributes.find((a) => a.name === 'map_flags');
  if (!attribute) return NO_FLAGS;
  const { maps } = ownersOf(facts);
  const own = uses(attribute.value, attribute.valueSpan, maps.get(map.type!), index);
  return [...own, ...uses(attribute.value, attribute.valueSpan, maps.get('*'), index).filter((f) => !own.some((o) => o.constant === f.constant))];
}

/**
 * Adds the constants that came later than what they are passed to: the others are no news.
 * @param taker lifetime of the helper or kfunc in a program; undefined where it may not be called: what is refused anyway forces nothing.
 */
export function callFlagRequirements(call: EntityCall, facts: FactBook, index: UnitIndex, collector: Collector, taker: (program: Program | null) => Lifetime | undefined): void {
  for (const { constant, lifetime, span } of flagsOfCall(call, facts, index)) {
    collector.add('flag', constant.name, call.programs, { path: call.path, span, ...standing(call) }, (program) => {
      const own = taker(program);
      return own && lifetime.since > own.since ? lifetime : undefined;
    });
  }
}

/** @param base the requirement of the map's type, whose users and guard hold for its flags; an `#if` around the flags alone is a guard of theirs. */
export function mapFlagRequirements(map: MapDef, base: Requirement, facts: FactBook, index: UnitIndex): Requirement[] {
  const arm = map.attributes.find((a) => a.name === 'map_flags')?.conditions[0];
  const guard = arm === undefined || base.guard !== undefined ? {} : { guard: `#if ${arm.text}` };
  return flagsOfMap(map, facts, index)
    .filter(({ lifetime }) => lifetime.since > base.lifetime.since)
    .map(({ constant, lifetime, span }) => ({ ...base, ...guard, kind: 'flag', feature: constant.name, lifetime, span }));
}
