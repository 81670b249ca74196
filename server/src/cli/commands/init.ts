/** The command `init` as the command line knows it. */
import type { Command } from 'commander';
import { init, type InitOptions } from '../init.js';
import { kernelOption, type CommandContext } from './shared.js';

const HELP = `
The file .ebpf-lens.yaml says kernels, rules, macros, include folders and more for the files in its folder and below, in the editor
and here. The new one has every key: as a comment, or with what the folder says. Looked at are Makefiles, CMake's and Meson's files,
go:generate lines of bpf2go, vmlinux.h, licences, the libbpf in the folder or in Cargo.lock, and submodules. docs/project-file.md tells the rest.

Exit codes: 0 the file was made, 2 there is one already (which stays as it is), or it cannot be written.`;

/** Adds the command to the program. */
export function addInit(program: Command, { host, done }: CommandContext): void {
  program
    .command('init')
    .summary('write a project file to begin with')
    .description('Writes a commented .ebpf-lens.yaml out of what the folder says. One that is there is never touched.')
    .argument('[folder]', 'where to', '.')
    .addOption(kernelOption('the target to begin with'))
    .addHelpText('after', HELP)
    .action((folder: string, options: InitOptions) => done(init(folder, options, host)));
}
