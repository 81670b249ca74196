/** Macros of libbpf's headers: those of expressions and loops in bodies, those that head programs at file level. */
import type { Unit } from '../../analysis.types.js';
import type { MacroFact } from '../../facts/factBook.types.js';
import { macroLifetime } from '../describe/macro.js';
import { programsAt } from '../programs.js';
import { lateNote } from './constants.js';
import { orderOf, type CompletionEntry } from './entry.js';

/** Macros of declarations; none of them stands in an expression. */
const DECLARING = /^(?:SEC|__uint|__type|__array|__ulong|BPF_(?:PROG2?|U?(?:RET)?PROBE|KPROBE|KRETPROBE|UPROBE|URETPROBE|KSYSCALL|KPROBE_SYSCALL|USDT))$/;

/** What is typed beside the name and parentheses. */
const SNIPPETS: Readonly<Record<string, string>> = {
  bpf_printk: 'bpf_printk("$1"$0)',
  bpf_for: 'bpf_for(${1:i}, ${2:0}, ${3:n}) {\n\t$0\n}',
  bpf_repeat: 'bpf_repeat(${1:n}) {\n\t$0\n}',
  bpf_for_each: 'bpf_for_each(${1:num}, ${2:it}, ${3:0, n}) {\n\t$0\n}',
};

/** Macros and inline functions of libbpf that are used like functions; internal ones (`__…`) only as they are typed. */
export function expressionMacros(unit: Unit, offset: number, prefix: string): readonly CompletionEntry[] {
  const probes = programsAt(unit, offset).some((program) => program.context === 'pt_regs' || program.programType === 'BPF_PROG_TYPE_KPROBE');
  return [...unit.facts.macros.values()].flatMap((macro): CompletionEntry[] => {
    if (macro.args === null || DECLARING.test(macro.name) || (macro.name.startsWith('__') && !prefix.startsWith('__'))) return [];
    // Registers are for the contexts of probes; elsewhere the macros read a struct that is not there.
    const rank = macro.name.startsWith('PT_REGS') ? (probes ? 5 : 7) : 5;
    return [macroEntry(unit, macro, SNIPPETS[macro.name] ?? (macro.args === '()' ? `${macro.name}()` : `${macro.name}($0)`), rank)];
  });
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
