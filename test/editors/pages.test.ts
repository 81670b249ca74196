/** The pages about other editors: their blocks parse, what they set exists, and what they say of the server is so. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse as parseToml } from 'smol-toml';
import ts from 'typescript';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CodeAction, CodeLens, CompletionList, Hover, InitializeParams } from 'vscode-languageserver-protocol';
import { SETTINGS_TABLE } from '../../server/src/settings/table.js';
import { loadForTests, startClient, type TestClient } from '../lsp/client.js';

const FOLDER = new URL('../../docs/editors/', import.meta.url);
const PAGES = readdirSync(FOLDER).map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), 'utf8') }));

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}
const BLOCKS: readonly Block[] = PAGES.flatMap(({ name: page, text }) =>
  [...text.matchAll(/<!-- syntax: (\w+) -->\n```\w+\n([\s\S]*?)\n```\n/g)].map((m) => ({ page, language: m[1] ?? '', text: m[2] ?? '' })));

/** The parsers of the languages that the tests can read; Lua and Emacs Lisp are read by the editors themselves (test/e2e). */
const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  toml: (text) => parseToml(text),
  json(text) {
    const { config, error } = ts.parseConfigFileTextToJson('settings.json', text) as { config?: unknown; error?: { messageText: unknown } };
    if (error) throw new Error(JSON.stringify(error.messageText));
    return config;
  },
};

/** Every key of settings in parsed text: below `ebpfLens`, dotted behind it, or in `initialization_options.settings`. */
function settingKeys(value: unknown, inside = false): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]): string[] => {
    if (key.startsWith('ebpfLens.')) return [key.slice('ebpfLens.'.length)];
    if (inside) return [key];
    if (key === 'initialization_options' && typeof item === 'object') return settingKeys((item as { settings?: unknown }).settings, true);
    return settingKeys(item, key === 'ebpfLens');
  });
}

describe('the pages', () => {
  it('are all listed on the first', () => {
    const index = PAGES.find((page) => page.name === 'README.md')?.text ?? '';
    const others = PAGES.map((page) => page.name).filter((name) => name !== 'README.md');
    expect(others.length).toBeGreaterThanOrEqual(5);
    for (const name of others) expect(index).toContain(`](${name})`);
  });

  const readable = BLOCKS.filter((block) => block.language in PARSERS);
  it.each(readable.map((block, i) => [`${block.page} ${block.language} ${i + 1}`, block] as const))('block of %s parses, and its settings exist', (_name, block) => {
    const parsed = PARSERS[block.language]?.(block.text);
    expect(parsed).toBeTypeOf('object');
    const known = SETTINGS_TABLE.map((row) => row.key);
    for (const key of settingKeys(parsed)) expect(known).toContain(key);
  });

  it('name settings in each editor', () => {
    const pages = new Set(readable.filter((block) => settingKeys(PARSERS[block.language]?.(block.text)).length > 0).map((block) => block.page));
    expect([...pages].sort()).toEqual(['helix.md', 'sublime.md', 'zed.md']);
  });
});

const URI = 'file:///work/prog.bpf.c';
const CODE = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp")
int first(struct xdp_md *ctx)
{
	bpf_skb_load_bytes(ctx, 0, 0, 0);
	return bpf_xdp_get_buff_len(ctx) > 9 ? XDP_DROP : XDP_PASS;
}
char LICENSE[] SEC("license") = "GPL";
`;

/** What these editors say of themselves as far as it changes answers: all of it Markdown, snippets, lenses, hints and tokens. */
const CAPABLE: InitializeParams['capabilities'] = {
  textDocument: {
    hover: { contentFormat: ['markdown', 'plaintext'] },
    completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'], labelDetailsSupport: true, resolveSupport: { properties: ['documentation', 'additionalTextEdits'] } } },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix', 'refactor', 'source'] } } },
  },
  workspace: { workspaceEdit: { documentChanges: true } },
};

describe('an editor other than VS Code', () => {
  let client: TestClient;
  // The facts are made once, which takes its time.
  beforeAll(async () => void (await loadForTests()));
  afterEach(() => client.stop());

  it('gets no command that it could not run', async () => {
    client = await startClient({ capabilities: CAPABLE });
    await client.open(URI, CODE);
    const { diagnostics } = await client.diagnostics(URI, (p) => p.diagnostics.length > 0);
    const textDocument = { uri: URI };
    const position = { line: 5, character: 5 };
    const range = { start: position, end: position };
    const ask = <R>(method: string, params: object): Promise<R> => client.connection.sendRequest<R>(`textDocument/${method}`, { textDocument, ...params });
    const hover = await ask<Hover>('hover', { position });
    const lenses = await ask<CodeLens[]>('codeLens', {});
    const actions = await ask<CodeAction[]>('codeAction', { range, context: { diagnostics } });
    const completions = await ask<CompletionList>('completion', { position: { line: 5, character: 9 } });
    const resolved = await client.connection.sendRequest('completionItem/resolve', completions.items[0]);
    const links = await ask('documentLink', {});
    expect([lenses.length, actions.length > 0, completions.items.length > 0]).toEqual([1, true, true]);
    expect(lenses.map((lens) => lens.command?.command)).toEqual(['']);
    expect(actions.filter((action) => action.command)).toEqual([]);
    const all = JSON.stringify({ diagnostics, hover, actions, completions, resolved, links });
    expect(all).not.toMatch(/command:|editor\.action|ebpfLens\.|ebpf-lens:\//);
  });

  const TOO_NEW = (p: { diagnostics: { code?: unknown }[] }): boolean => p.diagnostics.some((d) => d.code === 'helper-newer-than-target');
  it('gives settings when it is asked', async () => {
    client = await startClient({ configuration: () => ({ targetKernel: '5.15' }) });
    await client.open(URI, CODE);
    await client.diagnostics(URI, TOO_NEW);
  });

  it('gives settings by itself, and changes them', async () => {
    client = await startClient();
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: { ebpfLens: { targetKernel: '5.15' } } });
    await client.open(URI, CODE);
    await client.diagnostics(URI, TOO_NEW);
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: { 'ebpfLens': { targetKernel: '6.1' } } });
    await client.diagnostics(URI, (p) => p === client.published.at(-1) && !TOO_NEW(p));
  });

  it('gives settings at the start, which count while it has no answer', async () => {
    let answer: unknown = null;
    client = await startClient({ configuration: () => answer, initializationOptions: { debounceMs: 0, settings: { targetKernel: '5.15' } } });
    await client.open(URI, CODE);
    await client.diagnostics(URI, TOO_NEW);
    answer = {};
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await client.diagnostics(URI, (p) => p === client.published.at(-1) && !TOO_NEW(p));
  });
});
