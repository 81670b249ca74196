/** The compiler and its server for tests. They are Debian's (`setup.sh`); CI has them, and a machine without says so by skipping. */
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

function has(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** False where the tools are not installed; in CI that is a failure of the tests, not a reason to skip them. */
export const hasClang = process.env['CI'] !== undefined || (has('clang-19') && has('clangd-19'));

/** Debian's folder of headers for this machine, which `-target bpf` does not look into by itself. */
export const HEADERS = `/usr/include/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
export const TARGET_ARCH = process.arch === 'arm64' ? 'arm64' : 'x86';

/** Compiles files and returns what clang says, '' if nothing. */
export async function compile(files: readonly string[], args: readonly string[], cwd: string): Promise<string> {
  const flags = ['-g', '-O2', '-target', 'bpf', `-D__TARGET_ARCH_${TARGET_ARCH}`, '-Wall', '-Wno-unused-variable', '-idirafter', HEADERS, ...args];
  try {
    return (await run('clang-19', [...flags, '-c', ...files], { cwd, maxBuffer: 16e6 })).stderr;
  } catch (error) {
    return (error as { stderr?: string }).stderr ?? String(error);
  }
}
