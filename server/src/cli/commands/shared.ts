/** Options that several commands have, said the same way everywhere. */
import { Option, type Command } from 'commander';
import type { CliHost } from '../host.js';

/** What a command is made from. */
export interface CommandContext {
  readonly host: CliHost;
  /** Sets the exit code. */
  done(code: number): void;
}

export const KERNEL_FORMS = '5.15, 5.4..6.8, rhel9.4, a BTF file, running, or several with commas';

/** `--kernel`, with what it is for here. Given several times it is as with commas: none of them is dropped. */
export function kernelOption(purpose: string): Option {
  return new Option('-k, --kernel <target>', `${purpose}: ${KERNEL_FORMS}`).argParser((target: string, before?: string) => (before === undefined ? target : `${before},${target}`));
}

/** `--format` of a command that has one report. */
export function formatOption(formats: readonly string[]): Option {
  return new Option('-f, --format <format>', `${formats.slice(0, -1).join(', ')} or ${formats.at(-1)!}`).default(formats[0]!);
}

/** Options about which files of folders are taken. */
export function addInputOptions(command: Command): Command {
  return command
    .argument('[path...]', 'files, folders and quoted globs')
    .option('-x, --exclude <glob>', 'leave out what fits; may be given several times', gather)
    .option('--no-ignore', 'take what .gitignore and .ignore leave out, too');
}

/** Options about which project file counts. */
export function addProjectOptions(command: Command): Command {
  return command.option('-c, --config <file>', 'a project file that counts for all files, with paths from the working folder').option('--no-config', 'take no project file into account');
}

/** Makes a list of an option that may be given several times. */
export function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
