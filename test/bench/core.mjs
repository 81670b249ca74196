/** The pure core, bundled from the sources as at run time, to be timed without a protocol or a process around it. */
import { build } from 'esbuild';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

export const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');

const ENTRY = `
export { createSession } from './server/src/analysis.ts';
export { loadFactBook } from './server/src/facts/factBook.ts';
export { RULES } from './server/src/rules/index.ts';
export { initParser } from './server/src/syntax/parser.ts';
export { SourceFile } from './server/src/syntax/sourceFile.ts';
export { DEFAULT_SETTINGS } from './server/src/settings/parseSettings.ts';
export { Language, Parser } from 'web-tree-sitter';
`;

export const wasm = (name) => readFileSync(path.join(ROOT, 'node_modules', name));
export const RUNTIME_WASM = 'web-tree-sitter/web-tree-sitter.wasm', C_WASM = 'tree-sitter-c/tree-sitter-c.wasm';

/** Writes the bundle. */
export async function bundleCore(outfile) {
  await build({
    stdin: { contents: ENTRY, resolveDir: ROOT, loader: 'ts' }, absWorkingDir: ROOT, outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error',
    banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
  });
}

/** Loads a bundle and starts its parser, as the server does. */
export async function loadBundle(outfile) {
  const core = await import(pathToFileURL(outfile).href);
  setFlagsFromString('--liftoff-only');
  await core.initParser({ runtime: wasm(RUNTIME_WASM), language: wasm(C_WASM) });
  return core;
}

/** Bundles the core into a temporary folder and loads it, with the facts of a build. */
export async function loadCore(dist) {
  const facts = path.join(dist, 'facts.json');
  if (!existsSync(facts)) throw new Error(`${dist} is not built: npm run build`);
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ebpf-lens-core-'));
  try {
    const outfile = path.join(dir, 'core.mjs');
    await bundleCore(outfile);
    const core = await loadBundle(outfile);
    return { ...core, facts: core.loadFactBook(JSON.parse(readFileSync(facts, 'utf8'))) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
