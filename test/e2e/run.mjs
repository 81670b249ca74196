#!/usr/bin/env node
/**
 * The end-to-end tests: packs the VSIX, looks into it, installs it into a real VS Code, runs the mocha suite in its
 * extension host and uses it through its window. The language server is used in Neovim and Emacs too. `setup.sh` installs them first.
 *
 *   node test/e2e/run.mjs [--update-screenshots] [--vsix FILE] [--only package,host,nvim,emacs,ui,web] [--groups NAME,…]
 *
 * Pictures go to test/e2e/out, or to docs/images with --update-screenshots. The last line is "N passed, N failed";
 * test/e2e/out/results.json holds the same for machines. A step that fails gets a second try in an editor made anew, see trying.mjs.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runSuite } from './extensionHost.mjs';
import { runEmacs } from './emacs.mjs';
import { runNeovim } from './neovim.mjs';
import { pack, packageProblems } from './package.mjs';
import { MAX_SECOND_TRIES, SecondTries, outcomesOf, twice } from './trying.mjs';
import { runUi } from './ui.mjs';
import { runWeb } from './web.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const OUT = path.join(HERE, 'out');

const { values } = parseArgs({
  options: { 'update-screenshots': { type: 'boolean', default: false }, vsix: { type: 'string' }, only: { type: 'string', default: 'package,host,nvim,emacs,ui,web' }, groups: { type: 'string' } },
});
const wanted = new Set(values.only.split(','));
const pictures = values['update-screenshots'] ? path.join(HERE, '../../docs/images') : OUT;

fs.rmSync(OUT, { recursive: true, force: true });
fs.mkdirSync(OUT, { recursive: true });
const vsix = values.vsix ? path.resolve(values.vsix) : await pack(OUT);

const outcomes = [];
const tries = new SecondTries();

/** What is printed of a step. */
function line(part, { name, error, firstError }) {
  const indented = (text) => text.replace(/\n/g, '\n    ');
  if (error !== undefined) return `FAILED ${part}: ${name}\n    ${indented(firstError === undefined ? error : `${error}\nThe first try said: ${firstError}`)}`;
  return `ok ${part}: ${name}${firstError === undefined ? '' : ` (at the second try; the first said: ${indented(firstError)})`}`;
}

/** Runs one part; a part that throws, or that has nothing to say, is a failure. */
async function part(name, run) {
  if (!wanted.has(name)) return;
  const start = Date.now();
  const found = await outcomesOf(run);
  for (const outcome of found) console.log(line(name, outcome));
  console.log(`${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
  outcomes.push(...found);
}

await part('package', () => {
  const problems = packageProblems(vsix);
  return [{ name: 'holds what is allowed and nothing else', ...(problems.length > 0 ? { error: problems.join('\n') } : {}) }];
});
await part('host', () => twice(() => runSuite(vsix, OUT), tries));
await part('nvim', () => twice(runNeovim, tries));
await part('emacs', () => twice(runEmacs, tries));
await part('ui', () => runUi(vsix, pictures, OUT, tries, values.groups?.split(',')));
await part('web', () => runWeb(vsix, pictures, OUT, tries));

const failed = outcomes.filter((outcome) => outcome.error).length;
const passed = outcomes.length - failed;
fs.writeFileSync(path.join(OUT, 'results.json'), JSON.stringify({ passed, failed, secondTries: tries.used }));
console.log(`${tries.used} of at most ${MAX_SECOND_TRIES} steps needed a second try`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
