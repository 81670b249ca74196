/** What a log comes to, as sections: the page in the editor and the text in a terminal are made of them. */
import type { FactBook, VerifierMessageFact } from '../../facts/factBook.types.js';
import type { KernelReport, LogExplanation, LogResult, PathStep, SourceNote } from '../../verifier/verifier.types.js';
import { code, paragraph, strong, type InfoSection, type Inline, type Line } from '../text/info.js';
import { messageSections } from './message.js';
import { fieldsAt, relatedFacts } from './related.js';
import { shownRegisters, shownSteps } from './select.js';
import { valueInWords } from './values.js';

/** More results in one text than a person reads. */
const MAX_RESULTS = 10;
const MAX_RAW = 12;
const MAX_RAW_LINE = 400;

/** What is said of one result, without a heading; `title` is one line of plain text. */
export interface ResultText {
  readonly title: string;
  readonly fact?: VerifierMessageFact;
}

/** The title of a result: ours where the message is known, the log's own words where not. */
export function resultTitle(facts: FactBook, result: LogResult): ResultText {
  const [first] = result.messages;
  const fact = first?.id === undefined ? undefined : facts.verifierMessages.get(first.id);
  if (fact !== undefined) return { title: fact.title, fact };
  if (result.verdict === 'accepted') return { title: 'The verifier took the program' };
  if (result.verdict === 'cut') return { title: 'The log ends before it says what is wrong' };
  return { title: `A message that eBPF Lens does not know: ${cut(first?.text ?? '')}` };
}

const cut = (text: string): string => (text.length > MAX_RAW_LINE ? `${text.slice(0, MAX_RAW_LINE)}…` : text);

/** The whole page, a level-1 heading first. */
export function explanationPage(facts: FactBook, explanation: LogExplanation): readonly InfoSection[] {
  const { results } = explanation;
  const [only, ...others] = results;
  if (only === undefined) return [{ kind: 'heading', level: 1, text: 'Not a verifier log' }, ...notALog()];
  if (others.length === 0) return [{ kind: 'heading', level: 1, text: heading(facts, only) }, ...resultSections(facts, only), ...shortened(explanation)];
  return [
    { kind: 'heading', level: 1, text: `Verifier log: ${results.length} programs` },
    { kind: 'list', items: results.slice(0, MAX_RESULTS).map((result): Line => [strong(result.program ?? 'a program'), `: ${resultTitle(facts, result).title}`]) },
    ...results.slice(0, MAX_RESULTS).flatMap((result): InfoSection[] => [{ kind: 'heading', text: heading(facts, result) }, ...resultSections(facts, result)]),
    ...(results.length > MAX_RESULTS ? [paragraph(`${results.length - MAX_RESULTS} more are left out.`)] : []),
    ...shortened(explanation),
  ];
}

function heading(facts: FactBook, result: LogResult): string {
  const { title } = resultTitle(facts, result);
  return result.program === undefined ? title : `${result.program}: ${title}`;
}

const shortened = (explanation: LogExplanation): readonly InfoSection[] => (explanation.shortened ? [paragraph('The text is very long; only its end was read.')] : []);

/** What to say where there is no log. */
export function notALog(): readonly InfoSection[] {
  return [
    paragraph('Nothing here looks like what the verifier, libbpf or another loader writes.'),
    { kind: 'list', title: 'How to get a log', items: [
      ['libbpf prints it when a program fails to load (0.7 and newer); ', code('bpf_object_open_opts.kernel_log_level = 1'), ' asks for it always.'],
      [code('bpftool -d prog load prog.bpf.o /sys/fs/bpf/prog'), ' or ', code('veristat -l1 -v prog.bpf.o')],
      ['cilium/ebpf: print the error with ', code('%+v'), ' (or the ', code('*ebpf.VerifierError'), ' itself).'],
    ] },
  ];
}

/** Everything about one result but its heading. */
export function resultSections(facts: FactBook, result: LogResult): readonly InfoSection[] {
  const [first] = result.messages;
  const { fact } = resultTitle(facts, result);
  return [
    ...placeSection(result),
    ...(fact !== undefined && first !== undefined ? messageSections(fact, first.captures) : unknownSections(result)),
    ...(first === undefined ? [] : relatedFacts(facts, first.captures)),
    ...(first?.id === 'context-access' ? fieldsAt(facts, first.captures, result.failing?.note?.code ?? '') : []),
    ...(result.report === undefined ? [] : reportSections(result.report)),
    ...(fact === undefined || fact.registers ? stateSections(result) : []),
    ...(fact?.hot ? hotSection(result) : []),
    ...rawSection(result),
    ...statsSection(result),
  ];
}

function placeSection({ messages, failing }: LogResult): readonly InfoSection[] {
  const rows: { label: string; value: Line }[] = [];
  if (messages[0] !== undefined) rows.push({ label: 'Message', value: [code(cut(messages[0].text))] });
  if (failing?.note !== undefined) rows.push({ label: 'Source', value: [code(cut(failing.note.code) || '…'), ...(placeOf(failing.note) === undefined ? [] : [` at ${placeOf(failing.note)}`])] });
  if (failing !== undefined) rows.push({ label: 'Instruction', value: [code(`${failing.insn}: ${cut(failing.code)}`)] });
  return rows.length > 0 ? [{ kind: 'facts', rows }] : [];
}

/** `prog.bpf.c:12`; undefined for a note without a file. */
export function placeOf(note: SourceNote): string | undefined {
  return note.file === undefined ? undefined : `${note.file}:${note.line}`;
}

function unknownSections(result: LogResult): readonly InfoSection[] {
  if (result.verdict === 'accepted') return [paragraph('The log ends well: every way through the program was verified, and nothing was refused.')];
  if (result.verdict === 'cut') return [paragraph('The last lines are missing: the buffer was too small, or the text was cut. Ask for log level 1 only, or for a larger buffer.')];
  return [paragraph('eBPF Lens has no entry for this message, so it says nothing about what it means. What the log shows stands below; the verifier’s last lines are the ones that count.')];
}

function stateSections(result: LogResult): readonly InfoSection[] {
  const registers = shownRegisters(result);
  const steps = shownSteps(result);
  return [
    ...(registers.length > 0 ? [{ kind: 'heading', text: 'Registers before the instruction' } as const, { kind: 'table', head: ['Register', 'Holds', 'In the log'], rows: registers.map(({ name, value }) => [[code(name)], valueInWords(value) ?? '', [code(cut(value))]] as Line[]) .map((row) => row.map((cell) => (typeof cell === 'string' ? [cell] : cell))) } as const] : []),
    ...(steps.length > 1 ? [{ kind: 'heading', text: 'The way there' } as const, { kind: 'list', items: steps.map(stepLine) } as const] : []),
    ...(steps.length > 1 && result.pathCut ? [paragraph('Steps before that are not in the log, or left out.')] : []),
  ];
}

/** One step: what is executed, where it stands, what came of it. */
export function stepLine(step: PathStep): Line {
  const { insn, note, taken, changed } = step;
  const place = note === undefined ? undefined : placeOf(note);
  const out: Inline[] = [code(`${insn}: ${cut(step.code)}`)];
  if (taken !== undefined) out.push(taken ? ' — taken' : ' — not taken');
  if (changed.length > 0) out.push(' → ', ...changed.slice(0, 3).flatMap(({ name, value }, i): Inline[] => [...(i > 0 ? [', '] : []), code(name), ' is ', valueInWords(value) ?? code(cut(value))]));
  if (note !== undefined && note.code !== '') out.push(place === undefined ? ' in ' : ` in ${place} `, code(cut(note.code)));
  return out;
}

function hotSection({ hot }: LogResult): readonly InfoSection[] {
  if (hot.length === 0) return [];
  const rows = hot.map(({ insn, count, note }): (string | Line)[] => [String(count), String(insn), note === undefined ? '' : [code(cut(note.code)), ...(placeOf(note) === undefined ? [] : [` ${placeOf(note)}`])]]);
  return [{ kind: 'heading', text: 'What the log shows most often' }, { kind: 'table', head: ['Times', 'Instruction', 'Source'], rows }];
}

/** The kernel's own words are quoted as such. */
function reportSections(report: KernelReport): readonly InfoSection[] {
  const causes = report.causes.slice(0, 20).map((cause): Line => {
    const place = cause.note === undefined ? `instruction ${cause.insn ?? '?'}` : placeOf(cause.note) ?? '';
    return [`${place}: `, ...(cause.label === undefined ? [] : [strong(cause.label), ' ']), cut(cause.text ?? ''), ...(cause.note?.code ? [' ', code(cut(cause.note.code))] : [])];
  });
  return [
    { kind: 'heading', text: 'The kernel’s report' },
    paragraph(strong(`${report.category}${report.problem === '' ? '' : `: ${report.problem}`}`), ` ${cut(report.reason)}`),
    ...(causes.length > 0 ? [{ kind: 'list', title: 'Causal path', items: causes } as const] : []),
    ...(report.suggestion === '' ? [] : [paragraph(strong('It suggests:'), ` ${cut(report.suggestion)}`)]),
  ];
}

function rawSection({ messages, loader }: LogResult): readonly InfoSection[] {
  const lines = [...messages, ...loader.filter((line) => !messages.includes(line)).slice(0, 4)].slice(0, MAX_RAW).map(({ text }) => cut(text));
  return lines.length < 2 ? [] : [{ kind: 'heading', text: 'What the log says' }, { kind: 'code', code: lines.join('\n') }];
}

function statsSection({ stats }: LogResult): readonly InfoSection[] {
  if (stats?.instructions === undefined) return [];
  const limit = stats.limit === undefined ? '' : ` of at most ${stats.limit.toLocaleString('en')}`;
  return [paragraph(`The verifier walked ${stats.instructions.toLocaleString('en')} instructions${limit}.`)];
}
