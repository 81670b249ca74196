/** Completions for zsh. */
import { allCommands, type CommandModel, type OptionModel, type Values } from './model.js';

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** In the text of a specification brackets and colons mean something. */
const about = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');
const nameOf = (path: readonly string[]): string => ['_ebpf_lens', ...path.map((part) => part.replaceAll('-', '_'))].join('__');

function action({ words, files }: Values): string {
  if (words.length > 0) return `(${words.join(' ')})`;
  return files === 'files' ? '_files' : files === 'folders' ? '_files -/' : ' ';
}

function optionSpecs({ flags, about: text, values }: OptionModel): readonly string[] {
  const value = values === undefined ? '' : `:value:${action(values)}`;
  // `*`: some may be given several times, and it does no harm for the others.
  return flags.map((flag) => quote(`*${flag}[${about(text)}]${value}`));
}

function functionOf(command: CommandModel): string {
  const specs = command.options.flatMap(optionSpecs);
  if (command.commands.length === 0) {
    return `${nameOf(command.path)}() {\n  _arguments -s ${[...specs, quote(`*:argument:${action(command.arguments)}`)].join(' \\\n    ')}\n}\n`;
  }
  const list = command.commands.map((sub) => quote(`${sub.path.at(-1)!}:${about(sub.about)}`)).join(' ');
  const cases = command.commands.map((sub) => `        ${sub.path.at(-1)!}) ${nameOf(sub.path)} ;;`).join('\n');
  return `${nameOf(command.path)}() {
  local state line context
  local -a commands
  commands=(${list})
  _arguments -C ${[...specs, "'1: :->command'", "'*:: :->rest'"].join(' \\\n    ')}
  case $state in
    command) _describe command commands ;;
    rest)
      case $line[1] in
${cases}
      esac ;;
  esac
}
`;
}

/** The script. */
export function zshScript(model: CommandModel): string {
  return `#compdef ebpf-lens
# Completions of ebpf-lens for zsh; made by: ebpf-lens completions zsh
${allCommands(model).map(functionOf).join('')}if [ "$funcstack[1]" = _ebpf-lens ]; then _ebpf_lens "$@"; else compdef _ebpf_lens ebpf-lens; fi
`;
}
