/** `explain WORD`: what the editor's hover says, in a terminal. */
import { explain, explanationText } from '../features/explain.js';
import { RULES } from '../rules/index.js';
import { loadFacts } from './engine.js';
import { EXIT, type CliHost } from './host.js';
import { printable } from './terminal.js';

/**
 * Prints what is known about a word.
 * @returns the exit code: 1 for a word that is not known; the nearest ones then go to standard error
 */
export async function explainWord(word: string, host: CliHost): Promise<number> {
  const explanation = explain(word, await loadFacts(host.assetDir), RULES);
  const text = explanationText(explanation, host.columns);
  if (explanation.known) {
    host.out(`${text}\n`);
    return EXIT.ok;
  }
  const shown = word.length > 100 ? `${word.slice(0, 100)}…` : word;
  host.err(`ebpf-lens: '${printable(shown)}' is not known${text === '' ? '' : `; ${text}`}\n`);
  return EXIT.findings;
}
