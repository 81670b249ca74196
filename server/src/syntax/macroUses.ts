/** Macros used at file level that stand alone or before a declaration, for whoever knows what they expand to. */
import { splitArguments } from './conditions.js';
import { IDENT } from './lexer.js';
import { ATTRIBUTE, SECTION, flagsOf } from './words.js';
import type { Mask } from './mask.js';
import type { MaskContext } from './maskWords.js';
import type { MacroUse } from './views.js';

/** The first token that is no attribute word and no SEC. */
function skipAttributes(m: Mask, from: number): number {
  let i = from;
  while (m.kind(i) === IDENT && (flagsOf(m.tokens.word[i] as number) & (ATTRIBUTE | SECTION)) !== 0) {
    const close = m.kind(i + 1) === 40 ? m.close(i + 1) : -1;
    i = close < 0 ? i + 1 : close + 1;
  }
  return i;
}

/**
 * The macro uses of a chunk: `M(…)` groups at its start. `body` is the token of a function's body or -1. A chunk that is
 * nothing else gives a use that ends with it.
 */
export function readMacroUses(m: Mask, body: number, context: MaskContext): MacroUse[] {
  const uses: MacroUse[] = [];
  let i = skipAttributes(m, m.first);
  while (m.kind(i) === IDENT && m.kind(i + 1) === 40 && flagsOf(m.tokens.word[i] as number) === 0) {
    const close = m.close(i + 1);
    if (close < 0) break;
    const after = m.kind(close + 1);
    const kind = context.classOf(m.word(i));
    const alone = after === 59 || close + 1 >= m.last;
    if (after !== IDENT && !alone && body < 0) break;
    if (body >= 0 && after !== IDENT) break;
    if (kind !== 'attribute' && kind !== 'section') {
      const end = after === 59 ? close + 2 : close + 1;
      const nameSpan = m.spanOf(i);
      const args = splitArguments(m.tokens.text.slice(0, m.tokens.end[close]), m.tokens.end[i + 1] as number);
      const sections = m.sections.filter((s) => s.depth === 0 && s.use.span.end <= nameSpan.start).map((s) => s.use);
      uses.push({ name: m.word(i), nameSpan, span: m.spanOf(i, end), args, sections, conditions: context.conditionsAt(nameSpan.start) });
    }
    if (alone) break;
    i = close + 1;
  }
  return uses;
}
