/** Pipes, devices, folders and what may not be read, wherever a file is named: an answer at once, and the right exit code. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtCli } from './support.js';

let folder: string;
let cli: string;
beforeAll(() => {
  cli = join(builtCli(), 'cli.js');
  folder = mkdtempSync(join(tmpdir(), 'ebpf-lens-special-'));
  const program = 'SEC("xdp") int p(struct xdp_md *ctx) { return 0; }\n';
  writeFileSync(join(folder, 'a.bpf.c'), program);
  for (const name of ['with-pipes', 'pipe-target', 'walk']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'a.bpf.c'), name === 'with-pipes' ? `#include "pipe.h"\n${program}` : program);
  }
  const pipes = ['pipe', 'with-pipes/.gitignore', 'with-pipes/.clangd', 'with-pipes/compile_commands.json', 'with-pipes/pipe.h', 'pipe-target/pipe', 'walk/p.bpf.c'];
  execFileSync('mkfifo', pipes, { cwd: folder });
  writeFileSync(join(folder, 'pipe-target/.ebpf-lens.yaml'), 'kernel: ./pipe\n');
  mkdirSync(join(folder, 'walk/folder.bpf.c'));
  for (const [name, to] of [['zero.bpf.c', '/dev/zero'], ['loop.bpf.c', 'loop.bpf.c'], ['gone.bpf.c', '/nowhere'], ['up', '..']]) symlinkSync(to!, join(folder, 'walk', name!));
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  [['pipe'], 2, 'pipe: error: not a regular file'],
  [['/dev/zero'], 2, 'not a regular file'],
  [['walk/loop.bpf.c'], 2, 'too many symbolic links'],
  [['walk/gone.bpf.c'], 2, 'no such file'],
  [['walk'], 0, '1 file, 1 program'],
  [['with-pipes'], 0, '1 file, 1 program'],
  [['pipe-target'], 2, 'pipe'],
  [['--kernel', './pipe', 'a.bpf.c'], 2, './pipe'],
  [['--kernel', '/dev/zero', 'a.bpf.c'], 2, '/dev/zero'],
  [['--config', 'pipe', 'a.bpf.c'], 2, 'not a regular file'],
  [['--baseline', 'pipe', 'a.bpf.c'], 2, 'not a regular file'],
  [['--cache', 'pipe', 'a.bpf.c'], 2, '--cache'],
] as const)('check %j', (args, code, says) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'check', ...args], { cwd: folder, encoding: 'utf8', timeout: 30_000 });
  expect(stdout + stderr).toContain(says);
  expect(status).toBe(code);
});
