/** Completions for fish. */
import { allCommands, type CommandModel, type OptionModel, type Values } from './model.js';

const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** True for the command line of this command and of none below it. */
function condition({ path, commands }: CommandModel): string {
  const seen = path.map((part) => `__fish_seen_subcommand_from ${part}`);
  const below = commands.map((sub) => sub.path.at(-1)!);
  const none = below.length === 0 ? [] : [`not __fish_seen_subcommand_from ${below.join(' ')}`];
  return [...seen, ...none].join('; and ');
}

function valuesOf({ words, files }: Values): string {
  return `${files === 'none' ? 'f' : files === 'files' ? 'F' : 'fa "(__fish_complete_directories)"'}${words.length > 0 ? ` -a ${quote(words.join(' '))}` : ''}`;
}

function optionLine(when: string, { flags, about, values }: OptionModel): string {
  const short = flags.find((f) => /^-[^-]/.test(f));
  const long = flags.find((f) => f.startsWith('--'));
  const names = [...(short === undefined ? [] : [`-s ${short.slice(1)}`]), ...(long === undefined ? [] : [`-l ${long.slice(2)}`])].join(' ');
  return `complete -c ebpf-lens -n ${quote(when)} ${names}${values === undefined ? '' : ` -r -${valuesOf(values)}`} -d ${quote(about)}\n`;
}

function commandLines(command: CommandModel): string {
  const when = condition(command);
  const subs = command.commands.map((sub) => `complete -c ebpf-lens -n ${quote(when)} -f -a ${sub.path.at(-1)!} -d ${quote(sub.about)}\n`);
  const words = command.commands.length > 0 ? [] : [`complete -c ebpf-lens -n ${quote(when)} -${valuesOf(command.arguments)}\n`];
  return [...subs, ...words, ...command.options.map((option) => optionLine(when, option))].join('');
}

/** The script. */
export function fishScript(model: CommandModel): string {
  return `# Completions of ebpf-lens for fish; made by: ebpf-lens completions fish\n${[...allCommands(model)].reverse().map(commandLines).join('')}`;
}
