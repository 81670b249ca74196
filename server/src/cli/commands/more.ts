/** The commands `facts` and `completions` as the command line knows them. */
import type { Command } from 'commander';
import { COMPLETION_SHELLS, completions } from '../completions/completions.js';
import { exportFacts, FACT_FORMATS, FACT_KINDS, type FactsOptions } from '../factsExport.js';
import { formatOption, gather, type CommandContext } from './shared.js';

const FACTS_HELP = `
Kinds: ${FACT_KINDS.slice(0, -1).join(', ')} and ${FACT_KINDS.at(-1)!}.

  ebpf-lens facts export --kind helper --format csv >helpers.csv
  ebpf-lens facts export --kind kfunc --kernel 6.1             what Linux 6.1 is known to have
  ebpf-lens facts export --kind helper --kernel 5.10 --format markdown

With --kernel, what that release is known not to have is left out, and for helpers and kfuncs "programTypes" names the types of
program that are known to be allowed to call them there. What is not known is neither in nor out: "known" is false for it.

Exit codes: 0 all well, 2 wrong usage.`;

const COMPLETIONS_HELP = `
  bash:  ebpf-lens completions bash >~/.local/share/bash-completion/completions/ebpf-lens
  zsh:   ebpf-lens completions zsh >"\${fpath[1]}/_ebpf-lens"
  fish:  ebpf-lens completions fish >~/.config/fish/completions/ebpf-lens.fish`;

/** Adds the commands to the program. */
export function addMore(program: Command, { host, done }: CommandContext): void {
  const facts = program.command('facts').summary('print the fact book').description('Gives the facts that everything rests on to other tools.');
  facts
    .command('export')
    .summary('print entries as JSON, CSV or Markdown')
    .description('Prints the entries of the fact book, all or of some kinds.')
    .addOption(formatOption(FACT_FORMATS))
    .option('--kind <kind>', 'only this kind of entries; may be given several times', gather)
    .option('-k, --kernel <release>', 'only what this release may have, and who may call it there')
    .addHelpText('after', FACTS_HELP)
    .action(async (options: FactsOptions) => done(await exportFacts(options, host)));
  program
    .command('completions')
    .summary('print completions for a shell')
    .description('Prints a script that completes commands, options and their values.')
    .argument('<shell>', COMPLETION_SHELLS.join(', '))
    .addHelpText('after', COMPLETIONS_HELP)
    .action((shell: string) => done(completions(program, shell, host)));
}
