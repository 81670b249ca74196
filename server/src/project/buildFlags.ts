/** Include folders and macros that the recipes of a project give to clang for eBPF: flags of any build, Makefiles, and `//go:generate` lines of bpf2go. */

/** A recipe, or a variable, that is for eBPF. */
export const FOR_BPF = /(?:-target[ =]|--target=)bpf|\bBPF_?\w*(?:FLAGS|INCL?\w*)\b|\bCLANG_BPF\w*/i;
const ASSIGNMENT = /^\s*(?:export\s+|override\s+)?(\w+)\s*(?::{0,3}|[?+])=\s*(\S.*)?$/;
const BPF2GO = /^\/\/go:generate\b.*\bbpf2go\b(.*)$/;
const FLAG = /^-(?:(I|D)(.+)|(?:isystem|idirafter|iquote)(.+))$/;
const LONE = /^-(?:I|D|isystem|idirafter|iquote)$/;
const MACRO = /^[A-Za-z_]\w*(?:=[\w.+-]{1,64})?$/;
/** A longer line, variables put in, is no recipe that anybody wrote. */
export const MAX_LINE = 10_000;
const MAX_LINES = 20_000;
/** A longer file of CMake's or Meson's was generated. */
export const MAX_TEXT = 256 * 1024;
/** Recipes for eBPF in one file. */
export const MAX_RECIPES = 1_000;
/** Folders, and macros, of one file. More are no list to write down. */
const MAX_FLAGS = 200;
const MAX_DEPTH = 4;
/** Begins a path that is meant from the project's folder. No file can say so by itself: other control characters make no path. */
export const FROM_TOP = '\u0001';

/** The folders that a file of a build may name, relative to the project's. */
export interface SourceFolders {
  /** The file's own. */
  readonly own: string;
  /** Of the nearest file that begins a project. */
  readonly project: string;
  /** Of the file that the build begins with. */
  readonly top: string;
}

export interface BuildFlags {
  /** Folders, relative to the project's with `/`; those above it are left out. */
  readonly folders: readonly string[];
  readonly macros: readonly string[];
}

/**
 * What a Makefile says. Variables of the same file are put in; what calls functions or needs another file is left out.
 * @param path of the Makefile, relative to the project's folder
 */
export function makefileFlags(path: string, text: string): BuildFlags {
  const lines = text.replace(/\\\r?\n/g, ' ').split(/\r?\n/, MAX_LINES);
  const variables = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = ASSIGNMENT.exec(line) ?? [];
    if (name !== undefined) variables.set(name, `${/\+=/.test(line) ? `${variables.get(name) ?? ''} ` : ''}${value ?? ''}`.slice(0, MAX_LINE));
  }
  const wanted = lines.filter((line) => !/^\s*#/.test(line) && FOR_BPF.test(line)).slice(0, MAX_RECIPES);
  return flagsOf(folderOf(path), wanted.flatMap((line) => expanded(line, variables, 0).split(/\s+/)));
}

/** What the lines of a Go file say that run bpf2go. */
export function bpf2goFlags(path: string, text: string): BuildFlags {
  const lines = text.split(/\r?\n/, MAX_LINES).flatMap((line) => BPF2GO.exec(line.slice(0, MAX_LINE))?.[1] ?? []).slice(0, MAX_RECIPES);
  return flagsOf(folderOf(path), lines.flatMap((line) => line.split(/\s+/)));
}

function expanded(text: string, variables: ReadonlyMap<string, string>, depth: number): string {
  if (depth >= MAX_DEPTH || !text.includes('$')) return text;
  let left = MAX_LINE;
  const whole = text.slice(0, MAX_LINE).replace(/\$[({](\w+)[)}]/g, (use, name: string) => {
    if (name === 'CURDIR' || name === 'PWD') return '.';
    const value = variables.get(name);
    left -= value?.length ?? 0;
    return value === undefined || left < 0 ? use : value;
  });
  return whole === text ? whole : expanded(whole, variables, depth + 1);
}

/**
 * The include folders and macros among the words of a command line. What still has a `$` in it is not known.
 * @param folder what relative paths start from; undefined where nobody knows
 */
export function flagsOf(folder: string | undefined, words: readonly string[]): BuildFlags {
  const [folders, macros] = [new Set<string>(), new Set<string>()];
  for (let i = 0; i < words.length && folders.size < MAX_FLAGS && macros.size < MAX_FLAGS; i++) {
    let word = bare(words[i]!);
    if (LONE.test(word)) word += bare(words[++i] ?? '');
    const [, kind, value, system] = FLAG.exec(word) ?? [];
    const what = bare(value ?? system ?? '');
    if (what === '' || what.includes('$')) continue;
    if (kind === 'D') {
      if (MACRO.test(what)) macros.add(what);
    } else {
      const path = joined(folder, what);
      if (path !== undefined) folders.add(path);
    }
  }
  return { folders: [...folders], macros: [...macros] };
}

/** All that several recipes say, each thing once. */
export function merged(all: readonly BuildFlags[]): BuildFlags {
  const each = (of: keyof BuildFlags): string[] => [...new Set(all.flatMap((flags) => flags[of]))];
  return { folders: each('folders'), macros: each('macros') };
}

const bare = (word: string): string => word.replace(/^["']/, '').replace(/["']$/, '');
/** The folder of a path relative to the project's; '' for what is right in that. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Undefined for what lies outside of the project, or cannot be told from here. */
export function joined(folder: string | undefined, path: string): string | undefined {
  if (path.startsWith(FROM_TOP)) return joined('', path.slice(FROM_TOP.length).replace(/^\/+/, ''));
  if (folder === undefined || path.startsWith('/') || /^[A-Za-z]:|[\\\p{Cc}]/u.test(path)) return undefined;
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}
