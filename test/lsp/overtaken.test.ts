/** Requests that an edit overtakes while the server is busy. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LSPErrorCodes, type CodeLens, type Hover } from 'vscode-languageserver-protocol';
import { loadForTests, startClient, type TestClient } from './client.js';

let client: TestClient;
beforeAll(async () => void (await loadForTests()));
afterEach(() => client.stop());

const URI = 'file:///work/prog.bpf.c';
const textDocument = { uri: URI };
const CODE = 'SEC("xdp")\nint first(struct xdp_md *ctx)\n{\n\treturn bpf_redirect(1, 0);\n}\n';
const POSITION = { line: 3, character: 10 };

/** Sends edits that each put one more line on top, and a request after each, without waiting for anything. */
async function typeAndAsk<R>(count: number, method: string, params: object): Promise<PromiseSettledResult<R>[]> {
  const asked: Promise<R>[] = [];
  for (let i = 0; i < count; i++) {
    void client.change(URI, i + 2, '\n'.repeat(i + 1) + CODE);
    asked.push(client.connection.sendRequest<R>(`textDocument/${method}`, { textDocument, ...params }));
  }
  return Promise.allSettled(asked);
}

describe('a request that an edit overtakes', () => {
  it('is let go if editors repeat it, and the last is answered for the last text', async () => {
    client = await startClient();
    await client.open(URI, CODE);
    await client.diagnostics(URI);
    const answers = await typeAndAsk<CodeLens[]>(20, 'codeLens', {});
    const last = answers.at(-1);
    expect(last?.status === 'fulfilled' && last.value[0]?.range.start.line).toBe(20);
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [(answer.reason as { code: number }).code] : []));
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused)).toEqual(new Set([LSPErrorCodes.ContentModified]));
    // What was answered is never of an older text than it was asked about.
    answers.forEach((answer, i) => answer.status === 'fulfilled' && expect(answer.value[0]?.range.start.line).toBeGreaterThanOrEqual(i + 1));
  });

  it('is answered for its own text if it is about a place', async () => {
    client = await startClient();
    await client.open(URI, CODE);
    await client.diagnostics(URI);
    const asked: Promise<Hover | null>[] = [];
    for (let i = 1; i <= 10; i++) {
      void client.change(URI, i + 1, '\n'.repeat(i) + CODE);
      asked.push(client.connection.sendRequest<Hover | null>('textDocument/hover', { textDocument, position: { ...POSITION, line: POSITION.line + i } }));
    }
    const hovers = await Promise.all(asked);
    expect(hovers.map((hover) => hover?.range?.start.line)).toEqual(Array.from({ length: 10 }, (_, i) => POSITION.line + i + 1));
  });
});
