/** Build files of a project: what they say is used, what they cannot say is told once. */
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

it('says once that a build file is of no use, and goes on', () => {
  for (const name of ['a.bpf.c', 'b.bpf.c']) ws.write(name, 'SEC("xdp") int p(struct xdp_md *ctx) { return 2; }\nchar L[] SEC("license") = "GPL";\n');
  ws.write('compile_commands.json', '{');
  const { code, stderr, report } = ws.check('.');
  expect(code).toBe(0);
  expect(report.files).toHaveLength(2);
  expect(stderr.match(/compile_commands\.json is not used: /g)).toHaveLength(1);
});
