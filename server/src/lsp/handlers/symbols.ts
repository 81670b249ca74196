/** The outline of a document. */
import type { DocumentSymbol, DocumentSymbolParams } from 'vscode-languageserver';
import { fileKind } from '../../features/ebpfFile.js';
import { symbols } from '../../features/symbols.js';
import { toDocumentSymbol } from '../toProtocol.js';
import type { HandlerSet } from './handlerSet.js';

export const symbolHandlers: HandlerSet = {
  capabilities: { documentSymbolProvider: { label: 'eBPF Lens' } },
  register({ connection, about }) {
    connection.onDocumentSymbol(
      about<DocumentSymbolParams, DocumentSymbol[]>('documentSymbol', ({ unit, text }) => (fileKind(unit, text.uri) === 'other' ? [] : symbols(unit).map((symbol) => toDocumentSymbol(text, symbol)))),
    );
  },
};
