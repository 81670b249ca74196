/**
 * Include folders and macros that CMake gives to clang for eBPF: in commands that it runs, variables that are called so, and targets of eBPF C.
 * Nothing is evaluated but variables that a file sets by itself, without having to choose; what a condition decides is not known.
 */
import { flagsOf, folderOf, FOR_BPF, FROM_TOP, joined, MAX_LINE, MAX_RECIPES, MAX_TEXT, merged, type BuildFlags, type SourceFolders } from './buildFlags.js';

/** Comments, arguments in brackets or quotes, brackets, words. */
const TOKEN = /#\[(=*)\[|#[^\n]*|\[(=*)\[|"((?:[^"\\]|\\[^])*)"?|([()])|([^\s()#"]+)/g;
/** What ends the words of a `COMMAND` in commands that run one. */
const KEYWORDS = /^(?:COMMAND|OUTPUT|BYPRODUCTS|MAIN_DEPENDENCY|DEPENDS|WORKING_DIRECTORY|COMMENT|DEPFILE|VERBATIM|APPEND|COMMAND_EXPAND_LISTS|SOURCES)$/;
/** Sources of eBPF C, as they are called where nothing else says so. */
const EBPF_SOURCE = /\.bpf\.c$/;

interface Command {
  /** In lower case: CMake does not mind. */
  readonly name: string;
  readonly args: readonly string[];
}

/** What a file of CMake's says. @param path of the file, relative to the project's folder */
export function cmakeFlags(path: string, text: string, folders: SourceFolders): BuildFlags {
  const commands = text.length > MAX_TEXT ? [] : [...commandsOf(text)];
  // What is read by `include` may stand for any folder that includes it.
  return new Reader(/(?:^|\/)CMakeLists\.txt$/.test(path) ? folders.own : undefined, folders, targetsOf(commands)).read(commands);
}

/** The commands of a file, one after the other, arguments as they are written but for quotes. */
function* commandsOf(text: string): Generator<Command> {
  let [last, depth] = ['', 0];
  let args: string[] = [];
  const token = new RegExp(TOKEN);
  for (let m = token.exec(text); m !== null; m = token.exec(text)) {
    const [, comment, bracket, quoted, paren, word] = m;
    const equals = comment ?? bracket;
    const arg = quoted ?? word;
    if (equals !== undefined) {
      const close = text.indexOf(`]${equals}]`, token.lastIndex);
      const end = close < 0 ? text.length : close;
      if (bracket !== undefined && depth > 0) args.push(text.slice(token.lastIndex, end));
      token.lastIndex = end + equals.length + 2;
    } else if (paren === '(') depth++;
    else if (paren === ')') {
      depth = Math.max(0, depth - 1);
      if (depth > 0) continue;
      yield { name: last.toLowerCase(), args };
      args = [];
    } else if (arg !== undefined && depth > 0) args.push(arg);
    else last = arg ?? last;
  }
}

/** Targets that are for eBPF: of sources that are called so, or compiled for it. */
function targetsOf(commands: readonly Command[]): ReadonlySet<string> {
  const isForBpf = ({ name, args }: Command): boolean =>
    (/^add_(?:library|executable)$/.test(name) && args.some((arg) => EBPF_SOURCE.test(arg))) || (name === 'target_compile_options' && FOR_BPF.test(args.join(' ')));
  return new Set(commands.filter(isForBpf).flatMap(({ args }) => args.slice(0, 1)));
}

class Reader {
  /** Values by name, words with blanks between; undefined where a condition chooses between several. */
  private readonly variables = new Map<string, string | undefined>();
  private readonly found: BuildFlags[] = [];
  /** Characters that variables may still be replaced by: some hold one another many times over. */
  private left = MAX_TEXT;
  private conditions = 0;
  private functions = 0;

  /** @param current the folder that is being read, undefined where that is not known */
  constructor(private readonly current: string | undefined, private readonly folders: SourceFolders, private readonly targets: ReadonlySet<string>) {}

  read(commands: readonly Command[]): BuildFlags {
    // All of a folder is compiled for eBPF where its flags say so.
    const whole = commands.some(({ name, args }) => (name === 'add_compile_options' || (name === 'set' && args[0] === 'CMAKE_C_FLAGS')) && FOR_BPF.test(args.join(' ')));
    for (const command of commands) {
      if (this.found.length >= MAX_RECIPES) break;
      if (!this.isBlock(command.name)) this.command(command, whole);
    }
    return merged(this.found);
  }

  private isBlock(name: string): boolean {
    const [, end, kind] = /^(end)?(if|foreach|while|function|macro)$/.exec(name) ?? [];
    if (kind === undefined) return /^else(?:if)?$/.test(name);
    const step = end === undefined ? 1 : -1;
    if (kind === 'function' || kind === 'macro') this.functions = Math.max(0, this.functions + step);
    else this.conditions = Math.max(0, this.conditions + step);
    return true;
  }

  private command({ name, args }: Command, whole: boolean): void {
    const words = this.wordsOf(args);
    const [first = '', ...rest] = words;
    if (name === 'set') this.set(args[0] ?? '', args.slice(1));
    else if (/^(?:list|string)$/.test(name) && /^(?:APPEND|PREPEND)$/.test(first)) this.set(args[1] ?? '', [`\${${args[1] ?? ''}}`, ...args.slice(2)]);
    else if (/^target_(?:include_directories|compile_definitions|compile_options)$/.test(name)) {
      if (this.targets.has(first)) this.ofTarget(name, rest);
    } else if (/^(?:include_directories|add_definitions|add_compile_definitions)$/.test(name)) {
      if (whole) this.ofTarget(name, words);
    } else for (const clause of this.clausesOf(name, words)) this.found.push(clause);
  }

  /** Words of a command for eBPF; of several that are run in turn only those of such. */
  private clausesOf(name: string, words: readonly string[]): readonly BuildFlags[] {
    const at = words.indexOf('WORKING_DIRECTORY');
    const folder = at < 0 ? undefined : joined(undefined, words[at + 1] ?? '');
    const clauses: string[][] = [[]];
    for (const word of words) {
      if (KEYWORDS.test(word)) clauses.push([]);
      else clauses.at(-1)!.push(word);
    }
    return clauses.filter((clause) => /bpf/i.test(name) || FOR_BPF.test(clause.join(' '))).map((clause) => flagsOf(folder, clause));
  }

  private set(name: string, values: readonly string[]): void {
    const end = values.findIndex((value) => /^(?:CACHE|PARENT_SCOPE)$/.test(value));
    const said = end < 0 ? values : values.slice(0, end);
    const words = this.wordsOf(said);
    const value = words.join(' ').slice(0, MAX_LINE);
    const goesOn = said.some((one) => one.includes(`\${${name}}`));
    const chosen = this.conditions + this.functions > 0 && !goesOn && this.variables.has(name) && this.variables.get(name) !== value;
    this.variables.set(name, chosen ? undefined : value);
    if (FOR_BPF.test(`${name} ${value}`)) this.found.push(flagsOf(undefined, words));
    // bpf_object() of libbpf-bootstrap, which many took over.
    const types = name === 'BPFOBJECT_VMLINUX_H' ? joined(undefined, value) : undefined;
    if (types !== undefined) this.found.push({ folders: [folderOf(types)], macros: [] });
  }

  /** Of a target, or of all in the folder: folders stand there without `-I`, and macros may. */
  private ofTarget(command: string, words: readonly string[]): void {
    const plain = words.filter((word) => !/^(?:PUBLIC|PRIVATE|INTERFACE|SYSTEM|BEFORE|AFTER)$/.test(word));
    const prefix = command.endsWith('directories') ? '-I' : command.endsWith('definitions') ? '-D' : undefined;
    this.found.push(flagsOf(this.functions > 0 ? undefined : this.current, prefix === undefined ? plain : plain.map((word) => prefix + (prefix === '-D' ? word.replace(/^-D/, '') : word))));
  }

  /** Arguments with variables put in, as words: CMake's lists have `;` between, and flags are often one string. */
  private wordsOf(args: readonly string[]): string[] {
    return args.flatMap((arg) => this.expanded(arg).split(/[\s;]+/)).filter((word) => word !== '');
  }

  private expanded(text: string): string {
    return text.slice(0, MAX_LINE).replace(/\$\{([\w.+-]+)\}/g, (use, name: string) => {
      const value = this.folderNamed(name) ?? this.variables.get(name);
      this.left -= value?.length ?? 0;
      return value === undefined || this.left < 0 ? use : value;
    });
  }

  private folderNamed(name: string): string | undefined {
    const path = this.folderOfName(name);
    return path === undefined ? undefined : `${FROM_TOP}/${path}`;
  }

  private folderOfName(name: string): string | undefined {
    const { current, folders, functions } = this;
    switch (name) {
      case 'CMAKE_SOURCE_DIR':
        return folders.top;
      case 'PROJECT_SOURCE_DIR':
        return folders.project;
      // In a function it is the caller's.
      case 'CMAKE_CURRENT_SOURCE_DIR':
        return functions > 0 ? undefined : current;
      case 'CMAKE_CURRENT_LIST_DIR':
        return functions > 0 ? undefined : folders.own;
      default:
        return undefined;
    }
  }
}
