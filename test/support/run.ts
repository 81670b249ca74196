/** Runs a program without holding the thread, so that the runner is heard meanwhile; for what takes seconds. */
import { execFile, type ExecFileOptions } from 'node:child_process';

export interface Ended {
  /** The exit code; null if a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program and waits for its end, whatever its code. Rejects if it cannot be started. */
export function run(command: string, args: readonly string[], options: ExecFileOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { maxBuffer: 2 ** 29, ...options, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code === 'string') reject(error);
      else resolve({ status: child.exitCode, signal: child.signalCode, stdout, stderr });
    });
    child.stdin?.end();
  });
}

/** The same for what must go well. */
export async function runWell(command: string, args: readonly string[], options: ExecFileOptions = {}): Promise<string> {
  const { status, stdout, stderr } = await run(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}
