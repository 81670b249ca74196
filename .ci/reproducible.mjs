/**
 * Packs the extension out of the repository and out of a copy of it in another folder, at another time, and compares the bytes.
 * The first package stays, in .cache/vsix.
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
  const copy = path.join(home, 'another-folder');
  for (const file of files) {
    mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
    cpSync(path.join(ROOT, file), path.join(copy, file));
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  const sums = [];
  for (const [root, out] of [[ROOT, path.join(ROOT, '.cache/vsix')], [copy, path.join(home, 'out')]]) {
    const vsix = await pack(out, root);
    sums.push(createHash('sha256').update(readFileSync(vsix)).digest('hex'));
    console.log(`${sums.at(-1)}  ${root}`);
  }
  if (sums[0] !== sums[1]) {
    console.error('The two packages differ.');
    process.exitCode = 1;
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
