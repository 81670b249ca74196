/** Findings in a header that is open itself: those of the open programs that include it. */
import type { Diagnostic } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Unit } from '../analysis.types.js';
import { toDiagnostic } from './toProtocol.js';

/** What the units of files that include a header found in it, each thing once. */
export function inHeader(header: TextDocument, units: readonly Unit[]): readonly Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const unit of units) {
    // Until the includer is analysed with the header as it is now, places would be off.
    if (unit.model.files.get(header.uri)?.text !== header.getText()) continue;
    for (const finding of unit.findings) {
      const id = `${finding.span.start} ${finding.span.end} ${finding.rule} ${finding.message}`;
      if (finding.path === header.uri && !found.has(id)) found.set(id, toDiagnostic(unit, header, finding));
    }
  }
  return [...found.values()];
}
