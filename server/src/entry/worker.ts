/** Entry of dist/worker.js: the language server in a browser worker. Its files come from the folder that the client names. */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { createSession } from '../analysis.js';
import { loadFactBook } from '../facts/factBook.js';
import { startServer } from '../lsp/startServer.js';
import { RULES } from '../rules/index.js';
import { initParser } from '../syntax/parser.js';

declare const __EBPF_LENS_VERSION__: string;
declare const self: DedicatedWorkerGlobalScope;

/** The folder's URL, out of the initialize request: a worker's own address may be a blob's. */
const assetBase = new Promise<string>((resolve) => {
  self.addEventListener('message', function listen({ data }: MessageEvent): void {
    if (data?.method !== 'initialize') return;
    self.removeEventListener('message', listen);
    const base: unknown = data.params?.initializationOptions?.assetBase;
    resolve(typeof base === 'string' ? base : new URL('.', self.location.href).href);
  });
});

async function load(name: string): Promise<Response> {
  const response = await fetch(new URL(name, `${(await assetBase).replace(/\/?$/, '/')}`));
  if (!response.ok) throw new Error(`${name}: ${response.status} ${response.statusText}`);
  return response;
}

const bytes = async (name: string): Promise<Uint8Array> => new Uint8Array(await (await load(name)).arrayBuffer());

startServer(createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self)), {
  version: __EBPF_LENS_VERSION__,
  load: async () => {
    const [text, runtime, language] = await Promise.all([load('facts.json').then((r) => r.text()), bytes('web-tree-sitter.wasm'), bytes('tree-sitter-c.wasm')]);
    await initParser({ runtime, language });
    const facts = loadFactBook(text);
    return { facts, session: createSession(facts, RULES) };
  },
});
