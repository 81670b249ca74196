/** The built language server as a process of its own, under a module that watches it. */
import { spawn } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter, type ProtocolConnection, type PublishDiagnosticsParams } from 'vscode-languageserver-protocol/node';

export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Watched {
  readonly connection: ProtocolConnection;
  /** Everything that the server said by itself. */
  readonly said: unknown[];
  /** Opens a document and waits for what is found in it. */
  show(path: string, text: string): Promise<PublishDiagnosticsParams>;
  /** Ends the server in the way of the protocol. @returns its exit code and what it wrote on standard error */
  end(): Promise<{ readonly code: unknown; readonly errors: string }>;
}

/**
 * @param modules loaded ahead of the server, as URLs
 * @param initialize what `initialize` carries beside the workspace's folder
 */
export async function startWatched(folder: string, modules: readonly string[], initialize: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv = process.env): Promise<Watched> {
  const server = spawn(process.execPath, [...modules.flatMap((module) => ['--import', module]), CLI, 'lsp', '--stdio'], { cwd: folder, env });
  let errors = '';
  server.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
  const ended = new Promise((resolve) => server.on('exit', (code) => {
    resolve(code);
    connection.dispose(); // whoever waits for an answer is told
  }));
  const said: unknown[] = [];
  const waiting = new Map<string, (p: PublishDiagnosticsParams) => void>();
  connection.onNotification('textDocument/publishDiagnostics', (p: PublishDiagnosticsParams) => {
    said.push(p);
    waiting.get(p.uri)?.(p);
  });
  connection.onNotification('window/logMessage', (p) => void said.push(p));
  connection.onNotification('window/showMessage', (p) => void said.push(p));
  connection.listen();
  await connection.sendRequest('initialize', { processId: null, rootUri: pathToFileURL(folder).href, capabilities: {}, ...initialize });
  await connection.sendNotification('initialized', {});
  return {
    connection,
    said,
    async show(path, text) {
      const uri = pathToFileURL(path).href;
      const shown = new Promise<PublishDiagnosticsParams>((resolve) => waiting.set(uri, resolve));
      await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'c', version: 1, text } });
      return shown;
    },
    async end() {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      return { code: await ended, errors };
    },
  };
}
