/**
 * Any text as the lines of a log: terminal escapes, time stamps and the prefixes of journals and loggers are taken off, and a log
 * that somebody printed as one string with `\n` in it is taken apart.
 */

/** A cleaned line and its place in the text that was given, counted from 0. */
export interface TextLine {
  readonly text: string;
  readonly line: number;
  /** True for a line that libbpf or bpftool wrote about the load, `libbpf: ` taken off. */
  readonly fromLoader: boolean;
}

/** Longer texts are read from their end: what failed stands there. */
export const MAX_CHARS = 48 * 1024 * 1024;
/** Longer lines are cut: no verifier writes them (a state of eight frames has some 6,000). */
const MAX_LINE = 20_000;

// eslint-disable-next-line no-control-regex -- escapes are what this is about
const ESCAPES = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** What stands in front of a line, one after the other, each at most once or twice. */
const PREFIXES: readonly RegExp[] = [
  /^(?:> ?)+/, // quoted in a mail
  /^\[ *\d+\.\d+\] ?/, // the kernel's ring buffer
  /^<\d>/, // its levels
  /^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d+ \d\d:\d\d:\d\d \S+ [^\s:]+: /, // a journal
  /^\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d\S* ?/,
  /^\d\d:\d\d:\d\d(?:[.,]\d+)? /,
  /^\[?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|trace|debug|info|warn|warning|error)(?:\[\d+\])?[\]:]? +/,
  /^ *[\w.-]+_test\.go:\d+: /, // go test
];
const LOADER = /^(?:libbpf|bpftool): /;
/** A line that may hold a whole log: escaped line breaks before what only a verifier writes. */
const ESCAPED = /\\n(?:[\\t ])*(?:\d+: (?:\([0-9a-f]{2}\)|R\d)|processed \d+ insns|; |from \d+ to \d+:)/;

/** True for a text of which only the end is read. */
export const isShortened = (text: string): boolean => text.length > MAX_CHARS;

/** The cleaned lines of a text, one after the other, so that whoever reads them may pause. */
export function* textLines(text: string): Generator<TextLine, void, void> {
  const shortened = isShortened(text);
  const from = shortened ? text.indexOf('\n', text.length - MAX_CHARS) + 1 : 0;
  let number = 0;
  if (shortened) for (let at = text.indexOf('\n'); at !== -1 && at < from; at = text.indexOf('\n', at + 1)) number++;
  for (let start = from; start <= text.length; number++) {
    let end = text.indexOf('\n', start);
    if (end === -1) end = text.length;
    const raw = text.slice(start, end);
    if (raw.includes('\\n') && ESCAPED.test(raw)) for (const part of raw.split(/\\r?\\n|\\n/)) yield clean(unescape(part), number);
    else yield clean(raw, number);
    start = end + 1;
  }
}

const unescape = (text: string): string => text.replace(/\\t/g, '\t').replace(/\\(["'\\])/g, '$1');

function clean(raw: string, line: number): TextLine {
  let text = (raw.length > MAX_LINE ? raw.slice(0, MAX_LINE) : raw).trimEnd();
  if (text.includes('\u001b')) text = text.replace(ESCAPES, '');
  text = text.replace(CONTROLS, '');
  // A line of a log starts with its number: the usual case, and none of the prefixes does.
  if (!/^\d+: [(R]/.test(text)) for (const prefix of PREFIXES) text = text.replace(prefix, '');
  const fromLoader = LOADER.test(text);
  if (fromLoader) text = text.replace(LOADER, '');
  return { text: text.trimEnd(), line, fromLoader };
}
