/** Build files of a project: what they say is used, what they cannot say is told once. */
import { truncateSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { builtCli, Workspace } from './support.js';

let ws = new Workspace();
beforeAll(() => void builtCli(), 300_000);
afterEach(() => {
  ws.remove();
  ws = new Workspace();
});

it('finds headers and macros by compile_commands.json above the file', () => {
  ws.write('inc/far.h', 'static int f(void *c) { return bpf_skb_load_bytes(c, 0, 0, 0); }\n');
  ws.write('src/a.bpf.c', '#include <far.h>\nSEC(WHERE) int p(struct xdp_md *ctx) { return f(ctx); }\nchar L[] SEC("license") = "GPL";\n');
  ws.write('compile_commands.json', JSON.stringify([{ directory: '.', file: 'src/a.bpf.c', command: String.raw`clang -Iinc -DWHERE="\"xdp\"" -c src/a.bpf.c` }]));
  const { report, stderr } = ws.check('src');
  expect(stderr).toBe('');
  expect(report.files[0]?.findings.map((f) => f.rule)).toEqual(['helper-not-allowed']);
});

it('says once of each header and build file that is there and cannot be read that it is not used, and goes on', () => {
  for (const name of ['a.bpf.c', 'b.bpf.c']) ws.write(name, '#include "large.h"\n#include "wide.h"\n#include "missing.h"\nSEC("xdp") int p(struct xdp_md *ctx) { return 2; }\nchar L[] SEC("license") = "GPL";\n');
  for (const name of ['large.h', 'compile_commands.json']) {
    ws.write(name, '');
    truncateSync(path.join(ws.dir, name), 16 * 1024 * 1024 + 1);
  }
  ws.write('wide.h', '\0');
  const { code, stderr, report } = ws.check('.');
  expect(code).toBe(0);
  expect(report.files.map(({ programs }) => programs.length)).toEqual([1, 1]);
  expect(stderr.trim().split('\n').map((line) => line.replace(/^ebpf-lens: (?:.*\/)?/, '')).sort()).toEqual([
    'compile_commands.json is not used: it is larger than 16 MiB', 'large.h is not used: it is larger than 16 MiB', 'wide.h is not used: it is a binary file (it has NUL bytes)',
  ]);
});

it('says once that a build file is of no use, and goes on', () => {
  for (const name of ['a.bpf.c', 'b.bpf.c']) ws.write(name, 'SEC("xdp") int p(struct xdp_md *ctx) { return 2; }\nchar L[] SEC("license") = "GPL";\n');
  ws.write('compile_commands.json', '{');
  const { code, stderr, report } = ws.check('.');
  expect(code).toBe(0);
  expect(report.files).toHaveLength(2);
  expect(stderr.match(/compile_commands\.json is not used: /g)).toHaveLength(1);
});
