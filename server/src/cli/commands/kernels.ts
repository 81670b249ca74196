/** The commands `min-kernel`, `matrix` and `targets` as the command line knows them. */
import type { Command } from 'commander';
import { matrix, type MatrixOptions } from '../matrix.js';
import { minKernel, type MinKernelOptions } from '../minKernel.js';
import { targets, type TargetsOptions } from '../targets.js';
import { addInputOptions, addProjectOptions, formatOption, kernelOption, type CommandContext } from './shared.js';

const MATRIX_HELP = `
The kernels are 5.4, 5.10, 5.15, 6.1, 6.6, 6.12 and 6.18, and the ends of --kernel's targets. A cell says
  runs          nothing in the program is known to be refused, and what it calls and reads is known to be allowed
  needs guard   it would run if its newer calls were asked for first, as with bpf_core_enum_value_exists(); nothing else is refused
  refused       something in it is known to be refused
  unknown       nothing is, but for something the answer is not known
Calls that loaders rewrite for old kernels, such as bpf_probe_read_kernel(), are no reason to refuse. Text lists the reasons
under the table, and json has them in each cell, where needsGuard stands beside the status refused.

Exit codes: 0 all well, 1 a program is refused on a kernel of --kernel, 2 wrong usage or unreadable files.`;

const MIN_KERNEL_HELP = `
Guarded code, such as behind bpf_core_enum_value_exists(), needs nothing. Versions are mainline's. The kernels of a project file
(.ebpf-lens.yaml) count as those of --kernel do.

Exit codes: 0 all well, 1 a file needs a newer (or older) kernel than --kernel allows, 2 wrong usage or unreadable files.`;

const TARGETS_HELP = `
Other names that the same answers to, such as jammy, rocky9.4 or al2023, are in json, with notes and sources. "BPF of 6.12": the vendor
brought the BPF of that release back as a whole. "and later things": more than the version says was brought back, and nobody lists it;
what is newer is then not known, and no finding. A kernel's own BTF knows better: --kernel ./vmlinux.btf.`;

/** Adds the commands to the program. */
export function addKernels(program: Command, { host, done }: CommandContext): void {
  addProjectOptions(addInputOptions(program.command('min-kernel')))
    .summary('print the oldest kernels needed')
    .description('Prints the oldest kernel that each file and each program in it needs, and what forces it.')
    .addOption(kernelOption('fail if a file does not run on all of these'))
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', MIN_KERNEL_HELP)
    .action(async (paths: string[], options: MinKernelOptions) => done(await minKernel(paths, options, host)));
  addProjectOptions(addInputOptions(program.command('matrix')))
    .summary('print which program runs on which kernel')
    .description('Prints a table of programs and kernels.')
    .addOption(kernelOption('kernels to add to the table'))
    .addOption(formatOption(['text', 'markdown', 'json', 'csv']))
    .addHelpText('after', MATRIX_HELP)
    .action(async (paths: string[], options: MatrixOptions) => done(await matrix(paths, options, host)));
  program
    .command('targets')
    .summary('list the distributions that --kernel knows')
    .description('Lists the distributions that may be named as a target, their kernels, and how long they are supported.')
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', TARGETS_HELP)
    .action(async (options: TargetsOptions) => done(await targets(options, host)));
}
