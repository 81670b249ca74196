/** Compares helpers and kfuncs by their prototypes, to tell which one can stand in for another with the same arguments. */
import type { CallFact } from './judge.js';
import { entryOf } from '../../text/entryOf.js';

interface Parameter {
  readonly type: string;
  readonly name: string;
}

interface Prototype {
  readonly returns: string;
  readonly params: readonly Parameter[];
}

/** True for a function whose call has no value. */
export const returnsNothing = (fact: CallFact): boolean => prototypeOf(fact)?.returns === 'void';

/** What has to be done to the arguments of a call so that the other function takes them: nothing, or a `0` for flags more or less. */
export type Adaptation = 'same' | 'add-flags' | 'drop-flags';

/**
 * How a call of `fact` becomes one of `other`; undefined where the two take different things.
 * @param valueUsed whether the code uses what the call returns
 */
export function adaptation(fact: CallFact, other: CallFact, valueUsed: boolean): Adaptation | undefined {
  const [a, b] = [prototypeOf(fact), prototypeOf(other)];
  if (!a || !b || (valueUsed && kindOf(a.returns) !== kindOf(b.returns))) return undefined;
  const [short, long] = a.params.length <= b.params.length ? [a, b] : [b, a];
  if (!short.params.every((p, i) => alike(p, long.params[i]!, i))) return undefined;
  if (a.params.length === b.params.length) return 'same';
  if (long.params.length !== short.params.length + 1 || long.params.at(-1)?.name !== 'flags') return undefined;
  return long === b ? 'add-flags' : 'drop-flags';
}

function prototypeOf(fact: CallFact): Prototype | undefined {
  if (fact.kind === 'helper') return { returns: tidy(fact.returns), params: fact.params };
  const m = /^(.*?)\b\w+\s*\(([\s\S]*)\)\s*(?:;\s*)?$/.exec(fact.proto);
  if (!m) return undefined;
  const params = m[2]!.split(',').map((text) => /^([^]*\W|)(\w+)$/.exec(text.trim())).flatMap((p) => (p && p[1] !== '' ? [{ type: p[1]!, name: p[2]! }] : []));
  return { returns: tidy(m[1]!), params };
}

const tidy = (type: string): string => type.replace(/\bconst\b/g, ' ').replace(/\s+/g, ' ').replace(/ ?\* ?/g, '*').trim();
const ALIASES: Readonly<Record<string, string>> = { sz: 'size', buf__sz: 'size', dst__sz: 'size', buf_sz: 'size' };
const CONTEXT = /^(?:void|struct (?:__sk_buff|xdp_md|xdp_buff|sk_msg_md|sk_reuseport_md|bpf_sock_ops|bpf_sock_addr|pt_regs))\*$/;

/** `ptr`, the pointed-to struct, or an integer: what decides whether C takes one for the other. */
function kindOf(type: string): string {
  const flat = tidy(type);
  if (!flat.endsWith('*')) return flat === 'void' ? 'void' : 'integer';
  return /^(?:void|char|unsigned char|__?u8)\*$/.test(flat) ? 'memory' : flat;
}

/** Integers have to mean the same too: a length is no difference of lengths. */
function alike(a: Parameter, b: Parameter, index: number): boolean {
  const [x, y] = [kindOf(a.type), kindOf(b.type)];
  if (index === 0 && CONTEXT.test(tidy(a.type)) && CONTEXT.test(tidy(b.type))) return true;
  const name = (p: Parameter): string => entryOf(ALIASES, p.name) ?? p.name;
  return x === y && (x !== 'integer' || name(a) === name(b));
}
