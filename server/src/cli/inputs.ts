/** Turns the PATHs of the command line into the list of files to analyse. */
import { readdirSync, statSync, type Dirent } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { UsageError } from './host.js';
import { IgnoreRules } from './ignoreFiles.js';
import { isForBpf, isObject } from './objectInput.js';
import { readInput, readStandardInput, readText, reasonOf, type ReadResult } from './readText.js';
import { withoutEnd } from '../text/ends.js';

/** One file to analyse: its path as given or found, with `/`, and how reading it went. */
export interface InputFile {
  readonly path: string;
  read(): ReadResult;
}

/** Which files of folders are taken. */
export interface InputOptions {
  /** Globs of what is left out, of files that are named too. */
  readonly exclude?: readonly string[];
  /** False: what `.gitignore` and `.ignore` say does not count. */
  readonly ignore?: boolean;
  /** What `-`, standard input, is called: its headers and project file are looked for around that name. */
  readonly stdinFilename?: string;
  /** Whether the project leaves a file out, where nobody names it. */
  leavesOut?(path: string): boolean;
}

/** Without rules only these are left out. */
const SKIPPED = new Set(['node_modules', '.git']);
const MAX_GLOB = 2_000;

/** Said of paths that hold nothing to look at. */
export const NO_INPUT = 'ebpf-lens: no C file with a SEC("…") was found there\n';

/**
 * Comments, strings and what is looked for, in one pass: `SEC(` in a comment or string makes no eBPF file. Beside `SEC` there are sections
 * written out, and the macros of iproute2's bpf_api.h and Cilium's section.h.
 */
const SEC = /\/\*[^]*?\*\/|\/\/[^\n]*|"(?:\\[^]|[^"\\\n])*"|'(?:\\.|[^'\\\n]){1,4}'|\b(?:SEC\s*\(|(?:__)?section(?:__)?\s*\(\s*"[^"\n]*"|__section_(?:license|maps|maps_btf|tail|entry|cls_entry|act_entry|xdp_entry|lwt_entry)\b)/g;
/** Sections that are eBPF's alone, by name. All others are of all sorts of C. */
const OURS = /"(?:license|\.?maps)"$/;
/** Contexts of programs, which no other code has to do with where it places functions by itself. */
const CONTEXT = /\bstruct\s+(?:__sk_buff|xdp_md|bpf_sock|bpf_sock_addr|bpf_sock_ops|bpf_sockopt|bpf_sysctl|bpf_sk_lookup|sk_msg_md|sk_reuseport_md|bpf_perf_event_data|bpf_raw_tracepoint_args)\s*\*/;

/** True if the text places something with `SEC(…)`; or with other macros and attributes, and that is a licence, a map or beside a program's context. */
export function hasSec(text: string): boolean {
  if (!text.includes('SEC') && !text.includes('section')) return false;
  let places = false;
  SEC.lastIndex = 0;
  for (let m = SEC.exec(text); m; m = SEC.exec(text)) {
    if (!/^\w/.test(m[0])) continue;
    if (!m[0].endsWith('"') || OURS.test(m[0])) return true;
    places = true;
  }
  return places && CONTEXT.test(text);
}

const slashes = (path: string): string => (sep === '\\' ? path.replaceAll('\\', '/') : path);
const join = (dir: string, name: string): string => (dir === '' ? name : dir.endsWith('/') ? dir + name : `${dir}/${name}`);

type Matcher = (path: string) => boolean;

/** @throws UsageError for a glob that is none */
function matcher(glob: string): Matcher {
  if (glob.length > MAX_GLOB) throw new UsageError(`a pattern has more than ${MAX_GLOB} characters`);
  return picomatch(glob, { dot: true });
}

/** Where a path is seen from the working folder, for globs. */
const seen = (path: string): string => slashes(relative(process.cwd(), resolve(path)));

/** What `--exclude` leaves out: a name alone is meant anywhere, a folder with all that is in it. */
function excluder(globs: readonly string[]): Matcher {
  const matchers = globs.flatMap((glob) => {
    const bare = withoutEnd(slashes(glob).replace(/^\.\//, ''), '/');
    const anywhere = bare.includes('/') ? bare : `**/${bare}`;
    return [matcher(anywhere), matcher(`${anywhere}/**`)];
  });
  return (path) => matchers.length > 0 && matchers.some((matches) => matches(seen(path)) || matches(path));
}

/** What a walk keeps in mind. */
interface Walk {
  readonly useRules: boolean;
  readonly excluded: Matcher;
  /** Whether a file's path is asked for. */
  readonly wanted: Matcher;
  readonly leavesOut: Matcher;
}

/** The files under a folder, in a stable order: by name, a folder's files where the folder's name stands. */
function* walk(dir: string, how: Walk, above?: { readonly rules: IgnoreRules; readonly name: string }): Generator<InputFile> {
  let entries: Dirent[];
  try {
    entries = readdirSync(dir === '' ? '.' : dir, { withFileTypes: true });
  } catch (error) {
    const reason = reasonOf(error);
    yield { path: dir, read: () => ({ error: reason }) };
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const rules = !how.useRules ? undefined : above === undefined ? IgnoreRules.of(dir === '' ? '.' : dir) : above.rules.inside(above.name, new Set(entries.map((e) => e.name)));
  for (const entry of entries) {
    const { name } = entry;
    const path = join(dir, name);
    // A link is neither a file nor a directory here, so loops cannot arise.
    if (entry.isDirectory()) {
      if (rules?.leavesOut(name, true) ?? SKIPPED.has(name)) continue;
      if (!how.excluded(path)) yield* walk(path, how, rules === undefined ? undefined : { rules, name });
    } else if (entry.isFile() && how.wanted(path) && !rules?.leavesOut(name, false) && !how.excluded(path) && !how.leavesOut(path)) {
      const result = name.endsWith('.c') ? readText(path) : readInput(path);
      // What is no text has no SEC; what may not be read could have one, so that is said.
      if ('text' in result ? (name.endsWith('.c') ? hasSec(result.text) : !isObject(result.text) || isForBpf(result.text)) : !/archive|bitcode|binary|UTF-16|larger/.test(result.error)) yield { path, read: () => result };
    }
  }
}

/** The kind of thing that a path names, links followed. */
function kindOf(path: string): 'folder' | 'other' | 'nothing' {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'nothing' : 'other';
  }
}

/** True for a PATH that is standard input. By its path as a file it could not be read where it is a pipe. */
export function isStandardInput(given: string): boolean {
  return given === '-' || given === '/dev/stdin' || given === '/dev/fd/0';
}

function* inputsOf(given: string, how: Walk, options: InputOptions): Generator<InputFile> {
  if (isStandardInput(given)) {
    yield { path: slashes(options.stdinFilename ?? (given === '-' ? '<stdin>' : given)), read: readStandardInput };
    return;
  }
  if (given === '') {
    yield { path: given, read: () => ({ error: 'an empty name is no file; . is the working folder' }) };
    return;
  }
  const kind = kindOf(given);
  const path = slashes(given);
  if (kind === 'folder') yield* walk(path, how);
  else if (kind === 'nothing' && /[*?[{]/.test(given)) yield* globbed(path, options);
  else if (!how.excluded(path)) yield { path, read: () => readInput(given) };
}

/** The files that a glob names; it may name others than `.c` files. Nothing that fits is an error, as a path that is not there is. */
function* globbed(glob: string, options: InputOptions): Generator<InputFile> {
  const { base } = picomatch.scan(glob);
  const matches = matcher(glob.replace(/^\.\//, ''));
  const bare = (path: string): string => path.replace(/^\.\//, '');
  let any = false;
  if (kindOf(base === '' ? '.' : base) === 'folder')
    for (const input of walk(base === '.' ? '' : base, { useRules: options.ignore !== false, excluded: excluder(options.exclude ?? []), wanted: (path) => matches(bare(path)), leavesOut: (path) => options.leavesOut?.(path) === true })) {
      any = true;
      yield input;
    }
  if (!any) yield { path: glob, read: () => ({ error: 'no file fits this pattern' }) };
}

/**
 * Files to analyse, in the order of the arguments, each once. Lazy: a folder's files are read as they come.
 * A path that is neither file nor folder, and a glob that fits nothing, yield an input whose `read` gives the reason.
 * @throws UsageError for patterns that are none
 */
export function* expandInputs(paths: readonly string[], options: InputOptions = {}): Generator<InputFile> {
  const how: Walk = { useRules: options.ignore !== false, excluded: excluder(options.exclude ?? []), wanted: (path) => path.endsWith('.c'), leavesOut: (path) => options.leavesOut?.(path) === true };
  const known = new Set<string>();
  for (const given of paths) {
    for (const input of inputsOf(given, how, options)) {
      const key = resolve(input.path);
      if (known.has(key)) continue;
      known.add(key);
      yield input;
    }
  }
}
