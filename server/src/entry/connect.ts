/** The connection to a client whose `initialize` may have been answered before the protocol's library was there (`server.ts`). */
import { Console } from 'node:console';
import {
  createConnection, IPCMessageReader, IPCMessageWriter, ProposedFeatures, type Connection, type Message, type MessageWriter,
} from 'vscode-languageserver/node';
import { PromptReader, PromptWriter } from './promptStreams.js';

/**
 * Connects as the command line says.
 * @param answered id of an `initialize` that will be read, and has its answer
 */
export function connect(answered: number | string | undefined): Connection {
  if (answered === undefined) return createConnection(ProposedFeatures.all);
  if (process.argv.includes('--node-ipc')) return createConnection(ProposedFeatures.all, new IPCMessageReader(process), without(answered, new IPCMessageWriter(process)));
  // What a library prints must not get between the messages.
  globalThis.console = new Console(process.stderr, process.stderr);
  const { stdin, stdout } = process;
  const reader = new PromptReader(stdin);
  // As the library does where it gets a stream: a client that is gone needs no server.
  for (const event of ['end', 'close']) stdin.on(event, () => process.exit(reader.saidShutdown ? 0 : 1));
  return createConnection(ProposedFeatures.all, reader, without(answered, new PromptWriter(stdout)));
}

/** A writer that leaves the first answer to a request out. */
function without<W extends MessageWriter>(id: number | string, writer: W): W {
  const write = writer.write.bind(writer);
  writer.write = (message: Message): Promise<void> => {
    if ((message as { id?: unknown }).id !== id || 'method' in message) return write(message);
    writer.write = write;
    return Promise.resolve();
  };
  return writer;
}
