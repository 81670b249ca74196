/**
 * Writes docs/cli.md from the command line's own help, so that the two cannot say different things. Run as
 * `node data/build/run.mjs cli`; with `--check` it writes nothing and fails on a difference.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { commandTree } from '../../server/src/cli/program.js';

const FILE = join('docs', 'cli.md');
const NOTE = '<!-- Generated from the help of the command line by `node data/build/run.mjs cli`; edit server/src/cli/commands, not this page. -->';

/** The program, which only tells about itself here. */
function program(): Command {
  const nothing = (): never => {
    throw new Error('nothing runs here');
  };
  return commandTree({ host: { version: '', assetDir: '', colour: false, columns: 110, out: nothing, err: nothing, serve: nothing }, done: nothing });
}

/** What `--help` prints, texts behind the options included. */
export function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (s) => (text += s) });
  command.outputHelp();
  return text.trimEnd();
}

/** The commands with a page of their own, in the order of the help; those with commands below them are told there. */
function leaves(command: Command): readonly Command[] {
  const below = command.commands.filter((sub) => sub.name() !== 'help');
  return below.length === 0 ? [command] : below.flatMap(leaves);
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

/** docs/cli.md. */
export function cliPage(): string {
  const root = program();
  const section = (command: Command): string => `## ${nameOf(command)}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`;
  const intro = 'What each command prints for `--help`. The shape of the JSON of `check` is held by [check.schema.json](../test/cli/check.schema.json); [ci.md](ci.md) tells how to use all this in CI.';
  return `${NOTE}\n\n# Command line\n\n${intro}\n\n\`\`\`text\n${helpOf(root)}\n\`\`\`\n\n${leaves(root).map(section).join('\n')}`;
}

/** The command. @returns the exit code */
export function generateCli(root: string, check: boolean): number {
  const page = cliPage();
  const file = join(root, FILE);
  let before: string | undefined;
  try {
    before = readFileSync(file, 'utf8');
  } catch {
    before = undefined;
  }
  if (before === page) return 0;
  if (check) {
    console.error(`${FILE} is not what the command line says; run: node data/build/run.mjs cli`);
    return 1;
  }
  writeFileSync(file, page);
  console.log(`${FILE} written`);
  return 0;
}
