/** The browser's bundle of the server, run where there is no node: a bare context with what a worker's global scope has. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtCli } from './support.js';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly diagnostics?: readonly { readonly code: string }[] };
  readonly result?: { readonly contents?: { readonly value: string } };
}

/** A worker: what it was asked to fetch, and messages to and fro. */
class FakeWorker {
  readonly fetched: string[] = [];
  readonly received: Message[] = [];
  private readonly listeners = new Set<(event: { data: unknown }) => void>();
  private wake: () => void = () => undefined;
  onmessage: ((event: { data: unknown }) => void) | null = null;

  constructor(dir: string) {
    const scope: Record<string, unknown> = {
      addEventListener: (type: string, f: (event: { data: unknown }) => void) => type === 'message' && this.listeners.add(f),
      removeEventListener: (_: string, f: (event: { data: unknown }) => void) => this.listeners.delete(f),
      postMessage: (message: Message) => (this.received.push(structuredClone(message)), this.wake()),
      location: { href: 'blob:https://editor.example/1234' },
      importScripts: () => undefined,
      WorkerGlobalScope: class {},
      fetch: async (url: URL | string) => {
        this.fetched.push(String(url));
        const name = path.basename(new URL(url).pathname);
        return new Response(new Uint8Array(readFileSync(path.join(dir, name))));
      },
      ...{ TextDecoder, TextEncoder, URL, Response, setTimeout, clearTimeout, setInterval, clearInterval, queueMicrotask, performance, console, MessageChannel, Uint8Array, ArrayBuffer },
    };
    scope['self'] = scope;
    scope['WebAssembly'] = (globalThis as unknown as Record<string, unknown>)['WebAssembly'];
    Object.defineProperty(scope, 'onmessage', { get: () => this.onmessage, set: (f) => (this.onmessage = f) });
    const context = vm.createContext(scope);
    vm.runInContext(readFileSync(path.join(dir, 'worker.js'), 'utf8'), context, { filename: 'worker.js' });
  }

  post(message: object): void {
    const event = { data: { jsonrpc: '2.0', ...message } };
    for (const f of [...this.listeners]) f(event);
    this.onmessage?.(event);
  }

  /** The first message that fits, past or to come. */
  async until(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.received.find(fits);
      if (found) return found;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

let worker: FakeWorker;
beforeAll(() => {
  worker = new FakeWorker(builtCli());
}, 300_000);
afterAll(() => worker.post({ id: 99, method: 'shutdown' }));

it('analyses and answers without node, with files from the folder that the client names', async () => {
  const uri = 'vscode-vfs://github/x/a.bpf.c';
  const text = 'SEC("xdp")\nint f(struct xdp_md *ctx)\n{\n\tbpf_probe_write_user(0, 0, 0);\n\treturn 2;\n}\n';
  worker.post({ id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {}, initializationOptions: { assetBase: 'https://cdn.example/ext/dist', debounceMs: 0 } } });
  await worker.until((m) => m.id === 1);
  worker.post({ method: 'initialized', params: {} });
  worker.post({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'c', version: 1, text } } });
  const published = await worker.until((m) => m.method === 'textDocument/publishDiagnostics');
  expect(published.params?.diagnostics?.map((d) => d.code)).toEqual(['helper-not-allowed']);
  worker.post({ id: 2, method: 'textDocument/hover', params: { textDocument: { uri }, position: { line: 3, character: 6 } } });
  expect((await worker.until((m) => m.id === 2)).result?.contents?.value).toContain('bpf_probe_write_user');
  expect(worker.fetched.sort()).toEqual(['facts.json', 'tree-sitter-c.wasm', 'web-tree-sitter.wasm'].map((f) => `https://cdn.example/ext/dist/${f}`));
});
