/** Entry of the package's library for Node.js: takes the files that lie beside it. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLens, type Lens, type LensAssets } from '../library/lens.js';

export type * from '../library/lens.js';

/**
 * Opens a lens.
 * @param assets files to use instead of those in the package
 */
export async function createLens(assets?: LensAssets): Promise<Lens> {
  if (assets !== undefined) return openLens(assets);
  const folder = dirname(fileURLToPath(import.meta.url));
  const [facts, runtime, language] = await Promise.all([readFile(join(folder, 'facts.json'), 'utf8'), readFile(join(folder, 'web-tree-sitter.wasm')), readFile(join(folder, 'tree-sitter-c.wasm'))]);
  return openLens({ facts, runtime, language });
}
