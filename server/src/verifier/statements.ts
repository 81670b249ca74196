/** Tells what each line of a verifier log is. Every pattern is anchored and simple: a hostile line costs no more than its length. */
import type { SourceNote, Statement, Stats } from './verifier.types.js';

const INSTRUCTION = /^(\d{1,7}): \(([0-9a-f]{2})\) /;
/** What libbpf writes in place of an instruction that it could not fill in. */
const POISONED = /^(\d{1,7}): (<invalid [^>]{1,60}>)$/;
const STATE = /^(\d{1,7}): ?(?=frame\d|R\d|fp-)/;
/** A register state, which may say whose frame it is of. */
const REGISTERS = /^(?:frame\d+: ?)?(?:R\d+|fp-\d+)(?:_[rwPRWD]+)?=/;
const BRANCH = /^from (\d{1,7}) to (\d{1,7})(?: \(speculative execution\))?:/;
const JUMPED = /^((?:if .{1,200}?)?goto \S+) \d{1,7}: (?=R\d|frame\d|fp-)/;
const LIVE = /^\d{1,7}: [.\d]{8,16}(?: |$)/;
const SAFE = /^(?:\d{1,7}|from \d+ to \d+(?: \(speculative execution\))?): safe$/;
/** The verifier's account of its own work. */
const TRACE = /^(?:(?:cur|old) state: |func#\d+ @\d+|Live regs before insn:|last_idx \d|regs=[0-9a-f]* stack=|parent (?:already had|didn't have|state) regs|mark_precise: |frame ?\d+: (?:regs=|parent |last_idx|propagating)|propagating |propagated |(?:caller|callee|returning from callee|to caller at \d+):?|Validating .{0,200} func#\d+\.\.\.|Func#\d+ .* is (?:global and assumed valid|safe for any args)|stack depth [\d+]+|subprog\b.*stack depth|btf_vmlinux is malformed|reg type unsupported for arg#|arg#\d+ reg type unsupported|verification time|\(reg type unsupported|BPF_(?:Stack|Live)|hit: |update: |use: |def: |live stack |insn \d+ cur)/;
const PROCESSED = /^processed (\d+) insns \(limit (\d+)\)(?: max_states_per_insn (\d+) total_states (\d+) peak_states (\d+) mark_read (\d+))?/;
const OLD_PROCESSED = /^processed (\d+) insns(?:, stack depth|$| )/;
const TIME = /^verification time (\d+) usec/;
const AT_FILE = /^(.*?) @ ([^\s:][^:]{0,400}):(\d{1,7})$/;

/**
 * Reads a line.
 * @returns undefined for an empty one
 */
export function statementOf(raw: string, line: number): Statement | undefined {
  const text = raw.trim();
  if (text === '') return undefined;
  const first = text.charCodeAt(0);
  if (first >= 48 && first <= 57) return numbered(text, line);
  if (first === 59 /* ; */) return { kind: 'note', line, note: sourceNote(text.slice(1).trim()) };
  if (text.startsWith('from ')) return branch(text, line);
  if (first === 82 /* R */ || text.startsWith('fp-') || text.startsWith('frame')) {
    if (REGISTERS.test(text)) return { kind: 'state', line, stateText: text };
  }
  const stats = statsOf(text);
  if (stats !== undefined) return { kind: 'stats', line, stats };
  if (TRACE.test(text)) return { kind: 'trace', line };
  return { kind: 'message', line, text };
}

function numbered(text: string, line: number): Statement {
  const m = INSTRUCTION.exec(text);
  if (m !== null) {
    const rest = text.slice(m[0].length);
    // A jump whose outcome is known goes on at once, and the state there is written behind it.
    const jumped = rest.startsWith('if ') || rest.startsWith('goto ') ? JUMPED.exec(rest) : null;
    if (jumped !== null) return { kind: 'instruction', line, insn: Number(m[1]), code: jumped[1]!, stateText: rest.slice(jumped[0].length), whole: true };
    const at = stateStart(rest);
    const code = (at === -1 ? rest : rest.slice(0, at)).trimEnd();
    return { kind: 'instruction', line, insn: Number(m[1]), code, stateText: at === -1 ? undefined : rest.slice(at + 1) };
  }
  const poisoned = POISONED.exec(text);
  if (poisoned !== null) return { kind: 'instruction', line, insn: Number(poisoned[1]), code: poisoned[2]! };
  const s = STATE.exec(text);
  if (s !== null && REGISTERS.test(text.slice(s[0].length))) return { kind: 'state', line, insn: Number(s[1]), stateText: text.slice(s[0].length) };
  if (LIVE.test(text) || SAFE.test(text)) return { kind: 'trace', line };
  return { kind: 'message', line, text };
}

/** Where ` ; R0_w=…` starts behind an instruction; -1 if it does not. The last `;` that a state follows, since maps may have odd names. */
function stateStart(rest: string): number {
  for (let at = rest.indexOf(';'); at !== -1; at = rest.indexOf(';', at + 1)) {
    if (/^; ?(?:frame\d+: ?)?(?:R\d|fp-\d|refs=|$)/.test(rest.slice(at, at + 24))) return at;
  }
  return -1;
}

function branch(text: string, line: number): Statement {
  if (SAFE.test(text)) return { kind: 'trace', line };
  const m = BRANCH.exec(text);
  if (m === null) return { kind: 'message', line, text };
  const rest = text.slice(m[0].length).trim();
  return { kind: 'branch', line, from: Number(m[1]), to: Number(m[2]), ...(rest === '' ? {} : { stateText: rest }) };
}

/** `; code @ file.c:12` without its semicolon. */
export function sourceNote(text: string): SourceNote {
  const at = text.lastIndexOf(' @ ');
  const m = at === -1 ? null : AT_FILE.exec(text.length > 4000 ? text.slice(-4000) : text);
  if (m === null) return { code: text };
  return { code: m[1]!.trim(), file: m[2]!, line: Number(m[3]) };
}

function statsOf(text: string): Partial<Stats> | undefined {
  const m = PROCESSED.exec(text);
  if (m !== null) return { instructions: Number(m[1]), limit: Number(m[2]), ...(m[4] === undefined ? {} : { states: Number(m[4]), peakStates: Number(m[5]) }) };
  const old = OLD_PROCESSED.exec(text);
  if (old !== null) return { instructions: Number(old[1]) };
  const time = TIME.exec(text);
  return time === null ? undefined : { verificationMicroseconds: Number(time[1]) };
}
