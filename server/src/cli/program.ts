/** The tree of commands: what `--help`, the completions and docs/cli.md are made from. */
import { Command } from 'commander';
import { addCheck } from './commands/check.js';
import { addExplain } from './commands/explain.js';
import { addInit } from './commands/init.js';
import { addKernels } from './commands/kernels.js';
import { addMore } from './commands/more.js';
import type { CommandContext } from './commands/shared.js';
import { UsageError } from './host.js';

const ABOUT = `eBPF Lens tells what the kernel allows an eBPF C program to do: helpers, kfuncs, context fields,
and the oldest kernel that has all of it.`;

const EXAMPLES = `
Examples:
  ebpf-lens check src/bpf                         every .c file with a SEC("…") under src/bpf
  ebpf-lens check --kernel 5.15 prog.bpf.c        what does Linux 5.15 refuse in it?
  ebpf-lens check --kernel 5.4..6.8 src/bpf       must load on all of these kernels
  ebpf-lens check --kernel 5.15,rhel9.4,./appliance.btf src/bpf
                                                  several targets: releases, distributions, kernels by their BTF
  ebpf-lens check --format json src/bpf >r.json   for scripts
  ebpf-lens check --format github src/bpf         annotations on a pull request
  git diff -U0 main | ebpf-lens check --diff - .  only what concerns lines that changed
  ebpf-lens min-kernel src/bpf                    the oldest kernel that each file and program needs, and why
  ebpf-lens matrix src/bpf                        which program runs on which kernel?
  ebpf-lens explain bpf_ringbuf_reserve           what is it, since when, who may call it?
  ebpf-lens explain-log load.log                  what does the verifier refuse, where, and what to do about it?
  ebpf-lens facts export --kind helper -f csv     the facts, for other tools
  ebpf-lens init --kernel 5.4..6.8                a project file, .ebpf-lens.yaml, for editor and command line
  ebpf-lens lsp --stdio                           the language server, for an editor

Exit codes: 0 no error found, 1 errors found (or a word that is not known), 2 wrong usage or unreadable files.`;

/** The program with all its commands. */
export function commandTree(context: CommandContext): Command {
  const { host } = context;
  const program = new Command('ebpf-lens')
    .description(ABOUT)
    .version(host.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(ebpf-lens --help tells more)');
  // Before the commands are made, which take it over.
  program.exitOverride().configureOutput({ getOutHelpWidth: () => host.columns ?? 120, getErrHelpWidth: () => host.columns ?? 120, writeOut: (s) => host.out(s), writeErr: (s) => host.err(s), outputError: (s, write) => write(s.replace(/^error:/, 'ebpf-lens:')) });
  addCheck(program, context);
  addKernels(program, context);
  addInit(program, context);
  addServer(program, context);
  addExplain(program, context);
  addMore(program, context);
  return program;
}

function addServer(program: Command, { host }: CommandContext): void {
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
}
