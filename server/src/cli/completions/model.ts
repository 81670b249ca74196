/** What completions offer, taken from the tree of commands: the same for every shell. */
import type { Command, Option } from 'commander';
import { LONG_TERM } from '../../features/matrix.js';
import { RULES } from '../../rules/index.js';
import { COLOURS, FAIL_ON } from '../checkOptions.js';
import { FACT_FORMATS, FACT_KINDS } from '../factsExport.js';
import { FORMATS } from '../outputs.js';
import { entryOf } from '../../text/entryOf.js';

/** Values of an option or argument: words, and whether names of files or folders go too. */
export interface Values {
  readonly words: readonly string[];
  readonly files: 'files' | 'folders' | 'none';
}

export interface OptionModel {
  /** `-k`, `--kernel`. */
  readonly flags: readonly string[];
  readonly about: string;
  /** Undefined where it takes no value. */
  readonly values: Values | undefined;
}

export interface CommandModel {
  /** `facts export`; empty for the program itself. */
  readonly path: readonly string[];
  readonly about: string;
  readonly options: readonly OptionModel[];
  readonly arguments: Values;
  readonly commands: readonly CommandModel[];
}

const KERNELS = [...LONG_TERM, 'running'];
const words = (list: readonly string[]): Values => ({ words: list, files: 'none' });

/** By the command's path and the option's long flag, or `*` for any command. */
const OPTION_VALUES: Readonly<Record<string, Values>> = {
  '* --kernel': words(KERNELS),
  'check --format': words(FORMATS),
  'check --fail-on': words(FAIL_ON),
  'check --color': words(COLOURS),
  'check --max-findings': words(['10', '50', '200']),
  'check --jobs': words(['1', '2', '4', '8']),
  'check --cache': { words: [], files: 'folders' },
  'matrix --format': words(['text', 'markdown', 'json', 'csv']),
  'min-kernel --format': words(['text', 'json']),
  'targets --format': words(['text', 'json']),
  'explain-log --format': words(['text', 'json']),
  'explain-log --source': { words: [], files: 'folders' },
  'facts export --format': words(FACT_FORMATS),
  'facts export --kind': words(FACT_KINDS),
};

const ARGUMENTS: Readonly<Record<string, Values>> = {
  explain: words(RULES.map((rule) => rule.id)),
  completions: words(['bash', 'zsh', 'fish']),
  init: { words: [], files: 'folders' },
};

/** The tree of commands as completions see it. */
export function commandModel(command: Command, path: readonly string[] = []): CommandModel {
  const name = path.join(' ');
  const commands = command.commands.filter((sub) => sub.name() !== 'help').map((sub) => commandModel(sub, [...path, sub.name()]));
  return {
    path,
    about: command.summary() || command.description().split('\n', 1)[0]!,
    options: command.createHelp().visibleOptions(command).map((option) => optionModel(option, name)),
    arguments: entryOf(ARGUMENTS, name) ?? { words: commands.map((sub) => sub.path.at(-1)!), files: command.registeredArguments.length > 0 ? 'files' : 'none' },
    commands,
  };
}

function optionModel(option: Option, command: string): OptionModel {
  const takes = option.required || option.optional;
  const known = entryOf(OPTION_VALUES, `${command} ${option.long ?? ''}`) ?? entryOf(OPTION_VALUES, `* ${option.long ?? ''}`);
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined && flag !== null),
    about: option.description.split(/[;(]/, 1)[0]!.trim(),
    values: takes ? (known ?? { words: [], files: 'files' }) : undefined,
  };
}

/** Every command below and the program itself, the program last. */
export function allCommands(model: CommandModel): readonly CommandModel[] {
  return [...model.commands.flatMap(allCommands), model];
}
