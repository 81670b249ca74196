/** A disk that is full: said once and clearly, the right exit code, and nothing half-written. Held by a limit on files' sizes, and where mounting is allowed by a real file system of 64 KiB. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtCli } from './support.js';

let folder: string;
let cli: string;
beforeAll(() => {
  cli = join(builtCli(), 'cli.js');
  folder = mkdtempSync(join(tmpdir(), 'ebpf-lens-full-'));
  writeFileSync(join(folder, 'a.bpf.c'), 'SEC("xdp") int p(struct xdp_md *ctx) { return bpf_skb_load_bytes(ctx, 0, 0, 0); }\n');
  writeFileSync(join(folder, 'old.json'), 'as it was');
}, 300_000);
afterAll(() => {
  if (mounted) spawnSync('umount', [disk]);
  rmSync(folder, { recursive: true, force: true });
});

/** Runs it so that the system refuses every byte that goes to a file; reports on standard output go to a pipe. */
const limited = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync('sh', ['-c', 'trap "" XFSZ; ulimit -f 0; exec "$0" "$@"', process.execPath, cli, ...args], { cwd: folder, encoding: 'utf8' });

/** Files below a folder that hold something, or are called like what is not yet renamed. */
function leftOvers(dir: string): readonly string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    return entry.isDirectory() ? leftOvers(path) : entry.name.endsWith('.tmp') || (statSync(path).size > 0 && entry.name !== 'CACHEDIR.TAG') ? [path] : [];
  });
}

it('the limit works', () => {
  expect(spawnSync('sh', ['-c', 'trap "" XFSZ; ulimit -f 0; echo x > f; echo $?'], { cwd: folder, encoding: 'utf8' }).stdout.trim()).not.toBe('0');
});

it('results are right without the cache, and the trouble is told once', () => {
  const { status, stdout, stderr } = limited('check', '--cache', 'cache', 'a.bpf.c');
  expect(status).toBe(1);
  expect(stdout).toContain('helper-not-allowed');
  expect(stderr).toBe('ebpf-lens: --cache: cache cannot be written to: the file would be larger than the system allows; results are right, but not kept\n');
  expect(leftOvers(join(folder, 'cache'))).toEqual([]);
});

it('a report that cannot be written leaves what was there', () => {
  const { status, stdout, stderr } = limited('check', '-f', 'text', '-f', 'sarif', '-o', 'old.json', 'a.bpf.c');
  expect(status).toBe(2);
  expect(stdout).toContain('1 error');
  expect(stderr).toBe('ebpf-lens: --output old.json: cannot be written: the file would be larger than the system allows\n');
  expect(readFileSync(join(folder, 'old.json'), 'utf8')).toBe('as it was');
  expect(leftOvers(folder).filter((path) => path.endsWith('.tmp'))).toEqual([]);
});

it('a baseline that cannot be written leaves none', () => {
  const { status, stderr } = limited('check', '--baseline', 'base.json', '--write-baseline', 'a.bpf.c');
  expect(status).toBe(2);
  expect(stderr).toContain('base.json');
  expect(readdirSync(folder).filter((name) => name.includes('base.json'))).toEqual([]);
});

const disk = mkdtempSync(join(tmpdir(), 'ebpf-lens-disk-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status === 0;

it('a real file system without space', () => {
  if (!mounted) return console.warn('NOT TRIED: a real full disk: this user may not mount one');
  mkdirSync(join(disk, 'cache'));
  for (let size = 65_536; size >= 1; size >>= 1) {
    try {
      writeFileSync(join(disk, `fill-${size}`), 'x'.repeat(size));
    } catch {
      // It is full but for less.
    }
  }
  const { status, stderr } = spawnSync(process.execPath, [cli, 'check', '--cache', join(disk, 'cache'), '-f', 'json', '-o', join(disk, 'r.json'), 'a.bpf.c'], { cwd: folder, encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain('no space is left on the device; results are right, but not kept');
  expect(stderr).toContain('r.json: cannot be written: no space is left on the device');
  expect(leftOvers(join(disk, 'cache'))).toEqual([]);
  expect(readdirSync(disk)).not.toContain('r.json');
});
