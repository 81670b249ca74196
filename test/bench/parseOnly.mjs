/**
 * Parses files and does nothing else with them: the floor for whatever reads C. A process of its own, to be timed as a whole.
 *   node parseOnly.mjs BUNDLE tree-sitter|syntax LIST       (a bundle of core.mjs; a file with a path a line)
 * `tree-sitter` is the bare parser over the texts as they are; `syntax` is our own layer with mask, chunks and views.
 */
import { readFileSync } from 'node:fs';
import { C_WASM, loadBundle, wasm } from './core.mjs';

const [, , bundle, mode, list] = process.argv;
const core = await loadBundle(bundle);
const files = readFileSync(list, 'utf8').split('\n').filter((line) => line !== '');
let parse;
if (mode === 'tree-sitter') {
  const parser = new core.Parser();
  parser.setLanguage(await core.Language.load(wasm(C_WASM)));
  parse = (_file, text) => parser.parse(text).delete();
} else parse = (file, text) => new core.SourceFile(file, text).view.functions.length;
for (const file of files) parse(file, readFileSync(file, 'utf8'));
