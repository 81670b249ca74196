/** Reads a compiler's arguments as far as they say what a file includes and which macros are set. */
import { normalizePath } from '../model/includes.js';

/** What some flags say; all folders and files are whole paths. */
export interface CompileFlags {
  /** `-iquote`: for quoted includes only. */
  readonly quote: readonly string[];
  /** `-I`, then `-isystem` and `-idirafter`. */
  readonly paths: readonly string[];
  /** `-include`. */
  readonly forced: readonly string[];
  /** `-D`, less what `-U` takes back: name to value. */
  readonly defines: ReadonlyMap<string, string>;
  /** True where the target is BPF. */
  readonly bpf: boolean;
}

export const NO_FLAGS: CompileFlags = { quote: [], paths: [], forced: [], defines: new Map(), bpf: false };

/** No real command has more of a kind. */
const MAX_EACH = 200;
const VALUED = /^(-iquote|-isystem|-idirafter|-include|-I|-D|-U|--?target)(?:=(?=.))?(.*)$/;

/** `path` as seen from `folder`. */
export function resolvePath(folder: string, path: string): string {
  return normalizePath(/^([/\\]|[A-Za-z]:)/.test(path) || folder === '' ? path : `${folder}/${path}`);
}

/** @param folder the working directory that relative paths start in */
export function readFlags(args: readonly string[], folder: string): CompileFlags {
  const quote: string[] = [];
  const paths: string[] = [];
  const system: string[] = [];
  const forced: string[] = [];
  const defines = new Map<string, string>();
  let bpf = false;
  const add = (list: string[], path: string): void => {
    if (path !== '' && list.length < MAX_EACH) list.push(resolvePath(folder, path));
  };
  for (let i = 0; i < args.length; i++) {
    const m = VALUED.exec(args[i]!);
    if (!m) continue;
    const value = m[2] !== '' ? m[2]! : args[++i] ?? '';
    if (m[1] === '-iquote') add(quote, value);
    else if (m[1] === '-I') add(paths, value);
    else if (m[1] === '-isystem' || m[1] === '-idirafter') add(system, value);
    else if (m[1] === '-include') add(forced, value);
    else if (m[1] === '-U') defines.delete(value);
    else if (m[1] === '-D') define(defines, value);
    else bpf ||= /^bpf/.test(value);
  }
  return { quote, paths: [...paths, ...system], forced, defines, bpf };
}

/** `NAME`, `NAME=VALUE`. Names with parameters are left out. */
export function define(defines: Map<string, string>, text: string): void {
  const m = /^([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(text);
  if (m && defines.size < MAX_EACH * 5) defines.set(m[1]!, (m[2] ?? '1').replace(/\s+/g, ' '));
}

/** Flags of several sources, the first ones searched first, later definitions winning. */
export function joinFlags(all: readonly CompileFlags[]): CompileFlags {
  return {
    quote: all.flatMap((f) => f.quote),
    paths: all.flatMap((f) => f.paths),
    forced: all.flatMap((f) => f.forced),
    defines: new Map(all.flatMap((f) => [...f.defines])),
    bpf: all.some((f) => f.bpf),
  };
}

/** Flags with macros that the user set on top of them. */
export function withDefines(flags: CompileFlags, texts: readonly string[]): CompileFlags {
  if (texts.length === 0) return flags;
  const defines = new Map(flags.defines);
  for (const text of texts) define(defines, text);
  return { ...flags, defines };
}

/** Flags that `.clangd` may take away by their name alone, with the argument behind them or joined to them. */
const WITH_ARGUMENT = new Set(['-iquote', '-isystem', '-idirafter', '-include', '-I', '-D', '-U', '-target', '--target']);

/**
 * A command without what a `.clangd` file's `Remove` names: a flag's name takes its argument along, `-f*` all arguments that begin so,
 * anything else an argument that is the same (clangd's "Configuration" manual).
 */
export function removeFlags(args: readonly string[], patterns: readonly string[]): readonly string[] {
  if (patterns.length === 0) return args;
  const kept: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const pattern = patterns.find((p) => (p.endsWith('*') ? arg.startsWith(p.slice(0, -1)) : arg === p || (WITH_ARGUMENT.has(p) && isFlag(arg, p))));
    if (pattern === undefined) kept.push(arg);
    else if (arg === pattern && WITH_ARGUMENT.has(pattern)) i++;
  }
  return kept;
}

/** `-Ifoo` is `-I`, and `-include x.h` is none of it. */
function isFlag(arg: string, flag: string): boolean {
  const m = VALUED.exec(arg);
  return m !== null && (m[1] === flag || (m[1] === '--target' && flag === '-target'));
}

/** Splits a command line as a POSIX shell does, without expanding anything. */
export function splitCommand(command: string): string[] {
  const args: string[] = [];
  const word = /(?:[^\s"'\\]|\\[\s\S]|"(?:\\[\s\S]|[^"\\])*"|'[^']*')+/g;
  for (const m of command.matchAll(word)) {
    args.push(m[0].replace(/\\([\s\S])|"((?:\\[\s\S]|[^"\\])*)"|'([^']*)'/g, (_all, escaped: string | undefined, double: string | undefined, single: string | undefined) =>
      escaped ?? double?.replace(/\\(["\\$`])/g, '$1') ?? single ?? ''));
  }
  return args;
}
