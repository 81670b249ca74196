/**
 * A workspace that the editor does not trust: whatever its files name, and wherever its links lead, the server opens nothing outside of its
 * folder but its own files and the system's headers. Every open of the process is recorded; the same workspace, trusted, shows that the record works.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CLI, startWatched } from './server.js';

const RECORDER = new URL('recordReads.mjs', import.meta.url).href;
const HEADERS = ['beside.h', '../../outside/up.h', 'file_link.h', 'folder_link/through.h', 'by_I.h', 'by_clangd.h', 'chain.h', 'dangling.h', 'circle.h', 'pipe.h', 'zero.h', 'memory.h', 'folder.h', 'closed.h'];

let top: string;
let workspace: string;
let outside: string;
let text: string;

beforeAll(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'ebpf-lens-confined-')));
  workspace = join(top, 'a/w');
  outside = join(top, 'a/outside');
  mkdirSync(join(workspace, 'src'), { recursive: true });
  mkdirSync(join(workspace, '.git'));
  mkdirSync(outside);
  const header = (path: string, name: string): void => writeFileSync(path, `#define ${name} 1\n`);
  for (const name of ['up', 'file', 'through', 'by_I', 'by_clangd', 'chain', 'project']) header(join(outside, `${name}.h`), `SEEN_${name}`);
  header(join(workspace, 'src/beside.h'), 'SEEN_beside');
  writeFileSync(join(outside, 'kernel.btf'), 'not BTF');
  writeFileSync(join(outside, 'other.bpf.c'), 'SEC("xdp") int p(struct xdp_md *ctx) { return bpf_get_current_pid_tgid(); }\n');
  writeFileSync(join(top, 'a/.ebpf-lens.yaml'), 'kernel: 5.4\n');
  writeFileSync(join(outside, 'linked.clangd'), 'CompileFlags:\n  Add: [-DLINKED]\n');
  const link = (name: string, to: string): void => symlinkSync(to, join(workspace, 'src', name));
  link('file_link.h', join(outside, 'file.h'));
  link('folder_link', outside);
  link('chain_2.h', join(outside, 'chain.h'));
  link('chain.h', 'chain_2.h');
  link('dangling.h', join(outside, 'nothing.h'));
  link('circle.h', 'circle.h');
  link('zero.h', '/dev/zero');
  link('memory.h', '/proc/self/mem');
  link('linked.bpf.c', join(outside, 'other.bpf.c'));
  link('.clangd', join(outside, 'linked.clangd'));
  execFileSync('mkfifo', [join(workspace, 'src/pipe.h'), join(workspace, 'src/pipe.btf')]);
  mkdirSync(join(workspace, 'src/folder.h'));
  mkdirSync(join(workspace, 'folder.bpf.c'));
  writeFileSync(join(workspace, 'src/closed.h'), '#define SEEN_closed 1\n');
  chmodSync(join(workspace, 'src/closed.h'), 0);
  writeFileSync(join(workspace, 'compile_commands.json'), JSON.stringify([{ directory: workspace, file: 'src/a.bpf.c', arguments: ['cc', `-I${outside}`, '-I../outside', '-I/etc', '-include', join(outside, 'project.h'), 'src/a.bpf.c'] }]));
  writeFileSync(join(workspace, '.clangd'), `CompileFlags:\n  Add: [-I${outside}, -I/root]\n`);
  writeFileSync(join(workspace, 'src/.ebpf-lens.yaml'), `kernel: ["5.4", "../../outside/kernel.btf", ${join(outside, 'kernel.btf')}, "./pipe.btf"]\nincludePaths: [folder_link, ../../outside, /etc]\nextends: ../../outside/base.yaml\n`);
  text = `${HEADERS.map((name) => `#include "${name}"\n`).join('')}#include "/etc/passwd"\nSEC("xdp") int p(struct xdp_md *ctx) { return bpf_get_current_pid_tgid() + ctx->data; }\n`;
  writeFileSync(join(workspace, 'src/a.bpf.c'), text);
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

/** Opens the file and asks for all that makes the server read. @returns what was opened, links resolved, and all that was said */
async function session(trusted: boolean | undefined): Promise<{ readonly opened: readonly string[]; readonly told: string }> {
  const reads = join(top, `reads-${String(trusted)}`);
  writeFileSync(reads, '');
  const settings = { targetKernel: join(outside, 'kernel.btf'), includePaths: [outside, '../outside', '/etc'] };
  const server = await startWatched(workspace, [RECORDER], { initializationOptions: { debounceMs: 0, settings, ...(trusted === undefined ? {} : { trusted }) } }, { ...process.env, READS: reads });
  const file = join(workspace, 'src/a.bpf.c');
  const answers: unknown[] = [await server.show(file, text)];
  const uri = pathToFileURL(file).href;
  const ask = async (method: string, params: object): Promise<void> => void answers.push(await server.connection.sendRequest(method, params).catch((error: Error) => error.message));
  await ask('textDocument/documentLink', { textDocument: { uri } });
  await ask('ebpfLens/workspace', {});
  await ask('ebpfLens/matrix', { kernels: ['5.4'] });
  await ask('workspace/symbol', { query: 'p' });
  await ask('ebpfLens/status', { textDocument: { uri }, position: { line: 15, character: 20 } });
  for (let line = 0; line < HEADERS.length; line++) await ask('textDocument/definition', { textDocument: { uri }, position: { line, character: 12 } });
  expect(await server.end()).toMatchObject({ code: 0 });
  const opened = readFileSync(reads, 'utf8').split('\n').filter(Boolean).flatMap((line) => {
    try {
      return [realpathSync(JSON.parse(line) as string)];
    } catch {
      return []; // it is not there
    }
  });
  return { opened: [...new Set(opened)], told: JSON.stringify([answers, server.said]) };
}

const ALLOWED = [dirname(CLI), '/usr/include', '/usr/local/include', '/usr/src', '/usr/lib/modules', '/sys/kernel/btf'];

it('nothing outside of a workspace that is not trusted is opened', async () => {
  const { opened, told } = await session(false);
  const strange = opened.filter((path) => ![workspace, ...ALLOWED].some((folder) => path === folder || path.startsWith(`${folder}/`)) && path !== process.execPath);
  expect(strange.filter((path) => !path.startsWith('/proc/'))).toEqual([]);
  expect(strange.filter((path) => /\/(?:mem|environ|cmdline)$/.test(path))).toEqual([]);
  expect(opened).toContain(join(workspace, 'src/beside.h'));
  // What was refused is said where a link of the workspace leads out, and what a target names.
  expect(told).toContain('The workspace is not trusted');
  expect(told).toContain('src/.clangd is not used: it lies outside of the workspace, which is not trusted');
  expect(told).toContain('kernel.btf: it lies outside of the workspace, which is not trusted');
});

it.each([true, undefined])('the same workspace, trusted (%s), does read headers outside', async (trusted) => {
  const { opened } = await session(trusted);
  for (const name of ['up.h', 'file.h', 'through.h', 'by_I.h', 'chain.h']) expect(opened).toContain(join(outside, name));
});
