/** The language server over any connection: its life, its documents, and the handlers of `handlers/`. Entries give it a connection and a host. */
import type { CancellationToken, Connection, InitializeParams } from 'vscode-languageserver';
import { initializeResult } from './capabilities.js';
import { clientAbilities, type ClientAbilities } from './fromProtocol.js';
import type { AboutDocument, HandlerContext } from './handlers/handlerSet.js';
import { HANDLER_SETS } from './handlers/index.js';
import type { ServerHost } from './host.js';
import { ALIVE_REQUEST } from './messages.js';
import { isProjectFile } from './projectConfigs.js';
import type { Current } from './documents.js';
import { unlessOvertaken } from './overtaken.js';
import { Service } from './service.js';

/** Starts to serve. Returns at once; facts and parser are loaded as soon as `initialize` is answered. */
export function startServer(connection: Connection, host: ServerHost): void {
  const service = new Service(connection, host);
  const { guard } = service;
  let client: ClientAbilities = clientAbilities({ capabilities: {} } as InitializeParams);

  let tellsFolders = false;

  connection.onInitialize((params) => {
    const error = guard.begin();
    if (error !== undefined) return error;
    service.initialize(params);
    client = clientAbilities(params);
    tellsFolders = params.capabilities.workspace?.workspaceFolders === true;
    // Loading keeps the thread busy for a while, so it starts when the answer is on its way.
    setTimeout(() => service.start(), 0);
    return initializeResult(host.version, params.capabilities);
  });
  connection.onInitialized(() => {
    guard.notification('initialized', () => service.configuration.initialized());
    // Only a client that tells of folders may be asked to.
    const uris = (folders: readonly { uri: string }[]): string[] => folders.map((folder) => folder.uri);
    if (tellsFolders) connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => guard.notification('didChangeWorkspaceFolders', () => service.foldersChanged(uris(added), uris(removed))));
  });
  connection.onShutdown(() => {
    guard.end();
    guard.run('shutdown', () => service.dispose());
  });

  const keeper = (uri: string): Pick<Service, 'open' | 'change' | 'close' | 'saved'> => (isProjectFile(uri) ? service.projects : service);
  connection.onDidOpenTextDocument(({ textDocument: t }) => guard.notification('didOpen', () => keeper(t.uri).open(t.uri, t.languageId, t.version, t.text)));
  connection.onDidChangeTextDocument((p) => guard.notification('didChange', () => keeper(p.textDocument.uri).change(p.textDocument.uri, p.textDocument.version, p.contentChanges)));
  connection.onDidCloseTextDocument((p) => guard.notification('didClose', () => keeper(p.textDocument.uri).close(p.textDocument.uri)));
  connection.onDidSaveTextDocument((p) => guard.notification('didSave', () => keeper(p.textDocument.uri).saved(p.textDocument.uri)));
  connection.onDidChangeWatchedFiles((p) => guard.notification('didChangeWatchedFiles', () => service.filesChanged(p.changes)));
  connection.onDidChangeConfiguration((p) => guard.notification('didChangeConfiguration', () => service.configurationChanged(p.settings)));

  const context: HandlerContext = {
    connection,
    service,
    host,
    client: () => client,
    about: <P extends AboutDocument, R>(name: string, handler: (current: Current, params: P, token: CancellationToken) => R | Promise<R>) =>
      unlessOvertaken(name, (uri) => service.versionOf(uri), guard.request<P, R | null>(
        name,
        (params) => service.pendingFor(params.textDocument.uri),
        (params, token) => {
          const current = service.now(params.textDocument.uri);
          return current === undefined ? null : handler(current, params, token);
        },
      )),
    ofFacts: (name, handler) => guard.request(name, () => service.loaded(), (params, token) => (service.facts() && handler(service.facts()!, params, token)) ?? null),
  };
  connection.onRequest(ALIVE_REQUEST, () => true);
  for (const set of HANDLER_SETS) set.register(context);

  connection.listen();
}
