/** Takes attribute words, SEC(…) and map fields out of a text and keeps what they say. */
import { span } from '../text/span.js';
import { describeString } from './strings.js';
import { IDENT, STRING, lex } from './lexer.js';
import { splitArguments } from './conditions.js';
import { ATTRIBUTE, ERASE_CALL, MAP_FIELD, SECTION, TAKES, flagsOf } from './words.js';
import type { Mask } from './mask.js';
import type { DefineClass } from './preprocessor.js';
import type { Condition, DefineView, SectionPart } from './views.js';

/** What a mask must know of the rest of the file. */
export interface MaskContext {
  classOf(name: string): DefineClass | undefined;
  define(name: string): DefineView | undefined;
  conditionsAt(offset: number): readonly Condition[];
}

/**
 * Handles the word at token `i` if it is one of the known ones (or a `#define` of the file that is no more than
 * attributes). Returns the token to go on with, or `i` if it is nothing of that kind. `depth` counts braces.
 */
export function maskWord(m: Mask, i: number, depth: number, context: MaskContext): number {
  const id = m.tokens.word[i] as number;
  if (id === 0) return depth === 0 ? maskDefined(m, i, context) : i;
  const flags = flagsOf(id);
  const grouped = m.kind(i + 1) === 40;
  if ((flags & SECTION) !== 0 && grouped) return maskSection(m, i, depth, context);
  if ((flags & ATTRIBUTE) !== 0) {
    const close = (flags & TAKES) !== 0 && grouped ? m.close(i + 1) : -1;
    return takeAttribute(m, i, close < 0 ? i + 1 : close + 1, depth, context);
  }
  if ((flags & MAP_FIELD) !== 0 && grouped && depth > 0) return maskMapField(m, i, context);
  if ((flags & ERASE_CALL) !== 0) {
    const close = grouped ? m.close(i + 1) : -1;
    m.erase(i, close < 0 ? i + 1 : close + 1);
    return close < 0 ? i + 1 : close + 1;
  }
  return i;
}

/** Erases tokens `i` to before `end`, an attribute with its arguments, and notes it. */
export function takeAttribute(m: Mask, i: number, end: number, depth: number, context: MaskContext): number {
  const name = m.word(i);
  if (name.startsWith('__attribute')) noteAttributeSection(m, i, end, depth, context);
  if (depth === 0) {
    const args = end > i + 2 ? splitArguments(m.tokens.text.slice(0, m.tokens.end[end - 1]), m.tokens.end[i + 1] as number) : [];
    m.annotations.push({ name, span: m.spanOf(i, end), args });
  }
  m.erase(i, end);
  return end;
}

/** A word that a `#define` of the file makes an attribute or a section. */
function maskDefined(m: Mask, i: number, context: MaskContext): number {
  const name = m.word(i);
  const kind = context.classOf(name);
  if (kind !== 'attribute' && kind !== 'section') return i;
  const define = context.define(name);
  const close = define?.params !== undefined && m.kind(i + 1) === 40 ? m.close(i + 1) : -1;
  if (define?.params !== undefined && close < 0) return i;
  const end = close < 0 ? i + 1 : close + 1;
  if (kind === 'section' && define !== undefined) {
    const where = m.spanOf(i, end);
    const args = close < 0 ? [] : splitArguments(m.tokens.text.slice(0, m.tokens.end[close]), m.tokens.end[i + 1] as number);
    const parts = partsOfDefine(define, args, where);
    m.sections.push({ use: { span: where, argumentSpan: where, parts, macro: name, conditions: context.conditionsAt(where.start) }, depth: 0 });
  }
  return takeAttribute(m, i, end, 0, context);
}

/** Parts of the section in a define's body; parameters are replaced, strings stand at the place of use. */
function partsOfDefine(define: DefineView, args: readonly string[], where: { start: number; end: number }): SectionPart[] {
  const match = /\b(?:SEC|section)\s*\(/.exec(define.body);
  const parts: SectionPart[] = [];
  if (match === null) return parts;
  const tokens = lex(define.body, match.index + match[0].length, undefined, true);
  for (let i = 0, depth = 1; i < tokens.count && depth > 0; i++) {
    const k = tokens.kind[i] as number;
    if (k === 40) depth++;
    else if (k === 41) depth--;
    else if (k === STRING) parts.push({ kind: 'string', value: describeString(define.body.slice(tokens.start[i], tokens.end[i])), span: where });
    else if (k === IDENT) {
      const name = define.body.slice(tokens.start[i], tokens.end[i]);
      const index = define.params?.indexOf(name) ?? -1;
      const value = index < 0 ? name : (args[index] ?? '');
      const stringified = tokens.kind[i - 1] === 35;
      if (index >= 0 && (stringified || value.startsWith('"'))) parts.push({ kind: 'string', value: stringified ? value : describeString(value), span: where });
      else parts.push({ kind: 'identifier', value, span: where });
    }
  }
  return parts;
}

/** `SEC(…)` at token `i`: notes and erases it. An unclosed one takes the strings that follow. */
function maskSection(m: Mask, i: number, depth: number, context: MaskContext): number {
  let close = m.close(i + 1);
  if (close < 0) {
    close = i + 1;
    while (m.kind(close + 1) === STRING) close++;
  }
  const inner = m.kind(close) === 41 ? close : close + 1;
  noteSection(m, i, close + 1, i + 2, inner, depth, context);
  m.erase(i, close + 1);
  return close + 1;
}

function noteSection(m: Mask, i: number, end: number, from: number, to: number, depth: number, context: MaskContext): void {
  const parts: SectionPart[] = [];
  for (let j = from; j < to; j++) {
    const k = m.kind(j);
    const where = m.spanOf(j);
    if (k === STRING) {
      const raw = m.word(j);
      const closed = raw.length > 1 && raw.endsWith('"');
      parts.push({ kind: 'string', value: describeString(raw), span: span(where.start + 1, closed ? where.end - 1 : where.end) });
    } else if (k === IDENT) {
      const close = m.kind(j + 1) === 40 ? m.close(j + 1) : -1;
      const last = close >= 0 && close < to ? close : j;
      parts.push({ kind: 'identifier', value: m.raw(j, last + 1), span: m.spanOf(j, last + 1) });
      j = last;
    }
  }
  const whole = m.spanOf(i, end);
  const only = parts.length === 1 ? parts[0] : undefined;
  const argumentSpan = only?.span ?? (to > from ? m.spanOf(from, to) : whole);
  m.sections.push({ use: { span: whole, argumentSpan, parts, macro: m.word(i), conditions: context.conditionsAt(whole.start) }, depth });
}

/** `__attribute__((section("…"), …))`. */
function noteAttributeSection(m: Mask, i: number, end: number, depth: number, context: MaskContext): void {
  for (let j = i + 1; j < end; j++) {
    if (m.kind(j) !== IDENT || m.kind(j + 1) !== 40) continue;
    const name = m.word(j);
    if (name !== 'section' && name !== '__section__') continue;
    const close = m.close(j + 1);
    if (close >= 0) noteSection(m, i, end, j + 2, close, depth, context);
    return;
  }
}

/** `__uint(name, value)` becomes `int name`, which the grammar takes as a member. */
function maskMapField(m: Mask, i: number, context: MaskContext): number {
  const close = m.close(i + 1);
  if (close < 0 || m.kind(i + 2) !== IDENT) return i;
  const value = i + 4;
  const hasValue = m.kind(i + 3) === 44 && close > value;
  const nameSpan = m.spanOf(i + 2);
  const valueSpan = hasValue ? m.spanOf(value, close) : span(nameSpan.end);
  m.mapAttributes.push({ macro: m.word(i), name: m.word(i + 2), nameSpan, value: hasValue ? m.raw(value, close) : '', valueSpan, conditions: context.conditionsAt(nameSpan.start) });
  m.put(i, 'int');
  m.erase(i + 1);
  m.erase(i + 3, close);
  if (m.kind(close + 1) === 59) m.erase(close);
  else m.put(close, ';');
  return close + 1;
}
