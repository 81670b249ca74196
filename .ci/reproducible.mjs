/**
 * Packs the extension out of two copies of the repository, in folders of different names and at different times, and compares the bytes.
 *   node .ci/reproducible.mjs
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pack } from '../test/e2e/package.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');
const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 }).split('\0').filter((file) => file !== '' && !/^(?:test|docs)\//.test(file));
const home = mkdtempSync(path.join(os.tmpdir(), 'ebpf-lens-twice-'));
try {
  const sums = [];
  for (const name of ['one', 'another-folder']) {
    const root = path.join(home, name);
    for (const file of files) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      cpSync(path.join(ROOT, file), path.join(root, file));
    }
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'));
    const vsix = await pack(path.join(home, `${name}-out`), root);
    sums.push(createHash('sha256').update(readFileSync(vsix)).digest('hex'));
    console.log(`${sums.at(-1)}  ${name}`);
  }
  if (sums[0] !== sums[1]) {
    console.error('The two packages differ.');
    process.exitCode = 1;
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
