/**
 * The GitHub Action and the pre-commit hook. GitHub's runner and pre-commit itself are not here: the action's shell step is run as
 * the runner does, with its variables, and the hook's entry as pre-commit does, with the staged files behind it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { builtCli, Workspace } from './support.js';

const ROOT = path.join(import.meta.dirname, '../..');
const LICENSE = 'char LICENSE[] SEC("license") = "GPL";\n';
const GOOD = `SEC("xdp") int good(struct xdp_md *ctx) { return 2; }\n${LICENSE}`;
const BAD = `SEC("xdp") int bad(struct xdp_md *ctx) { bpf_probe_write_user(0, 0, 0); return 2; }\n${LICENSE}`;

interface Step {
  readonly id: string;
  readonly shell: string;
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
}
interface Action {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly [Step] };
}
const action = parse(readFileSync(path.join(ROOT, 'action.yml'), 'utf8')) as Action;

let ws: Workspace;
beforeAll(() => void builtCli(), 300_000);
beforeEach(() => {
  ws = new Workspace();
});
afterEach(() => ws.remove());
const read = (name: string): string => readFileSync(path.join(ws.dir, name), 'utf8');

describe('the action', () => {
  const [step] = action.runs.steps;

  it('is composite, describes what it takes and gives, and uses no expression inside a script', () => {
    expect(action.runs).toMatchObject({ using: 'composite', steps: [{ id: 'check', shell: 'bash' }] });
    for (const entry of [action, ...Object.values(action.inputs), ...Object.values(action.outputs)]) expect(entry.description.length).toBeGreaterThan(20);
    for (const input of Object.values(action.inputs)) expect(typeof input.default).toBe('string');
    expect(step.run).not.toContain('${{');
    const used = [...JSON.stringify(step.env).matchAll(/inputs\.([\w-]+)/g)].map((m) => m[1]);
    expect(used.sort()).toEqual(Object.keys(action.inputs).sort());
    const script = readFileSync(path.join(ROOT, 'scripts/action.sh'), 'utf8');
    expect([...new Set(script.match(/LENS_\w+/g))].filter((name) => name !== 'LENS_').sort()).toEqual(Object.keys(step.env).sort());
    for (const name of Object.keys(action.outputs)) expect(script).toContain(`${name}=`);
  });

  /** Runs the step with inputs as the runner resolves them. */
  function run(inputs: Readonly<Record<string, string>>): { code: number | null; stdout: string; stderr: string; outputs: string; summary: string } {
    mkdirSync(path.join(ws.dir, '.action'));
    symlinkSync(builtCli(), path.join(ws.dir, '.action/dist'));
    symlinkSync(path.join(ROOT, 'scripts'), path.join(ws.dir, '.action/scripts'));
    mkdirSync(path.join(ws.dir, '.temp'));
    const expand = (text: string): string => text.replace(/\$\{\{ *(.*?) *\}\}/g, (_, what: string) => (what === 'github.action_path' ? path.join(ws.dir, '.action') : (inputs[what.slice('inputs.'.length)] ?? action.inputs[what.slice('inputs.'.length)]!.default)));
    const env = Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, expand(value)]));
    for (const name of ['.out', '.summary']) writeFileSync(path.join(ws.dir, name), '');
    const ran = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
      cwd: ws.dir,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: ws.dir, ...env, GITHUB_OUTPUT: path.join(ws.dir, '.out'), GITHUB_STEP_SUMMARY: path.join(ws.dir, '.summary'), RUNNER_TEMP: path.join(ws.dir, '.temp') },
    });
    return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr, outputs: read('.out'), summary: read('.summary') };
  }

  it('annotates, sums up and fails', () => {
    ws.write('src/a b.bpf.c', BAD);
    expect(run({ paths: '  src  \n\n' })).toEqual({ code: 1, stderr: '', outputs: 'exit-code=1\n', stdout: expect.stringMatching(/^::error file=src\/a b\.bpf\.c,line=1/), summary: expect.stringMatching(/^## ❌ eBPF Lens: 1 error/) });
  });
  it('writes SARIF, respects kernel, baseline and what fails', () => {
    ws.write('a.c', BAD);
    ws.write('b.c', GOOD);
    ws.run('check', '--baseline', 'base.json', '--write-baseline', '.');
    const { code, outputs } = run({ format: 'sarif', kernel: '6.1', baseline: 'base.json', 'fail-on': 'info', summary: 'false', paths: 'a.c\nb.c' });
    expect(code).toBe(0);
    expect(outputs).toBe(`report=${path.join(ws.dir, '.temp/ebpf-lens.sarif')}\nexit-code=0\n`);
    expect(JSON.parse(read('.temp/ebpf-lens.sarif'))).toMatchObject({ runs: [{ results: [], properties: { target: { min: '6.1' } } }] });
  });
  it('tells only what a pull request changed, by the first parent of its merge', () => {
    const git = (...args: string[]): string => execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], { cwd: ws.dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    ws.write('old.c', BAD);
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-qm', 'one');
    git('checkout', '-qb', 'change');
    ws.write('new.c', BAD);
    git('add', '.');
    git('commit', '-qm', 'two');
    git('checkout', '-q', '--detach', 'main');
    git('merge', '-q', '--no-ff', '-m', 'merge', 'change');
    const { code, stdout } = run({ diff: 'HEAD^1', summary: 'false' });
    expect(code).toBe(1);
    expect(stdout.split('\n')).toEqual([expect.stringMatching(/^::error file=new\.c,line=1/), '2 files, 2 programs: 1 error, 0 warnings, 0 notes', '']);
  });
  it('takes no input for a command or an option', () => {
    ws.write('--format', BAD);
    expect(run({ paths: '--format\n$(touch hacked)\n`touch hacked`; touch hacked', summary: 'false' })).toMatchObject({ code: 2, stderr: expect.stringContaining('$(touch hacked): no such file'), stdout: expect.stringContaining('file=--format,line=1') });
    expect(() => read('hacked')).toThrow();
  });
});

describe('the hook', () => {
  const hooks = parse(readFileSync(path.join(ROOT, '.pre-commit-hooks.yaml'), 'utf8')) as readonly Record<string, unknown>[];
  it('says what pre-commit needs to know', () => {
    expect(hooks).toHaveLength(1);
    expect(hooks[0]).toMatchObject({ id: 'ebpf-lens', language: 'system', files: '\\.c$', types: ['c'], require_serial: true });
    for (const key of ['name', 'description', 'entry']) expect(typeof hooks[0]![key]).toBe('string');
  });
  it("runs the project's own command on the staged files, in a repository", () => {
    ws.write('bpf/a.bpf.c', BAD);
    ws.write('bpf/b.bpf.c', BAD);
    ws.write('user.c', 'int main(void) { return 0; }\n');
    ws.write('package.json', '{ "name": "x", "private": true }');
    mkdirSync(path.join(ws.dir, 'node_modules/.bin'), { recursive: true });
    symlinkSync(path.join(builtCli(), 'cli.js'), path.join(ws.dir, 'node_modules/.bin/ebpf-lens'));
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: ws.dir, encoding: 'utf8' });
    git('init', '-q');
    git('add', 'bpf/a.bpf.c', 'user.c');
    const staged = git('diff', '--cached', '--name-only').trim().split('\n').filter((name) => new RegExp(String(hooks[0]!['files'])).test(name));
    const [command, ...args] = String(hooks[0]!['entry']).split(' ');
    const hook = (...more: string[]): ReturnType<typeof spawnSync> => spawnSync(command!, [...args, ...more, ...staged], { cwd: ws.dir, encoding: 'utf8', env: { ...process.env, npm_config_offline: 'true' } });
    const ran = hook('--kernel', '6.1');
    expect(ran.status).toBe(1);
    expect(ran.stdout).toMatch(/^bpf\/a\.bpf\.c:1:42: error:/);
    expect(ran.stdout).not.toContain('b.bpf.c');
    ws.write('bpf/a.bpf.c', GOOD);
    expect(hook()).toMatchObject({ status: 0, stdout: '2 files, 1 program: 0 errors, 0 warnings, 0 notes\n' });
  });
});
