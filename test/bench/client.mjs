/** A language client with nothing between its clock and the pipe: frames JSON-RPC itself and stamps a message when it is whole. */
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const now = () => performance.now();

/** Splits a byte stream into JSON-RPC messages. */
class Framer {
  #chunks = [];
  #length = 0;
  #want = -1;

  /** Takes a chunk; calls `onMessage` for each message that it completes. */
  push(chunk, onMessage) {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (;;) {
      if (this.#want < 0) {
        const all = this.#join();
        const end = all.indexOf('\r\n\r\n');
        if (end < 0) return;
        this.#want = Number(/content-length: *(\d+)/i.exec(all.toString('latin1', 0, end))?.[1]);
        if (!Number.isFinite(this.#want)) throw new Error('a message without Content-Length');
        this.#reset(all.subarray(end + 4));
      }
      if (this.#length < this.#want) return;
      const all = this.#join();
      const body = all.subarray(0, this.#want);
      this.#reset(all.subarray(this.#want));
      this.#want = -1;
      onMessage(JSON.parse(body.toString('utf8')));
    }
  }

  #join() {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  #reset(rest) {
    this.#chunks = [rest];
    this.#length = rest.length;
  }
}

/** A process and all its descendants (without itself, if `self` is false): peak resident memory in MiB, summed. Linux only, else NaN. */
export function peakMemory(pid, self = true) {
  let total = 0;
  try {
    for (const p of descendants(pid).slice(self ? 0 : 1)) total += Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${p}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    return total;
  } catch {
    return NaN;
  }
}

function descendants(pid) {
  const pids = [pid];
  for (let i = 0; i < pids.length; i++)
    for (const task of readdirSync(`/proc/${pids[i]}/task`)) {
      const children = readFileSync(`/proc/${pids[i]}/task/${task}/children`, 'utf8').trim();
      if (children) pids.push(...children.split(/\s+/).map(Number));
    }
  return [...new Set(pids)];
}

/** What the threads of a process ran so far, in ms. Linux only, else NaN. */
function processorTime(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0);
  } catch {
    return NaN;
  }
}

/** One running server. All times in milliseconds. */
export class Client {
  #pending = new Map();
  #handlers = new Map();
  #waiting = [];
  #nextId = 1;
  #process;
  #stderr = '';
  dead = false;

  /** @param command argv; @param cwd where it starts; @param limit ms after which a silent server counts as hung */
  constructor(name, command, cwd, limit = 60_000) {
    this.name = name;
    this.limit = limit;
    this.spawned = now();
    this.#process = spawn(command[0], command.slice(1), { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    const framer = new Framer();
    this.#process.stdout.on('data', (chunk) => framer.push(chunk, (m) => this.#receive(m, now())));
    this.#process.stderr.on('data', (d) => (this.#stderr = (this.#stderr + d).slice(-4000)));
    this.#process.stdin.on('error', () => undefined);
    this.#process.on('error', (e) => this.#fail(e.message));
    this.#process.on('exit', (code) => this.#fail(`exited with ${code}`));
  }

  #fail(why) {
    this.dead = true;
    const error = new Error(`${this.name}: ${why}\n${this.#stderr}`);
    for (const { reject } of [...this.#pending.values(), ...this.#waiting]) reject(error);
    this.#pending.clear();
    this.#waiting = [];
  }

  #receive(message, at) {
    if (message.method === undefined) {
      const p = this.#pending.get(message.id);
      this.#pending.delete(message.id);
      if (message.error) p?.reject(new Error(`${this.name}: ${message.error.message}`));
      else p?.resolve({ at, result: message.result });
    } else if (message.id !== undefined) {
      // The server asks for configuration (none is set) or announces something.
      const result = message.method === 'workspace/configuration' ? message.params.items.map(() => null) : null;
      this.#write({ jsonrpc: '2.0', id: message.id, result });
    } else if (message.method === 'textDocument/publishDiagnostics') this.#diagnostics(message.params, at);
    else this.#handlers.get(message.method)?.(message.params, at);
  }

  #diagnostics({ uri, version, diagnostics }, at) {
    this.#waiting = this.#waiting.filter((w) => {
      if (w.uri !== uri || (typeof version === 'number' && version < w.version)) return true;
      w.resolve({ at, result: diagnostics });
      return false;
    });
  }

  #write(message) {
    const body = Buffer.from(JSON.stringify(message));
    this.#process.stdin.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }

  #limited(what, start) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.name}: no answer to ${what} in ${this.limit} ms\n${this.#stderr}`)), this.limit);
      const done = (f) => (x) => {
        clearTimeout(timer);
        f(x);
      };
      start({ resolve: done(resolve), reject: done(reject) });
    });
  }

  notify(method, params) {
    this.#write({ jsonrpc: '2.0', method, params });
  }

  /** Sends a request. @returns how long the answer took, and the answer */
  async request(method, params) {
    const t = now();
    const { at, result } = await this.#limited(method, (promise) => {
      const id = this.#nextId++;
      this.#pending.set(id, promise);
      this.#write({ jsonrpc: '2.0', id, method, params });
    });
    return { ms: at - t, result };
  }

  /** Sends a notification about `version` of a document. @returns how long its diagnostics took, and they */
  async untilDiagnostics(uri, version, method, params) {
    const t = now();
    const { at, result } = await this.#limited(`diagnostics after ${method}`, (promise) => {
      this.#waiting.push({ uri, version, ...promise });
      this.notify(method, params);
    });
    return { ms: at - t, result };
  }

  /** Initializes. @returns ms from the spawn to the answer */
  async initialize(rootUri, initializationOptions) {
    const { result } = await this.request('initialize', {
      processId: process.pid,
      clientInfo: { name: 'ebpf-lens-bench' },
      rootUri,
      workspaceFolders: [{ uri: rootUri, name: 'bench' }],
      initializationOptions,
      capabilities: {
        general: { positionEncodings: ['utf-16'] },
        workspace: { configuration: true, workspaceFolders: true },
        textDocument: {
          synchronization: {},
          hover: { contentFormat: ['markdown', 'plaintext'] },
          completion: { completionItem: { documentationFormat: ['markdown'], snippetSupport: true }, contextSupport: true },
          publishDiagnostics: { versionSupport: true, relatedInformation: true },
        },
      },
    });
    const ms = now() - this.spawned;
    this.capabilities = result.capabilities;
    this.notify('initialized', {});
    return ms;
  }

  /** Calls `handler` with the parameters of each notification of this name. */
  on(method, handler) {
    this.#handlers.set(method, handler);
  }

  /** Processor time of the server's threads so far, ms; NaN where the system does not tell. */
  cpu() {
    return processorTime(this.#process.pid);
  }

  /** Peak memory so far, MiB. */
  memory() {
    return peakMemory(this.#process.pid);
  }

  /** Ends the server as the protocol says, by force after two seconds. */
  async stop() {
    const gone = new Promise((r) => this.#process.once('exit', r));
    const kill = setTimeout(() => this.#process.kill('SIGKILL'), 2000);
    try {
      await this.request('shutdown', null);
      this.notify('exit', null);
    } catch {
      this.#process.kill('SIGKILL');
    }
    if (this.#process.exitCode === null && this.#process.signalCode === null) await gone;
    clearTimeout(kill);
  }
}
