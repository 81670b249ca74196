/** Cuts a file's tokens into top-level chunks: definitions, declarations, and macro uses that stand alone. */
import { IDENT, STRING } from './lexer.js';
import { inFirstColumn } from './fileTokens.js';
import { oldStyleBody } from './oldStyle.js';
import { ATTRIBUTE, SECTION, TAG, flagsOf } from './words.js';
import type { FileTokens } from './fileTokens.js';
import type { DefineClass } from './preprocessor.js';

/** A stretch of tokens at file level, `last` exclusive. */
export interface Chunk {
  readonly first: number;
  readonly last: number;
  /** Token of the `{` that opens a function's body, -1 for everything else. */
  readonly body: number;
}

/** Chunks of a file that are looked into: a few times what the largest files of people have, and as much as memory is there for. */
const MAX_CHUNKS = 200_000;
/** Tokens of a file that are looked into, and of one function's body: text that is written has one for three or four characters. */
const MAX_TOKENS = 3_000_000;
const MAX_BODY = 250_000;

/** What the limits leave out of a file, as ends of sentences about it. */
export function limitsOf(chunks: readonly Chunk[], isCut: boolean): readonly string[] {
  const number = (n: number): string => n.toLocaleString('en-US');
  const bodies = (chunks[chunks.length - 1]?.last ?? 0) > MAX_BODY ? chunks.filter(isTooLong).length : 0;
  return [
    ...(bodies > 0 ? [`has ${bodies === 1 ? 'a function' : `${bodies} functions`} with more than ${number(MAX_BODY)} tokens: nothing in ${bodies === 1 ? 'it' : 'them'} is seen`] : []),
    ...(isCut ? [`has more than ${number(MAX_CHUNKS)} declarations or ${number(MAX_TOKENS)} tokens: what is beyond that is not seen`] : []),
  ];
}

/** True for a function whose body is too long to be looked into. */
export function isTooLong({ body, last }: Chunk): boolean {
  return body >= 0 && last - body > MAX_BODY;
}

/** True where a file has no more than is looked into. */
export function isWithinLimits(chunks: number, tokens: number): boolean {
  return chunks <= MAX_CHUNKS && tokens <= MAX_TOKENS;
}

/** What is looked into of a file's chunks: those before the first that is beyond a limit. The same list where all are. */
export function withinLimits(chunks: Chunk[]): Chunk[] {
  let tokens = 0;
  for (const [i, chunk] of isWithinLimits(chunks.length, chunks[chunks.length - 1]?.last ?? 0) ? [] : chunks.entries()) {
    if (!isTooLong(chunk)) tokens += chunk.last - chunk.first;
    if (!isWithinLimits(i + 1, tokens)) return chunks.slice(0, i);
  }
  return chunks;
}

/** Splits the whole file; every token is in exactly one chunk. */
export function splitChunks(tokens: FileTokens, classOf: (name: string) => DefineClass | undefined): Chunk[] {
  const { kind, match, count, restart } = tokens;
  const chunks: Chunk[] = [];
  let first = 0;
  let assigned = false;
  const emit = (last: number, body: number): void => {
    if (last > first) chunks.push({ first, last, body });
    first = last;
    assigned = false;
  };
  let i = 0;
  while (i < count) {
    const k = kind[i] as number;
    if (i === first && isLoose(tokens, i)) {
      while (i < count && isLoose(tokens, i)) i++;
      emit(i, -1);
      continue;
    }
    if (restart[i] === 1 && i > first && !attributesOnly(tokens, first, i)) emit(i, -1);
    if (k === IDENT) {
      if (standsAlone(tokens, i, classOf) && (i === first || attributesOnly(tokens, first, i))) {
        i = (match[i + 1] as number) + 1;
        emit(i, -1);
        continue;
      }
      if (i > first && kind[i + 1] === 40 && inFirstColumn(tokens, i) && startsOver(tokens, first, i)) emit(i, -1);
      i++;
    } else if (k === 123) {
      const close = match[i] as number;
      if (!assigned && opensBody(tokens, first, i)) {
        const last = close >= 0 ? close + 1 : nextRestart(tokens, i + 1);
        emit(last, i);
        // keep the body's place: emit resets first
        i = last;
      } else i = close >= 0 ? close + 1 : i + 1;
    } else if (k === 40 || k === 91) {
      const close = match[i] as number;
      i = close >= 0 ? close + 1 : i + 1;
    } else if (k === 125) {
      while (i < count && kind[i] === 125 && match[i] === -1) i++;
      emit(Math.max(i, first + 1), -1);
      i = first;
    } else if (k === 59) {
      const brace = assigned ? -1 : oldStyleBody(tokens, first, i);
      if (brace < 0) emit(++i, -1);
      else {
        const close = match[brace] as number;
        i = close >= 0 ? close + 1 : nextRestart(tokens, brace + 1);
        emit(i, brace);
      }
    } else {
      if (k === 61) assigned = true;
      i++;
    }
  }
  emit(count, -1);
  return chunks;
}

/** A semicolon, or a brace that closes nothing: where a chunk could begin, they are nothing, however many there are. */
function isLoose({ kind, match }: FileTokens, i: number): boolean {
  return kind[i] === 59 || (kind[i] === 125 && match[i] === -1);
}

function nextRestart(tokens: FileTokens, from: number): number {
  let i = from;
  while (i < tokens.count && tokens.restart[i] === 0) i++;
  return i;
}

/** `M(…)` at the start of a chunk whose `#define` makes whole declarations: nothing after it belongs to it. */
function standsAlone(tokens: FileTokens, i: number, classOf: (name: string) => DefineClass | undefined): boolean {
  if (tokens.kind[i + 1] !== 40 || tokens.word[i] !== 0) return false;
  const close = tokens.match[i + 1] as number;
  if (close < 0 || tokens.kind[close + 1] !== IDENT) return false;
  return classOf(tokens.text.slice(tokens.start[i], tokens.end[i])) === 'definition';
}

/** `SEC(…)` in the first column after something that lacks its `;`: it begins a declaration if a type and a name follow. */
function startsOver(tokens: FileTokens, first: number, i: number): boolean {
  if ((flagsOf(tokens.word[i] as number) & SECTION) === 0) return false;
  const close = tokens.match[i + 1] as number;
  if (close < 0 || tokens.kind[close + 1] !== IDENT) return false;
  const after = tokens.kind[close + 2];
  if (after !== IDENT && after !== 42) return false;
  return !attributesOnly(tokens, first, i);
}

/** True if the tokens are attribute words and `M(…)` groups only. */
function attributesOnly(tokens: FileTokens, first: number, last: number): boolean {
  let i = first;
  while (i < last) {
    if (tokens.kind[i] !== IDENT) return false;
    const grouped = tokens.kind[i + 1] === 40;
    if (!grouped && (flagsOf(tokens.word[i] as number) & (ATTRIBUTE | SECTION)) === 0) return false;
    let close = grouped ? (tokens.match[i + 1] as number) : i;
    if (close < 0) {
      // `SEC("x` without its end
      if ((flagsOf(tokens.word[i] as number) & SECTION) === 0) return false;
      close = i + 1;
      while (close + 1 < last && tokens.kind[close + 1] === STRING) close++;
    }
    i = close + 1;
  }
  return true;
}

/** True if the `{` opens a function's body and not the members of a struct, union or enum. */
function opensBody(tokens: FileTokens, first: number, brace: number): boolean {
  const { kind, match, word } = tokens;
  let i = brace - 1;
  while (i >= first) {
    const k = kind[i] as number;
    if (k === IDENT) {
      const flags = flagsOf(word[i] as number);
      if ((flags & TAG) !== 0) return false;
      const before = i - 1;
      if (before >= first && kind[before] === IDENT && (flagsOf(word[before] as number) & TAG) !== 0) return false;
      if (kind[before] === 58) return false; // enum x : __u64 {
      i--;
    } else if (k === 41) {
      const open = match[i] as number;
      if (open < first) return false;
      const head = open - 1;
      if (head >= first && kind[head] === IDENT && (flagsOf(word[head] as number) & (ATTRIBUTE | SECTION)) !== 0) i = head - 1;
      else return true;
    } else return false;
  }
  return false;
}
