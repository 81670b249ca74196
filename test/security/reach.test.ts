/** The built command line and language server reach no network and start no program, whatever a workspace says. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter, type PublishDiagnosticsParams } from 'vscode-languageserver-protocol/node';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const GUARD = new URL('noSockets.mjs', import.meta.url).href;
const SECRET = 'sEcReT_0f_the_machine';
const PROGRAM = `#include "../../outside/secret.h"\n#include "http://localhost/x.h"\n#include "/etc/passwd"\nSEC("xdp") int p(struct xdp_md *ctx) { return bpf_get_current_pid_tgid() + bpf_skb_load_bytes(ctx, 0, 0, 0) + ctx->mark; }\n`;

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebpf-lens-reach-'));
  const workspace = join(folder, 'a/w');
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

it('the language server', async () => {
  const server = spawn(process.execPath, ['--import', GUARD, CLI, 'lsp', '--stdio'], { cwd: folder });
  let errors = '';
  server.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
  const everything: unknown[] = [];
  const shown = new Promise<PublishDiagnosticsParams>((resolve) => connection.onNotification('textDocument/publishDiagnostics', (p: PublishDiagnosticsParams) => {
    everything.push(p);
    resolve(p);
  }));
  connection.onNotification('window/logMessage', (p) => void everything.push(p));
  connection.listen();
  const workspace = pathToFileURL(join(folder, 'a/w')).href;
  await connection.sendRequest('initialize', { processId: null, rootUri: workspace, capabilities: {}, initializationOptions: { debounceMs: 0 } });
  await connection.sendNotification('initialized', {});
  const uri = pathToFileURL(file).href;
  await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'c', version: 1, text: PROGRAM } });
  expect((await shown).diagnostics.length).toBeGreaterThan(0);
  for (let line = 0; line < 4; line++) for (const character of [3, 15, 70]) for (const method of ['hover', 'completion', 'definition', 'documentLink']) {
    everything.push(await connection.sendRequest(`textDocument/${method}`, { textDocument: { uri }, position: { line, character } }).catch((error: Error) => error.message));
  }
  await connection.sendRequest('shutdown');
  const code = new Promise((resolve) => server.on('exit', resolve));
  await connection.sendNotification('exit');
  expect(await code).toBe(0);
  expect(errors).not.toContain('FORBIDDEN');
  const text = JSON.stringify(everything);
  expect(text).not.toContain(`${SECRET} not C`);
  expect(text).not.toContain('root:');
  connection.dispose();
}, 60_000);

it('nothing that a workspace names was run', () => {
  expect(readdirSync(folder)).toEqual(['a']);
});
