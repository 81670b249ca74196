/** A client that writes what it likes: messages with ids of its own choosing, and every answer by id, as often as it comes. */
import { PassThrough } from 'node:stream';
import { createConnection, StreamMessageReader, StreamMessageWriter, type Message } from 'vscode-languageserver/node';
import { startServer } from '../../server/src/lsp/startServer.js';
import { loadForTests } from './client.js';

interface Any {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface RawClient {
  send(message: object): Promise<void>;
  /** Answers by id, in the order in which they came. */
  readonly answers: Map<number | string | null, Any[]>;
  /** The latest diagnostics of each document. */
  readonly shown: Map<string, { readonly version?: number; readonly diagnostics: readonly unknown[] }>;
  readonly logged: string[];
  stop(): void;
}

/** Starts a server in this process; nothing is sent to it, not even `initialize`. */
export function startRaw(configuration: () => unknown = () => ({})): RawClient {
  const up = new PassThrough();
  const down = new PassThrough();
  const connection = createConnection(up, down);
  startServer(connection, { version: '1', load: loadForTests });
  const reader = new StreamMessageReader(down);
  const writer = new StreamMessageWriter(up);
  const answers: RawClient['answers'] = new Map();
  const shown: RawClient['shown'] = new Map();
  const logged: string[] = [];
  const send = (message: object): Promise<void> => writer.write({ jsonrpc: '2.0', ...message } as Message);
  reader.listen((message) => {
    const { id, method, params } = message as Any;
    if (method === undefined) answers.set(id ?? null, [...(answers.get(id ?? null) ?? []), message as Any]);
    else if (id !== undefined) void send({ id, result: method === 'workspace/configuration' ? (params as { items: unknown[] }).items.map(configuration) : null });
    else if (method === 'textDocument/publishDiagnostics') {
      const { uri, ...rest } = params as { uri: string; version?: number; diagnostics: unknown[] };
      shown.set(uri, rest);
    } else if (method === 'window/logMessage') logged.push((params as { message: string }).message);
  });
  return { send, answers, shown, logged, stop: () => [connection, reader, writer].forEach((part) => part.dispose()) };
}

export const INITIALIZE = { processId: null, rootUri: null, workspaceFolders: null, capabilities: { workspace: { configuration: true } }, initializationOptions: { debounceMs: 0 } };
