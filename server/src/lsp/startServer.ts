/** The language server over any connection: wires the protocol's messages to the core. Entries give it a connection and a host. */
import { CodeActionKind, TextDocumentSyncKind, type CompletionItem, type Connection, type InitializeParams, type InitializeResult } from 'vscode-languageserver';
import type { FactBook } from '../facts/factBook.types.js';
import { codeActions } from '../features/codeActions.js';
import { complete, TRIGGER_CHARACTERS, type EntryRef } from '../features/completion/completion.js';
import { describeEntry } from '../features/completion/resolve.js';
import { fileKind } from '../features/ebpfFile.js';
import { hover } from '../features/hover/hover.js';
import { NO_STATUS, status } from '../features/status.js';
import { symbols } from '../features/symbols.js';
import { clientAbilities, type ClientAbilities } from './fromProtocol.js';
import type { ServerHost } from './host.js';
import { PAGE_REQUEST, SEARCH_INDEX_REQUEST, STATUS_REQUEST, type PageParams, type SearchIndexParams, type StatusInfo, type StatusParams } from './messages.js';
import { positionOf } from './places.js';
import { page, searchIndex } from './reference.js';
import { Service, type Current } from './service.js';
import { toCodeAction, toCompletionList, toDocumentSymbol, toHover, toMarkup, toStatusInfo } from './toProtocol.js';
import { UpstreamText } from './upstreamText.js';

/** Starts to serve. Returns at once; facts and parser are loaded as soon as `initialize` is answered. */
export function startServer(connection: Connection, host: ServerHost): void {
  const service = new Service(connection, host);
  const { guard } = service;
  let client: ClientAbilities = clientAbilities({ capabilities: {} } as InitializeParams);

  connection.onInitialize((params) => {
    service.configuration.initialize(params);
    client = clientAbilities(params);
    service.includes.setWorkspaceFolders(params.workspaceFolders?.map((folder) => folder.uri) ?? (params.rootUri ? [params.rootUri] : []));
    // Loading keeps the thread busy for a while, so it starts when the answer is on its way.
    setTimeout(() => service.start(), 0);
    return initializeResult(host.version);
  });
  connection.onInitialized(() => guard.run('initialized', () => service.configuration.initialized()));
  connection.onShutdown(() => guard.run('shutdown', () => service.dispose()));

  connection.onDidOpenTextDocument(({ textDocument: t }) => guard.run('didOpen', () => service.open(t.uri, t.languageId, t.version, t.text)));
  connection.onDidChangeTextDocument((p) => guard.run('didChange', () => service.change(p.textDocument.uri, p.textDocument.version, p.contentChanges)));
  connection.onDidCloseTextDocument((p) => guard.run('didClose', () => service.close(p.textDocument.uri)));
  connection.onDidSaveTextDocument((p) => guard.run('didSave', () => service.saved(p.textDocument.uri)));
  connection.onDidChangeWatchedFiles(() => guard.run('didChangeWatchedFiles', () => service.filesChanged()));
  connection.onDidChangeConfiguration((p) => guard.run('didChangeConfiguration', () => service.configurationChanged(p.settings)));

  /** A request about a document: waits for what it needs and answers `null` for documents that are not open or not eBPF. */
  const about = <P extends { readonly textDocument: { readonly uri: string } }, R>(name: string, handler: (current: Current, params: P) => R) =>
    guard.request(
      name,
      (params: P) => service.pendingFor(params.textDocument.uri),
      (params: P): R | null => {
        const current = service.now(params.textDocument.uri);
        return current === undefined ? null : handler(current, params);
      },
    );

  connection.onHover(
    about('hover', ({ unit, text }, params) => {
      if (fileKind(unit, text.uri) === 'other') return null;
      const info = hover(unit, text.offsetAt(params.position));
      return info === undefined ? null : toHover(text, info, client);
    }),
  );
  connection.onCompletion(
    about('completion', ({ unit, text }, params) => {
      const result = complete(unit, text.offsetAt(params.position), params.context?.triggerCharacter);
      return result === undefined ? null : toCompletionList(text, result, client);
    }),
  );
  connection.onCompletionResolve(
    // The protocol wants an item back in any case, so this one falls back on what it was given.
    async (item): Promise<CompletionItem> => {
      const { facts } = (await service.loaded()) ?? {};
      const ref = item.data as EntryRef | undefined;
      if (facts === undefined || !isRef(ref)) return item;
      const sections = describeEntry(facts, ref);
      return sections.length > 0 ? { ...item, documentation: toMarkup(sections, client.completionMarkdown) } : item;
    },
  );
  connection.onCodeAction(
    about('codeAction', ({ unit, text }, params) => {
      const { only } = params.context;
      if (only !== undefined && !only.some((kind) => CodeActionKind.QuickFix === kind || CodeActionKind.QuickFix.startsWith(`${kind}.`) || kind === '')) return [];
      if (fileKind(unit, text.uri) === 'other') return [];
      const selection = { start: text.offsetAt(params.range.start), end: text.offsetAt(params.range.end) };
      return codeActions(unit, selection).map((action) => toCodeAction(unit, text, action));
    }),
  );
  connection.onDocumentSymbol(
    about('documentSymbol', ({ unit, text }) => (fileKind(unit, text.uri) === 'other' ? [] : symbols(unit).map((symbol) => toDocumentSymbol(text, symbol)))),
  );
  const statusOf = about('status', ({ unit, text }: Current, params: StatusParams): StatusInfo => {
    const offset = params.position === undefined ? undefined : text.offsetAt(params.position);
    const lineOf = (path: string, at: number): number => positionOf(unit, text, path, at).line + 1;
    return toStatusInfo(unit, text, status(unit, text.uri, offset, lineOf, service.includersOf(text.uri)), unit.settings.targetKernel);
  });
  connection.onRequest(STATUS_REQUEST, async (params: StatusParams, token) => (await statusOf(params, token)) ?? toStatusInfo(undefined, undefined, NO_STATUS, ''));

  const upstream = new UpstreamText(host, () => service.includePaths());
  /** A request about the facts alone. */
  const ofFacts = <P, R>(name: string, handler: (facts: FactBook, params: P) => R | Promise<R>) =>
    guard.request(name, () => service.loaded(), (params: P) => service.facts() && handler(service.facts()!, params));
  connection.onRequest(SEARCH_INDEX_REQUEST, ofFacts('searchIndex', (facts, params: SearchIndexParams | undefined) => searchIndex(facts, params ?? {})));
  connection.onRequest(PAGE_REQUEST, ofFacts('page', (facts, params: PageParams) => page(facts, params, upstream)));

  connection.listen();
}

function isRef(ref: EntryRef | undefined): ref is EntryRef {
  return typeof ref === 'object' && ref !== null && typeof ref.kind === 'string' && typeof ref.name === 'string';
}

function initializeResult(version: string): InitializeResult {
  return {
    serverInfo: { name: 'ebpf-lens', version },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
      hoverProvider: true,
      completionProvider: { triggerCharacters: [...TRIGGER_CHARACTERS], resolveProvider: true },
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
      documentSymbolProvider: { label: 'eBPF Lens' },
    },
  };
}
