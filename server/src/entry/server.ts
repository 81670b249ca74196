/**
 * Entry of dist/server.cjs, the language server in a node process: answers the client's `initialize`, which takes nothing but a constant, and
 * only then loads the server (dist/serverMain.cjs). That one reads everything anew from `initialize` on, so nothing is lost and all is in
 * order; its own answer to `initialize`, the same, is left out (`connect.ts`).
 */
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { initializeResult } from '../lsp/capabilities.js';
import { apologize, type Channel } from './apology.js';
import { frame, readMessage, type Incoming } from './messages.js';
import type { serve } from './node.js';

declare const __EBPF_LENS_VERSION__: string;

// The young generation stays small: what an edit leaves behind is dead at once, and letting it grow to V8's default
// costs some 35 MiB in a file of 5,000 lines without making anything faster.
setFlagsFromString('--semi-space-growth-factor=1');
// The old generation is collected before it has doubled: 7 MiB less at the peak of a session over a file of 5,000 lines, and no difference in time.
setFlagsFromString('--optimize-for-size');

/** Loads the server and lets it serve. @param answered id of the `initialize` that has its answer */
function load(answered?: number | string): void {
  (createRequire(__filename)('./serverMain.cjs') as { serve: typeof serve }).serve(answered);
}

/** The answer to an `initialize` as the protocol wants it; undefined for anything else, which the server itself has to look at. */
function answerTo({ id, method, params }: Incoming): { readonly id: number | string; readonly answer: object } | undefined {
  if (method !== 'initialize' || (typeof id !== 'number' && typeof id !== 'string')) return undefined;
  const capabilities: unknown = typeof params === 'object' && params !== null ? (params as { capabilities?: unknown }).capabilities : undefined;
  if (typeof capabilities !== 'object' || capabilities === null) return undefined;
  return { id, answer: { jsonrpc: '2.0', id, result: initializeResult(__EBPF_LENS_VERSION__, capabilities) } };
}

/** The way to the client while the server is loaded: what comes is held back. */
interface Held extends Channel {
  /** Lets go of what came, from `initialize` on, and of all that comes. */
  release(): void;
}

/** Loads the server and hands it the client. Where it cannot be loaded, a client that has its answer is told why. @param answered id of the `initialize` that has it */
function handOver(channel: Held, answered?: number | string): void {
  try {
    load(answered);
  } catch (error) {
    if (answered === undefined) throw error;
    apologize(error, channel);
  }
  channel.release();
}

/** Standard input and output. What was read is put back, for the server to read. */
function overStdio(): void {
  const { stdin, stdout } = process;
  let bytes = Buffer.alloc(0);
  const ended = (): never => process.exit(1);
  const channel: Held = {
    send: (message) => void stdout.write(frame(message)),
    listen(take) {
      let rest = Buffer.alloc(0);
      stdin.on('end', ended).on('data', (chunk: Buffer) => {
        rest = Buffer.concat([rest, chunk]);
        for (let next = readMessage(rest); typeof next === 'object'; next = readMessage(rest)) {
          rest = rest.subarray(next.end);
          take(next.message);
        }
      });
    },
    release: () => void stdin.resume(),
  };
  stdin.on('end', ended).on('data', function take(chunk: Buffer) {
    bytes = Buffer.concat([bytes, chunk]);
    const first = readMessage(bytes);
    if (first === 'partial') return;
    stdin.off('data', take).off('end', ended).pause();
    stdin.unshift(bytes);
    const known = first === 'strange' ? undefined : answerTo(first.message);
    if (known === undefined) handOver(channel);
    else stdout.write(frame(known.answer), () => handOver(channel, known.id));
  });
}

/** The channel of a parent process. What has come is said again when the server listens. */
function overIpc(): void {
  const came: Incoming[] = [];
  const keep = (message: Incoming): void => {
    came.push(message);
    if (came.length > 1) return;
    const known = answerTo(message);
    if (known === undefined) handOver(channel);
    else process.send?.(known.answer, undefined, undefined, () => handOver(channel, known.id));
  };
  const channel: Held = {
    send: (message) => void process.send?.(message),
    listen: (take) => void process.on('disconnect', () => process.exit(1)).on('message', take),
    release() {
      process.off('message', keep);
      for (const message of came) process.emit('message', message, undefined);
    },
  };
  process.on('message', keep);
}

// The first that is named counts, as it does for the library.
const transport = process.argv.slice(2).find((arg) => /^--(?:node-ipc|stdio|socket|pipe)(?:=|$)/.test(arg));
if (transport === '--stdio') overStdio();
else if (transport === '--node-ipc') overIpc();
else load();
