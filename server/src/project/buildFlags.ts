/** Include folders and macros that the recipes of a project give to clang for eBPF: Makefiles, and `//go:generate` lines of bpf2go. */

/** A recipe, or a variable, that is for eBPF. */
const FOR_BPF = /(?:-target[ =]|--target=)bpf|\bBPF_?\w*(?:FLAGS|INCL?\w*)\b|\bCLANG_BPF\w*/i;
const ASSIGNMENT = /^\s*(?:export\s+|override\s+)?(\w+)\s*(?::{0,3}|[?+])=\s*(\S.*)?$/;
const BPF2GO = /^\/\/go:generate\b.*\bbpf2go\b(.*)$/;
const FLAG = /^-(?:(I|D)(.+)|isystem(.+))$/;
const MACRO = /^[A-Za-z_]\w*(?:=[\w.+-]{1,64})?$/;
/** A longer line, variables put in, is no recipe that anybody wrote. */
const MAX_LINE = 10_000;
const MAX_LINES = 20_000;
const MAX_DEPTH = 4;

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
  const wanted = lines.filter((line) => !/^\s*#/.test(line) && FOR_BPF.test(line));
  return flagsOf(folderOf(path), wanted.flatMap((line) => expanded(line, variables, 0).split(/\s+/)));
}

/** What the lines of a Go file say that run bpf2go. */
export function bpf2goFlags(path: string, text: string): BuildFlags {
  const lines = text.split(/\r?\n/, MAX_LINES).flatMap((line) => BPF2GO.exec(line.slice(0, MAX_LINE))?.[1] ?? []);
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

function flagsOf(folder: string, words: readonly string[]): BuildFlags {
  const [folders, macros] = [new Set<string>(), new Set<string>()];
  for (let i = 0; i < words.length; i++) {
    let word = bare(words[i]!);
    if (/^-(?:I|D|isystem)$/.test(word)) word += bare(words[++i] ?? '');
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

const bare = (word: string): string => word.replace(/^["']/, '').replace(/["']$/, '');
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Undefined for what lies outside of the project, or cannot be told from here. */
function joined(folder: string, path: string): string | undefined {
  if (path.startsWith('/') || /^[A-Za-z]:|[\\\p{Cc}]/u.test(path)) return undefined;
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}
