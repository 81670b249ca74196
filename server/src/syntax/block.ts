/** Reads one chunk of a file into a block of views. */
import { placeAt, substitute } from './expand.js';
import { readFunction } from './functionView.js';
import { IDENT } from './lexer.js';
import { readMacroUses } from './macroUses.js';
import { cutSource, maskChunk } from './sourceUnit.js';
import { readVariables } from './variableView.js';
import type { Mask } from './mask.js';
import type { Block } from './block.types.js';
import type { SourceUnit } from './sourceUnit.js';
import type { Condition, FunctionView, MacroUse, MapStruct } from './views.js';

/** Macros that write macros that write functions: no deeper than this. */
const MAX_DEPTH = 4;
/** No more chunks than this out of the macros used in one. */
const MAX_CHUNKS = 500;

/** How deep in macros a chunk is, and what is left of the budget of all of them together. */
interface Nesting {
  readonly depth: number;
  readonly left: { chunks: number };
}

/** Masks and reads one chunk. `conditions` and `drops` describe what is around it (see `Block`). */
export function makeBlock(unit: SourceUnit, chunk: SourceUnit['chunks'][number], start: number, end: number, conditions: readonly Condition[], drops: string, nesting: Nesting = { depth: 0, left: { chunks: MAX_CHUNKS } }): Block {
  const m = maskChunk(unit, chunk);
  const macroUses = readMacroUses(m, chunk.body, unit.maskContext);
  const made = nesting.depth < MAX_DEPTH ? makeFunctions(unit, m, macroUses, nesting) : [];
  const alone = macroUses.length > 0 && macroUses[macroUses.length - 1]?.span.end === end;
  const last = m.last > m.first ? unit.tokens.kind[m.last - 1] : 0;
  const result = chunk.body >= 0 || last === 59 || last === IDENT || last === 41 ? readFunction(m, chunk.body, unit.chunkContext) : undefined;
  const typed = result !== undefined && !alone && (chunk.body >= 0 || result.view.returnType !== '' || m.wrapper !== undefined) ? result : undefined;
  // All blocks are made here and without spreading, which would give each of them a shape of its own: what walks over them all would be slow.
  return {
    start, end, body: chunk.body >= 0, conditions, drops, fn: typed?.view, made,
    variables: typed !== undefined || chunk.body >= 0 ? [] : readVariables(m, unit.chunkContext),
    problems: typed?.problems ?? [], types: typed?.types ?? [], macroUses,
    sections: m.sections.map((s) => s.use), annotations: m.annotations, mapAttributes: m.mapAttributes, mapStructs: typed === undefined ? mapStruct(m) : [], spans: undefined,
  };
}

/** `struct NAME {` and `typedef struct {…} NAME;` with a map's fields in it. */
function mapStruct(m: Mask): readonly MapStruct[] {
  if (m.mapAttributes.length === 0) return [];
  let at = m.first;
  while (at < m.last && m.word(at) !== 'struct') at++;
  const named = m.kind(at + 1) === IDENT;
  const open = named ? at + 2 : at + 1;
  if (open >= m.last || m.kind(open) !== 123) return [];
  const names = named ? [m.word(at + 1)] : [];
  const behind = m.close(open) + 1;
  if (m.word(m.nextKept(m.first)) === 'typedef' && behind > 0 && m.kind(behind) === IDENT && m.kind(behind + 1) === 59) names.push(m.word(behind));
  return names.map((tag) => ({ tag, attributes: m.mapAttributes }));
}

/** Functions that the macros used in a chunk write. Sections that stand before a use are the first function's. */
function makeFunctions(unit: SourceUnit, m: Mask, uses: readonly MacroUse[], nesting: Nesting): FunctionView[] {
  const made: FunctionView[] = [];
  for (const use of uses) {
    const define = unit.maskContext.define(use.name);
    if (define?.params === undefined || unit.maskContext.classOf(use.name) !== 'definition') continue;
    const text = nesting.left.chunks > 0 ? substitute(define, use.args) : undefined;
    if (text === undefined) continue;
    const inner = cutSource(text, undefined, unit.maskContext);
    const before = made.length;
    for (const chunk of inner.chunks) {
      if (nesting.left.chunks-- <= 0) break;
      const start = inner.tokens.start[chunk.first] as number;
      const block = makeBlock(inner, chunk, start, inner.tokens.end[chunk.last - 1] as number, [], '', { depth: nesting.depth + 1, left: nesting.left });
      for (const fn of block.fn === undefined ? block.made : [...block.made, block.fn]) if (fn.bodySpan !== undefined) made.push(placeAt(fn, use));
    }
    const first = made[before];
    if (first === undefined) continue;
    const annotations = m.annotations.filter((a) => a.span.end <= use.span.start);
    made[before] = { ...first, sections: [...use.sections, ...first.sections], annotations: [...annotations, ...first.annotations] };
  }
  return made;
}
