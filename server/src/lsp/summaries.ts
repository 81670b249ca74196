/** Summaries of files as the protocol has them: offsets become ranges while the unit is still there. */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Unit } from '../analysis.types.js';
import { formatRelease, type Release } from '../facts/kernelVersion.js';
import type { FileSummaryData } from '../features/summary.js';
import type { Span } from '../text/span.js';
import type { FileSummary, NamedPlace } from './messages.js';
import { rangeOf } from './places.js';

const release = (value: Release | undefined): string | null => (value === undefined ? null : formatRelease(value));
const kernels = ({ version, max }: FileSummaryData['minKernel']): { minKernel: string | null; maxKernel: string | null } => ({ minKernel: release(version), maxKernel: release(max) });

/**
 * @param text the unit's main file, under the URI that the summary shall have
 * @param path how people call the file
 */
export function toFileSummary(unit: Unit, text: TextDocument, path: string, data: FileSummaryData): FileSummary {
  const place = ({ name, path: uri, span, nameSpan }: { name: string; path: string; span: Span; nameSpan: Span }): NamedPlace => ({
    name, uri, range: rangeOf(unit, text, uri, span), nameRange: rangeOf(unit, text, uri, nameSpan),
  });
  const { license, errors, warnings, infos } = data;
  return {
    uri: text.uri,
    path,
    programs: data.programs.map(({ name, path: uri, span, nameSpan, minKernel, ...program }) => ({ ...place({ name, path: uri, span, nameSpan }), ...program, ...kernels(minKernel) })),
    maps: data.maps.map((map) => ({ ...place(map), type: map.type })),
    globals: data.globals.map((variable) => ({ ...place(variable), type: variable.type })),
    license, errors, warnings, infos,
    ...kernels(data.minKernel),
    targetKernel: unit.settings.targetKernel,
  };
}
