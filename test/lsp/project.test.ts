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

it('judges an open header for the open programs that include it, and says so', async () => {
  const header = 'static inline int f(void *ctx) { return bpf_skb_load_bytes(ctx, 0, 0, 0); }\n';
  const main = (section: string): string => `#include "a.bpf.h"\nSEC("${section}") int p(void *ctx) { return f(ctx); }\nchar LICENSE[] SEC("license") = "GPL";\n`;
  const H = 'file:///w/a.bpf.h';
  client = await startClient({ host: { readFile: (uri) => Promise.resolve(uri === H ? header : undefined) } });
  await client.open(H, header, 1);
  expect((await client.diagnostics(H)).diagnostics).toEqual([]);
  expect((await client.status(H))?.tooltip).toContain('not known yet');
  await client.open('file:///w/m.bpf.c', main('xdp'), 1);
  await client.diagnostics('file:///w/m.bpf.c', (p) => p.diagnostics.length === 1);
  const { diagnostics } = await client.diagnostics(H, (p) => p.diagnostics.length === 1);
  expect(diagnostics[0]).toMatchObject({ code: 'helper-not-allowed', range: { start: { line: 0, character: header.indexOf('bpf_skb') } } });
  expect((await client.status(H))?.tooltip).toMatch(/judged for the 1 program type of the files that include it, .?m\.bpf\.c/);
  await client.change('file:///w/m.bpf.c', 2, main('tc'));
  await client.diagnostics(H, (p) => p.diagnostics.length === 0);
});

it('says a build file or header that is too large, or may not be read, in the log, once, and goes on without', async () => {
  const why: Record<string, string> = { 'file:///work/compile_commands.json': 'is larger than 16 MiB', 'file:///work/src/near.h': 'permission denied' };
  client = await startClient({ host: { readFile: () => Promise.resolve(undefined), whyUnread: (uri) => Promise.resolve(why[uri]) } });
  await client.open(URI, `#include "near.h"\n${CODE}`);
  expect((await client.diagnostics(URI)).diagnostics).toEqual([]);
  await client.open('file:///work/src/other.bpf.c', `#include "near.h"\n${CODE}`);
  await client.diagnostics('file:///work/src/other.bpf.c');
  expect(client.messages.map(({ text }) => text).filter((text) => text.includes('is not used')).sort()).toEqual([
    expect.stringContaining('/work/compile_commands.json is not used: it is larger than 16 MiB'), expect.stringContaining('/work/src/near.h is not used: permission denied'),
  ]);
});
