/** The data build: read data/**, pass the gates (schema, meaning), compile. */
import { checkMeaning } from './semanticChecks.js';
import { writeFacts } from '../../server/src/facts/factsText.js';
import { compileFacts } from './compile.js';
import { readDataFiles } from './dataFiles.js';
import type { ReadOptions } from './dataFiles.js';
import type { Problem } from './problems.js';

export type { Problem } from './problems.js';

/**
 * Builds the book from `dataDir`.
 * @returns the JSON text of facts.json ('' if there are problems) and everything that is wrong with the files.
 */
export async function buildFacts(dataDir: string, options: ReadOptions = {}): Promise<{ json: string; problems: Problem[] }> {
  const { files, problems } = await readDataFiles(dataDir, options);
  if (!files) return { json: '', problems };
  const wrong = checkMeaning(files);
  return wrong.length > 0 ? { json: '', problems: wrong } : { json: writeFacts(compileFacts(files)), problems: [] };
}
