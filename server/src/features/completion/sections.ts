/** Inside `SEC("…")`: every section that current libbpf knows, those that fit the function below first; for variables, the sections of data. */
import type { Unit } from '../../analysis.types.js';
import type { SectionDefFact } from '../../facts/factBook.types.js';
import type { Span } from '../../text/span.js';
import { versionText } from '../describe/common.js';
import { kindTitle } from '../programs.js';
import { lateNote } from './constants.js';
import { escapeSnippet, orderOf, type CompletionEntry, type CompletionResult } from './entry.js';

/** What libbpf reads out of other sections (bpf_object__init_maps and bpf_object__elf_collect in its libbpf.c). */
const OF_VARIABLES: readonly (readonly [name: string, detail: string])[] = [
  ['.maps', 'a map'],
  ['license', 'the licence of the programs'],
  ['.rodata', 'constants, set before the program is loaded'],
  ['.data', 'variables with a first value'],
  ['.bss', 'variables that start as 0'],
  ['.struct_ops', 'a table of operations, attached by its name'],
  ['.struct_ops.link', 'a table of operations, attached by a link; from Linux 6.4'],
  ['version', 'the kernel version that old kernels wanted of kprobes'],
];

/** Targets that the kernel registers iterators for (bpf_iter_reg_target and DEFINE_BPF_ITER_FUNC in its source). */
const ITERATORS = ['task', 'task_file', 'task_vma', 'bpf_map', 'bpf_map_elem', 'bpf_prog', 'bpf_link', 'bpf_sk_storage_map', 'sockmap', 'tcp', 'udp', 'unix', 'netlink', 'ipv6_route', 'ksym', 'cgroup', 'kmem_cache', 'dmabuf'];

/** Section strings, in the place of `replace`: those of variables in front of one, else those that suit the context of the function below. */
export function completeSections(unit: Unit, replace: Span, offset: number): CompletionResult {
  const { text } = unit.model.main;
  if (isOfVariable(text.slice(Math.max(0, replace.start - 200), replace.start))) {
    return { replace, entries: OF_VARIABLES.map(([label, detail], i) => ({ label, kind: 'section', detail, order: String(i), ...(i === 0 ? { preselect: true } : {}) })), incomplete: false };
  }
  const context = contextBelow(text, offset);
  const seen = new Set<string>();
  const entries = unit.facts.sections
    .filter((def) => def.legacy === undefined && !seen.has(def.name) && seen.add(def.name))
    .map((def, i) => entry(unit, def, i, context));
  return { replace, entries, incomplete: false };
}

/** True if a name stands before `SEC("` on its line: `} counts SEC("`, `char license[] SEC("`. */
const isOfVariable = (before: string): boolean => /[\w\]][ \t]+\w+[ \t]*\([ \t]*"$/.test(before);

/** The struct that the function behind the cursor takes; undefined where it is not to be seen, or another section comes first. */
function contextBelow(text: string, offset: number): string | undefined {
  const [head = ''] = text.slice(offset, offset + 500).split(/[{;]|\bSEC\b/);
  return /\(\s*(?:const\s+)?struct\s+(\w+)\s*\*/.exec(head)?.[1];
}

function entry(unit: Unit, def: SectionDefFact, index: number, context: string | undefined): CompletionEntry {
  const { programType, attachType, sleepable, frags } = def;
  const needs = def.lifetime ?? unit.facts.programTypes.get(programType)?.lifetime;
  const title = kindTitle(unit.facts, { programType, attachType, sleepable, frags });
  const detail = [title, frags ? 'fragments' : '', needs ? versionText(needs) : ''];
  const bare = def.name.replace(/\/$/, '');
  const extras = extrasOf(def);
  const note = lateNote(unit, needs);
  const fits = context === undefined || unit.facts.programTypes.get(programType)?.context === context;
  return {
    label: bare,
    kind: 'section',
    detail: detail.filter((part) => part !== '').join(', '),
    aside: title,
    ...(note === '' ? {} : { note, discouraged: true }),
    ...(extras === undefined ? {} : { insert: `${bare}/`, snippet: `${escapeSnippet(bare)}/${extras}` }),
    order: orderOf(note !== '' ? 2 : fits ? 0 : 1, String(index).padStart(4, '0')),
    ref: { kind: 'section', name: def.name },
  };
}

/** What to fill in behind the slash, as a snippet's placeholder with this number; undefined where nothing has to follow. */
export function extrasOf(def: SectionDefFact, number = 1): string | undefined {
  if (def.name === 'iter' || def.name === 'iter.s') return `\${${number}|${ITERATORS.join(',')}|}`;
  const grammar = def.extras?.grammar.replace(/^\//, '').trim();
  if (grammar === undefined || grammar === '' || grammar.startsWith('[')) return undefined;
  // `<function>[+<offset>]`: what stands in brackets may be left out, so it is no part of what has to be typed.
  const parts = grammar.replace(/\[[^[\]]*\]/g, '').replace(/[<>]/g, '');
  return /^[\w:./-]+$/.test(parts) && parts.length <= 40 ? parts.split(/(?<=[:/])/).map((part, i) => placeholder(part, number + i)).join('') : undefined;
}

/** `path:` → `${1:path}:`. */
function placeholder(part: string, number: number): string {
  const m = /^(.*?)([:/]?)$/.exec(part)!;
  return `\${${number}:${escapeSnippet(m[1]!)}}${m[2]!}`;
}
