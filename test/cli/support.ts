/** Runs the command line as people do: the built bundle in a process of its own, over a folder of files. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, readdirSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import type { CheckJson } from '../../server/src/cli/report.js';

const ROOT = path.join(import.meta.dirname, '../..');
const CACHE = path.join(ROOT, '.cache/cli-test');
const PARTS = 'cli,cliMain,cliWorker,server,serverMain,worker,yaml,chokidar,facts,wasm,licenses';

/** Stands for every file that the bundles are made of, by time and size. */
function fingerprint(): string {
  const hash = createHash('sha1').update(PARTS);
  const visit = (dir: string): void => {
    for (const entry of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const file = path.join(dir, entry.name);
      if (entry.isDirectory()) visit(file);
      else {
        const { mtimeMs, size } = statSync(file);
        hash.update(`${file} ${mtimeMs} ${size}\n`);
      }
    }
  };
  visit(path.join(ROOT, 'server/src'));
  visit(path.join(ROOT, 'data'));
  for (const name of ['esbuild.mjs', 'package.json']) hash.update(readFileSync(path.join(ROOT, name)));
  return hash.digest('hex').slice(0, 16);
}

let built: string | undefined;

/** Builds server and command line as they are when first asked for, unless that was done. @returns the folder, to be used like dist/ */
export function builtCli(): string {
  return (built ??= findOrBuild());
}

function findOrBuild(): string {
  const dir = path.join(CACHE, fingerprint());
  if (existsSync(dir)) return dir;
  mkdirSync(CACHE, { recursive: true });
  const temp = mkdtempSync(path.join(CACHE, 'building-'));
  const result = spawnSync(process.execPath, [path.join(ROOT, 'esbuild.mjs'), '--outdir', temp, '--only', PARTS], { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`the build failed:\n${result.stderr}`);
  try {
    renameSync(temp, dir);
  } catch {
    // Another test file was faster.
    rmSync(temp, { recursive: true, force: true });
  }
  for (const old of readdirSync(CACHE)) if (Date.now() - statSync(path.join(CACHE, old)).mtimeMs > 3_600_000) rmSync(path.join(CACHE, old), { recursive: true, force: true });
  return dir;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The longest that a run may take, ms. */
const LIMIT_MS = 150_000;

/**
 * The command in a process that is kept for the next run, of the next test file too, since starting one costs more than most runs. One a thread of
 * the runner's, with which it ends. Calls wait for their answer, as they do for a process.
 */
class KeptCommand {
  private readonly requests: number;
  private readonly answers: number;
  private readonly child: ChildProcess;
  private rest = Buffer.alloc(0);

  constructor(cli: string) {
    const dir = mkdtempSync(path.join(tmpdir(), 'ebpf-lens-kept-'));
    const [requests, answers] = [path.join(dir, 'requests'), path.join(dir, 'answers')];
    execFileSync('mkfifo', [requests, answers]);
    this.child = spawn(process.execPath, [path.join(import.meta.dirname, 'kept.mjs'), cli, requests, answers], { stdio: 'ignore', env: { ...process.env, NO_COLOR: '' } });
    this.child.unref();
    // Neither waits for the child, which may not even have started.
    this.answers = openSync(answers, constants.O_RDONLY | constants.O_NONBLOCK);
    this.requests = openSync(requests, constants.O_RDWR);
  }

  run(cwd: string, args: readonly string[]): Ran {
    writeSync(this.requests, `${JSON.stringify({ cwd, args })}\n`);
    return JSON.parse(this.line(args)) as Ran;
  }

  private line(args: readonly string[]): string {
    const buffer = Buffer.alloc(1 << 16);
    const pieces = [this.rest];
    for (let waited = 0; waited < LIMIT_MS; ) {
      const count = this.read(buffer);
      const end = buffer.subarray(0, count).indexOf(10);
      if (end >= 0) {
        this.rest = Buffer.from(buffer.subarray(end + 1, count));
        return Buffer.concat([...pieces, buffer.subarray(0, end)]).toString();
      }
      pieces.push(Buffer.from(buffer.subarray(0, count)));
      if (count === 0) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
        waited += 2;
      }
    }
    this.child.kill('SIGKILL');
    kept = undefined;
    throw new Error(`no answer in ${LIMIT_MS} ms: ebpf-lens ${args.join(' ')}`);
  }

  /** How many bytes are there now. */
  private read(buffer: Buffer): number {
    try {
      return readSync(this.answers, buffer);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      throw error;
    }
  }
}

let kept: KeptCommand | undefined;

/** A folder with files in it, and the command line run there. */
export class Workspace {
  readonly dir = mkdtempSync(path.join(tmpdir(), 'ebpf-lens-cli-'));

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string | Uint8Array): void {
    const file = path.join(this.dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Runs `cli.js` with these arguments, in a process that earlier runs have used, too. */
  run(...args: string[]): Ran {
    return (kept ??= new KeptCommand(path.join(builtCli(), 'cli.js'))).run(this.dir, args);
  }

  /** Runs `cli.js` with these arguments in a process of its own. */
  runAlone(...args: string[]): Ran {
    const result = spawnSync(process.execPath, [path.join(builtCli(), 'cli.js'), ...args], {
      cwd: this.dir,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      timeout: LIMIT_MS,
      env: { ...process.env, NO_COLOR: '', FORCE_COLOR: '' },
    });
    return { code: result.status, stdout: result.stdout, stderr: result.stderr };
  }

  /** Runs a shell line in which `$CLI` is the command. */
  shell(line: string): Ran {
    const result = spawnSync('bash', ['-c', line], { cwd: this.dir, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '', CLI: `${process.execPath} ${path.join(builtCli(), 'cli.js')}` } });
    return { code: result.status, stdout: result.stdout, stderr: result.stderr };
  }

  /** Runs `check --format json`; the report has been held against the schema. */
  check(...args: string[]): Ran & { readonly report: CheckJson } {
    const ran = this.run('check', '--format', 'json', ...args);
    return { ...ran, report: parseReport(ran.stdout) };
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

const validate = new Ajv({ allErrors: true }).compile<CheckJson>(JSON.parse(readFileSync(path.join(import.meta.dirname, 'check.schema.json'), 'utf8')));

/** Parses a report and holds it against check.schema.json. */
export function parseReport(text: string): CheckJson {
  const report: unknown = JSON.parse(text);
  if (!validate(report)) throw new Error(`the report breaks its schema:\n${JSON.stringify(validate.errors?.slice(0, 5), null, 1)}`);
  return report;
}
