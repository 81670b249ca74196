/** The command line: parses the arguments and runs the command they name. */
import { existsSync } from 'node:fs';
import { CommanderError } from 'commander';
import { EXIT, UsageError, type CliHost } from './host.js';
import { knowBook } from './kernelOption.js';
import { commandTree } from './program.js';
import { printable } from './terminal.js';

export { autoColour, mayShowProgress } from './terminal.js';
export { serveChecks } from './workerThread.js';

/**
 * Runs the command line.
 * @param args without node and script
 * @returns the exit code; nothing is thrown
 */
export async function run(args: readonly string[], host: CliHost): Promise<number> {
  let code: number = EXIT.ok;
  knowBook(host.assetDir);
  try {
    const program = commandTree({ host, done: (c) => (code = c) });
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return EXIT.trouble;
    }
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has said what is wrong; help and version end here too.
    if (error instanceof CommanderError) {
      if (error.code === 'commander.unknownCommand' && existsSync(args[0] ?? '')) host.err(`(To check it: ebpf-lens check ${printable(args[0] ?? '')})\n`);
      return error.exitCode === 0 ? EXIT.ok : EXIT.trouble;
    }
    if (error instanceof UsageError) host.err(`ebpf-lens: ${error.message}\n`);
    else host.err(`ebpf-lens: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return EXIT.trouble;
  }
}
