/** The command line: parses the arguments and runs the command they name. */
import { Command, CommanderError } from 'commander';
import { check, type CheckOptions } from './check.js';
import { explainWord } from './explain.js';
import { explainLogFile, type ExplainLogOptions } from './explainLog.js';
import { EXIT, UsageError, type CliHost } from './host.js';
import { matrix, type MatrixOptions } from './matrix.js';
import { minKernel, type MinKernelOptions } from './minKernel.js';

const ABOUT = `eBPF Lens tells what the kernel allows an eBPF C program to do: helpers, kfuncs, context fields,
and the oldest kernel that has all of it.`;

const EXAMPLES = `
Examples:
  ebpf-lens check src/bpf                         every .c file with a SEC("…") under src/bpf
  ebpf-lens check --kernel 5.15 prog.bpf.c        what does Linux 5.15 refuse in it?
  ebpf-lens check --kernel 5.4..6.8 src/bpf       must load on all of these kernels
  ebpf-lens check --format json src/bpf >r.json   for scripts
  ebpf-lens check --format github src/bpf         annotations on a pull request
  ebpf-lens min-kernel src/bpf                    the oldest kernel that each file and program needs, and why
  ebpf-lens matrix src/bpf                        which program runs on which kernel?
  ebpf-lens explain bpf_ringbuf_reserve           what is it, since when, who may call it?
  ebpf-lens explain-log load.log                  what does the verifier refuse, where, and what to do about it?
  ebpf-lens lsp --stdio                           the language server, for an editor

Exit codes: 0 no error found, 1 errors found (or a word that is not known), 2 wrong usage or unreadable files.`;

const CHECK_HELP = `
A file is always analysed. A folder stands for the .c files in it, at any depth, that have a SEC("…"); symbolic links
in it are not followed. Headers that are not found are no trouble.

Kernels:
  5.15          one release: what it does not have is reported
  5.4..6.8      a range, both ends included: what any of them does not have is reported
  5.4..5.10,6.1 several targets: a finding names those that fail
  running       this machine's kernel, by its version; what its distribution brought back to it is not seen
  Without --kernel only what every known kernel refuses is reported.

Formats:
  text          for people: file:line:column: severity: message [rule], with the source line
  json          for scripts: one document with programs, maps, findings and minimum kernels
  sarif         for code scanning: SARIF 2.1.0, with the rules' help, fixes, and fingerprints that survive line moves
  github        for GitHub Actions: workflow commands, shown beside the lines of a pull request
  Run sarif and github from the repository's top folder: their paths are relative to the folder of the run.

To silence a finding, write  /* ebpf-lens: allow(rule-id) */  before the statement, the function or at the file's top.

Exit codes: 0 no error found, 1 errors found, 2 wrong usage or unreadable files (the rest is still reported).`;

const MATRIX_HELP = `
The kernels are 5.4, 5.10, 5.15, 6.1, 6.6, 6.12 and 6.18, and the ends of --kernel's targets. A cell says
  runs          nothing in the program is known to be refused, and what it calls and reads is known to be allowed
  refused       something in it is known to be refused
  unknown       nothing is, but for something the answer is not known
Calls that loaders rewrite for old kernels, such as bpf_probe_read_kernel(), are no reason to refuse. Text lists the reasons
under the table, and json has them in each cell.

Exit codes: 0 all well, 1 a program is refused on a kernel of --kernel, 2 wrong usage or unreadable files.`;

const LOG_HELP = `
The log may have anything around it: libbpf's, bpftool's, veristat's, Aya's or cilium/ebpf's output, time stamps, escape codes. The source
line is looked for below the working folder, or below each --source.

  sudo ./loader 2>&1 | ebpf-lens explain-log -
  ebpf-lens explain-log --format json load.log >explained.json

Exit codes: 0 explained (or the program was accepted), 1 a message that is not known, a log that was cut, or no log at all, 2 wrong usage
or an unreadable file.`;

const MIN_KERNEL_HELP = `
Guarded code, such as behind bpf_core_enum_value_exists(), needs nothing. Versions are mainline's.

Exit codes: 0 all well, 1 a file needs a newer (or older) kernel than --kernel allows, 2 wrong usage or unreadable files.`;

/** The commands; each sets the exit code through `done`. */
function commands(host: CliHost, done: (code: number) => void): Command {
  const program = new Command('ebpf-lens')
    .description(ABOUT)
    .version(host.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(ebpf-lens --help tells more)');
  // Before the commands are made, which take it over.
  program.exitOverride().configureOutput({ writeOut: (s) => host.out(s), writeErr: (s) => host.err(s), outputError: (s, write) => write(s.replace(/^error:/, 'ebpf-lens:')) });
  program
    .command('check')
    .summary('check files and folders')
    .description('Checks eBPF C files: what does the kernel refuse, and which kernel do they need?')
    .argument('[path...]', 'files and folders')
    .option('-k, --kernel <target>', 'kernels that the programs must load on: 5.15, 5.4..6.8, running, or several with commas')
    .option('-f, --format <format>', 'text, json, sarif or github', 'text')
    .option('-c, --config <file>', 'configuration file (not known to this build yet)')
    .addHelpText('after', CHECK_HELP)
    .action(async (paths: string[], options: CheckOptions) => done(await check(paths, options, host)));
  program
    .command('min-kernel')
    .summary('print the oldest kernels needed')
    .description('Prints the oldest kernel that each file and each program in it needs, and what forces it.')
    .argument('[path...]', 'files and folders')
    .option('-k, --kernel <target>', 'fail if a file does not run on all of these: 5.15, 5.4..6.8, running, or several with commas')
    .option('-f, --format <format>', 'text or json', 'text')
    .addHelpText('after', MIN_KERNEL_HELP)
    .action(async (paths: string[], options: MinKernelOptions) => done(await minKernel(paths, options, host)));
  program
    .command('matrix')
    .summary('print which program runs on which kernel')
    .description('Prints a table of programs and kernels.')
    .argument('[path...]', 'files and folders')
    .option('-k, --kernel <target>', 'kernels to add to the table: 5.15, 5.4..6.8, running, or several with commas')
    .option('-f, --format <format>', 'text, markdown, json or csv', 'text')
    .addHelpText('after', MATRIX_HELP)
    .action(async (paths: string[], options: MatrixOptions) => done(await matrix(paths, options, host)));
  program
    .command('lsp')
    .summary('run the language server')
    .description('Runs the language server over standard input and output.')
    .option('--stdio', 'talk over standard input and output (the only way there is)')
    .allowUnknownOption() // editors add their own, such as --clientProcessId
    .allowExcessArguments()
    .action(async (options: { stdio?: boolean }) => {
      if (!options.stdio) throw new UsageError('lsp needs --stdio, the only transport it has');
      await host.serve();
    });
  program
    .command('explain')
    .summary('explain a word')
    .description('Prints what the editor would show for a helper, kfunc, section, map type, program type, field, flag, macro or rule id.')
    .argument('<word>', 'such as bpf_loop, xdp.frags, BPF_MAP_TYPE_RINGBUF, xdp_md.ingress_ifindex or helper-not-allowed')
    .action(async (word: string) => done(await explainWord(word, host)));
  program
    .command('explain-log')
    .summary('explain a verifier log')
    .description('Finds verifier logs in a file and tells what was refused, at which source line, how the verifier came there, and what to do.')
    .argument('<file>', 'a file, or - for standard input')
    .option('-s, --source <folder...>', 'folders below which the sources lie (the working folder if not given)')
    .option('-f, --format <format>', 'text or json', 'text')
    .addHelpText('after', LOG_HELP)
    .action(async (file: string, options: ExplainLogOptions) => done(await explainLogFile(file, options, host)));
  return program;
}

/**
 * Runs the command line.
 * @param args without node and script
 * @returns the exit code; nothing is thrown
 */
export async function run(args: readonly string[], host: CliHost): Promise<number> {
  let code: number = EXIT.ok;
  try {
    const program = commands(host, (c) => (code = c));
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return EXIT.trouble;
    }
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has said what is wrong; help and version end here too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.trouble;
    if (error instanceof UsageError) host.err(`ebpf-lens: ${error.message}\n`);
    else host.err(`ebpf-lens: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return EXIT.trouble;
  }
}
