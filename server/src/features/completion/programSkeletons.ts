/** Programs as skeletons: section, head, usual return value, and the lines that a file without them needs around it. */
import type { Unit } from '../../analysis.types.js';
import type { FactBook, SectionDefFact } from '../../facts/factBook.types.js';
import type { Model } from '../../model/model.types.js';
import { eolOf } from '../../text/layout.js';
import { span, type TextEdit } from '../../text/span.js';
import { kindTitle } from '../programs.js';
import { lateNote } from './constants.js';
import { orderOf, plainOf, type CompletionEntry } from './entry.js';
import { usualValue } from './returnValues.js';
import { extrasOf } from './sections.js';

/** What is typed, and the section. Those that are written most come first. */
const PROGRAMS: readonly (readonly [label: string, section: string])[] = [
  ['xdp', 'xdp'], ['tc', 'tc'], ['tcx', 'tcx/ingress'], ['kprobe', 'kprobe'], ['kretprobe', 'kretprobe'], ['fentry', 'fentry'], ['fexit', 'fexit'],
  ['tracepoint', 'tracepoint'], ['tp_btf', 'tp_btf'], ['raw_tp', 'raw_tp'], ['ksyscall', 'ksyscall'], ['kretsyscall', 'kretsyscall'], ['uprobe', 'uprobe'], ['uretprobe', 'uretprobe'],
  ['usdt', 'usdt'], ['lsm', 'lsm'], ['perf_event', 'perf_event'], ['iter', 'iter'], ['socket', 'socket'], ['sockops', 'sockops'], ['sk_msg', 'sk_msg'], ['sk_skb', 'sk_skb/verdict'],
  ['sk_lookup', 'sk_lookup'], ['sk_reuseport', 'sk_reuseport'], ['cgroup_skb', 'cgroup_skb/egress'], ['cgroup_connect4', 'cgroup/connect4'], ['cgroup_bind4', 'cgroup/bind4'],
  ['cgroup_sock', 'cgroup/sock_create'], ['cgroup_sysctl', 'cgroup/sysctl'], ['cgroup_dev', 'cgroup/dev'], ['kprobe_multi', 'kprobe.multi'], ['fmod_ret', 'fmod_ret'], ['freplace', 'freplace'],
  ['netfilter', 'netfilter'], ['netkit', 'netkit/primary'], ['flow_dissector', 'flow_dissector'], ['struct_ops', 'struct_ops'], ['syscall', 'syscall'],
];

/** Macros of libbpf that head a program; which is for which section is libbpf's documentation of them in bpf_tracing.h. */
export const HEADS = ['BPF_PROG', 'BPF_KPROBE', 'BPF_KRETPROBE', 'BPF_KSYSCALL', 'BPF_UPROBE', 'BPF_URETPROBE', 'BPF_USDT', 'BPF_PROG2'];
const HEAD_OF: readonly (readonly [section: RegExp, macro: string])[] = [
  [/^usdt/, 'BPF_USDT'], [/^ksyscall/, 'BPF_KSYSCALL'], [/^(?:kretprobe|kretsyscall)/, 'BPF_KRETPROBE'], [/^uretprobe/, 'BPF_URETPROBE'], [/^uprobe/, 'BPF_UPROBE'], [/^kprobe/, 'BPF_KPROBE'],
  [/^(?:fentry|fexit|fmod_ret|fsession|tp_btf|lsm|struct_ops)/, 'BPF_PROG'],
];

export interface Head {
  /** Name that nothing in the file has. */
  readonly name: string;
  /** `xdp_prog(struct xdp_md *ctx)`, in the grammar of snippets. */
  readonly snippet: string;
  readonly macro: string | undefined;
  /** What it usually returns. */
  readonly returns: string;
}

/** Everything that a new name must not be. */
export function takenNames({ model }: Unit): ReadonlySet<string> {
  return new Set([...model.files.values()].flatMap((file) => [...file.functions, ...file.variables, ...file.defines].map(({ name }) => name)));
}

/** `base`, or `base_2` where that is taken. */
export function freeName(base: string, taken: ReadonlySet<string>): string {
  let name = base;
  for (let i = 2; taken.has(name); i++) name = `${base}_${i}`;
  return name;
}

/** The row of libbpf's table for a section as written; undefined where it has none. */
export function sectionNamed(facts: FactBook, section: string): SectionDefFact | undefined {
  const text = section.replace(/^\?/, '');
  const rows = facts.sections.filter((def) => def.legacy === undefined && (def.name === text || (def.plus && text.startsWith(`${def.name}/`))));
  return rows.sort((a, b) => b.name.length - a.name.length)[0];
}

/** The head of a program of this section. @param extras what stands behind its slash; '' while that is not written */
export function headOf(unit: Unit, def: SectionDefFact, taken: ReadonlySet<string>, extras = ''): Head {
  const bare = def.name.replace(/\/$/, '');
  const name = freeName(`${bare.replace(/[^\w]+/g, '_')}_prog`, taken);
  const macro = HEAD_OF.find(([section]) => section.test(bare))?.[1];
  const context = unit.facts.programTypes.get(def.programType)?.context;
  const parameter = bare.startsWith('iter') ? `struct bpf_iter__${extras === '' ? '${2:task}' : extras} *ctx` : context && context !== 'pt_regs' ? `struct ${context} *ctx` : 'void *ctx';
  const snippet = macro === undefined ? `\${1:${name}}(${parameter})` : `${macro}(\${1:${name}})`;
  return { name, snippet, macro, returns: returnOf(unit, def) };
}

/** The constant that lets things go their way, else the usual number. */
function returnOf(unit: Unit, def: SectionDefFact): string {
  const usual = ['XDP_PASS', 'TCX_NEXT', 'TC_ACT_OK', 'SK_PASS', 'NF_ACCEPT', 'BPF_OK'].find((name) =>
    unit.facts.constants.get(name)?.belongs.some((owner) => owner.param === 'return' && ((owner.kind === 'attach-type' && owner.name === def.attachType) || (owner.kind === 'program-type' && owner.name === def.programType))),
  );
  return usual ?? usualValue(def.programType, def.attachType) ?? '0';
}

/** One entry for each kind of program; what the target lacks comes last. */
export function programSkeletons(unit: Unit, offset: number): readonly CompletionEntry[] {
  const taken = takenNames(unit);
  const licence = licenceLine(unit);
  const byMacro = new Map(['', ...HEADS].map((macro) => [macro, surroundings(unit, offset, macro)]));
  return PROGRAMS.flatMap(([label, section], i): CompletionEntry[] => {
    const def = unit.facts.sections.find((row) => row.legacy === undefined && row.name === section);
    if (def === undefined) return [];
    const extras = extrasOf(def, 2);
    // Placeholders of the section are numbered first, as they are read.
    const head = headOf(unit, def, taken);
    const program = `SEC("${def.name}${extras === undefined ? '' : `/${def.name === 'iter' ? '${2:task}' : extras}`}")\nint ${head.snippet}\n{\n\t$0\n\treturn ${head.returns};\n}`;
    const around = byMacro.get(head.macro ?? '')!;
    const snippet = `${around.before}${program}${licence === undefined ? '' : `\n\n${licence}`}`;
    const note = lateNote(unit, def.lifetime ?? unit.facts.programTypes.get(def.programType)?.lifetime);
    return [{
      label,
      kind: 'snippet',
      detail: `${kindTitle(unit.facts, def)} program`,
      filter: `${label} SEC`,
      ...(note === '' ? {} : { note, discouraged: true }),
      snippet,
      insert: plainOf(snippet),
      ...(around.edits.length > 0 ? { edits: around.edits } : {}),
      order: orderOf(note === '' ? 0 : 8, String(i).padStart(2, '0')),
      ref: { kind: 'section', name: def.name },
    }];
  });
}

/** The line that a file without a licence in sight needs. */
export function licenceLine(unit: Unit): string | undefined {
  return unit.model.license.text !== undefined || seesTooLittle(unit.model) ? undefined : `char ${freeName('LICENSE', takenNames(unit))}[] SEC("license") = "GPL";`;
}

/** A header of the user's that was not read may hold the licence and the includes. */
function seesTooLittle({ main, files }: Model): boolean {
  return main.includes.some(({ path, angled }) => !angled && !/(?:^|\/)vmlinux\.h$/.test(path) && ![...files.keys()].some((file) => `/${file}`.endsWith(`/${path.replace(/^(?:\.{1,2}\/)+/, '')}`)));
}

/** The includes: all of them in front of the first program of an empty file, else the one that the head needs. */
function surroundings(unit: Unit, offset: number, macro: string): { readonly before: string; readonly edits: readonly TextEdit[] } {
  const { main, files } = unit.model;
  const header = unit.facts.macros.get(macro)?.header;
  const wanted = ['bpf/bpf_helpers.h', ...(header === undefined || header === 'bpf/bpf_helpers.h' ? [] : [header])];
  if (main.includes.length === 0) {
    const isFirst = main.functions.length + main.variables.length + main.defines.length === 0 && main.text.slice(0, offset).replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '').trim().length <= 40;
    return { before: isFirst ? `#include "vmlinux.h"\n${wanted.map((path) => `#include <${path}>`).join('\n')}\n\n` : '', edits: [] };
  }
  if (seesTooLittle(unit.model)) return { before: '', edits: [] };
  const there = new Set([...files.values()].flatMap((file) => file.includes.map(({ path }) => path.slice(path.lastIndexOf('/') + 1))));
  const missing = wanted.filter((path) => !there.has(path.slice(path.lastIndexOf('/') + 1)));
  const last = main.includes.filter((include) => include.span.end <= offset).at(-1);
  if (missing.length === 0 || last === undefined) return { before: '', edits: [] };
  const newline = main.text.indexOf('\n', last.span.end);
  if (newline < 0 || newline >= offset) return { before: '', edits: [] };
  const eol = eolOf(main.text);
  return { before: '', edits: [{ span: span(newline + 1), newText: missing.map((path) => `#include <${path}>${eol}`).join('') }] };
}
