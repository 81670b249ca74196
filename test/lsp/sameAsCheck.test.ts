/** A project file means the same in the editor and on the command line: one folder, the findings of both. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Workspace } from '../cli/support.js';
import { startClient, type TestClient } from './client.js';

const CODE = (more = ''): string => `#include "own.h"
${more}SEC("xdp") int p(struct xdp_md *ctx) { OWN; return bpf_xdp_get_buff_len(ctx) + ctx->egress_ifindex; }
SEC("xdpp") int q(struct xdp_md *ctx) { return 0; }
SEC("tc") int r(struct __sk_buff *skb) { return bpf_loop(1, 0, 0, 0) + bpf_ringbuf_query(0, 0); }
`;
const FILES: Readonly<Record<string, string>> = {
  '.ebpf-lens.yaml': "kernel: ['5.4', rhel8.3]\nlicense: Proprietary\nlibbpf: '0.6'\nrules: { unknown-section: info, helper-needs-gpl: warning }\nincludePaths: [inc]\nmacros: [OWN=bpf_ktime_get_coarse_ns()]\n"
    + "targets:\n  - files: new/**\n    kernel: RHEL 9.2\n    rules: { unknown-section: off }\n  - files: new/b.bpf.c\n    kernel: [5.10..5.15, ubuntu24.04]\nexclude: [out]\n",
  'near/.ebpf-lens.yaml': 'kernel: 5.15\nmacros: [OWN=0]\n',
  'inc/own.h': '#define HELLO 1\n',
  'a.bpf.c': CODE(),
  'new/a.bpf.c': CODE(),
  'new/b.bpf.c': CODE('/* ebpf-lens: allow(unknown-section) */\n'),
  'out/a.bpf.c': CODE(),
  'near/a.bpf.c': CODE('char LICENSE[] SEC("license") = "GPL";\n'),
};
let work: Workspace;
let client: TestClient;
beforeAll(() => (work = new Workspace({ ...FILES, '.git/HEAD': 'ref: refs/heads/main\n' })));
afterAll(() => work.remove());
afterEach(() => client.stop());

it('says the same of every file', async () => {
  const { files } = work.check('.').report;
  const said = new Map(files.map(({ path: name, findings }) => [name.replace(/^\.\//, ''), findings.map((f) => `${f.line}:${f.column} ${f.severity} ${f.rule}: ${f.message}`).sort()]));
  const readFile = (uri: string): Promise<string | undefined> => Promise.resolve().then(() => readFileSync(fileURLToPath(uri), 'utf8')).catch(() => undefined);
  client = await startClient({ host: { readFile } });
  const severities = ['', 'error', 'warning', 'info'];
  const checked = Object.keys(FILES).filter((name) => name.endsWith('.c'));
  for (const name of checked) {
    const uri = pathToFileURL(path.join(work.dir, name)).href;
    await client.open(uri, FILES[name]!);
    const { diagnostics } = await client.diagnostics(uri);
    const shown = diagnostics.map((d) => `${d.range.start.line + 1}:${d.range.start.character + 1} ${severities[d.severity ?? 0]!} ${String(d.code)}: ${d.message}`).sort();
    expect(shown, name).toEqual(said.get(name) ?? []);
  }
  expect([...said.keys()].sort()).toEqual(checked.filter((name) => name !== 'out/a.bpf.c').sort());
  // The folders differ, so that a file which did not count would be seen.
  expect(new Set([...said.values()].map((list) => list.join('\n'))).size).toBe(4);
  expect([...said.values()].flat().join('\n')).toMatch(/rhel8\.3 lacks it|The same on rhel8\.3/);
});
