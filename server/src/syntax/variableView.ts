/** Makes VariableViews of a masked declaration: maps, globals, licences, struct_ops, by tokens alone. */
import { plainIdentifier, readDeclarators } from './declarators.js';
import { IDENT, STRING } from './lexer.js';
import { describeString } from './strings.js';
import { QUALIFIER, STORAGE, flagsOf } from './words.js';
import type { Declarator } from './declarators.js';
import type { ChunkContext } from './functionView.js';
import type { Mask } from './mask.js';
import type { MapAttribute, VariableView } from './views.js';

type Initializer = VariableView['initializers'][number];

/** Variables that the chunk declares; none for a typedef, a bare struct or something that is no declaration. */
export function readVariables(m: Mask, context: ChunkContext): VariableView[] {
  const first = m.nextKept(m.first);
  if (m.kind(first) === IDENT && m.word(first) === 'typedef') return [];
  const made = readMacroVariable(m, context);
  if (made !== undefined) return [made];
  const declarators = readDeclarators(m, m.first, m.last);
  const head = { words: new HeadWords(m), annotations: [...m.annotations].sort((a, b) => a.span.start - b.span.start), sections: m.sections.filter((s) => s.depth === 0).map((s) => s.use) };
  return declarators.map((d) => makeVariable(m, d, head, context)).filter((v) => v.type !== '');
}

/** What the variables of one declaration have in common. */
interface Shared extends Pick<VariableView, 'annotations' | 'sections'> {
  readonly words: HeadWords;
}

function makeVariable(m: Mask, d: Declarator, { words: head, annotations, sections }: Shared, context: ChunkContext): VariableView {
  const nameSpan = m.spanOf(d.name);
  const words = head.before(d.name);
  const initializers = d.init[0] < 0 ? [] : readInitializers(m, d.init[0], d.init[1]);
  const legacy = /\bbpf_\w*map\w*\b|\bbpf_elf_map\b/.test(d.type) || sections.some((s) => s.parts[0]?.value.startsWith('maps') === true);
  const view: VariableView = {
    kind: 'variable',
    name: m.word(d.name),
    nameSpan,
    span: m.spanOf(m.first, m.last),
    type: d.type,
    isStatic: words.has('static'),
    isExtern: words.has('extern'),
    isConst: words.has('const') || words.has('__const'),
    isVolatile: words.has('volatile'),
    sections,
    annotations,
    mapAttributes: !legacy || initializers.length === 0 ? m.mapAttributes : [...m.mapAttributes, ...initializers.map((i) => asAttribute(i, context))],
    initializers: initializers.map(({ field, fieldSpan, text, identifier }) => (identifier === undefined ? { field, fieldSpan, text } : { field, fieldSpan, text, identifier })),
    conditions: context.conditionsAt(nameSpan.start),
  };
  // Nothing behind the `=` yet: there is no token to take a place from.
  if (d.init[0] < 0 || d.init[1] <= d.init[0]) return view;
  const stringValue = readString(m, d.init[0], d.init[1]);
  if (stringValue !== undefined) return { ...view, stringValue };
  const plain = plainIdentifier(m, d.init[0], d.init[1]);
  const where = m.spanOf(d.init[0], d.init[1]);
  const text = m.tokens.text.slice(where.start, where.end);
  if (initializers.length > 0 || text.length > 500) return view;
  return { ...view, initializer: plain === undefined ? { span: where, text } : { span: where, text, identifier: plain.name } };
}

function asAttribute(i: Initializer & { readonly valueSpan: MapAttribute['valueSpan'] }, context: ChunkContext): MapAttribute {
  return { macro: '', name: i.field, nameSpan: i.fieldSpan, value: i.text, valueSpan: i.valueSpan, conditions: context.conditionsAt(i.fieldSpan.start) };
}

/** The storage words and qualifiers of a declaration. Names are asked for in their order, so that a long list of them is gone through once. */
class HeadWords {
  private readonly words = new Set<string>();
  private at: number;

  constructor(private readonly m: Mask) {
    this.at = m.first;
  }

  /** Those before the name; the same set each time, which grows. */
  before(name: number): ReadonlySet<string> {
    const { m } = this;
    for (; this.at < name; this.at++) {
      const i = this.at;
      if (m.kind(i) === 123) {
        const close = m.close(i);
        if (close >= 0 && close < name) this.at = close;
      } else if (m.kind(i) === IDENT && (flagsOf(m.tokens.word[i] as number) & (STORAGE | QUALIFIER)) !== 0) this.words.add(m.word(i));
    }
    return this.words;
  }
}

/** The value of adjacent string literals, if the initializer is that. */
function readString(m: Mask, from: number, to: number): string | undefined {
  let value = '';
  let strings = 0;
  for (let i = from; i < to; i++) {
    const k = m.kind(i);
    if (k === STRING) {
      value += describeString(m.word(i));
      strings++;
    } else if (k !== 40 && k !== 41 && k !== 123 && k !== 125) return undefined;
  }
  return strings === 0 ? undefined : value;
}

/** `.field = value` pairs of the outermost braces between two tokens. */
function readInitializers(m: Mask, from: number, to: number): (Initializer & { readonly valueSpan: MapAttribute['valueSpan'] })[] {
  let i = from;
  while (i < to && m.kind(i) !== 123) i++;
  const close = i < to ? m.close(i) : -1;
  return i >= to ? [] : readPairs(m, i + 1, close < 0 ? to : close);
}

function readPairs(m: Mask, from: number, to: number): (Initializer & { readonly valueSpan: MapAttribute['valueSpan'] })[] {
  const pairs: (Initializer & { readonly valueSpan: MapAttribute['valueSpan'] })[] = [];
  let i = from;
  while (i < to) {
    let end = i;
    while (end < to && m.kind(end) !== 44) {
      const k = m.kind(end);
      const close = k === 40 || k === 91 || k === 123 ? m.close(end) : -1;
      end = close >= 0 && close < to ? close + 1 : end + 1;
    }
    const colon = m.kind(i) === IDENT && m.kind(i + 1) === 58;
    const field = colon ? i : i + 1;
    if (colon || (m.kind(i) === 46 && m.kind(field) === IDENT)) {
      let value = field + 1;
      while (value < end && m.kind(value) !== 61 && m.kind(value) !== 58) value++;
      value++;
      if (value < end) {
        const valueSpan = m.spanOf(value, end);
        const plain = plainIdentifier(m, value, end);
        const pair = { field: m.word(field), fieldSpan: m.spanOf(field), text: m.tokens.text.slice(valueSpan.start, valueSpan.end), valueSpan };
        pairs.push(plain === undefined ? pair : { ...pair, identifier: plain.name });
      }
    }
    i = end + 1;
  }
  return pairs;
}

/** `SCX_OPS_DEFINE(name, .member = fn, …);`: a macro that defines a struct with these members. */
function readMacroVariable(m: Mask, context: ChunkContext): VariableView | undefined {
  const i = m.first;
  if (m.kind(i) !== IDENT || m.tokens.word[i] !== 0 || m.kind(i + 1) !== 40 || m.kind(i + 2) !== IDENT || m.kind(i + 3) !== 44 || m.kind(i + 4) !== 46) return undefined;
  const close = m.close(i + 1);
  if (close < 0) return undefined;
  const nameSpan = m.spanOf(i + 2);
  return {
    kind: 'variable', name: m.word(i + 2), nameSpan, span: m.spanOf(m.first, m.last), type: m.word(i), isStatic: false, isExtern: false, isConst: false, isVolatile: false,
    sections: [], annotations: m.annotations, mapAttributes: [],
    initializers: readPairs(m, i + 4, close).map(({ field, fieldSpan, text, identifier }) => (identifier === undefined ? { field, fieldSpan, text } : { field, fieldSpan, text, identifier })),
    conditions: context.conditionsAt(nameSpan.start),
  };
}
