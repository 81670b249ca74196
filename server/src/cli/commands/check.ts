/** The command `check` as the command line knows it: options and help. */
import { Option, type Command } from 'commander';
import { check } from '../check.js';
import { COLOURS, FAIL_ON, type CheckOptions } from '../checkOptions.js';
import { FORMATS, type OutputOption } from '../outputs.js';
import { addInputOptions, addProjectOptions, kernelOption, type CommandContext } from './shared.js';
import { watchAndCheck } from '../watch.js';

const HELP = `
A file is always analysed. A folder stands for the .c files in it, at any depth, that have a SEC("…") or __section("license"); symbolic links
in it are not followed, and what .gitignore or .ignore leave out is left out. A glob ('src/**/*.bpf.c', quoted, so that the
shell leaves it alone) is read by eBPF Lens: ** is any folders, {a,b} one of both. Headers that are not found are no trouble.
A compiled object (prog.bpf.o), named or by a glob, is answered for by its instructions and BTF, at the source lines that it kept.
- is standard input, for editors:  ebpf-lens check --format json --stdin-filename src/prog.bpf.c - <buffer

Kernels:
  5.15          one release: what it does not have is reported
  5.4..6.8      a range, both ends included: what any of them does not have is reported
  5.4..5.10,6.1 several targets: a finding names those that fail
  rhel9.4       a distribution's kernels, with what it brought back to them as far as that is known; ebpf-lens targets lists them
  k.btf         a kernel by its BTF (a file or folder of them, or a vmlinux): what the BTF has is there, whatever the version says
  running       this machine's kernel, by its BTF where that can be read, else by its version
  Without --kernel, and without a project file that names kernels, only what every known kernel refuses is reported.

Project files:
  The nearest .ebpf-lens.yaml in the folder of a file and those above, up to the top of the repository, says kernels, rules,
  macros, include folders, licence and more for it, as in the editor. Options count more. ebpf-lens init writes one.

Formats:
  text          for people: file:line:column: severity: message [rule], with the source line
  json          for scripts: one document with programs, maps, findings and minimum kernels
  sarif         for code scanning: SARIF 2.1.0, with the rules' help, fixes, and fingerprints that survive line moves
  github        for GitHub Actions: workflow commands, shown beside the lines of a pull request
  junit         for CI systems that show test results: a program is a test case
  markdown      for a page or comment: a summary with tables
  Several at once, each with its own file:  --format text --format sarif --output lens.sarif
  Run sarif, github and junit from the repository's top folder: their paths are relative to the folder of the run.

Adopting it in a project with findings:
  ebpf-lens check --baseline lens-baseline.json --write-baseline src     notes what there is now; commit that file
  ebpf-lens check --baseline lens-baseline.json src                      tells what is new, and what was mended
  ebpf-lens check --diff main src                                        tells only what concerns lines that changed

To silence a finding, write  /* ebpf-lens: allow(rule-id) */  before the statement, the function or at the file's top.

Exit codes: 0 no error found, 1 errors found, 2 wrong usage, unreadable files or mistakes in a project file (the rest is
still reported).`;

/** Says when the user wants an end. */
function interrupted(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

/** Adds the command to the program. */
export function addCheck(program: Command, { host, done }: CommandContext): void {
  // Both options write to one list: which file is for which format is said by their order.
  const outputs: OutputOption[] = [];
  const noted = (option: OutputOption): readonly OutputOption[] => {
    outputs.push(option);
    return outputs;
  };
  addProjectOptions(addInputOptions(program.command('check')))
    .summary('check files and folders')
    .description('Checks eBPF C files: what does the kernel refuse, and which kernel do they need?')
    .addOption(kernelOption('kernels that the programs must load on'))
    .addOption(new Option('-f, --format <format>', `${FORMATS.slice(0, -1).join(', ')} or ${FORMATS.at(-1)!}; may be given several times (default: "text")`).argParser((format: string) => noted({ format })))
    .addOption(new Option('-o, --output <file>', 'write the format named before it to a file, whole or not at all').argParser((output: string) => noted({ output })))
    .option('--baseline <file>', 'leave out the findings that this file lists')
    .option('--write-baseline', 'write the findings of this run to the baseline')
    .option('--report-suppressed', 'sarif has what comments and the baseline silence, too, with suppressions; GitHub takes no heed of those and would show it all as open')
    .option('--diff <base>', 'only findings that concern lines changed since a commit (main, or main... for where HEAD left it), or in a unified diff: a file, or - for standard input')
    .option('--fail-on <level>', `end with 1 from this severity on: ${FAIL_ON.slice(0, -1).join(', ')} or ${FAIL_ON.at(-1)!}`, 'error')
    .option('-j, --jobs <n>', 'threads at most (default: as many as there are cores)')
    .option('--cache [dir]', 'keep results, and take those whose files, headers and settings did not change; in $XDG_CACHE_HOME/ebpf-lens if no folder is named; --cache=DIR keeps it apart from paths')
    .option('--cache-size <mib>', 'remove the least recently used results beyond this size', '256')
    .option('-w, --watch', 'check again whenever a file changes, until Ctrl-C')
    .option('-q, --quiet', 'text tells errors and the summary only; no progress')
    .option('--max-findings <n>', 'text tells no more than these, and how many more there are')
    .option('--color <when>', `${COLOURS.slice(0, -1).join(', ')} or ${COLOURS.at(-1)!}; NO_COLOR and FORCE_COLOR are heeded`, 'auto')
    .option('--stdin-filename <name>', 'what - is called, standard input: its headers and project file are looked for around that name')
    .addHelpText('after', HELP)
    .action(async (paths: string[], { watch, ...options }: CheckOptions & { readonly watch?: boolean }) => done(await (watch === true ? watchAndCheck(paths, { ...options, outputs }, host, interrupted) : check(paths, { ...options, outputs }, host))));
}
