/** The façade: any text in, what its logs say out. Pure, and linear in the length of the text. */
import type { FactBook } from '../facts/factBook.types.js';
import { MessageBook } from './messageBook.js';
import { notesByInstruction, wayTo } from './path.js';
import { readLog, readLogInTurns } from './reader.js';
import { readReport } from './report.js';
import type { LoaderLine, LogExplanation, LogMessage, LogResult, LogText, PathStep, SourceNote, Statement, Stats, VerifierLog } from './verifier.types.js';

/** Lines behind the last instruction that are held against the book; the verifier writes a handful. */
const MAX_MESSAGES = 60;
/** Loader's lines that are held against the book, from the end. */
const MAX_LOADER = 2000;
const HOT = 5;
/** libbpf names the program that a line is about. */
const PROGRAM = /\bprog '([^']{1,128})'/;

/**
 * Explains a text.
 * @param text anything: a log, a loader's output with logs in it, or neither
 */
export function explainLog(text: string, facts: FactBook): LogExplanation {
  return explainRead(readLog(text), facts);
}

/** The same, reading in slices: a server has others to answer in between. @param turn awaited after each slice */
export async function explainLogInTurns(text: string, facts: FactBook, turn: () => Promise<void>): Promise<LogExplanation> {
  return explainRead(await readLogInTurns(text, turn), facts);
}

function explainRead({ logs, loader, shortened }: LogText, facts: FactBook): LogExplanation {
  const book = MessageBook.of(facts);
  const known = loader.slice(-MAX_LOADER).flatMap((line): LogMessage[] => knownLine(book, line));
  const results = logs.map((log) => explainOne(log, book, known));
  const failed = results.filter((result) => result.verdict !== 'accepted');
  const shown = failed.length > 0 ? failed : results;
  // Without a refusal in a log it may be the loader that refused.
  const all = failed.length > 0 ? shown : [...loaderResult(known, loader, book), ...shown];
  return { verdict: all[0]?.verdict ?? 'not-a-log', results: all, shortened };
}

function knownLine(book: MessageBook, { line, text }: LoaderLine): LogMessage[] {
  const match = book.find(text);
  if (match === undefined) return [];
  const prog = PROGRAM.exec(text)?.[1];
  return [{ text, line, id: match.fact.name, captures: { ...(prog === undefined ? {} : { prog }), ...match.captures } }];
}

/** What the loader says, where no log was refused. */
function loaderResult(known: readonly LogMessage[], loader: readonly LoaderLine[], book: MessageBook): LogResult[] {
  const nothing = { registers: [], path: [], pathCut: false, hot: [], loader: [] } as const;
  const program = known.map((message) => message.captures['prog']).find((name) => name !== undefined);
  if (known.length > 0) return [{ verdict: 'explained', messages: rank(known, book), ...nothing, ...(program ? { program } : {}) }];
  const complaint = loader.find(({ text }) => /^(?:prog|map|extern|kfunc|relo|elf|BTF|failed|failure|Error)\b.*'|^(?:libbpf|bpftool)\b|-- BEGIN PROG/i.test(text) && /libbpf|bpf|prog '|map '/i.test(text));
  return complaint === undefined ? [] : [{ verdict: 'unknown', messages: [{ ...complaint, captures: {} }], ...nothing }];
}

function explainOne(log: VerifierLog, book: MessageBook, loader: readonly LogMessage[]): LogResult {
  const { statements } = log;
  const report = readReport(statements);
  const stats = statsOf(statements);
  const lastAt = lastInstruction(statements);
  const found = messagesOf(statements, lastAt, book, report !== undefined);
  const mine = loader.filter((message) => message.captures['prog'] === undefined || message.captures['prog'] === log.program);
  const context = { ...(log.program ? { program: log.program } : {}), loader: mine, ...(stats ? { stats } : {}), ...(report ? { report } : {}) };
  const accepted = found.length === 0 && report === undefined && endsWell(statements, lastAt, stats);
  if (accepted) return { verdict: 'accepted', messages: [], registers: [], path: [], pathCut: false, hot: [], ...context };
  const notes = notesByInstruction(statements);
  const at = failingAt(statements, lastAt, found[0], report?.at?.insn);
  const way = at === undefined ? undefined : wayTo(statements, at, notes);
  const failing = failingStep(way?.steps.at(-1), report?.at, found[0], notes);
  return {
    verdict: found.some((message) => message.id !== undefined) ? 'explained' : found.length === 0 ? 'cut' : 'unknown',
    messages: found, ...(failing ? { failing } : {}), registers: way?.registers ?? [], path: way?.steps ?? [], pathCut: way?.cut ?? false, hot: hotOf(statements, notes), ...context,
  };
}

function lastInstruction(statements: readonly Statement[]): number {
  for (let i = statements.length - 1; i >= 0; i--) if (statements[i]!.kind === 'instruction') return i;
  return -1;
}

/** The known ones first, what says most on top; where none is known, the first. */
function messagesOf(statements: readonly Statement[], lastAt: number, book: MessageBook, hasReport: boolean): LogMessage[] {
  const lines = (from: number, to: number): LoaderLine[] => statements.slice(from, to).flatMap((s) => (s.kind === 'message' ? [{ line: s.line, text: s.text }] : []));
  const after = lines(lastAt + 1, statements.length).slice(0, MAX_MESSAGES);
  if (hasReport) {
    const header = statements.find((s) => s.kind === 'report');
    if (header?.kind === 'report') after.push({ line: header.line, text: header.text.trim() });
  }
  const telling = after.filter(({ text }) => !isRemark(text));
  const held = recognise(telling.length > 0 ? telling : after, book);
  if (held.some((message) => message.id !== undefined)) return rank(held, book);
  // A message before the last instruction ends a log only if the verifier gave up its branch there, or if nothing else is said.
  const before = recognise(lines(0, Math.max(0, lastAt)).slice(-MAX_MESSAGES), book).filter((message) => message.id !== undefined && !isRemark(message.text));
  return held.length > 0 ? held : endsInExit(statements, lastAt) ? [] : before.slice(-1);
}

/** Wrapped lines are held against the book in one piece where the pieces alone are not known. */
function recognise(lines: readonly LoaderLine[], book: MessageBook): LogMessage[] {
  const out: LogMessage[] = [];
  for (let i = 0; i < lines.length; i++) {
    const { line, text } = lines[i]!;
    const next = lines[i + 1];
    const alone = book.find(text);
    const joined = alone === undefined && next !== undefined && book.find(next.text) === undefined ? book.find(`${text} ${next.text}`) : undefined;
    const match = alone ?? joined;
    if (joined !== undefined) i++;
    out.push({ line, text: joined === undefined ? text : `${text} ${next!.text}`, ...(match ? { id: match.fact.name } : {}), captures: match?.captures ?? {} });
  }
  return out;
}

function rank(messages: readonly LogMessage[], book: MessageBook): LogMessage[] {
  const order = (message: LogMessage): number => (message.id === undefined ? 2 : book.isGeneric(message.id) ? 1 : 0);
  return [...messages].sort((a, b) => order(a) - order(b) || a.line - b.line);
}

/** What the verifier says of a function before it looks at it, which refuses nothing. */
const isRemark = (text: string): boolean => /^(?:Global function|reg type unsupported|arg#\d+ reg type|arg#\d+ reference type\('UNKNOWN '\))/.test(text);

const endsInExit = (statements: readonly Statement[], lastAt: number): boolean => {
  const last = statements[lastAt];
  return last?.kind === 'instruction' && last.code === 'exit';
};

function endsWell(statements: readonly Statement[], lastAt: number, stats: Partial<Stats> | undefined): boolean {
  if (stats?.instructions === undefined) return false;
  return lastAt === -1 ? statements.every((s) => s.kind !== 'message') : endsInExit(statements, lastAt) || statements.slice(lastAt + 1).some((s) => s.kind === 'trace');
}

/** Index of the statement that failed: the last instruction, unless the message or the report names another. */
function failingAt(statements: readonly Statement[], lastAt: number, message: LogMessage | undefined, reported: number | undefined): number | undefined {
  const wanted = reported ?? number(message?.captures['insn']);
  if (wanted === undefined) return lastAt === -1 ? undefined : lastAt;
  for (let i = lastAt; i >= 0; i--) {
    const statement = statements[i]!;
    if (statement.kind === 'instruction' && statement.insn === wanted) return i;
  }
  return undefined;
}

function failingStep(last: PathStep | undefined, place: { insn?: number; code?: string; note?: SourceNote } | undefined, message: LogMessage | undefined, notes: ReadonlyMap<number, SourceNote>): PathStep | undefined {
  const insn = place?.insn ?? last?.insn ?? number(message?.captures['insn']);
  if (insn === undefined) return undefined;
  const note = place?.note ?? last?.note ?? notes.get(insn);
  return { insn, code: last?.code ?? place?.code ?? '', line: last?.line ?? message?.line ?? 0, changed: last?.changed ?? [], ...(note ? { note } : {}) };
}

const number = (text: string | undefined): number | undefined => (text === undefined || !/^\d{1,9}$/.test(text) ? undefined : Number(text));

function statsOf(statements: readonly Statement[]): Partial<Stats> | undefined {
  let stats: Partial<Stats> | undefined;
  for (const statement of statements) if (statement.kind === 'stats') stats = { ...stats, ...statement.stats };
  return stats;
}

function hotOf(statements: readonly Statement[], notes: ReadonlyMap<number, SourceNote>): LogResult['hot'] {
  const counts = new Map<number, number>();
  for (const statement of statements) if (statement.kind === 'instruction') counts.set(statement.insn, (counts.get(statement.insn) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, HOT).filter(([, count]) => count > 1)
    .map(([insn, count]) => ({ insn, count, ...(notes.get(insn) ? { note: notes.get(insn)! } : {}) }));
}
