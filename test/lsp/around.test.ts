/** Lenses, hints, colours and navigation over a real connection. */
import { afterEach, describe, expect, it } from 'vitest';
import type {
  CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall, CodeLens, DocumentHighlight, DocumentLink, DocumentSymbol, InlayHint, Location, SemanticTokens, SemanticTokensDelta, SymbolInformation,
} from 'vscode-languageserver-protocol';
import { startClient, type ClientOptions, type TestClient } from './client.js';

let client: TestClient;
const start = async (options?: ClientOptions): Promise<TestClient> => (client = await startClient(options));
const OURS = { initializationOptions: { debounceMs: 0, commandLinks: true } };
afterEach(() => client.stop());

const URI = 'file:///work/a%20b/prog.bpf.c';
const CODE = `#include <bpf/bpf_helpers.h>
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");
__u64 total;
static long count(void *ctx)
{
	__u32 key = 0;
	__u64 *n = bpf_map_lookup_elem(&counts, &key);
	return n ? (*n)++ : 0;
}
SEC("xdp.frags")
int first(struct xdp_md *ctx)
{
	total += bpf_xdp_get_buff_len(ctx);
	return count(ctx);
}
SEC("tc")
int second(struct __sk_buff *skb)
{
	return count(skb);
}
char LICENSE[] SEC("license") = "GPL";
`;
const where = (text: string, word: string, nth = 0): { line: number; character: number } => {
  let at = -1;
  for (let i = 0; i <= nth; i++) at = text.indexOf(word, at + 1);
  const before = text.slice(0, at).split('\n');
  return { line: before.length - 1, character: before.at(-1)!.length };
};
const ask = <R>(method: string, params: object = {}, uri = URI): Promise<R> => client.connection.sendRequest(`textDocument/${method}`, { textDocument: { uri }, ...params });
const spot = ({ range }: { range: { start: { line: number; character: number } } }): string => `${range.start.line}:${range.start.character}`;

describe('lenses', () => {
  it('have commands for our own client and none for others', async () => {
    await start(OURS);
    await client.open(URI, CODE);
    const own = await ask<CodeLens[]>('codeLens');
    expect(own.map(({ range, command }) => [range.start.line, command!.title, command!.command])).toEqual([
      [14, 'XDP · fragments', ''],
      [14, '≥ 5.18', 'ebpfLens.showMinimumKernelAt'],
      [14, '1 map', 'ebpfLens.peekPlaces'],
      [14, '1 shared function', 'ebpfLens.peekPlaces'],
      [20, 'tc classifier', ''],
      [20, expect.stringMatching(/^≥ \d/), 'ebpfLens.showMinimumKernelAt'],
      [20, '1 map', 'ebpfLens.peekPlaces'],
      [20, '1 shared function', 'ebpfLens.peekPlaces'],
    ]);
    expect(own[1]!.command!.arguments).toEqual([{ textDocument: { uri: URI }, position: { line: 15, character: 4 } }]);
    await client.stop();
    await start();
    await client.open(URI, CODE);
    const plain = await ask<CodeLens[]>('codeLens');
    expect(plain.map(({ command }) => command)).toEqual([{ title: 'XDP · fragments · ≥ 5.18 · 1 map · 1 shared function', command: '' }, { title: expect.stringContaining('tc classifier · ≥'), command: '' }]);
  });

  it('are asked for anew when a setting changes them, and only then', async () => {
    let settings: object = {};
    await start({ configuration: () => settings, capabilities: { workspace: { codeLens: { refreshSupport: true }, inlayHint: { refreshSupport: true }, semanticTokens: { refreshSupport: true }, didChangeConfiguration: { dynamicRegistration: true } } } });
    const asked: string[] = [];
    for (const what of ['codeLens', 'inlayHint', 'semanticTokens']) client.connection.onRequest(`workspace/${what}/refresh`, () => void asked.push(what));
    await client.open(URI, CODE);
    await Promise.all([ask('codeLens'), ask('inlayHint', { range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } } }), ask('semanticTokens/full')]);
    const change = async (next: object): Promise<void> => {
      const before = client.analyzed.length;
      settings = next;
      await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
      await expect.poll(() => client.analyzed.length).toBeGreaterThan(before);
      await ask('hover', { position: { line: 0, character: 0 } });
    };
    await change({ targetKernel: '5.4' });
    expect(asked).toEqual([]);
    await change({ targetKernel: '5.4', codeLens: { enabled: false }, inlayHints: { minimumKernel: 'off' } });
    await expect.poll(() => [...asked].sort()).toEqual(['codeLens', 'inlayHint']);
    expect(await ask('codeLens')).toEqual([]);
  });
});

describe('hints', () => {
  it('stand in the range that is asked for, and not where they are switched off', async () => {
    await start();
    await client.open(URI, CODE);
    const hints = (from: number, to: number): Promise<InlayHint[]> => ask('inlayHint', { range: { start: { line: from, character: 0 }, end: { line: to, character: 0 } } });
    expect((await hints(0, 30)).map(({ position, label }) => [position.line, label])).toEqual([[14, 'Linux ≥ 5.18'], [17, 'Linux ≥ 5.18']]);
    expect(await hints(0, 10)).toEqual([]);
    expect((await hints(17, 18))[0]).toMatchObject({ position: where(CODE, ';\n\treturn count(ctx)'), tooltip: { kind: 'markdown' } });
  });
});

describe('colours', () => {
  const words = (text: string, { data }: { data: readonly number[] }, types: readonly string[]): string[] => {
    const lines = text.split('\n');
    const out: string[] = [];
    for (let i = 0, line = 0, character = 0; i < data.length; i += 5) {
      character = data[i] === 0 ? character + data[i + 1]! : data[i + 1]!;
      line += data[i]!;
      out.push(`${lines[line]!.slice(character, character + data[i + 2]!)}:${types[data[i + 3]!]}`);
    }
    return out;
  };
  const typesOf = (): readonly string[] => (client.initialized.capabilities.semanticTokensProvider as { legend: { tokenTypes: string[] } }).legend.tokenTypes;

  it('come whole, as changes and for a range, in the client\'s words', async () => {
    await start(OURS);
    await client.open(URI, CODE);
    const full = await ask<SemanticTokens>('semanticTokens/full');
    expect(words(CODE, full, typesOf())).toEqual([
      'counts:ebpfMap', 'bpf_map_lookup_elem:ebpfHelper', 'counts:ebpfMap', 'first:ebpfProgram', 'ctx:ebpfContext', 'bpf_xdp_get_buff_len:ebpfHelper', 'ctx:ebpfContext', 'ctx:ebpfContext',
      'second:ebpfProgram', 'skb:ebpfContext', 'skb:ebpfContext',
    ]);
    const range = await ask<SemanticTokens>('semanticTokens/range', { range: { start: { line: 20, character: 0 }, end: { line: 30, character: 0 } } });
    expect(words(CODE, range, typesOf())).toEqual(['second:ebpfProgram', 'skb:ebpfContext', 'skb:ebpfContext']);
    const edited = CODE.replace('__u64 total;', '__u64 total;\n/* one line more */');
    await client.change(URI, 2, edited);
    const delta = await ask<SemanticTokensDelta>('semanticTokens/full/delta', { previousResultId: full.resultId });
    const data = [...full.data];
    for (const edit of [...delta.edits].reverse()) data.splice(edit.start, edit.deleteCount, ...(edit.data ?? []));
    expect(words(edited, { data }, typesOf())).toEqual(words(CODE, full, typesOf()));
    const whole = await ask<SemanticTokens>('semanticTokens/full/delta', { previousResultId: 'of another life' });
    expect(whole.data).toEqual(data);
  });

  it('give way to another server that colours C, unless they are asked for', async () => {
    let settings: object = {};
    await start({ initializationOptions: { ...OURS.initializationOptions, otherColours: true }, configuration: () => settings });
    await client.open(URI, CODE);
    expect(await ask('semanticTokens/full')).toBeNull();
    settings = { semanticHighlighting: 'on' };
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await expect.poll(() => ask('semanticTokens/full')).not.toBeNull();
  });

  it('are the standard ones for other clients, and leave C that is not eBPF to its own server', async () => {
    await start();
    await client.open(URI, CODE);
    const full = await ask<SemanticTokens>('semanticTokens/full');
    expect(new Set(words(CODE, full, typesOf()).map((word) => word.split(':')[1]))).toEqual(new Set(['variable', 'function', 'parameter']));
    await client.open('file:///work/user.c', 'int main(void) { return 0; }\n');
    expect(await ask('semanticTokens/full', {}, 'file:///work/user.c')).toBeNull();
  });
});

describe('navigation', () => {
  it('leads to definitions and uses', async () => {
    await start();
    await client.open(URI, CODE);
    expect((await ask<Location[]>('definition', { position: where(CODE, 'counts', 1) })).map(spot)).toEqual(['6:2']);
    const uses = (includeDeclaration: boolean): Promise<Location[]> => ask('references', { position: where(CODE, 'count(ctx)'), context: { includeDeclaration } });
    expect((await uses(true)).map(spot)).toEqual(['8:12', '18:8', '23:8']);
    expect((await uses(false)).map(spot)).toEqual(['18:8', '23:8']);
    expect((await ask<DocumentHighlight[]>('documentHighlight', { position: where(CODE, 'counts') })).map((h) => [spot(h), h.kind])).toEqual([['6:2', 3], ['11:33', 2]]);
    expect(await ask('definition', { position: where(CODE, 'key = 0') })).toBeNull();
    expect(await ask('definition', { position: { line: 9999, character: 9999 } })).toBeNull();
  });

  it('leaves plain C to another server, or everything, as the setting says', async () => {
    let settings: object = { navigation: 'ebpf-only' };
    await start({ configuration: () => settings });
    await client.open(URI, CODE);
    const map = { position: where(CODE, 'counts', 1) };
    const helper = { position: where(CODE, 'bpf_map_lookup_elem'), context: { includeDeclaration: true } };
    expect(await ask('definition', map)).toBeNull();
    expect(await ask('references', helper)).toHaveLength(1);
    settings = { navigation: 'off' };
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await expect.poll(() => ask('references', helper)).toBeNull();
  });

  it('finds uses in other open files that share a header', async () => {
    const files: Record<string, string> = { 'file:///work/maps.h': 'struct { __uint(type, BPF_MAP_TYPE_ARRAY); } shared SEC(".maps");\n' };
    await start({ host: { readFile: async (uri) => files[uri] } });
    const body = (name: string): string => `#include "maps.h"\nSEC("xdp") int ${name}(struct xdp_md *ctx) { return bpf_map_lookup_elem(&shared, 0) != 0; }\n`;
    await client.open('file:///work/a.bpf.c', body('a'));
    await client.open('file:///work/b.bpf.c', body('b'));
    await client.diagnostics('file:///work/b.bpf.c');
    const found = await ask<Location[]>('references', { position: where(body('a'), 'shared'), context: { includeDeclaration: true } }, 'file:///work/a.bpf.c');
    expect(found.map(({ uri }) => uri)).toEqual(['file:///work/a.bpf.c', 'file:///work/maps.h', 'file:///work/b.bpf.c']);
  });

  it('has an outline of programs, maps with their attributes, and globals', async () => {
    await start();
    await client.open(URI, CODE);
    const outline = await ask<DocumentSymbol[]>('documentSymbol');
    expect(outline.map(({ name, detail }) => `${name}: ${detail}`)).toEqual(['counts: BPF_MAP_TYPE_ARRAY', 'total: __u64', 'first: XDP', 'second: tc classifier']);
    expect(outline[0]!.children!.map(({ name, detail }) => `${name}: ${detail}`)).toEqual(['type: BPF_MAP_TYPE_ARRAY', 'max_entries: 4', 'key: __u32', 'value: __u64']);
    for (const { range, selectionRange } of outline.flatMap((symbol) => [symbol, ...(symbol.children ?? [])])) {
      expect(range.start.line <= selectionRange.start.line && range.end.line >= selectionRange.end.line).toBe(true);
    }
  });

  it('finds symbols by some of their letters', async () => {
    await start();
    await client.open(URI, CODE);
    const search = async (query: string): Promise<string[]> => (await client.connection.sendRequest<SymbolInformation[]>('workspace/symbol', { query })).map(({ name, containerName }) => `${name}: ${containerName}`);
    await expect.poll(() => search('')).toHaveLength(4);
    expect(await search('sec')).toEqual(['second: tc classifier']);
    expect(await search('CNTS')).toEqual(['counts: BPF_MAP_TYPE_ARRAY']);
    expect(await search('nothing like it')).toEqual([]);
  });

  it('links sections to their pages, for the client that has them', async () => {
    await start(OURS);
    await client.open(URI, CODE);
    const links = await ask<DocumentLink[]>('documentLink');
    expect(links.map((link) => [spot(link), link.tooltip])).toEqual([['14:5', 'Reference: SEC("xdp.frags")'], ['20:5', 'Reference: SEC("tc")']]);
    expect(decodeURIComponent(links[0]!.target!)).toBe('command:ebpfLens.openReferencePage?["section/xdp.frags"]');
    await client.stop();
    await start();
    await client.open(URI, CODE);
    expect(await ask('documentLink')).toEqual([]);
  });
});

describe('call hierarchy', () => {
  const prepare = (word: string, nth = 0): Promise<CallHierarchyItem[] | null> => ask('prepareCallHierarchy', { position: where(CODE, word, nth) });
  const outgoing = (item: CallHierarchyItem): Promise<CallHierarchyOutgoingCall[]> => client.connection.sendRequest('callHierarchy/outgoingCalls', { item });
  const incoming = (item: CallHierarchyItem): Promise<CallHierarchyIncomingCall[]> => client.connection.sendRequest('callHierarchy/incomingCalls', { item });

  it('goes from a program down to helpers, which lead to their pages, and up again', async () => {
    await start(OURS);
    await client.open(URI, CODE);
    const [program] = (await prepare('first'))!;
    expect(program).toMatchObject({ name: 'first', detail: 'XDP', uri: URI });
    const down = await outgoing(program!);
    expect(down.map(({ to, fromRanges }) => [to.name, to.uri, fromRanges.map((range) => spot({ range }))])).toEqual([
      ['bpf_xdp_get_buff_len', 'ebpf-lens:/helper/bpf_xdp_get_buff_len.md', ['17:10']],
      ['count', URI, ['18:8']],
    ]);
    const further = await outgoing(down[1]!.to);
    expect(further.map(({ to }) => to.name)).toEqual(['bpf_map_lookup_elem']);
    expect(await outgoing(further[0]!.to)).toEqual([]);
    expect((await incoming(further[0]!.to)).map(({ from }) => from.name)).toEqual(['count']);
    expect((await incoming(down[1]!.to)).map(({ from, fromRanges }) => [from.name, fromRanges.length])).toEqual([['first', 1], ['second', 1]]);
  });

  it('leads to a place in the code for clients without pages, and survives what it did not make', async () => {
    await start();
    await client.open(URI, CODE);
    const [program] = (await prepare('first'))!;
    expect((await outgoing(program!))[0]!.to.uri).toBe(URI);
    const broken = { ...program!, data: { root: URI, kind: 'nonsense', path: 7 } };
    expect(await outgoing(broken)).toBeNull();
    expect(await incoming({ ...program!, data: undefined })).toBeNull();
    expect(await prepare('key = 0')).toBeNull();
  });

  it('is registered for eBPF documents alone where the client allows that', async () => {
    await start({ capabilities: { textDocument: { callHierarchy: { dynamicRegistration: true } } } });
    expect(client.initialized.capabilities.callHierarchyProvider).toBeUndefined();
    await client.open('file:///work/user.c', 'int main(void) { return 0; }\n');
    await client.diagnostics('file:///work/user.c');
    expect(client.registered).not.toContain('textDocument/prepareCallHierarchy');
    await client.open(URI, CODE);
    await client.diagnostics(URI);
    await expect.poll(() => client.registered).toContain('textDocument/prepareCallHierarchy');
  });
});
