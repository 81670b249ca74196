/** A target's file with types in the editor: what is marked follows the file as it changes on the disk. */
import { afterEach, expect, it } from 'vitest';
import { createSession } from '../../server/src/analysis.js';
import { loadFactBook } from '../../server/src/facts/factBook.js';
import type { Kernel } from '../../server/src/facts/kernel.js';
import { loadTestFactsJson } from '../support/facts.js';
import { loadForTests, startClient, type TestClient } from './client.js';

let client: TestClient;
afterEach(() => client.stop());

const URI = 'file:///work/a.bpf.c';
const CODE = 'SEC("xdp") int p(struct xdp_md *ctx) { return bpf_xdp_get_buff_len(ctx); }\nchar LICENSE[] SEC("license") = "GPL";\n';

it('is read anew', async () => {
  let kernel: Kernel = { label: './k.btf', release: 5010, bpf: 5010, backports: false };
  const load = async (): Promise<Awaited<ReturnType<typeof loadForTests>>> => {
    await loadForTests();
    const facts = loadFactBook(await loadTestFactsJson(), () => new Map([['./k.btf', kernel]]));
    return { facts, session: createSession(facts) };
  };
  client = await startClient({ host: { load }, configuration: () => ({ targetKernel: './k.btf', debounceMs: 0 }), capabilities: { workspace: { configuration: true, didChangeWatchedFiles: { dynamicRegistration: true } } } });
  await client.open(URI, CODE);
  const { diagnostics } = await client.diagnostics(URI, (p) => p.diagnostics.length > 0);
  expect(diagnostics[0]).toMatchObject({ code: 'helper-newer-than-target', message: expect.stringContaining('./k.btf lacks it') as string });
  kernel = { ...kernel, release: 6001, bpf: 6001 };
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: 'file:///work/k.btf', type: 2 }] });
  await client.diagnostics(URI, (p) => p.diagnostics.length === 0);
});
