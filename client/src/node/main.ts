/** The extension's entry on a desktop or a remote host: the server is a process of its own. */
import type { ExtensionContext } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { Lens } from '../client.js';

let lens: Lens | undefined;

export function activate(context: ExtensionContext): void {
  const module = context.asAbsolutePath('dist/server.cjs');
  lens = new Lens(context, (id, name, options) => {
    return new LanguageClient(
      id,
      name,
      {
        run: { module, transport: TransportKind.ipc },
        debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6009'] } },
      },
      options,
    );
  }, (client) => {
    const { serverProcess } = client as LanguageClient;
    return () => void serverProcess?.kill('SIGKILL');
  });
}

/** The editor waits for the server to end. */
export async function deactivate(): Promise<void> {
  await lens?.dispose();
  lens = undefined;
}
