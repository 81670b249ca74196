/** Pipes, devices, folders and what may not be read, wherever a file is named: an answer at once, and the right exit code. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
  execFileSync('bash', ['-c', "mkdir names && cp a.bpf.c names/$'bad\\xff.bpf.c' && mkdir src && cp a.bpf.c src"], { cwd: folder });
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
  [['--cache=/proc/nowhere/at/all', 'a.bpf.c'], 2, '--cache: /proc/nowhere/at/all: no such file'],
  [['--cache', 'src', 'a.bpf.c'], 2, '--cache: src holds other things than results'],
  [['--cache', 'a.bpf.c'], 2, '--cache took a.bpf.c for its folder'],
  [['names'], 2, 'no such file or directory; names that are not UTF-8 cannot be opened'],
  [['', 'a.bpf.c'], 2, 'an empty name is no file'],
] as const)('check %j', (args, code, says) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'check', ...args], { cwd: folder, encoding: 'utf8', timeout: 150_000 });
  expect(stdout + stderr).toContain(says);
  expect(status).toBe(code);
});

it.each(['-', '/dev/stdin', '/dev/fd/0'])('standard input is %s, a slow pipe too', (name) => {
  const { status, stdout } = spawnSync('bash', ['-c', `(sleep 0.3; cat a.bpf.c) | "$@"`, '-', process.execPath, cli, 'check', name], { cwd: folder, encoding: 'utf8', timeout: 150_000 });
  expect(stdout).toContain('1 file, 1 program');
  expect(status).toBe(0);
});

it('standard input without end is not read for ever', () => {
  const { status, stdout } = spawnSync('bash', ['-c', '"$@" </dev/zero', '-', process.execPath, cli, 'check', '-'], { cwd: folder, encoding: 'utf8', timeout: 150_000 });
  expect(stdout).toContain('is larger than 16 MiB');
  expect(status).toBe(2);
});

it('a folder that is no cache stays as it is', () => expect(readdirSync(join(folder, 'src'))).toEqual(['a.bpf.c']));
