/** A client for tests: a real protocol connection over a stream pair to a real server in the same process. */
import { PassThrough } from 'node:stream';
import { createProtocolConnection, type InitializeParams, type InitializeResult, type ProtocolConnection, type PublishDiagnosticsParams } from 'vscode-languageserver-protocol/node';
import { createConnection } from 'vscode-languageserver/node';
import { createSession } from '../../server/src/analysis.js';
import type { Loaded, ServerHost } from '../../server/src/lsp/host.js';
import { ANALYZED_NOTIFICATION, STATUS_REQUEST, type AnalyzedParams, type StatusInfo } from '../../server/src/lsp/messages.js';
import { startServer } from '../../server/src/lsp/startServer.js';
import { loadTestFacts } from '../support/facts.js';
import { setupSyntax } from '../support/syntax.js';

export interface ClientOptions {
  readonly initializationOptions?: unknown;
  readonly capabilities?: InitializeParams['capabilities'];
  /** What a `workspace/configuration` request gets for a document; absent: the client cannot be asked. */
  configuration?(uri: string | undefined): unknown;
  readonly host?: Partial<ServerHost>;
  readonly workspaceFolders?: InitializeParams['workspaceFolders'];
}

export interface TestClient {
  readonly connection: ProtocolConnection;
  readonly initialized: InitializeResult;
  readonly published: PublishDiagnosticsParams[];
  readonly analyzed: AnalyzedParams[];
  /** Methods that the server asked to be told of. */
  readonly registered: string[];
  readonly messages: { readonly kind: string; readonly text: string }[];
  open(uri: string, text: string, version?: number, languageId?: string): Promise<void>;
  change(uri: string, version: number, text: string): Promise<void>;
  close(uri: string): Promise<void>;
  /** The first diagnostics for a document that satisfy a condition, those already received included. */
  diagnostics(uri: string, test?: (p: PublishDiagnosticsParams) => boolean): Promise<PublishDiagnosticsParams>;
  status(uri: string, position?: { line: number; character: number }): Promise<StatusInfo>;
  stop(): Promise<void>;
}

/** Facts and a fresh session, as an entry loads them. */
export async function loadForTests(): Promise<Loaded> {
  await setupSyntax();
  const facts = await loadTestFacts();
  return { facts, session: createSession(facts) };
}

/** Starts a server and shakes hands. `initializationOptions.debounceMs` is 0 unless given. */
export async function startClient(options: ClientOptions = {}): Promise<TestClient> {
  const up = new PassThrough();
  const down = new PassThrough();
  startServer(createConnection(up, down), { version: '1.2.3', load: loadForTests, ...options.host });
  const connection = createProtocolConnection(down, up);
  const published: PublishDiagnosticsParams[] = [];
  const analyzed: AnalyzedParams[] = [];
  const messages: { kind: string; text: string }[] = [];
  const waiting = new Set<() => void>();
  connection.onNotification('textDocument/publishDiagnostics', (p: PublishDiagnosticsParams) => {
    published.push(p);
    for (const wake of [...waiting]) wake();
  });
  connection.onNotification(ANALYZED_NOTIFICATION, (p: AnalyzedParams) => void analyzed.push(p));
  connection.onNotification('window/logMessage', (p: { message: string }) => void messages.push({ kind: 'log', text: p.message }));
  connection.onRequest('window/showMessageRequest', (p: { message: string }) => void messages.push({ kind: 'show', text: p.message }));
  connection.onNotification('window/showMessage', (p: { message: string }) => void messages.push({ kind: 'show', text: p.message }));
  const registered: string[] = [];
  connection.onRequest('client/registerCapability', (p: { registrations: { method: string }[] }) => {
    registered.push(...p.registrations.map((r) => r.method));
    return null;
  });
  const { configuration } = options;
  if (configuration !== undefined) {
    connection.onRequest('workspace/configuration', (p: { items: { scopeUri?: string }[] }) => Promise.all(p.items.map((item) => configuration(item.scopeUri))));
  }
  connection.listen();
  const initialized = await connection.sendRequest<InitializeResult>('initialize', {
    processId: null,
    rootUri: null,
    workspaceFolders: options.workspaceFolders ?? null,
    capabilities: { ...options.capabilities, workspace: { ...options.capabilities?.workspace, configuration: configuration !== undefined } },
    initializationOptions: options.initializationOptions ?? { debounceMs: 0 },
  });
  await connection.sendNotification('initialized', {});
  const diagnostics: TestClient['diagnostics'] = (uri, test = () => true) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no such diagnostics for ${uri}; received ${JSON.stringify(published.filter((p) => p.uri === uri))}`)), 120_000);
      const look = (): void => {
        const hit = published.find((p) => p.uri === uri && test(p));
        if (hit === undefined) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(hit);
      };
      waiting.add(look);
      look();
    });
  return {
    connection,
    initialized,
    published,
    analyzed,
    registered,
    messages,
    diagnostics,
    open: (uri, text, version = 1, languageId = 'c') => connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId, version, text } }),
    change: (uri, version, text) => connection.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] }),
    close: (uri) => connection.sendNotification('textDocument/didClose', { textDocument: { uri } }),
    status: (uri, position) => connection.sendRequest<StatusInfo>(STATUS_REQUEST, { textDocument: { uri }, ...(position ? { position } : {}) }),
    stop: async () => {
      await connection.sendRequest('shutdown');
      connection.dispose();
    },
  };
}
