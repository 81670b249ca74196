/** `completions SHELL`: a script for a shell, made from the commands that there are. */
import type { Command } from 'commander';
import { EXIT, UsageError, type CliHost } from '../host.js';
import { printable } from '../terminal.js';
import { bashScript } from './bash.js';
import { fishScript } from './fish.js';
import { commandModel, type CommandModel } from './model.js';
import { zshScript } from './zsh.js';

const SCRIPTS: Readonly<Record<'bash' | 'zsh' | 'fish', (model: CommandModel) => string>> = { bash: bashScript, zsh: zshScript, fish: fishScript };

export const COMPLETION_SHELLS = Object.keys(SCRIPTS);

/**
 * Prints the script.
 * @param program the program with all its commands
 * @throws UsageError for other shells
 */
export function completions(program: Command, shell: string, host: CliHost): number {
  const script = Object.entries(SCRIPTS).find(([name]) => name === shell)?.[1];
  if (script === undefined) throw new UsageError(`completions for '${printable(shell)}' are not known; there are ${COMPLETION_SHELLS.join(', ')}`);
  host.out(script(commandModel(program)));
  return EXIT.ok;
}
