/** Constants where one is asked for: an entry each, and those that a comparison with a field or a program's `return` asks for. */
import type { Unit } from '../../analysis.types.js';
import type { ConstantFact, ConstantOwner, Lifetime } from '../../facts/factBook.types.js';
import type { KernelThing } from '../../facts/kernel.js';
import { formatRelease } from '../../facts/kernelVersion.js';
import { constantNumber } from '../describe/constant.js';
import { contextOf } from '../contextOf.js';
import { programAt, programsAt } from '../programs.js';
import { lackingPart, lifetimeText } from '../verdict.js';
import { orderOf, type CompletionEntry } from './entry.js';
import { returnValues } from './returnValues.js';

/** What lets a packet or an operation go its way: what most programs return, and what is safe to take by accident. */
const USUAL = new Set(['XDP_PASS', 'TC_ACT_OK', 'TCX_NEXT', 'SK_PASS', 'NF_ACCEPT', 'BPF_OK']);

/** Why the target's first kernel lacks something; '' where it has it, or nobody knows. */
export function lateNote(unit: Unit, life: Lifetime | undefined, kind?: KernelThing, name?: string): string {
  if (life === undefined || lackingPart(unit, life, kind, name) === undefined) return '';
  return `from Linux ${formatRelease(life.since)}`;
}

/** @param more `misfit`: what speaks against it here; `rank` 0 to 9 among the constants, 1 if left out */
export function constantEntry(unit: Unit, fact: ConstantFact, more: { readonly misfit?: string; readonly rank?: number } = {}): CompletionEntry {
  const note = more.misfit || lateNote(unit, fact.lifetime, 'constant', fact.name) || (fact.use ? `now ${fact.use}` : '');
  const detail = [fact.value, fact.lifetime ? lifetimeText(fact.lifetime) : ''];
  return {
    label: fact.name,
    kind: 'constant',
    detail: detail.filter((part) => part !== '').join(', '),
    aside: fact.value,
    ...(note === '' ? {} : { note, discouraged: true }),
    ...(fact.args === undefined ? {} : { snippet: `${fact.name}($0)` }),
    // Before helpers and kfuncs, whose order starts with a digit.
    order: ` ${orderOf(note === '' ? (more.rank ?? 1) : 9, `${byValue(fact)}${fact.name}`)}`,
    ref: { kind: 'constant', name: fact.name },
  };
}

/** Flags and verdicts are known by their values, so they stand in that order. */
const byValue = (fact: ConstantFact): string => (constantNumber(fact.value) ?? 0n).toString(16).padStart(16, '0');

const takes = (fact: ConstantFact, wanted: ConstantOwner): boolean => fact.belongs.some((owner) => owner.kind === wanted.kind && owner.name === wanted.name && owner.param === wanted.param);

/**
 * What the function around `offset` may return: constants of its programs' types and attach types, and plain numbers with their
 * meaning. A function that is no program gets the constants only, and only if it returns a number.
 */
export function completeReturn(unit: Unit, offset: number): readonly CompletionEntry[] {
  const own = programAt(unit, offset);
  const programs = own === undefined ? programsAt(unit, offset) : [own];
  if (programs.length === 0) return [];
  const entries = new Map<string, CompletionEntry>();
  for (const { programType, attachType } of programs) {
    // The parser of a stream returns a length (sk_psock_strp_parse), not a verdict.
    if (programType === null || attachType === 'BPF_SK_SKB_STREAM_PARSER') continue;
    const byAttachType: ConstantOwner | undefined = attachType === null ? undefined : { kind: 'attach-type', name: attachType, param: 'return' };
    const byType: ConstantOwner = { kind: 'program-type', name: programType, param: 'return' };
    for (const fact of unit.facts.constants.values()) {
      const attached = byAttachType !== undefined && takes(fact, byAttachType);
      if (!attached && !takes(fact, byType)) continue;
      const usual = USUAL.has(fact.name);
      const rank = usual ? 0 : attached ? 1 : 2;
      entries.set(fact.name, { ...constantEntry(unit, fact, { rank }), ...(usual ? { preselect: true } : {}) });
    }
  }
  const numbers = own === undefined ? [] : returnValues(unit.facts, own);
  return [...entries.values(), ...numbers.filter(({ label }) => entries.size === 0 || label.startsWith('-'))];
}

/** `ctx->op == |`: the values that a field of the context takes. */
export function completeComparison(unit: Unit, offset: number, compared: { readonly base: string; readonly field: string }): readonly CompletionEntry[] {
  const context = contextOf(unit, offset, compared.base);
  if (context === undefined) return [];
  const wanted = `${context}.${compared.field}`;
  return [...unit.facts.constants.values()].filter((fact) => fact.belongs.some((owner) => owner.kind === 'context-field' && owner.name === wanted)).map((fact) => constantEntry(unit, fact));
}

/** Any constant of the book whose name begins as typed, for where nothing tells what is wanted: `XDP_`. */
export function constantsByPrefix(unit: Unit, prefix: string): readonly CompletionEntry[] {
  if (prefix.length < 3) return [];
  const wanted = prefix.toUpperCase();
  return [...unit.facts.constants.values()].filter((fact) => fact.name.toUpperCase().startsWith(wanted)).map((fact) => ({ ...constantEntry(unit, fact), order: orderOf(6, fact.name) }));
}

/** The same for labels of `case`, where attach types, program types and map types are told apart, too. */
export function labelsByPrefix(unit: Unit, prefix: string): readonly CompletionEntry[] {
  if (prefix.length < 3) return [];
  const wanted = prefix.toUpperCase();
  const { attachTypes, programTypes, mapTypes } = unit.facts;
  const types = [...attachTypes.values(), ...programTypes.values(), ...mapTypes.values()].filter(({ name }) => name.startsWith(wanted)).map(({ name, lifetime }): CompletionEntry => ({
    label: name, kind: 'constant', detail: lifetime ? lifetimeText(lifetime) : '', order: orderOf(7, name),
  }));
  return [...constantsByPrefix(unit, prefix), ...types];
}
