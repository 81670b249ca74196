/** The commands `min-kernel` and `matrix` as the command line knows them. */
import type { Command } from 'commander';
import { matrix, type MatrixOptions } from '../matrix.js';
import { minKernel, type MinKernelOptions } from '../minKernel.js';
import { addInputOptions, addProjectOptions, formatOption, kernelOption, type CommandContext } from './shared.js';

const MATRIX_HELP = `
The kernels are 5.4, 5.10, 5.15, 6.1, 6.6, 6.12 and 6.18, and the ends of --kernel's targets. A cell says
  runs          nothing in the program is known to be refused, and what it calls and reads is known to be allowed
  refused       something in it is known to be refused
  unknown       nothing is, but for something the answer is not known
Calls that loaders rewrite for old kernels, such as bpf_probe_read_kernel(), are no reason to refuse. Text lists the reasons
under the table, and json has them in each cell.

Exit codes: 0 all well, 1 a program is refused on a kernel of --kernel, 2 wrong usage or unreadable files.`;

const MIN_KERNEL_HELP = `
Guarded code, such as behind bpf_core_enum_value_exists(), needs nothing. Versions are mainline's. The kernels of a project file
(.ebpf-lens.yaml) count as those of --kernel do.

Exit codes: 0 all well, 1 a file needs a newer (or older) kernel than --kernel allows, 2 wrong usage or unreadable files.`;

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
}
