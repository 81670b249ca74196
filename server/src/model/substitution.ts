/** Puts arguments into the body of a macro, token by token. */
import type { Token } from './tokens.js';
import { defineTokens, resolveName, type UnitIndex } from './unitIndex.js';

/** Tokens of one use: no input gets past. */
export const MAX_SUBSTITUTED = 6000;

/** Splits the tokens between two brackets at the commas of the top level. */
export function splitArguments<T extends Token>(tokens: readonly T[]): T[][] {
  const args: T[][] = [[]];
  let depth = 0;
  for (const t of tokens) {
    if (t.kind === 'punct') {
      if (t.value === '(' || t.value === '[' || t.value === '{') depth++;
      else if (t.value === ')' || t.value === ']' || t.value === '}') depth--;
      else if (t.value === ',' && depth === 0) {
        args.push([]);
        continue;
      }
    }
    args[args.length - 1]!.push(t);
  }
  return args;
}

/** An argument as it stands in an expansion, away from `#` and `##`: what is itself an object-like macro is replaced (C11 6.10.3.1). */
function replaced(arg: readonly Token[], index: UnitIndex): readonly Token[] {
  const [only] = arg;
  if (arg.length !== 1 || only?.kind !== 'word') return arg;
  const last = index.defines.get(resolveName(only.value, index));
  return last?.length === 1 && last[0]!.view.params === undefined ? defineTokens(last[0]!.view) : arg;
}

/** The body of a macro with its parameters replaced, `#x` made a string and `a ## b` one word. */
export function substitute(body: readonly Token[], params: readonly string[], args: readonly (readonly Token[])[], index: UnitIndex): Token[] {
  const out: Token[] = [];
  const argOf = (name: string): readonly Token[] | undefined => {
    const variadic = name === '__VA_ARGS__' || params.at(-1)?.endsWith('...') === true && params.at(-1)!.slice(0, -3).trimEnd() === name;
    if (variadic) return args.slice(params.length - 1).flatMap((a, i) => (i === 0 ? a : [{ kind: 'punct', value: ',' } as const, ...a]));
    const i = params.indexOf(name);
    return i < 0 ? undefined : args[i] ?? [];
  };
  for (let i = 0; i < body.length && out.length < MAX_SUBSTITUTED; i++) {
    const t = body[i]!;
    const next = body[i + 1];
    if (t.value === '#' && t.kind === 'punct' && next?.kind === 'word' && argOf(next.value)) {
      out.push({ kind: 'string', value: argOf(next.value)!.map((a) => a.value).join('') });
      i++;
    } else if (t.value === '##' && t.kind === 'punct' && next) {
      const right = (next.kind === 'word' ? argOf(next.value) : undefined) ?? [next];
      const left = out.pop();
      if (left) out.push({ kind: left.kind, value: left.value + (right[0]?.value ?? '') }, ...right.slice(1));
      i++;
    } else if (t.kind === 'word') {
      const arg = argOf(t.value);
      if (arg === undefined) out.push(t);
      else out.push(...(next?.value === '##' ? arg : replaced(arg, index)));
    } else out.push(t);
  }
  return out;
}
