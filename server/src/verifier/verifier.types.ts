/** What a verifier log turns into: plain data, without protocol types and without words of our own. */

/** A source line as the log tells it: `; code @ file.c:12`, or the code alone before Linux 6.9. */
export interface SourceNote {
  /** The line's text, outer blanks taken off. */
  readonly code: string;
  /** As the compiler spelled it; often a base name or a path relative to the build folder. */
  readonly file?: string;
  /** Counted from 1. */
  readonly line?: number;
}

/** One register or stack slot as the log prints it. */
export interface Register {
  /** `R1`, `fp-8`; `frame1:R1` in a called function's frame is `R1` with `frame` 1. */
  readonly name: string;
  /** `ctx(off=0,imm=0)`, `scalar(smin=0)`, `7`. */
  readonly value: string;
}

export interface State {
  readonly frame: number;
  readonly registers: readonly Register[];
  /** True if the log lists all registers here, not only those that an instruction changed. */
  readonly whole: boolean;
}

/**
 * What one line of a log is. `line` counts the lines of the text that was given, from 0. `stateText` is a register state as it was written:
 * a log has hundreds of thousands, and only those on the way to the failing instruction are ever read.
 */
export type Statement =
  | { readonly kind: 'instruction'; readonly line: number; readonly insn: number; readonly code: string; readonly stateText?: string; readonly whole?: boolean }
  | { readonly kind: 'state'; readonly line: number; readonly insn?: number; readonly stateText: string }
  /** `from 4 to 7: R0=…`: the verifier takes up a branch that it had put aside. */
  | { readonly kind: 'branch'; readonly line: number; readonly from: number; readonly to: number; readonly stateText?: string }
  | { readonly kind: 'note'; readonly line: number; readonly note: SourceNote }
  | { readonly kind: 'message'; readonly line: number; readonly text: string }
  /** What the verifier says of its own work: `last_idx 3 first_idx 0`, live registers, `func#0 @0`. */
  | { readonly kind: 'trace'; readonly line: number }
  /** A line of the report that Linux 7.x puts behind the message, with its blanks. */
  | { readonly kind: 'report'; readonly line: number; readonly text: string }
  | { readonly kind: 'stats'; readonly line: number; readonly stats: Partial<Stats> };

export interface Stats {
  readonly instructions: number;
  readonly limit: number;
  readonly states: number;
  readonly peakStates: number;
  readonly verificationMicroseconds: number;
}

/** One verifier log inside a text. */
export interface VerifierLog {
  readonly statements: readonly Statement[];
  /** First and last line in the text, counted from 0. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** As the loader names it, if it does. */
  readonly program?: string;
  /** True if its start or end is missing: no count of processed instructions, or the loader cut it. */
  readonly cut: boolean;
}

/** A line that says something, outside of verifier logs: libbpf's, a loader's or the kernel's. */
export interface LoaderLine {
  readonly line: number;
  readonly text: string;
}

/** A text that was read: its logs, and what stands around them. */
export interface LogText {
  readonly logs: readonly VerifierLog[];
  readonly loader: readonly LoaderLine[];
  /** True if only the end of a very long text was read. */
  readonly shortened: boolean;
}

/** What a known message's text says, by the names in its template. */
export type Captures = Readonly<Record<string, string>>;

/** One step of the way to the failing instruction, as far as the log shows it. */
export interface PathStep {
  readonly insn: number;
  readonly code: string;
  readonly line: number;
  readonly note?: SourceNote;
  /** What it changed. */
  readonly changed: readonly Register[];
  /** For a conditional jump: whether this way took it. */
  readonly taken?: boolean;
}

/** The report that Linux 7.x appends: the kernel's own words. */
export interface KernelReport {
  /** `Register Type Safety` */
  readonly category: string;
  /** `Invalid dereference`; may be empty. */
  readonly problem: string;
  readonly reason: string;
  readonly suggestion: string;
  readonly at?: ReportPlace;
  readonly causes: readonly ReportPlace[];
}

export interface ReportPlace {
  readonly function?: string;
  readonly note?: SourceNote;
  readonly column?: number;
  readonly insn?: number;
  readonly code?: string;
  /** `error`, `acquired`, `update`, … and what it says. */
  readonly label?: string;
  readonly text?: string;
}

/** A message of a log: known, with the id of its entry, or not. */
export interface LogMessage {
  readonly text: string;
  /** Line in the text, counted from 0. */
  readonly line: number;
  /** Name of the entry in the fact book. */
  readonly id?: string;
  readonly captures: Captures;
}

export type Verdict =
  /** The message that ended it is known. */
  | 'explained'
  /** It was refused, and what it says is not in the book. */
  | 'unknown'
  /** The verifier took the program. */
  | 'accepted'
  /** The log ends before the message. */
  | 'cut'
  /** Nothing in the text looks like a log. */
  | 'not-a-log';

/** What one log, or the loader's lines if there is no log, comes to. */
export interface LogResult {
  readonly verdict: Exclude<Verdict, 'not-a-log'>;
  readonly program?: string;
  /** The one that says most, then what else was said after the last instruction. */
  readonly messages: readonly LogMessage[];
  /** What the loader says around it (`BPF program load failed: Permission denied`), if known. */
  readonly loader: readonly LogMessage[];
  readonly failing?: PathStep;
  /** The registers before the failing instruction, as far as the log shows them. */
  readonly registers: readonly Register[];
  /** From the oldest step that is kept to the failing instruction. */
  readonly path: readonly PathStep[];
  /** True if steps before `path` were left out. */
  readonly pathCut: boolean;
  /** The instructions that the log shows most often, for programs that are too complex. */
  readonly hot: readonly { readonly insn: number; readonly count: number; readonly note?: SourceNote }[];
  readonly report?: KernelReport;
  readonly stats?: Partial<Stats>;
}

export interface LogExplanation {
  readonly verdict: Verdict;
  /** One for each log that failed, in the text's order; those that were accepted only if no other is there. */
  readonly results: readonly LogResult[];
  readonly shortened: boolean;
}
