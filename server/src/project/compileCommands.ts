/** A `compile_commands.json`: which flags a file is compiled with. */
import { NO_FLAGS, readFlags, removeFlags, resolvePath, splitCommand, type CompileFlags } from './compileFlags.js';

interface Entry {
  readonly file: string;
  readonly folder: string;
  readonly args: () => readonly string[];
  /** True where the target may be BPF; its flags say for certain. */
  readonly mayBeBpf: boolean;
}

/** The words that make clang compile for BPF, in a command or its arguments joined. */
const TARGET = /-target[\s=]+["']?bpf/;

/** Answers for files without an entry that are remembered. */
const MAX_ANSWERS = 2000;

/** The entries of a database, or what is wrong with it. */
export class CompileCommands {
  private readonly byFile = new Map<string, Entry>();
  /** Those of BPF programs: a kernel's database has few of them among thousands. */
  private readonly ofPrograms: Entry[] = [];
  /** By folder and what is left out. */
  private readonly answers = new Map<string, CompileFlags>();

  /** @throws Error with a sentence if the text is not a database. */
  constructor(text: string, path: string) {
    const json: unknown = JSON.parse(text);
    if (!Array.isArray(json)) throw new Error('it is no list');
    const own = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    for (const raw of json as readonly unknown[]) {
      const entry = readEntry(raw, own);
      if (!entry || this.byFile.has(entry.file)) continue;
      this.byFile.set(entry.file, entry);
      if (entry.mayBeBpf) this.ofPrograms.push(entry);
    }
  }

  /**
   * Flags of a file: its own entry's, or for one that has none (a header, a new file) those of the BPF program nearest to
   * it in the same or a folder above or below.
   * @param remove patterns of arguments to leave out (`removeFlags`)
   */
  flagsOf(file: string, remove: readonly string[] = []): CompileFlags {
    const own = this.byFile.get(file);
    if (own) return readFlags(removeFlags(own.args(), remove), own.folder);
    const folder = file.slice(0, file.lastIndexOf('/') + 1);
    const question = [folder, ...remove].join('\0');
    let answer = this.answers.get(question);
    if (answer === undefined) {
      answer = this.nearest(folder, remove);
      if (this.answers.size >= MAX_ANSWERS) this.answers.clear();
      this.answers.set(question, answer);
    }
    return answer;
  }

  private nearest(folder: string, remove: readonly string[]): CompileFlags {
    let best: CompileFlags = NO_FLAGS;
    let shared = 0;
    for (const entry of this.ofPrograms) {
      const theirs = entry.file.slice(0, entry.file.lastIndexOf('/') + 1);
      const near = folder.startsWith(theirs) ? theirs.length : theirs.startsWith(folder) ? folder.length : 0;
      if (near <= shared) continue;
      const args = entry.args();
      if (!readFlags(args, entry.folder).bpf) continue;
      best = readFlags(removeFlags(args, remove), entry.folder);
      shared = near;
    }
    return best;
  }
}

function readEntry(raw: unknown, own: string): Entry | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { directory, file, command, arguments: list } = raw as Record<string, unknown>;
  if (typeof file !== 'string') return undefined;
  const folder = typeof directory === 'string' ? resolvePath(own, directory) : own;
  const args = Array.isArray(list) ? list.filter((a): a is string => typeof a === 'string') : undefined;
  if (!args && typeof command !== 'string') return undefined;
  return { file: resolvePath(folder, file), folder, args: () => args ?? splitCommand(command as string), mayBeBpf: TARGET.test(args?.join(' ') ?? (command as string)) };
}
