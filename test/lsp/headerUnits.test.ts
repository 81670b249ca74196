/** A header that is opened alone is judged for the files of the workspace that include it, open or not. */
import { afterEach, expect, it } from 'vitest';
import type { DirectoryEntry } from '../../server/src/lsp/fileWalk.js';
import { startClient, type TestClient } from './client.js';

const ROOT = 'file:///work/p';
const H = `${ROOT}/src/parse.h`;
const HEADER = 'static inline int parse(void *ctx)\n{\n\treturn bpf_skb_load_bytes(ctx, 0, 0, 0);\n}\n';
const main = (section: string): string => `#include <bpf/bpf_helpers.h>\n#include "middle.h"\nSEC("${section}") int p(void *ctx) { return parse(ctx); }\nchar LICENSE[] SEC("license") = "GPL";\n`;

let client: TestClient;
afterEach(() => client.stop());

async function start(files: ReadonlyMap<string, string>): Promise<void> {
  const list = (uri: string): DirectoryEntry[] | undefined => {
    const names = new Map<string, DirectoryEntry>();
    for (const path of files.keys()) {
      if (!path.startsWith(`${uri}/`)) continue;
      const [name, rest] = path.slice(uri.length + 1).split('/');
      names.set(name!, [name!, rest === undefined ? 'file' : 'folder']);
    }
    return names.size > 0 ? [...names.values()] : undefined;
  };
  client = await startClient({
    workspaceFolders: [{ uri: ROOT, name: 'p' }],
    host: { readFile: async (uri) => files.get(uri), readDirectory: async (uri) => list(uri) },
  });
}

it('judges it for programs that are not open, through another header, and follows its edits', async () => {
  await start(new Map([[H, HEADER], [`${ROOT}/src/middle.h`, '#include "parse.h"\n'], [`${ROOT}/src/a.bpf.c`, main('xdp')], [`${ROOT}/src/b.bpf.c`, main('tc')]]));
  await client.open(H, HEADER, 1);
  const { diagnostics } = await client.diagnostics(H, (p) => p.diagnostics.length === 1);
  expect(diagnostics[0]).toMatchObject({ code: 'helper-not-allowed', range: { start: { line: 2, character: 8 } } });
  expect((await client.status(H))?.tooltip).toMatch(/judged for the 2 program types of the files that include it, .?a\.bpf\.c.?, .?b\.bpf\.c/);
  await client.change(H, 2, `\n${HEADER}`);
  expect((await client.diagnostics(H, (p) => p.version === 2 && p.diagnostics.length === 1)).diagnostics[0]).toMatchObject({ range: { start: { line: 3, character: 8 } } });
  await client.change(H, 3, HEADER.replace('bpf_skb_load_bytes(ctx, 0, 0, 0)', '0'));
  await client.diagnostics(H, (p) => p.version === 3 && p.diagnostics.length === 0);
});

it('says in hovers which programs of which files get there, and which of them may not', async () => {
  await start(new Map([[H, HEADER], [`${ROOT}/src/middle.h`, '#include "parse.h"\n'], [`${ROOT}/src/a.bpf.c`, main('xdp')], [`${ROOT}/src/b.bpf.c`, main('tc')]]));
  await client.open(H, HEADER, 1);
  await client.diagnostics(H, (p) => p.diagnostics.length === 1);
  const { contents } = await client.connection.sendRequest<{ contents: { value: string } }>('textDocument/hover', { textDocument: { uri: H }, position: { line: 2, character: 10 } });
  const text = contents.value.replace(/[\\`]/g, '');
  expect(text).toMatch(/Not allowed in XDP – reached from p \(a\.bpf\.c\)/);
  expect(text).toMatch(/Allowed in .* from Linux 4\.5 – reached from p \(b\.bpf\.c\)/);
});

it('counts an includer that is opened as it is typed', async () => {
  await start(new Map([[H, HEADER], [`${ROOT}/src/middle.h`, '#include "parse.h"\n'], [`${ROOT}/src/a.bpf.c`, main('xdp')]]));
  await client.open(H, HEADER, 1);
  await client.diagnostics(H, (p) => p.diagnostics.length === 1);
  await client.open(`${ROOT}/src/a.bpf.c`, main('tc'), 1);
  await client.diagnostics(H, (p) => p.diagnostics.length === 0);
});

it('says nothing of a header that no eBPF program includes', async () => {
  await start(new Map([[H, HEADER], [`${ROOT}/src/a.c`, '#include "parse.h"\nint main(void) { return 0; }\n']]));
  await client.open(H, HEADER, 1);
  expect((await client.diagnostics(H)).diagnostics).toEqual([]);
  expect(await client.status(H)).toMatchObject({ state: 'not-ebpf' });
});
