/** The first moments of the built server in a process of its own: `initialize` is answered before the server is loaded, and nothing that comes meanwhile is lost. */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { StreamMessageReader } from 'vscode-languageserver-protocol/node';
import { builtCli } from '../cli/support.js';
import { startClient } from './client.js';

interface Said {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: { readonly uri?: string; readonly type?: number; readonly message?: string; readonly diagnostics?: readonly unknown[] };
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A server process and what it says, in its order. */
interface Process {
  readonly said: Said[];
  readonly errors: () => string;
  readonly exit: Promise<number | null>;
  send(...messages: readonly object[]): void;
  write(bytes: string | Buffer): void;
  /** Waits for the answer to a request. */
  answer(id: number | string): Promise<Said>;
  end(): void;
}

const running = new Set<ChildProcess>();
const folders: string[] = [];
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const frame = (message: object): Buffer => {
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
};

function watch(child: ChildProcess, listen: (take: (message: Said) => void) => void, send: (messages: readonly object[]) => void): Process {
  running.add(child);
  let errors = '';
  child.stderr!.on('data', (data: Buffer) => (errors += data.toString()));
  child.stdin?.on('error', () => undefined);
  const said: Said[] = [];
  const waiting = new Set<() => void>();
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  listen((message) => {
    said.push(message);
    for (const wake of [...waiting]) wake();
  });
  const answer = (id: number | string): Promise<Said> => new Promise((resolve, reject) => {
    const look = (): void => {
      const found = said.find((message) => message.id === id && message.method === undefined);
      if (found === undefined) return;
      waiting.delete(look);
      resolve(found);
    };
    waiting.add(look);
    look();
    void exit.then((code) => reject(new Error(`no answer to ${id} before the exit with ${code}\n${errors}`)));
  });
  return { said, errors: () => errors, exit, send: (...messages) => send(messages), write: (bytes) => void child.stdin!.write(bytes), answer, end: () => child.stdin!.end() };
}

function overStdio(dist = builtCli()): Process {
  const child = spawn(process.execPath, [path.join(dist, 'cli.js'), 'lsp', '--stdio'], { stdio: 'pipe' });
  return watch(child, (take) => new StreamMessageReader(child.stdout).listen((message) => take(message as Said)), (messages) => child.stdin.write(Buffer.concat(messages.map(frame))));
}

function overIpc(dist = builtCli()): Process {
  const child = fork(path.join(dist, 'server.cjs'), ['--node-ipc'], { silent: true });
  return watch(child, (take) => child.on('message', (message) => take(message as Said)), (messages) => messages.forEach((message) => child.send({ jsonrpc: '2.0', ...message })));
}

/** dist/ without one of its files. */
function distWithout(missing: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ebpf-lens-start-'));
  folders.push(folder);
  for (const name of readdirSync(builtCli())) if (name !== missing) copyFileSync(path.join(builtCli(), name), path.join(folder, name));
  return folder;
}

const URI = 'file:///w/p.bpf.c';
const TEXT = 'SEC("xdp") int p(struct xdp_md *ctx) { return bpf_get_current_comm(ctx, 1); }\n';
const INITIALIZE = { id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {}, initializationOptions: { debounceMs: 0 } } };
const OPEN = { method: 'textDocument/didOpen', params: { textDocument: { uri: URI, languageId: 'c', version: 1, text: TEXT } } };
const hover = (id: number | string): object => ({ id, method: 'textDocument/hover', params: { textDocument: { uri: URI }, position: { line: 0, character: TEXT.indexOf('bpf_get') + 1 } } });
const SHUTDOWN = { id: 'down', method: 'shutdown' };
const EXIT = { method: 'exit' };

describe.each([['standard input and output', overStdio], ['node’s IPC', overIpc]])('over %s', (_name, start) => {
  it('messages that are sent at once are all served, in order and once', async () => {
    const server = start();
    server.send(INITIALIZE, { method: 'initialized', params: {} }, OPEN, hover(2), hover(3));
    expect((await server.answer(1)).result).toHaveProperty('capabilities.hoverProvider', true);
    expect(JSON.stringify((await server.answer(2)).result)).toContain('bpf_get_current_comm');
    expect((await server.answer(3)).result).not.toBeNull();
    server.send(SHUTDOWN);
    expect((await server.answer('down')).result).toBeNull();
    server.send(EXIT);
    expect(await server.exit).toBe(0);
    const answers = server.said.filter((message) => message.method === undefined).map((message) => message.id);
    expect(answers[0]).toBe(1);
    expect([...answers].sort()).toEqual([1, 2, 3, 'down']);
    expect(server.errors()).toBe('');
  });

  it('shutdown and exit before the server is loaded end it well', async () => {
    const server = start();
    server.send(INITIALIZE, SHUTDOWN, EXIT);
    expect(await server.exit).toBe(0);
  });

  it('exit without shutdown is an error', async () => {
    const server = start();
    server.send(INITIALIZE, EXIT);
    expect(await server.exit).toBe(1);
  });

  it('a request before initialize is refused, and initialize then works', async () => {
    const server = start();
    server.send(hover(7), INITIALIZE);
    expect((await server.answer(7)).error?.code).toBe(-32002);
    expect((await server.answer(1)).result).toHaveProperty('capabilities');
  });

  it('a second initialize is refused', async () => {
    const server = start();
    server.send(INITIALIZE, { ...INITIALIZE, id: 2 });
    expect((await server.answer(2)).error?.code).toBe(-32600);
  });

  it('says what is wrong where the server’s file is missing, to the user and for each request', async () => {
    const server = start(distWithout('serverMain.cjs'));
    server.send(INITIALIZE, { method: 'initialized', params: {} }, OPEN, hover(2));
    expect((await server.answer(1)).result).toHaveProperty('capabilities');
    expect((await server.answer(2)).error).toMatchObject({ code: -32603, message: expect.stringMatching(/could not be loaded: .*serverMain\.cjs/) as string });
    const shown = server.said.filter((message) => message.method === 'window/showMessage');
    expect(shown).toMatchObject([{ params: { type: 1, message: expect.stringMatching(/could not be loaded.*installing it again/) as string } }]);
    server.send(SHUTDOWN);
    expect((await server.answer('down')).result).toBeNull();
    server.send(EXIT);
    expect(await server.exit).toBe(1);
    expect(server.errors()).toMatch(/could not be loaded: .*serverMain\.cjs/);
  });

  it('says what is wrong where the facts are missing', async () => {
    const server = start(distWithout('facts.json'));
    server.send(INITIALIZE, { method: 'initialized', params: {} }, OPEN, hover(2));
    expect((await server.answer(2)).result).toBeNull();
    expect(server.said.filter((message) => message.method === 'window/showMessage')).toMatchObject([{ params: { type: 1, message: expect.stringContaining('could not load its facts') as string } }]);
  });
});

describe('over standard input and output', () => {
  it('an initialize that comes in pieces is one', async () => {
    const server = overStdio();
    const bytes = Buffer.concat([frame(INITIALIZE), frame(OPEN), frame(hover(2))]);
    for (let at = 0; at < bytes.length; at += 40) {
      server.write(bytes.subarray(at, at + 40));
      if (at < 600) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect((await server.answer(2)).result).not.toBeNull();
    expect(server.said.filter((message) => message.id === 1)).toHaveLength(1);
  });

  it('the end of the input ends the server, before and after initialize', async () => {
    const silent = overStdio();
    silent.end();
    expect(await silent.exit).toBe(1);
    const greeted = overStdio();
    greeted.send(INITIALIZE);
    await greeted.answer(1);
    greeted.end();
    expect(await greeted.exit).toBe(1);
  });

  it.each([
    ['no params', { id: 1, method: 'initialize' }],
    ['capabilities that are none', { id: 1, method: 'initialize', params: { processId: null, capabilities: null } }],
    ['strange abilities', { id: 1, method: 'initialize', params: { processId: null, capabilities: { textDocument: 7, workspace: [] } } }],
  ])('an initialize with %s has one answer', async (_name, message) => {
    const server = overStdio();
    server.send(message, SHUTDOWN);
    await server.answer('down');
    expect(server.said.filter(({ id }) => id === 1)).toHaveLength(1);
  });
});

it.each([{}, { textDocument: { callHierarchy: { dynamicRegistration: true } } }])('the early answer is the server’s own, for %j', async (capabilities) => {
  const server = overStdio();
  server.send({ ...INITIALIZE, params: { ...INITIALIZE.params, capabilities } });
  const own = await startClient({ capabilities });
  const early = (await server.answer(1)).result as { capabilities: unknown; serverInfo: { name: string } };
  expect(early.capabilities).toEqual(own.initialized.capabilities);
  expect(early.serverInfo.name).toBe(own.initialized.serverInfo?.name);
  await own.stop();
});
