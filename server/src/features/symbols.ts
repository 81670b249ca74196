/** Programs, maps and globals of a file, as an outline that a C language server does not have. */
import type { Unit } from '../analysis.types.js';
import type { Span } from '../text/span.js';
import { kindTitle } from './programs.js';
import { globals } from './summary.js';

export interface SymbolData {
  readonly name: string;
  /** `XDP, devmap`, `BPF_MAP_TYPE_HASH`, `const volatile int`. */
  readonly detail: string;
  readonly kind: 'program' | 'map' | 'global' | 'attribute';
  readonly span: Span;
  readonly nameSpan: Span;
  /** The attributes of a map's definition. */
  readonly children?: readonly SymbolData[];
}

/** In source order. */
export function symbols(unit: Unit): readonly SymbolData[] {
  const { main, programs, maps } = unit.model;
  const out: SymbolData[] = programs
    .filter((program) => program.path === main.path)
    .map((p) => ({ name: p.name, detail: kindTitle(unit.facts, p.key), kind: 'program', span: p.fn.span, nameSpan: p.fn.nameSpan }));
  for (const { name, path, type, variable } of maps) {
    if (path !== main.path) continue;
    const children = variable.mapAttributes.map((a): SymbolData => ({ name: a.name, detail: oneLine(a.value), kind: 'attribute', span: { start: a.nameSpan.start, end: Math.max(a.nameSpan.end, a.valueSpan.end) }, nameSpan: a.nameSpan }));
    out.push({ name, detail: type ?? 'map', kind: 'map', span: variable.span, nameSpan: variable.nameSpan, ...(children.length > 0 ? { children } : {}) });
  }
  for (const { name, type, span, nameSpan } of globals(unit)) out.push({ name, detail: type, kind: 'global', span, nameSpan });
  // An outline without names is refused by clients.
  return out.filter((symbol) => symbol.name !== '').sort((a, b) => a.span.start - b.span.start);
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 80);
