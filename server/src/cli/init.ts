/** `init`: writes a project file to begin with, and never over one that is there. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_FILE } from '../project/projectKeys.js';
import { starter } from '../project/starter.js';
import { EXIT, UsageError, type CliHost } from './host.js';
import { parseTargets, targetSetting } from './kernelOption.js';
import { isFolder, reasonOf } from './readText.js';
import { printable } from './terminal.js';

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
    const bytes = Buffer.from(starter(targets.map(targetSetting).join()));
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } catch (error) {
    rmSync(path, { force: true });
    host.err(`ebpf-lens: ${printable(path)} cannot be written: ${reasonOf(error)}\n`);
    return EXIT.trouble;
  } finally {
    closeSync(fd);
  }
  host.err(`ebpf-lens: ${printable(path)} is there now; what it may say stands in it as comments\n`);
  return EXIT.ok;
}
