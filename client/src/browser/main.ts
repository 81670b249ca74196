/** The extension's entry in a browser: the server is a web worker that gets the addresses of its wasm files and facts. */
import { Uri } from 'vscode';
import type { ExtensionContext } from 'vscode';
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from 'vscode-languageclient/browser';
import type { BaseLanguageClient, MessageTransports } from 'vscode-languageclient/browser';
import { Lens } from '../client.js';

let lens: Lens | undefined;

export function activate(context: ExtensionContext): void {
  const dist = (name: string): string => Uri.joinPath(context.extensionUri, 'dist', name).toString(true);
  const workers = new WeakMap<BaseLanguageClient, Worker>();
  lens = new Lens(context, (id, name, options) => {
    // Not the worker itself: where the editor wraps workers, the client would not take it for one.
    const server = async (): Promise<MessageTransports> => {
      const worker = new Worker(dist('worker.js'));
      workers.set(client, worker);
      return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) };
    };
    const client = new LanguageClient(id, name, server, { ...options, initializationOptions: { ...options.initializationOptions, assetBase: dist('') } });
    return client;
  }, (client) => () => workers.get(client)?.terminate());
}

export async function deactivate(): Promise<void> {
  await lens?.dispose();
  lens = undefined;
}
