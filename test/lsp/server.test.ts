/** The language server over a real connection: what it says of itself, diagnostics, requests, settings. */
import { afterEach, describe, expect, it } from 'vitest';
import type { CodeAction, CompletionItem, CompletionList, DocumentSymbol, Hover } from 'vscode-languageserver-protocol';
import { startClient, type ClientOptions, type TestClient } from './client.js';

let client: TestClient;
const start = async (options?: ClientOptions): Promise<TestClient> => (client = await startClient(options));
afterEach(() => client.stop());

const URI = 'file:///work/a%20b/prog.bpf.c';
const BAD = `#include <bpf/bpf_helpers.h>
SEC("xdp") int prog(struct xdp_md *ctx) {
	bpf_skb_load_bytes(ctx, 0, 0, 0);
	return ctx->data;
}
char LICENSE[] SEC("license") = "GPL";
`;
const GOOD = BAD.replace('\tbpf_skb_load_bytes(ctx, 0, 0, 0);\n', '');

const hover = (uri: string, line: number, character: number): Promise<Hover | null> => client.connection.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line, character } });
const complete = (uri: string, line: number, character: number, triggerCharacter?: string): Promise<CompletionList | null> =>
  client.connection.sendRequest('textDocument/completion', {
    textDocument: { uri },
    position: { line, character },
    ...(triggerCharacter ? { context: { triggerKind: 2, triggerCharacter } } : {}),
  });
const valueOf = (h: Hover | null): string => (h?.contents as { value: string } | undefined)?.value ?? '';

describe('handshake', () => {
  it('names itself and what it can do', async () => {
    const { initialized } = await start();
    expect(initialized.serverInfo).toEqual({ name: 'ebpf-lens', version: '1.2.3' });
    expect(initialized.capabilities.textDocumentSync).toMatchObject({ openClose: true, change: 2 });
    expect(initialized.capabilities.completionProvider).toEqual({ triggerCharacters: ['>', '.', '"', '/', '(', ',', '|', ' '], resolveProvider: true, completionItem: { labelDetailsSupport: true } });
    expect(initialized.capabilities.signatureHelpProvider).toEqual({ triggerCharacters: ['(', ','], retriggerCharacters: [')'] });
  });

  it('answers before facts and parser are there, and holds requests until they are', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { loadForTests } = await import('./client.js');
    await start({ host: { load: () => gate.then(loadForTests) } });
    await client.open(URI, BAD);
    const early = hover(URI, 2, 5);
    expect(client.published).toEqual([]);
    release();
    expect(valueOf(await early)).toContain('bpf_skb_load_bytes');
    await client.diagnostics(URI);
  });

  it('asks to be told of changed settings and headers, if the client can', async () => {
    await start();
    await client.status(URI);
    expect(client.registered).toEqual([]);
    await client.stop();
    await start({ capabilities: { workspace: { didChangeConfiguration: { dynamicRegistration: true }, didChangeWatchedFiles: { dynamicRegistration: true } } } });
    await client.status(URI);
    expect(client.registered).toEqual(['workspace/didChangeConfiguration', 'workspace/didChangeWatchedFiles']);
  });

  it('says that it could not load, and stays alive', async () => {
    await start({ host: { load: () => Promise.reject(new Error('no facts')) } });
    await client.open(URI, BAD);
    expect(await hover(URI, 2, 5)).toBeNull();
    expect(await client.status(URI)).toMatchObject({ state: 'not-ebpf' });
    expect(client.messages.map((m) => m.text).join('\n')).toMatch(/could not load/);
    expect(client.messages.map((m) => m.text).join('\n')).toMatch(/no facts/);
  });
});

describe('diagnostics', () => {
  it('carry rule, source, page and version, and cover the callee only', async () => {
    await start();
    await client.open(URI, BAD, 7);
    const { diagnostics, version } = await client.diagnostics(URI);
    expect(version).toBe(7);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({
      range: { start: { line: 2, character: 1 }, end: { line: 2, character: 19 } },
      severity: 1,
      code: 'helper-not-allowed',
      source: 'ebpf-lens',
      codeDescription: { href: 'https://github.com/ebpf-lens/ebpf-lens/blob/main/docs/rules/helper-not-allowed.md' },
    });
  });

  it('are published for clean files and for C that is not eBPF, as empty lists', async () => {
    await start();
    await client.open(URI, GOOD);
    await client.open('file:///x/plain.c', 'int main(void) { return 0; }');
    expect((await client.diagnostics(URI)).diagnostics).toEqual([]);
    expect((await client.diagnostics('file:///x/plain.c')).diagnostics).toEqual([]);
    expect(await client.status('file:///x/plain.c')).toMatchObject({ state: 'not-ebpf', text: '' });
  });

  it('follow edits, and are taken back on close', async () => {
    await start();
    await client.open(URI, BAD, 1);
    await client.diagnostics(URI, (p) => p.diagnostics.length === 1);
    await client.change(URI, 2, GOOD);
    await client.diagnostics(URI, (p) => p.version === 2 && p.diagnostics.length === 0);
    await client.change(URI, 3, BAD);
    await client.diagnostics(URI, (p) => p.version === 3 && p.diagnostics.length === 1);
    await client.close(URI);
    await client.diagnostics(URI, (p) => p.version === undefined && p.diagnostics.length === 0);
  });

  it('take incremental edits', async () => {
    await start();
    await client.open(URI, BAD, 1);
    const range = { start: { line: 2, character: 1 }, end: { line: 2, character: 19 } };
    await client.connection.sendNotification('textDocument/didChange', { textDocument: { uri: URI, version: 2 }, contentChanges: [{ range, text: 'bpf_xdp_load_bytes' }] });
    expect((await client.diagnostics(URI, (p) => p.version === 2)).diagnostics).toEqual([]);
  });

  it('come once for a burst of edits, for the last version', async () => {
    // Longer than a burst takes on a busy machine: an edit that comes later than that is none of it.
    await start({ initializationOptions: { debounceMs: 4_000 } });
    await client.open(URI, GOOD, 1);
    await client.diagnostics(URI);
    for (let version = 2; version <= 30; version++) void client.change(URI, version, version % 2 === 0 ? BAD : GOOD);
    await client.change(URI, 31, BAD);
    await client.diagnostics(URI, (p) => p.version === 31);
    const versions = client.published.filter((p) => p.uri === URI).map((p) => p.version);
    expect(versions).toEqual([1, 31]);
  });

  it('count columns in UTF-16 units after wide characters, with tabs and CRLF', async () => {
    await start();
    const text = BAD.replace('\tbpf_skb', '\t/* 😀é */ bpf_skb').replaceAll('\n', '\r\n');
    await client.open(URI, text);
    const { diagnostics } = await client.diagnostics(URI);
    expect(diagnostics[0]!.range).toEqual({ start: { line: 2, character: 11 }, end: { line: 2, character: 29 } });
    expect((await hover(URI, 2, 12))?.range).toEqual(diagnostics[0]!.range);
  });

  it('of an included file stand on the #include and point into the file', async () => {
    const header = '#include "deep.h"\n';
    const deep = 'static inline int f(void *c) {\n  return bpf_skb_load_bytes(c, 0, 0, 0);\n}\n';
    const files: Record<string, string> = { 'file:///work/a%20b/h/mid.h': header, 'file:///work/a%20b/h/deep.h': deep };
    await start({ host: { readFile: (uri) => Promise.resolve(files[uri]) } });
    await client.open(URI, '#include "h/mid.h"\nSEC("xdp") int p(struct xdp_md *ctx) { return f(ctx); }\n');
    const { diagnostics } = await client.diagnostics(URI);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]!.range).toEqual({ start: { line: 0, character: 10 }, end: { line: 0, character: 17 } });
    expect(diagnostics[0]!.relatedInformation?.[0]?.location).toEqual({
      uri: 'file:///work/a%20b/h/deep.h',
      range: { start: { line: 1, character: 9 }, end: { line: 1, character: 27 } },
    });
    await client.open('file:///work/a%20b/h/deep.h', deep, 1);
    await client.change('file:///work/a%20b/h/deep.h', 2, deep.replace('bpf_skb_load_bytes', 'bpf_xdp_load_bytes'));
    await client.diagnostics(URI, (p) => p.diagnostics.length === 0);
    // Closed without saving: the file on the disk is as it was.
    const before = new Set(client.published);
    await client.close('file:///work/a%20b/h/deep.h');
    await client.diagnostics(URI, (p) => !before.has(p) && p.diagnostics.length === 1);
  });
});

it('reads included files anew when they change on the disk, are saved, or other ones are included', async () => {
  const files: Record<string, string> = { 'file:///w/a.h': 'static inline int f(void *c) { return bpf_skb_load_bytes(c, 0, 0, 0); }', 'file:///inc/b.h': '' };
  files['file:///inc/b.h'] = files['file:///w/a.h']!;
  await start({
    host: { readFile: (uri) => Promise.resolve(files[uri]) },
    configuration: () => ({ includePaths: ['/inc', 'rel'] }),
    workspaceFolders: [{ uri: 'file:///w', name: 'w' }],
  });
  const text = (header: string): string => `#include ${header}\nSEC("xdp") int p(struct xdp_md *ctx) { return f(ctx); }\n`;
  await client.open('file:///w/m.bpf.c', text('"a.h"'), 1);
  expect((await client.diagnostics('file:///w/m.bpf.c', (p) => p.version === 1)).diagnostics).toHaveLength(1);
  files['file:///w/a.h'] = 'static inline int f(void *c) { return 0; }';
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: 'file:///w/a.h', type: 2 }] });
  await client.diagnostics('file:///w/m.bpf.c', (p) => p.version === 1 && p.diagnostics.length === 0);
  await client.change('file:///w/m.bpf.c', 2, text('<b.h>'));
  await client.diagnostics('file:///w/m.bpf.c', (p) => p.version === 2 && p.diagnostics.length === 1);
});

describe('requests', () => {
  it('hover and completion see the latest text without waiting for the debounce', async () => {
    await start({ initializationOptions: { debounceMs: 5000 } });
    await client.open(URI, GOOD, 1);
    await client.diagnostics(URI);
    await client.change(URI, 2, BAD.replace('ctx->data', 'ctx->'));
    expect(valueOf(await hover(URI, 2, 5))).toContain('Not allowed in this program');
    const list = await complete(URI, 3, 13, '>');
    expect(list?.items.map((item) => item.label)).toContain('data');
    expect(client.published.filter((p) => p.uri === URI)).toHaveLength(1);
  });

  it('hover in Markdown or plain text, as the client can show it', async () => {
    await start({ capabilities: { textDocument: { hover: { contentFormat: ['plaintext'] } } } });
    await client.open(URI, BAD);
    const answer = await hover(URI, 2, 5);
    expect(answer?.contents).toMatchObject({ kind: 'plaintext' });
    expect(valueOf(answer)).toMatch(/^\[no\] Not allowed/);
    await client.stop();
    await start();
    await client.open(URI, BAD);
    expect(valueOf(await hover(URI, 2, 5))).toMatch(/^✗ Not allowed in this program \(XDP\)/);
  });

  it('complete with plain edits, or with snippets and list defaults where the client knows them', async () => {
    const text = 'SEC("")\nint p(struct xdp_md *ctx) { return 0; }';
    await start();
    await client.open(URI, text);
    const plain = (await complete(URI, 0, 5, '"'))!.items.find((item) => item.label === 'kprobe');
    expect(plain?.textEdit).toEqual({ range: { start: { line: 0, character: 5 }, end: { line: 0, character: 5 } }, newText: 'kprobe/' });
    expect(plain?.insertTextFormat).toBeUndefined();
    await client.stop();
    await start({ capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true }, completionList: { itemDefaults: ['editRange'] } } } } });
    await client.open(URI, text);
    const list = await complete(URI, 0, 5, '"');
    expect(list?.itemDefaults?.editRange).toEqual({ start: { line: 0, character: 5 }, end: { line: 0, character: 5 } });
    const rich = list!.items.find((item) => item.label === 'kprobe');
    expect(rich).toMatchObject({ insertTextFormat: 2 });
    expect(rich?.textEditText).toMatch(/^kprobe\/\$\{1:/);
  });

  it('resolve the documentation of an item', async () => {
    await start({ capabilities: { textDocument: { completion: { completionItem: { documentationFormat: ['markdown'] } } } } });
    await client.open(URI, GOOD.replace('return ctx', 'bpf_redi return ctx'));
    const item = (await complete(URI, 2, 9))!.items.find((i) => i.label === 'bpf_redirect_map')!;
    expect(item.documentation).toBeUndefined();
    const resolved = await client.connection.sendRequest<CompletionItem>('completionItem/resolve', item);
    expect(resolved.documentation).toMatchObject({ kind: 'markdown' });
    const odd = { label: 'x', data: { kind: 3 } };
    expect(await client.connection.sendRequest('completionItem/resolve', odd)).toEqual(odd);
  });

  it('offer fixes and comments that allow a finding', async () => {
    await start();
    await client.open(URI, 'SEC("xpd") int prog(struct xdp_md *ctx) { return 0; }\n');
    await client.diagnostics(URI);
    const at = { line: 0, character: 6 };
    const actions = await client.connection.sendRequest<CodeAction[]>('textDocument/codeAction', { textDocument: { uri: URI }, range: { start: at, end: at }, context: { diagnostics: [] } });
    const fix = actions.find((action) => action.isPreferred);
    expect(fix?.edit?.changes?.[URI]).toEqual([{ range: { start: { line: 0, character: 5 }, end: { line: 0, character: 8 } }, newText: 'xdp' }]);
    expect(actions.map((action) => action.title)).toEqual(expect.arrayContaining(['Allow unknown-section for this function', 'Allow unknown-section in this file']));
    const none = await client.connection.sendRequest<CodeAction[]>('textDocument/codeAction', { textDocument: { uri: URI }, range: { start: at, end: at }, context: { diagnostics: [], only: ['refactor'] } });
    expect(none).toEqual([]);
  });

  it('offer "fix all" where it is asked for, in edits for this version, and the settings where the client can change them', async () => {
    await start({ capabilities: { workspace: { workspaceEdit: { documentChanges: true } } }, initializationOptions: { severityCommand: true } });
    await client.open(URI, 'struct bpf_map_def SEC("maps") m = {\n\t.type = BPF_MAP_TYPE_ARRAY,\n};\n', 7);
    await client.diagnostics(URI);
    const at = { line: 0, character: 32 };
    const ask = (only?: string[]): Promise<CodeAction[]> => client.connection.sendRequest('textDocument/codeAction', { textDocument: { uri: URI }, range: { start: at, end: at }, context: { diagnostics: [], only } });
    for (const only of ['source', 'source.fixAll', 'source.fixAll.ebpf-lens']) {
      const [all, ...more] = await ask([only]);
      expect(more).toEqual([]);
      expect(all).toMatchObject({ kind: 'source.fixAll.ebpf-lens', edit: { documentChanges: [{ textDocument: { uri: URI, version: 7 } }] } });
    }
    const actions = await ask();
    expect(actions.filter((a) => a.kind?.startsWith('source'))).toEqual([]);
    expect(actions.find((a) => a.command)?.command).toMatchObject({ command: 'ebpfLens.switchRuleOff', arguments: ['legacy-map-definition'] });
    expect(actions.find((a) => a.isPreferred)?.diagnostics).toMatchObject([{ code: 'legacy-map-definition' }]);
    expect(await ask(['source.organizeImports'])).toEqual([]);
  });

  it('mend an open header by what a program that includes it found there', async () => {
    const header = 'file:///work/a%20b/part.bpf.h';
    const text = 'static int part(struct xdp_md *ctx)\n{\n\tchar b[4];\n\treturn bpf_skb_load_bytes(ctx, 0, b, 4);\n}\n';
    await start({ host: { readFile: async (uri) => (uri === header ? text : undefined) } });
    await client.open(header, text);
    await client.open(URI, '#include "part.bpf.h"\nSEC("xdp") int prog(struct xdp_md *ctx) { return part(ctx); }\n');
    await client.diagnostics(header, (p) => p.diagnostics.length > 0);
    const at = { line: 3, character: 10 };
    const actions = await client.connection.sendRequest<CodeAction[]>('textDocument/codeAction', { textDocument: { uri: header }, range: { start: at, end: at }, context: { diagnostics: [] } });
    expect(actions.find((a) => a.title === 'Call `bpf_xdp_load_bytes`')?.edit?.changes?.[header]).toMatchObject([{ newText: 'bpf_xdp_load_bytes' }]);
    expect(actions.map((a) => a.title)).toContain('Allow helper-not-allowed for this statement');
  });

  it('list programs and maps', async () => {
    await start();
    await client.open(URI, `struct { __uint(type, BPF_MAP_TYPE_HASH); } m SEC(".maps");\n${GOOD}`);
    const found = await client.connection.sendRequest<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri: URI } });
    expect(found.map((s) => `${s.name}: ${s.detail}`)).toEqual(['m: BPF_MAP_TYPE_HASH', 'prog: XDP']);
  });

  it('give the status of the file and of the program at a position', async () => {
    await start({ configuration: () => ({ targetKernel: '5.4' }), initializationOptions: {} });
    await client.open(URI, 'SEC("xdp.frags") int a(struct xdp_md *ctx) { return 0; }\nSEC("xdp") int b(struct xdp_md *ctx) { return bpf_ktime_get_ns(); }\n');
    const whole = await client.status(URI);
    expect(whole).toMatchObject({ state: 'ebpf', text: 'eBPF ≥ 5.18', minKernel: '5.18', maxKernel: null, exceedsTarget: true, targetKernel: '5.4', program: null });
    expect(whole.tooltip).toContain('xdp.frags');
    expect(whole.reasons[0]).toMatchObject({ feature: 'xdp.frags', since: '5.18', program: 'a', guarded: false, exceedsTarget: true, uri: URI, range: { start: { line: 0 } } });
    const one = await client.status(URI, { line: 1, character: 50 });
    expect(one).toMatchObject({ program: 'b', exceedsTarget: false });
    expect(Number(one.minKernel)).toBeLessThan(5);
  });

  it('tell the client when a document was analysed', async () => {
    await start();
    await client.open(URI, GOOD, 4);
    await client.diagnostics(URI);
    await client.status(URI);
    expect(client.analyzed).toContainEqual({ uri: URI, version: 4 });
  });
});

describe('settings', () => {
  it('are asked for each document, and null means defaults', async () => {
    const asked: (string | undefined)[] = [];
    await start({ configuration: (uri) => (asked.push(uri), null) });
    await client.open(URI, BAD);
    expect((await client.diagnostics(URI)).diagnostics).toHaveLength(1);
    expect(asked).toEqual([URI]);
    expect(client.messages).toEqual([]);
  });

  it('change what is found when they change', async () => {
    let settings: unknown = { severity: { 'helper-not-allowed': 'off' } };
    await start({ configuration: () => settings });
    await client.open(URI, BAD);
    await client.diagnostics(URI, (p) => p.diagnostics.length === 0);
    settings = { severity: { 'helper-not-allowed': 'warning' } };
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    expect((await client.diagnostics(URI, (p) => p.diagnostics.length === 1)).diagnostics[0]?.severity).toBe(2);
  });

  it('that make no sense are said once and replaced by defaults', async () => {
    await start({ configuration: () => ({ targetKernel: 'newest', severity: 3, debounceMs: 'x' }), initializationOptions: { debounceMs: 'soon' } });
    await client.open(URI, BAD);
    expect((await client.diagnostics(URI)).diagnostics).toHaveLength(1);
    await client.open('file:///other.bpf.c', BAD);
    await client.diagnostics('file:///other.bpf.c');
    await client.status(URI);
    const said = client.messages.filter((m) => m.kind === 'show').map((m) => m.text);
    expect(said).toEqual([
      'eBPF Lens: ebpfLens.severity: must be an object, is a number; the default {} is used',
      'eBPF Lens: ebpfLens.debounceMs: must be a number, is a string; the default 150 is used',
      expect.stringMatching(/^eBPF Lens: ebpfLens\.targetKernel: "newest" is no kernel version/),
    ]);
  });

  it('may be pushed by a client that cannot be asked', async () => {
    await start();
    await client.open(URI, BAD);
    await client.diagnostics(URI, (p) => p.diagnostics.length === 1);
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: { ebpfLens: { severity: { 'helper-not-allowed': 'off' } } } });
    await client.diagnostics(URI, (p) => p.diagnostics.length === 0);
  });

  it('that come late are taken when they come', async () => {
    let answer: (settings: unknown) => void = () => undefined;
    const late = new Promise((resolve) => (answer = resolve));
    await start({ configuration: () => late });
    await client.open(URI, BAD);
    await client.diagnostics(URI, (p) => p.diagnostics.length === 1);
    answer({ severity: { 'helper-not-allowed': 'off' } });
    await client.diagnostics(URI, (p) => p.diagnostics.length === 0);
  });

  it('do not hold up a client that fails to answer', async () => {
    await start({ configuration: () => Promise.reject(new Error('busy')) });
    await client.open(URI, BAD);
    expect((await client.diagnostics(URI)).diagnostics).toHaveLength(1);
  });
});
