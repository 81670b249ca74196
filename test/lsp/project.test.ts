/** What the project's build files and settings say about includes and macros, in the editor. */
import { afterEach, expect, it } from 'vitest';
import { startClient, type TestClient } from './client.js';

let client: TestClient;
afterEach(() => client.stop());

const URI = 'file:///work/src/prog.bpf.c';
const CODE = `#include <far.h>
SEC(WHERE) int p(struct xdp_md *ctx) { return f(ctx); }
char LICENSE[] SEC("license") = "GPL";
`;
const FAR = '#if LEVEL > 1\nstatic int f(struct xdp_md *ctx) { return bpf_skb_load_bytes(ctx, 0, 0, 0); }\n#endif\n';

it('finds headers by compile_commands.json, and takes its macros and the user\'s', async () => {
  const files: Record<string, string> = {
    'file:///far/inc/far.h': FAR,
    'file:///work/compile_commands.json': JSON.stringify([{ directory: '/work', file: 'src/prog.bpf.c', arguments: ['clang', '-I/far/inc', '-DLEVEL=2'] }]),
  };
  client = await startClient({ host: { readFile: (uri) => Promise.resolve(files[uri]) }, configuration: () => ({ defines: ['WHERE="xdp"'] }) });
  await client.open(URI, CODE);
  expect((await client.diagnostics(URI)).diagnostics.map((d) => d.code)).toEqual(['helper-not-allowed']);
});

it('says a build file that it cannot use in the log, once', async () => {
  const files: Record<string, string> = { 'file:///work/.clangd': 'a: [', 'file:///work/compile_commands.json': '{}' };
  client = await startClient({ host: { readFile: (uri) => Promise.resolve(files[uri]) } });
  await client.open(URI, CODE);
  expect((await client.diagnostics(URI)).diagnostics).toEqual([]);
  expect(client.messages.filter(({ text }) => text.includes('is not used'))).toHaveLength(2);
});
