/** Programs and maps of a file, as an outline that a C language server does not have. */
import type { Unit } from '../analysis.types.js';
import type { Span } from '../text/span.js';
import { kindTitle } from './programs.js';

export interface SymbolData {
  readonly name: string;
  /** `XDP, devmap` or `BPF_MAP_TYPE_HASH`. */
  readonly detail: string;
  readonly kind: 'program' | 'map';
  readonly span: Span;
  readonly nameSpan: Span;
}

/** In source order. */
export function symbols(unit: Unit): readonly SymbolData[] {
  const { main, programs, maps } = unit.model;
  const out: SymbolData[] = programs
    .filter((program) => program.path === main.path)
    .map((p) => ({ name: p.name, detail: kindTitle(unit.facts, p.key), kind: 'program', span: p.fn.span, nameSpan: p.fn.nameSpan }));
  for (const map of maps) {
    if (map.path !== main.path) continue;
    out.push({ name: map.name, detail: map.type ?? 'map', kind: 'map', span: map.variable.span, nameSpan: map.variable.nameSpan });
  }
  return out.sort((a, b) => a.span.start - b.span.start);
}
