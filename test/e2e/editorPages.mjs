/** What the runs in other editors share: the set-up that a page shows, and the command that it starts. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** The block of a page that stands after `<!-- test: NAME -->`. */
export function blockOf(page, name) {
  const text = fs.readFileSync(path.join(ROOT, 'docs/editors', page), 'utf8');
  const blocks = [...text.matchAll(/<!-- test: (\S+) -->\n```\w+\n([\s\S]*?)\n```\n/g)].filter((m) => m[1] === name);
  assert.equal(blocks.length, 1, `${page} has ${blocks.length} blocks marked "test: ${name}"`);
  return blocks[0][2];
}

/** The blocks of a page that stand after `<!-- syntax: LANGUAGE -->`: only their syntax is looked at. */
export function syntaxBlocks(page, language) {
  const text = fs.readFileSync(path.join(ROOT, 'docs/editors', page), 'utf8');
  return [...text.matchAll(/<!-- syntax: (\S+) -->\n```\w+\n([\s\S]*?)\n```\n/g)].filter((m) => m[1] === language).map((m) => m[2]);
}

/** Puts `ebpf-lens` into a folder to be on the PATH, as `npm install --global .` does. */
export function commandIn(folder) {
  const bin = path.join(folder, 'bin');
  fs.mkdirSync(bin);
  fs.symlinkSync(path.join(ROOT, 'dist/cli.js'), path.join(bin, 'ebpf-lens'));
  return bin;
}
