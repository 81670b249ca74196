/**
 * Finds the verifier logs inside any text. A log stands between the markers of libbpf or bpftool, or starts with the first line that
 * only a verifier writes and ends with its count of processed instructions.
 */
import { isShortened, textLines, type TextLine } from './lines.js';
import { statementOf } from './statements.js';
import type { LoaderLine, LogText, Statement, VerifierLog } from './verifier.types.js';

const BEGIN = /-- BEGIN (?:PROG LOAD |DUMP )?LOG --/;
const END = /-- END (?:PROG LOAD )?LOG --/;
/** libbpf also prints how the kernel read the object's BTF, line by line. */
const BEGIN_BTF = /-- BEGIN BTF LOAD LOG --/;
const END_BTF = /-- END BTF LOAD LOG --/;
const REPORT = /^Verification failed: /;
/** Loaders put a log behind words of their own on the same line. */
const INLINE = /^(.{1,2000}?)(?:^|[\s:"'])((?:\d{1,7}: (?:\([0-9a-f]{2}\) |R\d+=)|func#0 @0).*)$/;
/** cilium/ebpf's summary of a log in one line: `12: (71) r0 = *(u8 *)(r1 +0): R1 invalid mem access 'scalar' (9 line(s) omitted)`. */
const SUMMARY = /^(\d{1,7}: \([0-9a-f]{2}\) [^:]{1,300}): (.+?)(?: \(\d+ line\(s\) omitted\))?$/;
// Only so long a name as the kernel or a C compiler takes.
const PROGRAM = [/\bprog '([^']{1,128})': (?:-- BEGIN|BPF program load failed|failed to load)/, /^(?:.*?\b)?program (\w{1,128}): load program: /, /\bload program: .*?\bprogram (\w{1,128})\b/, /^PROCESSING .*\/(\w{1,128})\b/];
/** A log without markers: this many messages right before its first line belong to it. */
const HEADER = 8;

/** Reads a text of any length and origin; never throws. */
export function readLog(text: string): LogText {
  const reader = new Reader();
  for (const line of textLines(text)) reader.add(line);
  return { ...reader.finish(), shortened: isShortened(text) };
}

/** Lines that are read between two pauses: a few milliseconds. */
const SLICE = 1000;

/** The same for those who have something else to do in between. @param turn awaited after each slice */
export async function readLogInTurns(text: string, turn: () => Promise<void>): Promise<LogText> {
  const reader = new Reader();
  let count = 0;
  for (const line of textLines(text)) {
    reader.add(line);
    if (++count % SLICE === 0) await turn();
  }
  return { ...reader.finish(), shortened: isShortened(text) };
}

class Reader {
  private readonly logs: VerifierLog[] = [];
  private readonly loader: LoaderLine[] = [];
  private statements: Statement[] | undefined;
  private marked = false;
  private inBtf = false;
  private inReport = false;
  private program: string | undefined;
  /** The program of the log that was closed last without having a name: loaders also name it afterwards. */
  private unnamed = -1;

  add(source: TextLine): void {
    const { text, line } = source;
    if (text === '' && !this.inReport) return;
    const mark = text.includes('LOG --');
    if (this.inBtf || (mark && BEGIN_BTF.test(text))) return void (this.inBtf = !END_BTF.test(text));
    this.nameOf(text);
    if (mark && BEGIN.test(text)) return this.open(true);
    if (mark && END.test(text)) return this.close(false);
    if (source.fromLoader) {
      if (this.statements !== undefined && !this.marked) this.close(true);
      if (!this.marked) return void this.loader.push({ line, text });
    }
    if (this.inReport && !/^processed \d/.test(text) && !/^verification time \d/.test(text)) return void this.statements?.push({ kind: 'report', line, text });
    this.inReport = false;
    const statement = statementOf(text, line);
    if (statement !== undefined) this.take(statement, text);
  }

  private take(statement: Statement, text: string): void {
    if (statement.kind === 'message' && !this.marked && this.takeInline(statement.line, statement.text)) return;
    if (this.statements === undefined && startsLog(statement)) this.open(false);
    if (this.statements === undefined) {
      if (statement.kind === 'message') this.loader.push({ line: statement.line, text: statement.text });
      return;
    }
    if (statement.kind === 'message' && REPORT.test(statement.text)) this.inReport = true;
    this.statements.push(statement.kind === 'message' && this.inReport ? { kind: 'report', line: statement.line, text } : statement);
    if (!this.marked && statement.kind === 'stats' && statement.stats.instructions !== undefined) this.close(false);
  }

  /** A log, or its summary, behind a loader's words. */
  private takeInline(line: number, text: string): boolean {
    const m = INLINE.exec(text);
    if (m === null) return false;
    if (this.statements === undefined) this.loader.push({ line, text: m[1]!.trim() });
    const summary = SUMMARY.exec(m[2]!);
    for (const part of summary === null ? [m[2]!] : [summary[1]!, summary[2]!]) {
      const statement = statementOf(part, line);
      if (statement === undefined) continue;
      if (this.statements === undefined) this.open(false);
      this.statements!.push(statement);
    }
    if (summary !== null) this.close(true);
    return true;
  }

  finish(): Omit<LogText, 'shortened'> {
    this.close(true);
    return { logs: this.logs, loader: this.loader };
  }

  private nameOf(text: string): void {
    if (!text.includes('prog') && !text.startsWith('PROCESSING')) return;
    for (const pattern of PROGRAM) {
      const name = pattern.exec(text.length > 2000 ? text.slice(0, 2000) : text)?.[1];
      if (name === undefined) continue;
      const last = this.logs[this.unnamed];
      if (last !== undefined && this.statements === undefined && !BEGIN.test(text)) this.logs[this.unnamed] = { ...last, program: name };
      this.unnamed = -1;
      this.program = name;
      return;
    }
  }

  private open(marked: boolean): void {
    if (this.statements !== undefined) this.close(true);
    this.statements = [];
    this.marked = marked;
    if (marked) return;
    // What the verifier says before the first instruction stands before the line that showed us the log.
    const header: LoaderLine[] = [];
    for (let last = this.loader.at(-1); last !== undefined && header.length < HEADER && isVerifiers(last.text); last = this.loader.at(-1)) header.unshift(this.loader.pop()!);
    this.statements.push(...header.map(({ line, text }) => ({ kind: 'message' as const, line, text })));
  }

  private close(early: boolean): void {
    const { statements } = this;
    this.statements = undefined;
    this.inReport = false;
    const marked = this.marked;
    this.marked = false;
    const [first] = statements ?? [];
    const last = statements?.at(-1);
    if (first === undefined || last === undefined || statements === undefined) return;
    const counted = statements.some((s) => s.kind === 'stats' && s.stats.instructions !== undefined);
    this.logs.push({ statements, firstLine: first.line, lastLine: last.line, ...(this.program === undefined ? {} : { program: this.program }), cut: early && !counted });
    this.unnamed = this.program === undefined && !marked ? this.logs.length - 1 : -1;
    this.program = undefined;
  }
}

/** Lines that only a verifier writes. */
function startsLog(statement: Statement): boolean {
  if (statement.kind === 'instruction' || statement.kind === 'branch') return true;
  if (statement.kind === 'state') return statement.insn !== undefined || / (?:R\d|fp-)/.test(statement.stateText);
  return statement.kind === 'stats' && statement.stats.instructions !== undefined;
}

/** What the verifier complains of without having looked at an instruction starts like this; loaders' own lines do not. */
function isVerifiers(text: string): boolean {
  return /^(?:unreachable insn|jump out of range|back-edge|loop detected|last insn is not|R\d+ |arg#\d+|Global function|Func#|func#|unknown opcode|invalid (?:bpf_ld_imm64|BPF_|insn)|BPF_\w+ uses|number of func|the call stack|combined stack|fd \d+ is not|cannot pass map|tracing progs|map .* cannot|The sequence of)/.test(text);
}
