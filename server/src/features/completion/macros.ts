/** Macros of libbpf's headers: those of expressions and loops in bodies, those that head programs at file level. */
import type { Unit } from '../../analysis.types.js';
import type { MacroFact } from '../../facts/factBook.types.js';
import { macroLifetime } from '../describe/macro.js';
import { programsAt } from '../programs.js';
import { targetKey } from '../verdict.js';
import { lateNote } from './constants.js';
import { isSubsequence, orderOf, type CompletionEntry } from './entry.js';
import { entryOf } from '../../text/entryOf.js';

/** Macros of declarations; none of them stands in an expression. */
const DECLARING = /^(?:SEC|__uint|__type|__array|__ulong|BPF_(?:PROG2?|U?(?:RET)?PROBE|KPROBE|KRETPROBE|UPROBE|URETPROBE|KSYSCALL|KPROBE_SYSCALL|USDT))$/;

/** What is typed beside the name and parentheses. */
const SNIPPETS: Readonly<Record<string, string>> = {
  bpf_printk: 'bpf_printk("$1"$0)',
  bpf_for: 'bpf_for(${1:i}, ${2:0}, ${3:n}) {\n\t$0\n}',
  bpf_repeat: 'bpf_repeat(${1:n}) {\n\t$0\n}',
  bpf_for_each: 'bpf_for_each(${1:num}, ${2:it}, ${3:0, n}) {\n\t$0\n}',
};

/** Entries by book, target and whether registers are at hand. */
const cache = new WeakMap<object, Map<string, readonly CompletionEntry[]>>();
const MAX_CACHED = 32;

/** Macros and inline functions of libbpf that are used like functions and match what is typed; internal ones (`__…`) only as they are typed. */
export function expressionMacros(unit: Unit, offset: number, prefix: string): readonly CompletionEntry[] {
  const probes = programsAt(unit, offset).some((program) => program.programType === 'BPF_PROG_TYPE_KPROBE');
  const internal = prefix.startsWith('__');
  const typed = prefix.toLowerCase();
  return entriesFor(unit, probes).filter(({ label }) => (internal || !label.startsWith('__')) && isSubsequence(typed, label));
}

function entriesFor(unit: Unit, probes: boolean): readonly CompletionEntry[] {
  let book = cache.get(unit.facts);
  if (book === undefined || book.size >= MAX_CACHED) cache.set(unit.facts, (book = new Map()));
  const id = `${targetKey(unit.target)} ${String(probes)}`;
  let entries = book.get(id);
  if (entries === undefined) book.set(id, (entries = [...unit.facts.macros.values()].flatMap((macro) => expressionMacro(unit, macro, probes))));
  return entries;
}

function expressionMacro(unit: Unit, macro: MacroFact, probes: boolean): readonly CompletionEntry[] {
  if (macro.args === null || DECLARING.test(macro.name)) return [];
  // Registers are for the contexts of probes; elsewhere the macros read a struct that is not there.
  const rank = macro.name.startsWith('PT_REGS') && !probes ? 7 : 5;
  return [macroEntry(unit, macro, entryOf(SNIPPETS, macro.name) ?? (macro.args === '()' ? `${macro.name}()` : `${macro.name}($0)`), rank)];
}

/** @param snippet what is inserted, in the grammar of snippets */
export function macroEntry(unit: Unit, macro: MacroFact, snippet: string, rank: number): CompletionEntry {
  const note = lateNote(unit, macroLifetime(unit.facts, macro));
  return {
    label: macro.name,
    kind: 'macro',
    detail: `${macro.function ? 'inline function' : 'macro'}, ${macro.header}`,
    ...(note === '' ? {} : { note, discouraged: true }),
    snippet,
    insert: macro.name,
    order: orderOf(note === '' ? rank : 8, macro.name),
    ref: { kind: 'macro', name: macro.name },
  };
}
