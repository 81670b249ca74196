/** `explain-log FILE|-`: what a verifier log says, in a terminal, as a compiler would put it. */
import { closeSync, fstatSync, openSync } from 'node:fs';
import type { FactBook } from '../facts/factBook.types.js';
import { notALog, resultSections, resultTitle } from '../features/verifierLog/describe.js';
import { fillText } from '../features/verifierLog/fill.js';
import { toPlain } from '../features/text/plain.js';
import { explainLog } from '../verifier/explainLog.js';
import type { LogExplanation, LogResult } from '../verifier/verifier.types.js';
import { loadFacts } from './engine.js';
import { EXIT, UsageError, type CliHost } from './host.js';
import { chunksOf, isFolder, readAt, reasonOf } from './readText.js';
import { SourceFiles, type FoundSource } from './sourceFiles.js';
import { blanks, printable } from './terminal.js';

export interface ExplainLogOptions {
  readonly source?: readonly string[];
  readonly format?: string;
}

/** A log's end is what counts; more of it is not read. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_SOURCE = 160;

export interface LogJson {
  readonly version: 1;
  readonly verdict: LogExplanation['verdict'];
  readonly results: readonly ResultJson[];
}

type ResultJson = Pick<LogResult, 'verdict' | 'program' | 'messages' | 'registers' | 'path' | 'hot' | 'report' | 'stats'> & {
  readonly id: string | null;
  readonly title: string;
  readonly means: string | null;
  readonly causes: readonly string[];
  readonly fix: readonly string[];
  readonly instruction: { readonly index: number; readonly code: string } | null;
  readonly source: { readonly path: string | null; readonly file: string | null; readonly line: number | null; readonly column: number | null; readonly code: string } | null;
};

/**
 * @param file a path, or `-` for standard input
 * @returns the exit code: 0 explained or accepted, 1 not known, cut, or no log at all
 */
export async function explainLogFile(file: string, options: ExplainLogOptions, host: CliHost): Promise<number> {
  const format = options.format ?? 'text';
  if (format !== 'text' && format !== 'json') throw new UsageError(`--format ${printable(format)} is not known; text or json`);
  for (const folder of options.source ?? []) if (!isFolder(folder)) throw new UsageError(`--source ${printable(folder)} is no folder`);
  const [facts, text] = [await loadFacts(host.assetDir), readLog(file)];
  const explanation = explainLog(text, facts);
  const sources = new SourceFiles(options.source ?? ['.']);
  if (format === 'json') host.out(`${JSON.stringify(asJson(facts, explanation, sources), undefined, 2)}\n`);
  else if (explanation.results.length > 0) host.out(explanation.results.map((result) => asText(facts, result, sources, host)).join('\n'));
  else host.err(`ebpf-lens: ${file === '-' ? 'standard input' : printable(file)}: ${toPlain(notALog(), host.columns)}\n`);
  return explanation.verdict === 'explained' || explanation.verdict === 'accepted' ? EXIT.ok : EXIT.findings;
}

/** @throws UsageError if it cannot be read */
function readLog(file: string): string {
  let fd: number | undefined;
  try {
    fd = file === '-' ? 0 : openSync(file, 'r');
    const stat = fstatSync(fd);
    if (stat.isDirectory()) throw new UsageError(`${printable(file)}: is a directory`);
    return new TextDecoder('utf-8').decode(stat.isFile() && file !== '-' ? readAt(fd, Math.min(stat.size, MAX_BYTES), Math.max(0, stat.size - MAX_BYTES)) : lastOf(fd));
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${printable(file)}: ${reasonOf(error)}`);
  } finally {
    if (fd !== undefined && fd !== 0) closeSync(fd);
  }
}

/** A pipe, to its end; of more than the limit only the last part stays. */
function lastOf(fd: number): Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  for (const chunk of chunksOf(fd)) {
    chunks.push(chunk);
    size += chunk.length;
    while (size > MAX_BYTES) size -= chunks.shift()!.length;
  }
  return Buffer.concat(chunks);
}

function asText(facts: FactBook, result: LogResult, sources: SourceFiles, host: CliHost): string {
  const { title, fact } = resultTitle(facts, result);
  const paint = (codes: string, text: string): string => (host.colour ? `\u001b[${codes}m${text}\u001b[0m` : text);
  const head = result.verdict === 'accepted' ? paint('1;32', 'accepted:') : result.verdict === 'explained' ? paint('1;31', 'error:') : paint('1;33', 'not known:');
  const place = result.failing?.note === undefined ? undefined : sources.find(result.failing.note, result.program);
  const program = result.program === undefined ? '' : `${printable(result.program)}: `;
  const lines = [`${head} ${paint('1', `${program}${printable(title)}`)}${fact === undefined ? '' : ` [${fact.name}]`}`];
  if (place !== undefined) lines.push(...excerpt(place, result.messages[0]?.text ?? '', paint));
  return `${lines.join('\n')}\n\n${toPlain(resultSections(facts, result), host.columns)}\n`;
}

/** The line with carets and the log's own words under it. */
function excerpt(place: FoundSource, message: string, paint: (codes: string, text: string) => string): string[] {
  const source = place.text.split(/\r\n|\n|\r/)[place.line] ?? '';
  const shown = source.length > MAX_SOURCE ? `${source.slice(0, MAX_SOURCE)}…` : source;
  const end = Math.min(place.end, shown.length);
  const number = String(place.line + 1).padStart(5);
  const carets = '^'.repeat(Math.max(1, blanks(shown.slice(place.start, end)).length));
  return [
    `${paint('1;34', '  -->')} ${printable(place.path)}:${place.line + 1}:${place.start + 1}${place.certain ? '' : ' (the file was edited since)'}`,
    paint('1;34', '      |'),
    `${paint('1;34', `${number} |`)} ${printable(shown)}`,
    `${paint('1;34', '      |')} ${blanks(shown.slice(0, place.start))}${paint('1;31', `${carets} ${printable(message.slice(0, MAX_SOURCE))}`)}`,
  ];
}

function asJson(facts: FactBook, explanation: LogExplanation, sources: SourceFiles): LogJson {
  return { version: 1, verdict: explanation.verdict, results: explanation.results.map((result) => resultJson(facts, result, sources)) };
}

function resultJson(facts: FactBook, result: LogResult, sources: SourceFiles): ResultJson {
  const { title, fact } = resultTitle(facts, result);
  const captures = result.messages[0]?.captures ?? {};
  const fill = (text: string): string => fillText(text, captures);
  const { verdict, program, messages, registers, path, hot, report, stats, failing } = result;
  const note = failing?.note;
  const place = note === undefined ? undefined : sources.find(note, program);
  return {
    verdict, ...(program === undefined ? {} : { program }), id: fact?.name ?? null, title, means: fact === undefined ? null : fill(fact.means), causes: fact?.causes.map(fill) ?? [], fix: fact?.fix.map(fill) ?? [],
    instruction: failing === undefined ? null : { index: failing.insn, code: failing.code },
    source: note === undefined ? null : { path: place?.path ?? null, file: note.file ?? null, line: place === undefined ? (note.line ?? null) : place.line + 1, column: place === undefined ? null : place.start + 1, code: note.code },
    messages: messages.map((message) => ({ ...message, line: message.line + 1 })), registers, path: path.map((step) => ({ ...step, line: step.line + 1 })), hot, ...(report ? { report } : {}), ...(stats ? { stats } : {}),
  };
}
