/**
 * What a project's own files say that belongs into its project file: include folders, macros, the libbpf that it loads with, folders of others.
 * Pure: paths and texts come from the caller. A guess is written as a comment, only what a file says outright is a key.
 */
import { bpf2goFlags, folderOf, makefileFlags, type BuildFlags, type SourceFolders } from './buildFlags.js';
import { cmakeFlags } from './cmakeFlags.js';
import { mesonFlags } from './mesonFlags.js';

/** A project's files as they were found. */
export interface Looked {
  /** Relative to the project's folder, with `/`. */
  readonly paths: readonly string[];
  /** Those of them that hold eBPF C. */
  readonly ebpf: readonly string[];
  /** Undefined for what cannot be read. */
  text(path: string): string | undefined;
}

/** A key for the project file. */
export interface DetectedKey {
  readonly name: string;
  /** As YAML, on one line. */
  readonly value: string;
  /** Where it comes from: a clause for a comment. */
  readonly from: string;
  /** False for what is only offered. */
  readonly sure: boolean;
}

export interface Detected {
  readonly keys: readonly DetectedKey[];
  /** Sentences about what was found and is no key. */
  readonly notes: readonly string[];
}

/** More of anything than this is no list to write down. */
const MAX_LISTED = 20;
const LICENSE = /\bSEC\s*\(\s*"license"\s*\)\s*=\s*"([^"\\\n]{1,64})"/;
const ARCHITECTURE = '__TARGET_ARCH_';
/** Folders in which projects keep what others wrote. */
const OTHERS = /^(.*\/)?(?:vendor|third_?party|3rdparty|external)\//;

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
/** What may stand in a comment or in quotes on one line. */
const isPlain = (path: string): boolean => path.length <= 200 && !/[\p{Cc}\u2028\u2029]/u.test(path);
const quoted = (text: string): string => (/^[A-Za-z_][\w./+-]*$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`);
const list = (items: readonly string[]): string => `[${items.map(quoted).join(', ')}]`;
const few = (paths: readonly string[]): string => paths.slice(0, 3).join(', ') + (paths.length > 3 ? ` and ${paths.length - 3} more` : '');
const isBelow = (path: string, folder: string): boolean => folder === '' || path.startsWith(`${folder}/`);
const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** Looks at all of it. Unreadable files say nothing. */
export function detect(looked: Looked): Detected {
  const plain = { ...looked, paths: looked.paths.filter(isPlain), ebpf: looked.ebpf.filter(isPlain) };
  const submodules = submodulesOf(plain);
  const own = plain.ebpf.filter((path) => !submodules.some((folder) => isBelow(path, folder)));
  const loader = loaderOf(plain);
  const keys = [...licenseKey(plain, own), ...libbpfKey(plain, own, loader), ...flagKeys(plain, submodules), ...excludeKey(plain, submodules)];
  const folders = new Set(own.map(folderOf));
  const notes = [
    own.length === 0 ? 'No eBPF C was found.' : `${counted(own.length, 'file')} with eBPF C in ${few([...folders].map((folder) => (folder === '' ? 'this folder' : `${folder}/`)))}.`,
    ...(loader === undefined ? [] : [loader.note]),
    ...plain.paths.filter((path) => /^(?:build\/)?compile_commands\.json$|^\.clangd$/.test(path)).map((path) => `The flags in ${path} are used as they are.`),
    ...vmlinuxNotes(plain),
  ];
  return { keys, notes };
}

/** Paths of the submodules that git knows. */
function submodulesOf({ text }: Looked): readonly string[] {
  return (text('.gitmodules') ?? '').split(/\r?\n/).map((line) => line.split('=')).flatMap(([key, value]) => (key?.trim() === 'path' && value !== undefined && value.trim() !== '' ? [value.trim()] : [])).filter(isPlain).slice(0, MAX_LISTED);
}

/** What loads the programs, where that is not libbpf, or a binding of it. */
function loaderOf({ paths, text }: Looked): { readonly note: string } | undefined {
  for (const path of paths) {
    if (nameOf(path) === 'go.mod' && text(path)?.includes('github.com/cilium/ebpf')) return { note: `${path} has cilium/ebpf: what only libbpf refuses may not matter.` };
    if (nameOf(path) === 'Cargo.toml' && hasAya(text(path) ?? '')) return { note: `${path} has aya: programs in Rust are checked as objects only.` };
  }
  return undefined;
}

/** `aya = "0.13"`, `aya.workspace = true`, or the crate of its programs. */
function hasAya(manifest: string): boolean {
  return manifest.split('\n').some((line) => /^aya(?:-ebpf|-bpf)?\s*[=.]/.test(line.trimStart()));
}

function licenseKey({ text }: Looked, own: readonly string[]): DetectedKey[] {
  const said = own.flatMap((path) => LICENSE.exec(text(path) ?? '')?.[1] ?? []);
  const [first] = said;
  if (first === undefined || said.length === own.length || new Set(said).size > 1 || !isPlain(first)) return [];
  return [{ name: 'license', value: quoted(first), from: `${said.length} of ${counted(own.length, 'file')} with eBPF C say so`, sure: false }];
}

/** The libbpf that is in the project, by its headers, its list of symbols, or the crate that holds it. */
function libbpfKey({ paths, text }: Looked, own: readonly string[], loader: object | undefined): DetectedKey[] {
  const found = new Map<string, string>();
  const put = (version: string | undefined, path: string): void => {
    if (version !== undefined && !found.has(version)) found.set(version, path);
  };
  for (const path of paths) {
    if (nameOf(path) === 'Cargo.lock' && own.every((file) => isBelow(file, folderOf(path)))) put(/name = "libbpf-sys"\r?\nversion = "(\d{1,3}\.\d{1,3})\./.exec(text(path) ?? '')?.[1], path);
    // Its own folder of sources; a copy among installed headers is as old or new as whoever installed it.
    if (!/(?:^|\/)libbpf\/(?:src\/)?libbpf(?:_version\.h|\.map)$/.test(path)) continue;
    const content = text(path) ?? '';
    const [major, minor] = ['MAJOR', 'MINOR'].map((part) => new RegExp(`#define LIBBPF_${part}_VERSION (\\d{1,3})\\b`).exec(content)?.[1]);
    if (major !== undefined && minor !== undefined) put(`${major}.${minor}`, path);
    // Older ones have no such header; the list's last entry may be one that is still in the making.
    else if (path.endsWith('.map') && !paths.includes(`${folderOf(path)}/libbpf_version.h`)) put([...content.matchAll(/^LIBBPF_(\d{1,3}\.\d{1,3})\.\d/gm)].at(-1)?.[1], path);
  }
  const [only] = found;
  if (only === undefined || found.size > 1) return [];
  return [{ name: 'libbpf', value: `'${only[0]}'`, from: only[1], sure: loader === undefined }];
}

/** From build files: the folders that are there, and macros, which conditions of the build may choose between. */
function flagKeys(looked: Looked, submodules: readonly string[]): DetectedKey[] {
  const { paths, ebpf } = looked;
  const listed = new Set(paths);
  const there = new Set(paths.flatMap((path) => foldersAbove(path).slice(0, -1)));
  const own = new Set(ebpf.map(folderOf));
  const from = new Map<string, BuildFlags>();
  for (const path of paths) {
    const flags = submodules.some((folder) => isBelow(path, folder)) ? undefined : flagsIn(path, listed, looked);
    if (flags === undefined) continue;
    // A file's own folder is looked in first, whatever the flags say.
    const folders = flags.folders.filter((folder) => isPlain(folder) && there.has(folder) && own.size > 0 && !(own.size === 1 && own.has(folder)));
    if (folders.length + flags.macros.length > 0) from.set(path, { folders, macros: flags.macros });
  }
  return [...includeKey(from, vmlinuxFolders(paths)), ...macroKey(from)];
}

/** The folders that a file is in, its own first; the last is '', the project's. */
function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) folders.push(folder);
  return [...folders, ''];
}

/** What a build file says; undefined for another file. */
function flagsIn(path: string, listed: ReadonlySet<string>, looked: Looked): BuildFlags | undefined {
  const name = nameOf(path);
  const text = (): string => looked.text(path) ?? '';
  if (/^(?:GNUm|M|m)akefile(?:\.\w+)?$|\.mk$/.test(name)) return makefileFlags(path, text());
  if (path.endsWith('.go')) return bpf2goFlags(path, text());
  if (name === 'CMakeLists.txt' || name.endsWith('.cmake')) return cmakeFlags(path, text(), sourceFolders(path, 'CMakeLists.txt', listed, looked));
  return name === 'meson.build' ? mesonFlags(text(), sourceFolders(path, name, listed, looked)) : undefined;
}

/** The folders that a build file may name. @param name of the files that such a build has in its folders @param listed all paths */
function sourceFolders(path: string, name: string, listed: ReadonlySet<string>, { text }: Looked): SourceFolders {
  const known = foldersAbove(path).map((folder) => ({ folder, file: folder === '' ? name : `${folder}/${name}` })).filter(({ file }) => listed.has(file));
  const own = folderOf(path);
  const project = known.find(({ file }) => /^[ \t]*project[ \t]*\(/im.test(text(file) ?? ''));
  return { own, project: project?.folder ?? own, top: known.at(-1)?.folder ?? own };
}

function includeKey(from: ReadonlyMap<string, BuildFlags>, vmlinux: readonly string[]): DetectedKey[] {
  const sources = [...from].filter(([, { folders }]) => folders.length > 0).map(([path]) => path);
  const folders = new Set([...from.values()].flatMap((flags) => flags.folders));
  // What several build files say otherwise each holds for a part of the project.
  const agreed = [...from.values()].every((flags) => flags.folders.length === 0 || flags.folders.length === folders.size);
  const [types] = vmlinux;
  if (types !== undefined && types !== '' && vmlinux.length === 1 && !folders.has(types)) {
    sources.push(`${types}/vmlinux.h`);
    folders.add(types);
  }
  return folders.size === 0 ? [] : [{ name: 'includePaths', value: list([...folders].slice(0, MAX_LISTED)), from: few(sources), sure: agreed }];
}

function macroKey(from: ReadonlyMap<string, BuildFlags>): DetectedKey[] {
  const all = [...new Set([...from.values()].flatMap((flags) => flags.macros))];
  // A build for several processors sets one of them each time.
  const architectures = all.filter((macro) => macro.startsWith(ARCHITECTURE));
  const macros = architectures.length > 1 ? all.filter((macro) => !architectures.includes(macro)) : all;
  if (macros.length === 0 || macros.length > MAX_LISTED) return [];
  return [{ name: 'macros', value: list(macros), from: few([...from].filter((entry) => entry[1].macros.length > 0).map(([path]) => path)), sure: false }];
}

const vmlinuxFolders = (paths: readonly string[]): readonly string[] => paths.filter((path) => nameOf(path) === 'vmlinux.h').map(folderOf);

function vmlinuxNotes({ paths }: Looked): readonly string[] {
  const folders = vmlinuxFolders(paths);
  if (folders.length === 0) return [];
  return [folders.length === 1 ? `vmlinux.h is in ${folders[0] === '' ? 'this folder' : `${folders[0]}/`}.` : `vmlinux.h is in ${few(folders)}: say in includePaths which one counts.`];
}

/** Submodules are others' for certain; folders that are called so may be. */
function excludeKey({ ebpf }: Looked, submodules: readonly string[]): DetectedKey[] {
  const modules = submodules.filter((folder) => ebpf.some((path) => isBelow(path, folder)));
  if (modules.length > 0) return [{ name: 'exclude', value: list(modules.map((folder) => `${folder}/**`)), from: 'submodules with eBPF C of their own, by .gitmodules', sure: true }];
  const folders = [...new Set(ebpf.flatMap((path) => OTHERS.exec(path)?.[0] ?? []))].slice(0, MAX_LISTED);
  return folders.length === 0 ? [] : [{ name: 'exclude', value: list(folders.map((folder) => `${folder}**`)), from: 'folders with eBPF C that look like others\'', sure: false }];
}
