/** The commands `explain` and `explain-log` as the command line knows them. */
import type { Command } from 'commander';
import { explainWord } from '../explain.js';
import { explainLogFile, type ExplainLogOptions } from '../explainLog.js';
import { formatOption, type CommandContext } from './shared.js';

const LOG_HELP = `
The log may have anything around it: libbpf's, bpftool's, veristat's, Aya's or cilium/ebpf's output, time stamps, escape codes. The source
line is looked for below the working folder, or below each --source.

  sudo ./loader 2>&1 | ebpf-lens explain-log -
  ebpf-lens explain-log --format json load.log >explained.json

Exit codes: 0 explained (or the program was accepted), 1 a message that is not known, a log that was cut, or no log at all, 2 wrong usage
or an unreadable file.`;

/** Adds the commands to the program. */
export function addExplain(program: Command, { host, done }: CommandContext): void {
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
    .addOption(formatOption(['text', 'json']))
    .addHelpText('after', LOG_HELP)
    .action(async (file: string, options: ExplainLogOptions) => done(await explainLogFile(file, options, host)));
}
