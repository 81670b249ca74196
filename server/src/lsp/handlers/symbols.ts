/** The outline of a document, and the programs, maps and globals of the workspace by name. */
import type { DocumentSymbol, DocumentSymbolParams, SymbolInformation, WorkspaceSymbolParams } from 'vscode-languageserver';
import { fileKind } from '../../features/ebpfFile.js';
import { fit } from '../../features/symbolQuery.js';
import { symbols, type SymbolData } from '../../features/symbols.js';
import type { FileSummary, NamedPlace } from '../messages.js';
import { SYMBOL_KIND, toDocumentSymbol } from '../toProtocol.js';
import { within } from '../within.js';
import type { HandlerSet } from './handlerSet.js';

/** How long the first search waits for the workspace to be read; what is not known by then is found by the next. */
const PATIENCE_MS = 1000;
/** A list that is longer is not read, but narrowed down by typing on. */
const MAX_FOUND = 500;

export const symbolHandlers: HandlerSet = {
  register({ connection, service, about, ofFacts }) {
    connection.onDocumentSymbol(
      about<DocumentSymbolParams, DocumentSymbol[]>('documentSymbol', ({ unit, text }) => (fileKind(unit, text.uri) === 'other' ? [] : symbols(unit).map((symbol) => toDocumentSymbol(text, symbol)))),
    );
    connection.onWorkspaceSymbol(
      ofFacts('workspaceSymbol', async (_facts, { query }: WorkspaceSymbolParams) => {
        await within(PATIENCE_MS, service.workspace.ready);
        return found(service.workspace.files(), query);
      }),
    );
  },
};

/** The best first; what stands in a header that several files include is there once. */
function found(files: readonly FileSummary[], query: string): SymbolInformation[] {
  const hits = new Map<string, { readonly score: number; readonly symbol: SymbolInformation }>();
  const add = (kind: SymbolData['kind'], place: NamedPlace, containerName: string): void => {
    const score = fit(place.name, query);
    const id = `${place.uri} ${place.nameRange.start.line} ${place.nameRange.start.character} ${place.name}`;
    if (score === undefined || place.name === '' || hits.has(id)) return;
    hits.set(id, { score, symbol: { name: place.name, kind: SYMBOL_KIND[kind], location: { uri: place.uri, range: place.nameRange }, containerName } });
  };
  for (const file of files) {
    for (const program of file.programs) add('program', program, program.kind);
    for (const map of file.maps) add('map', map, map.type ?? 'map');
    for (const global of file.globals) add('global', global, global.type);
  }
  return [...hits.values()].sort((a, b) => a.score - b.score || (a.symbol.name < b.symbol.name ? -1 : 1)).slice(0, MAX_FOUND).map((hit) => hit.symbol);
}
