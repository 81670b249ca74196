/** Verifier logs: what they say, where their lines stand, and hovers in them. */
import { entryOfWord } from '../../features/reference/entries.js';
import { lineToPlain } from '../../features/text/plain.js';
import { toMarkdown } from '../../features/text/markdown.js';
import { explanationPage, resultTitle, stepLine } from '../../features/verifierLog/describe.js';
import { logHover } from '../../features/verifierLog/hover.js';
import { shownSteps } from '../../features/verifierLog/select.js';
import type { FactBook } from '../../facts/factBook.types.js';
import { explainLogInTurns } from '../../verifier/explainLog.js';
import { locateLine, namesFile } from '../../verifier/locate.js';
import type { LogResult } from '../../verifier/verifier.types.js';
import {
  EXPLAIN_LOG_REQUEST, LOCATE_LOG_REQUEST, LOG_HOVER_REQUEST,
  type ExplainedLog, type ExplainLogParams, type LocatedLogLine, type LocatedLogLines, type LocateLogParams, type LogFailure, type LogHover, type LogHoverParams, type LogNote,
} from '../messages.js';
import type { HandlerSet } from './handlerSet.js';

const MAX_FAILURES = 50;

export const verifierLogHandlers: HandlerSet = {
  register({ connection, ofFacts }) {
    connection.onRequest(EXPLAIN_LOG_REQUEST, ofFacts('explainLog', (facts, { text }: ExplainLogParams) => explained(facts, String(text))));
    connection.onRequest(LOCATE_LOG_REQUEST, ofFacts('locateLogLines', (_facts, params: LocateLogParams) => located(params)));
    connection.onRequest(LOG_HOVER_REQUEST, ofFacts('logHover', (facts, { line, character }: LogHoverParams): LogHover | null => {
      const info = logHover(facts, String(line), character);
      return info === undefined ? null : { markdown: toMarkdown(info.sections), ...info.span };
    }));
  },
};

/** Lets messages in between slices of a long log. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

async function explained(facts: FactBook, text: string): Promise<ExplainedLog> {
  const explanation = await explainLogInTurns(text, facts, turn);
  const [first] = explanation.results;
  const hrefOf = (word: string): string | undefined => {
    const id = entryOfWord(facts, word)?.id;
    return id === undefined ? undefined : `../${id}.md`;
  };
  return {
    verdict: explanation.verdict,
    title: first === undefined ? 'Not a verifier log' : resultTitle(facts, first).title,
    markdown: `${toMarkdown(explanationPage(facts, explanation), hrefOf)}\n`,
    failures: explanation.results.filter((result) => result.verdict !== 'accepted').slice(0, MAX_FAILURES).map((result) => failure(facts, result)),
  };
}

function failure(facts: FactBook, result: LogResult): LogFailure {
  const { title, fact } = resultTitle(facts, result);
  const steps = shownSteps(result).slice(0, -1).flatMap((step) => (step.note === undefined ? [] : [{ note: step.note, text: lineToPlain(stepLine(step)) }]));
  return { title, message: result.messages[0]?.text ?? '', id: fact?.name ?? null, program: result.program ?? null, note: result.failing?.note ?? null, steps };
}

/** A file that the log names goes before one that only has the same text. */
function located({ notes, program, sources }: LocateLogParams): LocatedLogLines {
  return notes.map((note) => {
    const { file } = note;
    const named = file === undefined ? sources : sources.filter(({ uri }) => namesFile(pathOf(uri), baseName(file)));
    const ranked = file === undefined ? named : [...named].sort((a, b) => Number(namesFile(pathOf(b.uri), file)) - Number(namesFile(pathOf(a.uri), file)));
    const hits = ranked.flatMap(({ uri, text }) => locatedIn(uri, text, note, program));
    // Without a file's name a line that stands in several files is nobody's.
    if (file === undefined && new Set(hits.map((hit) => hit.uri)).size > 1) return null;
    return hits.find((hit) => hit.certain) ?? hits[0] ?? null;
  });
}

function locatedIn(uri: string, text: string, note: LogNote, program: string | null): LocatedLogLine[] {
  if (note.file === undefined && program !== null && !text.includes(program)) return [];
  const found = locateLine(text, note, program ?? undefined);
  if (found === undefined) return [];
  return [{ uri, range: { start: { line: found.line, character: found.start }, end: { line: found.line, character: found.end } }, certain: found.certain }];
}

const baseName = (file: string): string => file.split(/[\\/]/).at(-1) ?? file;

function pathOf(uri: string): string {
  const path = uri.replace(/^[\w+.-]+:(?:\/\/[^/]*)?/, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
