/** `init`: writes a project file to begin with, out of what the folder says, and never over one that is there. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { mayBeProgram } from '../features/ebpfFile.js';
import { detect, type Detected } from '../project/detect.js';
import { PROJECT_FILE } from '../project/projectKeys.js';
import { starter } from '../project/starter.js';
import { EXIT, UsageError, type CliHost } from './host.js';
import { parseTargets, targetSetting } from './kernelOption.js';
import { filesBelow } from './projectWalk.js';
import { isFolder, readText, reasonOf } from './readText.js';
import { printable } from './terminal.js';

/** Files that say how a project is built, what is in it and what loads it. */
const WANTED = /\.(?:[ch]|go|mk|cmake)$|^(?:GNUm|M|m)akefile(?:\.\w+)?$|^(?:CMakeLists\.txt|meson\.build|compile_commands\.json|\.clangd|\.gitmodules|go\.mod|Cargo\.(?:toml|lock)|libbpf\.map)$/;
/** What builds write. */
const BUILT = ['build', 'out', '.output'];
/** Files and characters that are read; a tree with more of them says enough by then. */
const MAX_READ = 5_000;
const MAX_CHARACTERS = 64 * 1024 * 1024;

export interface InitOptions {
  readonly kernel?: string;
}

/**
 * @param folder where the file is made
 * @returns the exit code: 2 where one is there already, or it cannot be written
 * @throws UsageError for a target or a folder that is none
 */
export function init(folder: string, { kernel }: InitOptions, host: CliHost): number {
  const targets = kernel === undefined ? [] : parseTargets(kernel).targets;
  if (!isFolder(folder)) throw new UsageError(`${printable(folder)} is no folder`);
  const path = join(folder, PROJECT_FILE);
  const detected = lookAt(folder);
  let fd: number | undefined;
  try {
    // Fails where there is anything of that name, a link to nowhere too.
    fd = openSync(path, 'wx');
  } catch (error) {
    const there = (error as NodeJS.ErrnoException).code === 'EEXIST';
    host.err(`ebpf-lens: ${printable(path)} ${there ? 'is there already; it is left as it is' : `cannot be made: ${reasonOf(error)}`}\n`);
    return EXIT.trouble;
  }
  try {
    const bytes = Buffer.from(starter(targets.map(targetSetting).join(), detected));
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } catch (error) {
    rmSync(path, { force: true });
    host.err(`ebpf-lens: ${printable(path)} cannot be written: ${reasonOf(error)}\n`);
    return EXIT.trouble;
  } finally {
    closeSync(fd);
  }
  host.err(`ebpf-lens: ${printable(path)} is there now; what else it may say stands in it as comments\n${told(detected)}`);
  return EXIT.ok;
}

function told({ keys, notes }: Detected): string {
  return [...notes, ...keys.map(({ name, value, from, sure }) => `${sure ? '' : 'only as a comment, '}${name}: ${value} (${from})`)].map((line) => `  ${printable(line)}\n`).join('');
}

/** Reads what is in a folder, as far as that is worth it: links are not followed, no more is read than the limits say. */
function lookAt(folder: string): Detected {
  const files = [...filesBelow([folder], (name) => WANTED.test(name), BUILT)].map((path) => relative(folder, path).replaceAll(sep, '/')).sort();
  const listed = new Set(files);
  const texts = new Map<string, string | undefined>();
  let left = MAX_CHARACTERS;
  const text = (path: string): string | undefined => {
    if (texts.has(path)) return texts.get(path);
    // What is not listed may be a link.
    if (!listed.has(path) || texts.size >= MAX_READ || left <= 0) return undefined;
    const read = readText(join(folder, path));
    const content = 'text' in read ? read.text : undefined;
    left -= content?.length ?? 0;
    texts.set(path, content);
    return content;
  };
  const isProgram = (path: string): boolean => path.endsWith('.c') && mayBeProgram(path, text(path) ?? '');
  return detect({ paths: files, ebpf: files.filter(isProgram), text });
}
