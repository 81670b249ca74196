/** The language server under bad input and bad clients: an answer or silence, never a crash, never a hang. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CancellationTokenSource, type Hover } from 'vscode-languageserver-protocol';
import { createSession } from '../../server/src/analysis.js';
import { setupSyntax } from '../support/syntax.js';
import { loadTestFacts } from '../support/facts.js';
import { loadForTests, startClient, type ClientOptions, type TestClient } from './client.js';

let client: TestClient;
const start = async (options?: ClientOptions): Promise<TestClient> => (client = await startClient(options));
afterEach(() => client.stop());

const URI = 'file:///w/p.bpf.c';
const TEXT = 'SEC("xdp") int p(struct xdp_md *ctx) { return bpf_ktime_get_ns() + ctx->data; }\n';
const hover = (uri: string, line: number, character: number): Promise<Hover | null> => client.connection.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line, character } });

/** Proves that the server still works: opens a new document and asks about it. */
async function works(): Promise<void> {
  await client.open('file:///w/alive.bpf.c', TEXT);
  expect((await client.diagnostics('file:///w/alive.bpf.c')).diagnostics).toEqual([]);
  expect(await hover('file:///w/alive.bpf.c', 0, 50)).not.toBeNull();
}

describe('texts', () => {
  it.each([
    ['empty', ''],
    ['binary', Array.from({ length: 4000 }, (_v, i) => String.fromCharCode((i * 7919) % 256)).join('')],
    ['a lone surrogate', `/* \ud800 */ ${TEXT}\udfff`],
    ['no end brace', 'SEC("xdp") int p(struct xdp_md *ctx) { if (ctx->'],
    ['SEC without a string', 'SEC() int p(void) {}\nSEC( int q(void) {}\nSEC("'],
    ['an unclosed comment', `/* ${TEXT}`],
    ['a byte order mark', `\ufeff${TEXT}`],
    ['old Mac line ends', TEXT.replace('{', '{\r').replaceAll('\n', '\r')],
    ['deep nesting', `int f(void) { return ${'('.repeat(3000)}1${')'.repeat(3000)}; }`],
  ])('%s', async (_name, text) => {
    await start();
    await client.open(URI, text);
    await client.diagnostics(URI);
    await hover(URI, 0, 10);
    await hover(URI, 999, 999);
    await client.connection.sendRequest('textDocument/completion', { textDocument: { uri: URI }, position: { line: 0, character: text.length } });
    await client.status(URI, { line: 0, character: 3 });
    await works();
    expect(client.messages.filter((m) => /failed/.test(m.text))).toEqual([]);
  });

  it('five megabytes of C', async () => {
    await start();
    const body = Array.from({ length: 60_000 }, (_v, i) => `static int f${i}(int a) { return a * ${i} + bpf_ktime_get_ns(); } /* padding, padding */`).join('\n');
    expect(body.length).toBeGreaterThan(5_000_000);
    await client.open(URI, `${TEXT}${body}`);
    await client.connection.sendRequest('textDocument/hover', { textDocument: { uri: URI }, position: { line: 0, character: 50 } });
    await works();
  });
});

describe('clients', () => {
  it('that ask for documents which are not open get nothing', async () => {
    await start();
    expect(await hover('file:///nowhere.c', 0, 0)).toBeNull();
    expect(await client.status('file:///nowhere.c')).toMatchObject({ state: 'not-ebpf', reasons: [] });
    await client.change('file:///nowhere.c', 2, 'x');
    await client.close('file:///nowhere.c');
    await works();
  });

  it('that close while an answer is pending get null and no late diagnostics', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    await start({ host: { load: () => gate.then(loadForTests) } });
    await client.open(URI, TEXT);
    const pending = hover(URI, 0, 50);
    await client.close(URI);
    release();
    expect(await pending).toBeNull();
    await works();
    expect(client.published.filter((p) => p.uri === URI)).toEqual([{ uri: URI, diagnostics: [] }]);
  });

  it('that close right after an edit get no late diagnostics', async () => {
    await start({ initializationOptions: { debounceMs: 20 } });
    await client.open(URI, TEXT, 1);
    await client.diagnostics(URI);
    await client.change(URI, 2, `${TEXT} `);
    await client.close(URI);
    await client.diagnostics(URI, ({ version }) => version === undefined);
    // Time for those that should not come.
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(client.published.filter((p) => p.uri === URI).map((p) => p.version)).toEqual([1, undefined]);
  });

  it('that cancel are answered, and the next request works', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    await start({ host: { load: () => gate.then(loadForTests) } });
    await client.open(URI, TEXT);
    const source = new CancellationTokenSource();
    const asked = client.connection.sendRequest('textDocument/hover', { textDocument: { uri: URI }, position: { line: 0, character: 50 } }, source.token);
    const outcome = asked.then(
      () => 'answered',
      (error: { code: number }) => error.code,
    );
    source.cancel();
    // What comes behind it is answered, so it was read.
    await client.connection.sendRequest('nothing/of/this/name').catch(() => undefined);
    release();
    expect(await outcome).toBe(-32800);
    expect(await hover(URI, 0, 50)).not.toBeNull();
  });

  it('that call what does not exist, or send nonsense, get an error', async () => {
    await start();
    await client.open(URI, TEXT);
    await client.diagnostics(URI);
    await expect(client.connection.sendRequest('textDocument/noSuchThing', {})).rejects.toMatchObject({ code: -32601 });
    expect(await client.connection.sendRequest('textDocument/hover', {}).catch((error: Error) => error.message)).toSatisfy((x) => x === null || typeof x === 'string');
    await client.connection.sendNotification('textDocument/didChange', { textDocument: { uri: URI, version: 2 }, contentChanges: [{ range: { start: { line: 90, character: 9 }, end: { line: 2, character: 1 } }, text: 'x' }] });
    await client.connection.sendNotification('textDocument/didChange', { nonsense: true });
    await client.connection.sendNotification('$/unknown', { a: 1 });
    await works();
  });

  it('that open a document twice get the second text', async () => {
    await start();
    await client.open(URI, 'int x;', 1);
    await client.open(URI, TEXT, 2);
    await client.diagnostics(URI, (p) => p.version === 2);
    expect(await hover(URI, 0, 50)).not.toBeNull();
  });
});

it('logs a handler that throws once, and the others go on', async () => {
  await setupSyntax();
  const facts = await loadTestFacts();
  const session = createSession(facts);
  const broken: typeof session = {
    analyze: (input, settings) => {
      const unit = session.analyze(input, settings);
      return { ...unit, roleAt: () => { throw new Error('broken role'); } };
    },
    forget: (path) => session.forget(path),
    dispose: () => session.dispose(),
  };
  await start({ host: { load: () => Promise.resolve({ facts, session: broken }) } });
  await client.open(URI, TEXT);
  expect((await client.diagnostics(URI)).diagnostics).toEqual([]);
  const told = (): number => client.messages.filter((m) => m.text.includes('broken role')).length;
  // The hovers that nobody asked for meet it too, before or after those that somebody did.
  await vi.waitFor(() => expect(told()).toBe(1), 120_000);
  for (let i = 0; i < 3; i++) expect(await hover(URI, 0, 50)).toBeNull();
  expect(await client.status(URI)).toMatchObject({ state: 'ebpf' });
  expect(told()).toBe(1);
});

describe('a host', () => {
  it('that cannot load is told of once, and nothing stays on the screen', async () => {
    await start({ host: { load: () => Promise.reject(new Error('no facts here')) } });
    await client.open(URI, TEXT);
    await client.open('file:///w/other.bpf.c', TEXT);
    expect((await client.diagnostics(URI)).diagnostics).toEqual([]);
    expect((await client.diagnostics('file:///w/other.bpf.c')).diagnostics).toEqual([]);
    expect(client.messages.filter((m) => m.kind === 'show')).toHaveLength(1);
    expect(client.analyzed).toEqual([]);
    expect(await hover(URI, 0, 50)).toBeNull();
  });

  it('that never answers for a header does not hold back the findings', async () => {
    await start({ host: { readFile: () => new Promise(() => undefined) } });
    await client.open(URI, `#include "a.h"\n#include "b.h"\nSEC("xdp") int p(struct xdp_md *ctx) { return bpf_get_current_pid_tgid() + bpf_skb_load_bytes(ctx, 0, 0, 0); }\n`);
    const { diagnostics } = await client.diagnostics(URI);
    expect(diagnostics.map((d) => d.code)).toContain('helper-not-allowed');
  });
});
