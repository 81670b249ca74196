/** Where in a declaration at file level a cursor is: in a map's definition, an initializer, or before, in or behind a function's head. */
import type { Span } from '../text/span.js';
import type { FileTokens } from './fileTokens.js';
import { IDENT, STRING } from './lexer.js';
import type { CompletionRole, MapAttributeText, MapPlace, TopLevelPlace } from './views.js';
import { MAP_FIELD, PROGRAM, SECTION, STORAGE, TAG, TYPE, flagsOf } from './words.js';
import { before } from '../text/ends.js';

/** A definition is looked through for so many tokens. */
const MAX_STEPS = 1000;

const flags = (tokens: FileTokens, i: number): number => (tokens.kind[i] === IDENT ? flagsOf(tokens.word[i] as number) : 0);
const say = (tokens: FileTokens, i: number): string => (i < 0 ? '' : tokens.text.slice(tokens.start[i], tokens.end[i]));

/** The bracket that is open before token `from` + 1, whole groups left aside; -1 at file level. `stop` ends the search at a token. */
function openBracket(tokens: FileTokens, from: number, stop: (i: number) => boolean = () => false): number {
  let i = from;
  for (let steps = 0; i >= 0 && steps < MAX_STEPS; steps++) {
    const k = tokens.kind[i] as number;
    if (k === 40 || k === 91 || k === 123) return i;
    if (tokens.restart[i] === 1 || stop(i)) return -1;
    const partner = k === 41 || k === 93 || k === 125 ? (tokens.match[i] as number) : -1;
    i = partner >= 0 ? partner - 1 : i - 1;
  }
  return -1;
}

/** In `struct { … }` at file level, if its lines are those of a map or it is a struct without a name that is no typedef. */
export function mapRole(tokens: FileTokens, left: number, replace: Span, prefix: string): CompletionRole | undefined {
  const bracket = openBracket(tokens, left);
  if (bracket < 0) return undefined;
  const macro = tokens.kind[bracket] === 40 && (flags(tokens, bracket - 1) & MAP_FIELD) !== 0 ? bracket - 1 : -1;
  const brace = macro < 0 ? bracket : openBracket(tokens, macro - 1);
  if (tokens.kind[brace] !== 123) return undefined;
  const attributes = attributesIn(tokens, brace, macro);
  const anonymous = (flags(tokens, brace - 1) & TAG) !== 0 && say(tokens, brace - 1) === 'struct' && say(tokens, brace - 2) !== 'typedef';
  const named = say(tokens, brace - 2) === 'struct' && tokens.kind[brace - 1] === IDENT && (attributes.length > 0 || macro >= 0);
  if (!anonymous && !named) return undefined;
  const place = placeIn(tokens, macro, left);
  return place && { kind: 'map', place, attributes, replace, prefix };
}

function placeIn(tokens: FileTokens, macro: number, left: number): MapPlace | undefined {
  if (macro < 0) return tokens.kind[left] === 59 || tokens.kind[left] === 123 || tokens.kind[left] === 125 ? { at: 'line' } : undefined;
  const name = say(tokens, macro);
  if (left === macro + 1) return { at: 'name', macro: name };
  return tokens.kind[macro + 2] === IDENT && tokens.kind[macro + 3] === 44 ? { at: 'value', macro: name, name: say(tokens, macro + 2) } : undefined;
}

/** The lines of a definition; the one that is being typed (`except`) is left out. */
function attributesIn(tokens: FileTokens, brace: number, except: number): readonly MapAttributeText[] {
  const close = tokens.match[brace] as number;
  const limit = Math.min(close < 0 ? tokens.count : close, brace + MAX_STEPS);
  const found: MapAttributeText[] = [];
  for (let i = brace + 1; i < limit; i++) {
    const k = tokens.kind[i] as number;
    if (close < 0 && (k === 125 || tokens.restart[i] === 1)) break;
    if (k === 123 && (tokens.match[i] as number) > 0) i = tokens.match[i] as number;
    if ((flags(tokens, i) & MAP_FIELD) === 0 || tokens.kind[i + 1] !== 40 || i === except) continue;
    let end = tokens.match[i + 1] as number;
    if (end < 0 || end > limit) end = i + 4;
    const value = tokens.kind[i + 3] === 44 && end > i + 4 ? tokens.text.slice(tokens.start[i + 4], tokens.end[end - 1]) : '';
    if (tokens.kind[i + 2] === IDENT) found.push({ macro: say(tokens, i), name: say(tokens, i + 2), value });
    i = Math.max(i, end);
  }
  return found;
}

/** `.x` in `struct NAME v = { … }` or in a macro that declares one; undefined for members of anything else. */
export function designatorRole(tokens: FileTokens, dot: number, replace: Span, prefix: string): CompletionRole | undefined {
  const before = tokens.kind[dot - 1];
  if (before !== 123 && before !== 44 && before !== 40) return undefined;
  const open = openBracket(tokens, dot - 1, (i) => tokens.kind[i] === 59);
  if (open < 0) return undefined;
  const struct = tokens.kind[open] === 40 ? DECLARING.get(say(tokens, open - 1)) : initialized(tokens, open);
  if (struct === undefined) return undefined;
  const close = tokens.match[open] as number;
  const used: string[] = [];
  for (let i = open + 1; i < (close < 0 ? dot : close); i++) {
    if (i !== dot && tokens.kind[i] === 46 && tokens.kind[i + 1] === IDENT && tokens.kind[i + 2] === 61) used.push(say(tokens, i + 1));
    else if (i > open && (tokens.match[i] as number) > i) i = tokens.match[i] as number;
  }
  return { kind: 'designator', struct, used, replace, prefix };
}

/** Macros of sched_ext and HID-BPF whose arguments are designators. */
const DECLARING: ReadonlyMap<string, string> = new Map([['SCX_OPS_DEFINE', 'sched_ext_ops'], ['HID_BPF_OPS', 'hid_bpf_ops']]);

/** `struct NAME v = {`, `HID_BPF_OPS(v) = {`: NAME. */
function initialized(tokens: FileTokens, brace: number): string | undefined {
  if (tokens.kind[brace - 1] !== 61) return undefined;
  let i = brace - 2;
  for (; i >= 0 && brace - i < 20; i--) {
    const k = tokens.kind[i] as number;
    if (k === 59 || k === 125 || k === 123) return undefined;
    if (k === 41 || k === 93) i = (tokens.match[i] as number) >= 0 ? (tokens.match[i] as number) : i;
    if (tokens.kind[i] !== IDENT) continue;
    const macro = DECLARING.get(say(tokens, i));
    if (macro !== undefined) return macro;
    if (say(tokens, i - 1) === 'struct') return before(say(tokens, i), '___');
  }
  return undefined;
}

/** What may be written behind token `left` at file level. */
export function topLevelPlace(tokens: FileTokens, left: number): { readonly place: TopLevelPlace; readonly section?: string } {
  const k = tokens.kind[left];
  if (left < 0 || k === 59 || (k === 125 && !endsType(tokens, left))) return { place: 'start' };
  const own = sectionEndingAt(tokens, left);
  if (own !== undefined) return { place: isAtStart(tokens, own.first - 1) ? 'section' : 'other', section: own.text };
  if (k === IDENT) return behindType(tokens, left);
  const open = openBracket(tokens, left, (i) => tokens.kind[i] === 59 || tokens.kind[i] === 125);
  if (tokens.kind[open] === 40 && tokens.kind[open - 1] === IDENT && (flags(tokens, open - 1) & SECTION) === 0) {
    const program = (flags(tokens, open - 1) & PROGRAM) !== 0;
    return { place: program ? 'other' : 'parameters', ...sectionBefore(tokens, open - 2) };
  }
  return { place: 'other' };
}

/** `int |`, `static __always_inline int |`: a name may follow. */
function behindType(tokens: FileTokens, left: number): { readonly place: TopLevelPlace; readonly section?: string } {
  if ((flags(tokens, left) & (TYPE | STORAGE)) === 0) return { place: 'other' };
  return { place: 'name', ...sectionBefore(tokens, left) };
}

/** The `SEC("…")` before words that declare a function's type. */
function sectionBefore(tokens: FileTokens, from: number): { readonly section?: string } {
  for (let i = from, steps = 0; i >= 0 && steps < 12; i--, steps++) {
    const section = sectionEndingAt(tokens, i);
    if (section !== undefined) return { section: section.text };
    if (tokens.kind[i] !== IDENT && tokens.kind[i] !== 42) return {};
  }
  return {};
}

function sectionEndingAt(tokens: FileTokens, close: number): { readonly first: number; readonly text: string } | undefined {
  const open = tokens.kind[close] === 41 ? (tokens.match[close] as number) : -1;
  if (open < 1 || (flags(tokens, open - 1) & SECTION) === 0 || tokens.kind[open + 1] !== STRING) return undefined;
  return { first: open - 1, text: say(tokens, open + 1).slice(1, -1) };
}

/** True if what ends at this token ends a declaration, so that a new one begins behind it. */
function isAtStart(tokens: FileTokens, i: number): boolean {
  const k = tokens.kind[i];
  return i < 0 || k === 59 || (k === 125 && !endsType(tokens, i));
}

/** `}` of a struct, union, enum or initializer, behind which the declaration goes on. */
function endsType(tokens: FileTokens, close: number): boolean {
  const open = tokens.match[close] as number;
  if (open < 1) return false;
  return (flags(tokens, open - 1) & TAG) !== 0 || (flags(tokens, open - 2) & TAG) !== 0 || tokens.kind[open - 1] === 61;
}
