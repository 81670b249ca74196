/** From a text to its chunks: lexing, preprocessor, brackets, and the mask of each chunk on demand. */
import { span, startingIn } from '../text/span.js';
import { isTooLong, splitChunks, withinLimits } from './chunks.js';
import { fileTokens } from './fileTokens.js';
import { IDENT, lex } from './lexer.js';
import { Mask } from './mask.js';
import { maskBody } from './maskBody.js';
import { maskHeader } from './maskHeader.js';
import { maskWord } from './maskWords.js';
import { classifyDefine, preprocess } from './preprocessor.js';
import { SECTION, flagsOf } from './words.js';
import type { Span } from '../text/span.js';
import type { Chunk } from './chunks.js';
import type { FileTokens } from './fileTokens.js';
import type { ChunkContext } from './functionView.js';
import type { Lexed } from './lexer.js';
import type { MaskContext } from './maskWords.js';
import type { DefineClass, Preprocessed } from './preprocessor.js';
import type { DefineView, SectionUse } from './views.js';

/** A text, cut up and ready to be masked chunk by chunk. */
export interface SourceUnit {
  readonly text: string;
  readonly tokens: FileTokens;
  readonly preprocessed: Preprocessed;
  readonly chunks: readonly Chunk[];
  /** True where there are more chunks than are looked into. */
  readonly isCut: boolean;
  readonly maskContext: MaskContext;
  readonly chunkContext: ChunkContext;
  /** Changes when a `#define` changes what the masks do. */
  readonly signature: string;
}

/** Lexes and cuts a text. Linear in its length. `classify` may come from a cache; `outer` knows the defines of a text around this one. */
export function cutSource(text: string, classify: (define: DefineView) => DefineClass = classifyDefine, outer?: MaskContext): SourceUnit {
  const lexed = lex(text);
  const preprocessed = preprocess(lexed);
  const tokens = fileTokens(lexed, preprocessed.dropped);
  const classes = new Map<string, DefineClass>();
  const defines = new Map<string, DefineView>();
  let signature = '';
  for (const define of preprocessed.defines) {
    let kind = classify(define);
    const inner = kind === 'other' && define.params !== undefined ? /^(\w+)\s*\(/.exec(define.body)?.[1] : undefined;
    if (inner !== undefined && classes.get(inner) === 'definition') kind = 'definition';
    const known = classes.get(define.name);
    if (known !== undefined && known !== 'other' && kind === 'other') continue;
    classes.set(define.name, kind);
    defines.set(define.name, define);
    if (kind !== 'other') signature += `${define.name} ${kind} ${define.params?.join(',') ?? '-'}${kind === 'section' || kind === 'definition' ? define.body : ''}\n`;
  }
  const { conditionsAt } = preprocessed;
  const maskContext: MaskContext = { classOf: (name) => classes.get(name) ?? outer?.classOf(name), define: (name) => defines.get(name) ?? outer?.define(name), conditionsAt };
  const all = splitChunks(tokens, maskContext.classOf);
  const chunks = withinLimits(all);
  const alternatives = preprocessed.dropped.filter((d) => !d.dead).map((d) => span(d.start, d.end));
  const chunkContext: ChunkContext = {
    conditionsAt,
    unrolledBefore: (offset) => unrolledBefore(text, offset),
    holes: holesOf(lexed, preprocessed),
    alternatives,
    droppedSections: droppedSections(text, alternatives, maskContext),
  };
  return { text, tokens, preprocessed, chunks, isCut: chunks !== all, maskContext, chunkContext, signature };
}

/** Masks one chunk. */
export function maskChunk(unit: SourceUnit, chunk: Chunk): Mask {
  const m = new Mask(unit.tokens, chunk.first, chunk.last);
  maskHeader(m, chunk.first, chunk.body < 0 ? chunk.last : chunk.body, chunk.body >= 0, unit.maskContext);
  if (chunk.body >= 0 && !isTooLong(chunk)) maskBody(m, chunk.body + 1, chunk.last, unit.maskContext);
  return m;
}

/** The whole text masked: what tree-sitter would get if it parsed the file at once. Same length, same line breaks. */
export function maskText(text: string): string {
  const unit = cutSource(text);
  const { holes } = unit.chunkContext;
  let out = '';
  let at = 0;
  for (const [index, chunk] of unit.chunks.entries()) {
    const next = unit.chunks[index + 1];
    const end = next === undefined ? text.length : (unit.tokens.start[next.first] as number);
    const inside = startingIn(holes, at, end, (h) => h.start);
    out += maskChunk(unit, chunk).render(at, end, inside);
    at = end;
  }
  return out + (at < text.length ? new Mask(unit.tokens, 0, 0).render(at, text.length, holes) : '');
}

function holesOf(lexed: Lexed, preprocessed: Preprocessed): Span[] {
  const holes = lexed.directives.map((d) => span(d.start, d.end));
  if (preprocessed.dropped.length === 0) return holes;
  return [...holes, ...preprocessed.dropped.map((d) => span(d.start, d.end))].sort((a, b) => a.start - b.start);
}

/** True if `#pragma unroll`, `_Pragma("unroll")` or a macro named so stands right before `offset`. */
export function unrolledBefore(text: string, offset: number): boolean {
  let line = text.slice(Math.max(0, offset - 200), offset).trimEnd();
  line = line.slice(Math.max(line.lastIndexOf('\n'), line.lastIndexOf(';'), line.lastIndexOf('{'), line.lastIndexOf('}')) + 1);
  if (/unroll/i.test(line)) return !/nounroll|unroll\s*\(\s*disable|no_unroll/i.test(line);
  return false;
}

/** `SEC(…)` in dropped arms: the other half of a function with two sections. */
function droppedSections(text: string, alternatives: readonly Span[], context: MaskContext): SectionUse[] {
  const uses: SectionUse[] = [];
  for (const arm of alternatives) {
    const lexed = lex(text, arm.start, arm.end);
    const tokens = fileTokens(lexed, []);
    const m = new Mask(tokens, 0, tokens.count);
    for (let i = 0; i < tokens.count; i++) {
      if (tokens.kind[i] === IDENT && (flagsOf(tokens.word[i] as number) & SECTION) !== 0) maskWord(m, i, 0, context);
    }
    uses.push(...m.sections.map((s) => s.use));
  }
  return uses;
}
