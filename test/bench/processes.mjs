/** Runs other programs and says what they cost: the clock, the processor, and peak memory. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { peakMemory } from './client.mjs';

/** Between two looks at a program's memory, ms; what it takes in its last ones may be missed. */
const LOOK_MS = 20;

/** True if a program of this name can be started. */
export const installed = (name) => spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name]).status === 0;

/**
 * Runs a program to its end.
 * @param options `core`: the processor that it is bound to; `cwd`
 * @returns `wall` and `cpu` (all its processes, system included) in seconds, `peak` in MiB (NaN if it was too short to be seen), `code`, `stdout`, `stderr`
 */
export async function timed(command, { core, cwd } = {}) {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ebpf-lens-timed-'));
  try {
    const bound = core === undefined || !installed('taskset') ? [] : ['taskset', '-c', String(core)];
    const [out, err] = [path.join(dir, 'out'), path.join(dir, 'err')];
    const child = spawn('bash', ['-c', 'out=$1 err=$2; shift 2; TIMEFORMAT="%R %U %S"; time "$@" >"$out" 2>"$err" </dev/null', 'bash', out, err, ...bound, ...command], { cwd, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
    let told = '', peak = NaN;
    child.stderr.on('data', (d) => (told += d));
    const look = setInterval(() => {
      const now = peakMemory(child.pid, false);
      if (now > 0 && !(peak > now)) peak = now;
    }, LOOK_MS);
    const code = await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    }).finally(() => clearInterval(look));
    const [wall, user, system] = told.trim().split('\n').at(-1).split(' ').map(Number);
    return { wall, cpu: user + system, peak, code, stdout: readFileSync(out, 'utf8'), stderr: readFileSync(err, 'utf8') };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
