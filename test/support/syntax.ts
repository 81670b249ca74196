/** Loads the parser's wasm from node_modules for tests. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initParser } from '../../server/src/syntax/parser.js';

const require = createRequire(import.meta.url);

/** Makes the parser ready; call it before the first SourceFile. */
export async function setupSyntax(): Promise<void> {
  const [runtime, language] = await Promise.all([
    readFile(require.resolve('web-tree-sitter/web-tree-sitter.wasm')),
    readFile(require.resolve('tree-sitter-c/tree-sitter-c.wasm')),
  ]);
  await initParser({ runtime, language });
}
