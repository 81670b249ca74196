/**
 * Finds the flags that a project gives to a file: `.clangd` files and the nearest `compile_commands.json` above it. Reads
 * nothing itself: texts come from the caller, as they do for includes. Command line and language server both use this.
 */
import { clangdEdit, type ClangdEdit } from './clangdFile.js';
import { CompileCommands } from './compileCommands.js';
import { NO_FLAGS, joinFlags, type CompileFlags } from './compileFlags.js';

/** Folders above a file that are asked. */
const MAX_LEVELS = 12;
const DATABASES = ['compile_commands.json', 'build/compile_commands.json'];

export interface ProjectFlags extends CompileFlags {
  /** Sentences about files that could not be used, for the log. */
  readonly problems: readonly string[];
}

/** Keeps databases parsed as long as their text stays the same. */
export class Projects {
  private readonly databases = new Map<string, { readonly text: string; readonly parsed: CompileCommands | string }>();

  /**
   * @param file whole path, with `/`
   * @param read text of a path, undefined if there is none
   */
  flagsOf(file: string, read: (path: string) => string | undefined): ProjectFlags {
    const folders = foldersAbove(file);
    const found: CompileFlags[] = [];
    const problems: string[] = [];
    const remove: string[] = [];
    for (const folder of folders) {
      const path = `${folder}/.clangd`;
      const text = read(path);
      if (text === undefined) continue;
      const edit = guarded(path, problems, () => clangdEdit(text, folder, file));
      found.push(edit.add);
      remove.push(...edit.remove);
    }
    found.push(this.database(file, folders, read, problems, remove));
    return { ...joinFlags(found), problems };
  }

  private database(file: string, folders: readonly string[], read: (path: string) => string | undefined, problems: string[], remove: readonly string[]): CompileFlags {
    for (const folder of folders) {
      for (const name of DATABASES) {
        const path = `${folder}/${name}`;
        const text = read(path);
        if (text === undefined) continue;
        const parsed = this.parsed(path, text);
        if (typeof parsed !== 'string') return parsed.flagsOf(file, remove);
        problems.push(parsed);
        return NO_FLAGS;
      }
    }
    return NO_FLAGS;
  }

  private parsed(path: string, text: string): CompileCommands | string {
    const known = this.databases.get(path);
    if (known?.text === text) return known.parsed;
    let parsed: CompileCommands | string;
    try {
      parsed = new CompileCommands(text, path);
    } catch (error) {
      parsed = problem(path, error);
    }
    if (this.databases.size >= 8) this.databases.clear();
    this.databases.set(path, { text, parsed });
    return parsed;
  }
}

function guarded(path: string, problems: string[], edit: () => ClangdEdit): ClangdEdit {
  try {
    return edit();
  } catch (error) {
    problems.push(problem(path, error));
    return { add: NO_FLAGS, remove: [] };
  }
}

function problem(path: string, error: unknown): string {
  return `${path} is not used: ${error instanceof Error ? error.message.slice(0, 200) : String(error)}`;
}

/** The file's folder and those above it, nearest first; the root is not asked. */
function foldersAbove(file: string): readonly string[] {
  const folders: string[] = [];
  for (let at = file.lastIndexOf('/'); at > 0 && folders.length < MAX_LEVELS; at = file.lastIndexOf('/', at - 1)) folders.push(file.slice(0, at));
  return folders;
}
