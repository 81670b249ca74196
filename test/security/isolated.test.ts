/**
 * Command line and server in a network namespace of their own, with nothing in it, not even a loopback that is up; and, by the system calls that they
 * make, proof that they open no connection and start no program. Both need what Linux gives to root; where it is refused, that is said.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { CLI } from './server.js';

const folder = mkdtempSync(join(tmpdir(), 'ebpf-lens-isolated-'));
const file = join(folder, 'a.bpf.c');
const TEXT = 'SEC("xdp") int p(struct xdp_md *ctx) { return bpf_skb_load_bytes(ctx, 0, 0, 0); }\n';
writeFileSync(file, TEXT);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Why a command does not work here; undefined where it does. */
function refusal(command: string, ...args: string[]): string | undefined {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr);
}
const noUnshare = refusal('unshare', '-n', 'true');
const noTrace = refusal('strace', '-o', '/dev/null', '-e', 'trace=execve', 'true');

/** True if a test cannot be held here, which is said loudly, and must be for want of rights or of the program. */
function cannot(what: string, why: string | undefined): boolean {
  if (why === undefined) return false;
  expect(why).toMatch(/not permitted|ENOENT|denied|ptrace|PTRACE/i);
  console.warn(`NOT TRIED: ${what}: ${why.trim()}`);
  return true;
}

const frame = (message: object): string => {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};
/** A whole life of a server, as it is piped in. */
const SESSION = [
  { id: 1, method: 'initialize', params: { processId: null, rootUri: pathToFileURL(folder).href, capabilities: {}, initializationOptions: { debounceMs: 0 } } },
  { method: 'initialized', params: {} },
  { method: 'textDocument/didOpen', params: { textDocument: { uri: pathToFileURL(file).href, languageId: 'c', version: 1, text: TEXT } } },
  { id: 2, method: 'textDocument/hover', params: { textDocument: { uri: pathToFileURL(file).href }, position: { line: 0, character: 55 } } },
  { id: 3, method: 'shutdown' },
  { method: 'exit' },
].map(frame);

const RUNS: readonly (readonly [string, readonly string[], readonly string[], string])[] = [
  ['check', ['check', '--kernel', '5.4..6.8', '--jobs', '2', file], [], 'helper-not-allowed'],
  ['matrix', ['matrix', file], [], 'a.bpf.c'],
  ['server', ['lsp', '--stdio'], [SESSION.slice(0, -2).join(''), SESSION.slice(-2).join('')], 'bpf_skb_load_bytes'],
];

/** Runs a command; a server is told to end when it has answered the request before, or is not there any more. */
function run(prefix: readonly string[], args: readonly string[], input: readonly string[]): { readonly status: number | null; readonly text: string } {
  input.forEach((text, i) => writeFileSync(join(folder, `in${i}`), text));
  const feed = `: > out; (cat in0; until grep -q '"id":2,' out || [ -e gone ]; do sleep 0.1; done; cat in1) | ("$@" > out; code=$?; : > gone; exit $code); code=$?; cat out; rm gone; exit $code`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', input.length === 0 ? 'exec "$@"' : feed, 'sh', ...prefix, process.execPath, CLI, ...args], { encoding: 'utf8', cwd: folder });
  return { status, text: stdout + stderr };
}

it.each(RUNS)('%s without any network', (_name, args, input, says) => {
  if (cannot('a run without a network', noUnshare)) return;
  const { status, text } = run(['unshare', '-n'], args, input);
  expect(text).toContain(says);
  expect(status).toBeOneOf([0, 1]);
});

it.each(RUNS)('%s makes no call that connects or starts a program', (_name, args, input, says) => {
  if (cannot('a look at system calls', noTrace)) return;
  const log = join(folder, 'trace');
  expect(run(['strace', '-f', '-qq', '-o', log, '-e', 'trace=network,execve,execveat,fork,vfork'], args, input).text).toContain(says);
  const calls = readFileSync(log, 'utf8').split('\n').filter((line) => /^\d+\s+\w+\(/.test(line)).map((line) => line.replace(/^\d+\s+/, ''));
  // Node itself, and questions about the pipe that it was given.
  const [start, ...others] = calls;
  expect(start).toMatch(/^execve\(/);
  expect(others.filter((call) => !/^(?:socketpair|shutdown|getsockopt|getsockname|getpeername|recvmsg|sendmsg)\(/.test(call))).toEqual([]);
});

it('the look at system calls sees a connection', () => {
  if (cannot('a look at system calls', noTrace)) return;
  const log = join(folder, 'control');
  spawnSync('strace', ['-f', '-qq', '-o', log, '-e', 'trace=network,execve', process.execPath, '-e', "require('node:net').connect(9, '127.0.0.1').on('error', () => 0); require('node:child_process').spawnSync('true')"]);
  const calls = readFileSync(log, 'utf8');
  expect(calls).toMatch(/connect\(/);
  expect(calls).toMatch(/execve\("[^"]*true"/);
});
