/** A `compile_commands.json`: which flags a file is compiled with. */
import { NO_FLAGS, readFlags, resolvePath, splitCommand, type CompileFlags } from './compileFlags.js';

interface Entry {
  readonly file: string;
  readonly folder: string;
  readonly args: () => readonly string[];
}

/** The entries of a database, or what is wrong with it. */
export class CompileCommands {
  private readonly byFile = new Map<string, Entry>();

  /** @throws Error with a sentence if the text is not a database. */
  constructor(text: string, path: string) {
    const json: unknown = JSON.parse(text);
    if (!Array.isArray(json)) throw new Error('it is no list');
    const own = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    for (const raw of json as readonly unknown[]) {
      const entry = readEntry(raw, own);
      if (entry && !this.byFile.has(entry.file)) this.byFile.set(entry.file, entry);
    }
  }

  /**
   * Flags of a file: its own entry's, or for one that has none (a header, a new file) those of the BPF program nearest to
   * it in the same or a folder above or below.
   */
  flagsOf(file: string): CompileFlags {
    const own = this.byFile.get(file);
    if (own) return readFlags(own.args(), own.folder);
    let best: CompileFlags = NO_FLAGS;
    let shared = 0;
    const folder = file.slice(0, file.lastIndexOf('/') + 1);
    for (const entry of this.byFile.values()) {
      const theirs = entry.file.slice(0, entry.file.lastIndexOf('/') + 1);
      const near = folder.startsWith(theirs) ? theirs.length : theirs.startsWith(folder) ? folder.length : 0;
      if (near <= shared) continue;
      const flags = readFlags(entry.args(), entry.folder);
      if (!flags.bpf) continue;
      best = flags;
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
  return { file: resolvePath(folder, file), folder, args: () => args ?? splitCommand(command as string) };
}
