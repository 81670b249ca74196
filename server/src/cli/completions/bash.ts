/** Completions for bash 3.2 and newer. */
import { allCommands, type CommandModel, type Values } from './model.js';

/** Words of ours are plain; this only has to keep blanks and glob characters from the shell. */
const quoted = (list: readonly string[]): string => `'${list.join(' ')}'`;

function offer({ words, files }: Values): string {
  const given = words.length > 0 ? `COMPREPLY=($(compgen -W ${quoted(words)} -- "$cur"))` : '';
  const paths = files === 'none' ? '' : `compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -${files === 'files' ? 'f' : 'd'} -- "$cur"))`;
  return [given, paths].filter((part) => part !== '').join('; ') || ':';
}

function commandCase(command: CommandModel): string {
  const name = command.path.join(' ');
  const withValues = command.options.filter((o) => o.values !== undefined);
  const values = withValues.map((o) => `        ${o.flags.join('|')}) ${offer(o.values!)}; return ;;\n`).join('');
  const flags = command.options.flatMap((o) => o.flags);
  return `    '${name}')
      case "$prev" in
${values}        *) ;;
      esac
      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W ${quoted(flags)} -- "$cur")); else ${offer(command.arguments)}; fi
      ;;
`;
}

/** The script. */
export function bashScript(model: CommandModel): string {
  const names = allCommands(model).map((c) => c.path.join(' ')).filter((name) => name !== '');
  return `# Completions of ebpf-lens for bash; made by: ebpf-lens completions bash
_ebpf_lens() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev= command= word i
  ((COMP_CWORD > 0)) && prev=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "\${command:+$command }$word" in
${names.map((name) => `      '${name}') command='${name}' ;;`).join('\n')}
    esac
  done
  case "$command" in
${allCommands(model).map(commandCase).join('')}  esac
}
complete -F _ebpf_lens ebpf-lens
`;
}
