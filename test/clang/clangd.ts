/** Asks the real clangd what it says of files, by the protocol, as an editor does. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { StreamMessageReader, StreamMessageWriter, createProtocolConnection, type Diagnostic, type PublishDiagnosticsParams } from 'vscode-languageserver-protocol/node';

/** The diagnostics of each file, as "12 error: text"; clangd runs in `folder`. */
export async function clangdSays(folder: string, files: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const child = spawn('clangd-19', ['--background-index=0', '--log=error'], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] });
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const waiting = new Map<string, (list: readonly Diagnostic[]) => void>();
  connection.onNotification('textDocument/publishDiagnostics', (p: PublishDiagnosticsParams) => waiting.get(p.uri)?.(p.diagnostics));
  connection.listen();
  try {
    await connection.sendRequest('initialize', { processId: process.pid, rootUri: pathToFileURL(folder).href, capabilities: {} });
    await connection.sendNotification('initialized', {});
    const said = new Map<string, readonly string[]>();
    for (const file of files) {
      const uri = pathToFileURL(`${folder}/${file}`).href;
      const answer = new Promise<readonly Diagnostic[]>((resolve) => waiting.set(uri, resolve));
      await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'c', version: 1, text: await readFile(`${folder}/${file}`, 'utf8') } });
      said.set(file, (await answer).map((d) => `${d.range.start.line + 1} ${d.severity === 1 ? 'error' : 'warning'}: ${String(d.message).split('\n', 1)[0]} [${d.code}]`));
    }
    return said;
  } finally {
    connection.dispose();
    child.kill();
  }
}
