/** What editors send by the thousand: files that a checkout changed, edits in one message, folders that come and go, documents of all schemes. */
import { afterEach, describe, expect, it } from 'vitest';
import type { SymbolInformation } from 'vscode-languageserver-protocol';
import { keyOf } from '../../server/src/lsp/uriPath.js';
import { startClient, type TestClient } from './client.js';
import { hostOf, ROOT, uriOf, type Disk } from './disk.js';

let client: TestClient;
afterEach(() => client.stop());

const COUNT = 200;
/** Far longer than it takes anywhere. */
const PATIENCE = { timeout: 200_000 };
const named = (name: string): string => `#include "shared.h"\nSEC("xdp") int ${name}(struct xdp_md *ctx) { return 0; }\n`;
const symbols = async (query: string): Promise<string[]> => (await client.connection.sendRequest<SymbolInformation[]>('workspace/symbol', { query })).map(({ name }) => name).sort();
const TEXT = 'SEC("xdp") int first(struct xdp_md *ctx) { return bpf_skb_load_bytes(ctx, 0, 0, 0); }\n';

describe('a checkout', () => {
  it('told of file by file is looked at as a whole', async () => {
    const disk: Disk = new Map([['shared.h', 'int shared;\n'], ...Array.from({ length: COUNT }, (_v, i) => [`f${i}.bpf.c`, named(`old${i}`)] as const)]);
    const host = hostOf(disk);
    let reads = 0;
    client = await startClient({
      workspaceFolders: [{ uri: ROOT, name: 'p' }],
      host: {
        ...host,
        readFile: async (uri) => {
          if (uri.endsWith('/shared.h')) reads++;
          return host.readFile!(uri);
        },
      },
    });
    await client.open(uriOf('f0.bpf.c'), disk.get('f0.bpf.c')!);
    await expect.poll(() => symbols('old199'), PATIENCE).toEqual(['old199']);
    const before = reads;
    for (let i = 1; i < COUNT; i++) disk.set(`f${i}.bpf.c`, named(`new${i}`));
    for (let i = 1; i < COUNT; i++) void client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: uriOf(`f${i}.bpf.c`), type: 2 }] });
    await expect.poll(() => symbols('new199'), PATIENCE).toEqual(['new199']);
    await expect.poll(() => symbols('old1'), PATIENCE).toEqual([]);
    // Each look at an open document reads what it includes anew.
    expect(reads - before).toBeLessThan(COUNT / 2);
  }, 600_000);
});

describe('folders', () => {
  it('come and go with what is in them', async () => {
    const disk: Disk = new Map([['a/a.bpf.c', named('inA')], ['b c/b.bpf.c', named('inB')]]);
    client = await startClient({ workspaceFolders: [{ uri: uriOf('a'), name: 'a' }], capabilities: { workspace: { workspaceFolders: true } }, host: { ...hostOf(disk), readDirectory: async (uri) => hostOf(disk).readDirectory!(decodeURIComponent(uri)) } });
    const change = (added: readonly string[], removed: readonly string[]): Promise<void> => client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: added.map((uri) => ({ uri, name: 'x' })), removed: removed.map((uri) => ({ uri, name: 'x' })) } });
    await expect.poll(() => symbols('in'), PATIENCE).toEqual(['inA']);
    await change([`${ROOT}/b%20c`], []);
    await expect.poll(() => symbols('in'), PATIENCE).toEqual(['inA', 'inB']);
    await change([], [uriOf('a')]);
    await expect.poll(() => symbols('in'), PATIENCE).toEqual(['inB']);
  }, 600_000);
});

describe('a client that says nothing of itself', () => {
  it('is asked nothing, is told how positions count, and has answers for documents of every scheme', async () => {
    client = await startClient();
    expect(client.initialized.capabilities.positionEncoding).toBe('utf-16');
    const uris = ['untitled:Untitled-1', 'git:/w/a.bpf.c?%7B%22ref%22%3A%22HEAD%22%7D', 'vscode-remote://ssh-remote%2Bhost/w/a.bpf.c', 'file:///c%3A/x%20y/a.bpf.c', 'file:///w/with space/ü.bpf.c', 'file:///w/%zz/a.bpf.c', 'file://server/share/a.bpf.c', 'zipfile:///x.zip::a.bpf.c', 'a.bpf.c'];
    for (const uri of uris) {
      await client.open(uri, TEXT);
      expect((await client.diagnostics(uri)).diagnostics.map((d) => d.code), uri).toContain('helper-not-allowed');
      expect(await client.connection.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line: 0, character: 55 } }), uri).not.toBeNull();
    }
    expect(client.registered).toEqual([]);
  });

  it('may send ten thousand edits at once', async () => {
    client = await startClient();
    const uri = 'file:///w/a.bpf.c';
    await client.open(uri, TEXT);
    await client.diagnostics(uri);
    const contentChanges = Array.from({ length: 10_000 }, () => ({ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: ' ' }));
    await client.connection.sendNotification('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges });
    const { diagnostics } = await client.diagnostics(uri, (p) => p.version === 2);
    expect(diagnostics.map((d) => [d.code, d.range.start.character])).toContainEqual(['helper-not-allowed', 10_000 + TEXT.indexOf('bpf_skb')]);
  });
});

it('one file has one name, however it is spelled', () => {
  client = { stop: async () => undefined } as unknown as TestClient;
  expect(keyOf('file:///C:/a%20b.c')).toBe(keyOf('file:///c%3A/a b.c'));
  expect(keyOf('file:///C/a.c')).not.toBe(keyOf('file:///c/a.c'));
});
