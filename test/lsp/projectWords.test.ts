/** Completion and hovers in project files, through the protocol. */
import { afterEach, expect, it } from 'vitest';
import type { CompletionItem, CompletionList, Hover } from 'vscode-languageserver';
import { startClient, type TestClient } from './client.js';

let client: TestClient;
afterEach(() => client.stop());

const FILE = 'file:///work/.ebpf-lens.yaml';
const TEXT = "kernel: ['5.4', rhel]\nrules:\n  helper-\n  kfunc-not-allowed: off\n";

const at = async (method: string, line: number, character: number): Promise<unknown> => client.connection.sendRequest(method, { textDocument: { uri: FILE }, position: { line, character } });
const items = async (line: number, character: number): Promise<readonly CompletionItem[]> => ((await at('textDocument/completion', line, character)) as CompletionList | null)?.items ?? [];

it('offers targets and rules, and says what they mean', async () => {
  client = await startClient();
  await client.open(FILE, TEXT);
  const targets = await items(0, 20);
  expect(targets.find(({ label }) => label === 'rhel8.6')).toMatchObject({ detail: '4.18 (BPF of 5.13)', textEdit: { range: { start: { line: 0, character: 16 }, end: { line: 0, character: 20 } }, newText: 'rhel8.6' } });
  expect(targets.map(({ label }) => label)).toEqual(expect.arrayContaining(['5.15', 'running', 'ubuntu22.04', 'android14']));
  const rules = await items(2, 9);
  expect(rules.map(({ label }) => label)).toContain('helper-newer-than-target');
  expect(rules.map(({ label }) => label)).not.toContain('kfunc-not-allowed');
  expect((await items(3, 21)).map(({ label }) => label)).toEqual(['error', 'warning', 'info', 'off']);
  // No other editor gets a command of VS Code's.
  expect(rules.some(({ command }) => command !== undefined)).toBe(false);
  const hover = (await at('textDocument/hover', 3, 5)) as Hover;
  expect(JSON.stringify(hover.contents)).toContain('docs/rules/kfunc-not-allowed.md');
  expect(await at('textDocument/hover', 1, 7)).toBeNull();
});

it('describes kernels as they are known', async () => {
  client = await startClient();
  await client.open(FILE, 'kernel: [rhel8.6, debian12, 5.4..6.8]\n');
  const hovered = async (character: number): Promise<string> => JSON.stringify(((await at('textDocument/hover', 0, character)) as Hover).contents);
  expect(await hovered(11)).toContain('rhel8.6 (Linux 4.18 with the BPF of 5.13)');
  expect(await hovered(20)).toContain('Debian 12 (bookworm)');
  expect(await hovered(32)).toContain('Linux 5.4 to 6.8');
});

it('says it without markup to clients that show plain text, in hovers and completion', async () => {
  client = await startClient({ capabilities: { textDocument: { hover: { contentFormat: ['plaintext'] }, completion: { completionItem: { documentationFormat: ['plaintext'] } } } } });
  await client.open(FILE, TEXT);
  const hovered = async (line: number, character: number): Promise<unknown> => ((await at('textDocument/hover', line, character)) as Hover).contents;
  for (const [contents, what] of [[await hovered(0, 2), /release \(5\.15\), a range/], [await hovered(3, 5), /kfunc-not-allowed \(https:\S+kfunc-not-allowed\.md\)$/]] as const) {
    expect(contents).toMatchObject({ kind: 'plaintext', value: expect.stringMatching(what) as unknown });
    expect((contents as { value: string }).value).not.toMatch(/`|\]\(/);
  }
  const { documentation } = (await items(2, 9)).find(({ label }) => label === 'helper-newer-than-target')!;
  expect(documentation).toMatchObject({ kind: 'plaintext', value: expect.not.stringMatching(/`|\]\(/) as unknown });
});

it('says it in Markdown to those that show it', async () => {
  client = await startClient({ capabilities: { textDocument: { hover: { contentFormat: ['markdown', 'plaintext'] } } } });
  await client.open(FILE, TEXT);
  expect(((await at('textDocument/hover', 0, 2)) as Hover).contents).toMatchObject({ kind: 'markdown', value: expect.stringContaining('(`5.15`)') as unknown });
});

it('answers nothing for a file that is not open', async () => {
  client = await startClient();
  expect(await at('textDocument/completion', 0, 0)).toBeNull();
  expect(await at('textDocument/hover', 0, 0)).toBeNull();
});
