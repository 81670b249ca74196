/** What a client hears when the server behind the handshake cannot be loaded: the reason, once to the user, and for every request. */
import type { Incoming } from './messages.js';

/** The way to a client that has its answer to `initialize`. */
export interface Channel {
  send(message: object): void;
  /** Gives `take` every message from `initialize` on, once they are let go. */
  listen(take: (message: Incoming) => void): void;
}

const INTERNAL_ERROR = -32603;
/** `MessageType.Error`. */
const ERROR = 1;

/** Serves nothing until the client says `exit`; the exit code is 1. Starting again would not help, so it is left to the user. */
export function apologize(error: unknown, { send, listen }: Channel): void {
  const reason = error instanceof Error ? error.message.split('\n', 1)[0]! : String(error);
  const text = `eBPF Lens could not be loaded: ${reason}. It shows nothing; installing it again may help.`;
  process.stderr.write(`${text}\n`);
  send({ jsonrpc: '2.0', method: 'window/showMessage', params: { type: ERROR, message: text } });
  listen(({ id, method }) => {
    if (method === 'exit') process.exit(1);
    if (id === undefined || typeof method !== 'string' || method === 'initialize') return;
    send({ jsonrpc: '2.0', id, ...(method === 'shutdown' ? { result: null } : { error: { code: INTERNAL_ERROR, message: text } }) });
  });
}
