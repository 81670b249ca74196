/** The built command line and language server reach no network and start no program, whatever a workspace says. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CLI, startWatched } from './server.js';

const GUARD = new URL('noSockets.mjs', import.meta.url).href;
const SECRET = 'sEcReT_0f_the_machine';
const PROGRAM = `#include "../../outside/secret.h"\n#include "http://localhost/x.h"\n#include "/etc/passwd"\nSEC("xdp") int p(struct xdp_md *ctx) { return bpf_get_current_pid_tgid() + bpf_skb_load_bytes(ctx, 0, 0, 0) + ctx->mark; }\n`;

let folder: string;
let workspace: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebpf-lens-reach-'));
  workspace = join(folder, 'a/w');
  mkdirSync(join(workspace, 'src'), { recursive: true });
  mkdirSync(join(folder, 'a/outside'));
  writeFileSync(join(folder, 'a/outside/secret.h'), `${SECRET} not C at all; int ${SECRET}_x = "${SECRET}";\n`);
  // Everything that names a program, or an address, somewhere.
  writeFileSync(join(workspace, 'compile_commands.json'), JSON.stringify([{ directory: 'http://localhost/', file: join(workspace, 'src/a.bpf.c'), command: `$(touch ${join(folder, 'ran')}); sh -c "touch ${join(folder, 'ran')}" -I/etc -include ../../outside/secret.h` }]));
  writeFileSync(join(workspace, '.clangd'), 'CompileFlags:\n  Compiler: /bin/touch\n  CompilationDatabase: http://localhost/\n  Add: [-fplugin=/bin/true.so, -I/etc]\n');
  file = join(workspace, 'src/a.bpf.c');
  writeFileSync(file, PROGRAM);
});
afterAll(() => rmSync(folder, { recursive: true }));

it('the guard itself ends what connects or starts a program', () => {
  for (const code of ["require('node:net').connect(9)", "fetch('http://localhost')", "require('node:child_process').spawnSync('true')", "import('node:https').then((m) => m.default.get('https://localhost'))"]) {
    expect(spawnSync(process.execPath, ['--import', GUARD, '-e', code]).status, code).toBe(97);
  }
});

it.each([['check'], ['check', '--format', 'json'], ['check', '--format', 'sarif'], ['matrix'], ['min-kernel']])('%s %s %s', (...args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', GUARD, CLI, ...args, file], { encoding: 'utf8', cwd: folder });
  expect(stderr).not.toContain('FORBIDDEN');
  expect(status).toBeOneOf([0, 1]);
  expect(stdout).toContain('a.bpf.c');
  // What a header outside holds is read as C and shown to nobody.
  expect(stdout + stderr).not.toContain(SECRET);
  expect(stdout + stderr).not.toContain('root:');
});

it('check --diff, in a repository whose configuration names programs', () => {
  const git = (...args: string[]): void => void execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: workspace });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'one');
  for (const key of ['core.fsmonitor', 'diff.external', 'core.sshCommand', 'core.pager', 'filter.x.clean']) git('config', key, `touch ${join(folder, 'ran')}`);
  writeFileSync(join(workspace, '.gitattributes'), '*.c filter=x diff=x\n');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', GUARD, CLI, 'check', '--diff', 'HEAD', file], { encoding: 'utf8', cwd: workspace });
  expect(stderr).toMatch(/^ebpf-lens: \d+ findings? on lines that did not change/);
  expect(status).toBe(0);
  expect(stdout).toContain(' 0 errors');
});

it('the language server', async () => {
  const server = await startWatched(workspace, [GUARD], { initializationOptions: { debounceMs: 0 } });
  expect((await server.show(file, PROGRAM)).diagnostics.length).toBeGreaterThan(0);
  const uri = pathToFileURL(file).href;
  const answers: unknown[] = [];
  for (let line = 0; line < 4; line++) for (const character of [3, 15, 70]) for (const method of ['hover', 'completion', 'definition', 'documentLink']) {
    answers.push(await server.connection.sendRequest(`textDocument/${method}`, { textDocument: { uri }, position: { line, character } }).catch((error: Error) => error.message));
  }
  const { code, errors } = await server.end();
  expect(code).toBe(0);
  expect(errors).not.toContain('FORBIDDEN');
  const text = JSON.stringify([server.said, answers]);
  expect(text).not.toContain(`${SECRET} not C`);
  expect(text).not.toContain('root:');
});

it('nothing that a workspace names was run', () => {
  expect(readdirSync(folder)).toEqual(['a']);
});
