/** The connection to a client whose `initialize` may have been answered before the protocol's library was there (`server.ts`). */
import { Console } from 'node:console';
import {
  createConnection, IPCMessageReader, IPCMessageWriter, ProposedFeatures, StreamMessageWriter, type Connection, type Message, type MessageReader, type MessageWriter,
} from 'vscode-languageserver/node';

/**
 * Connects as the command line says.
 * @param answered id of an `initialize` that will be read, and has its answer
 */
export function connect(answered: number | string | undefined): Connection {
  if (answered === undefined) return createConnection(ProposedFeatures.all);
  if (process.argv.includes('--node-ipc')) return createConnection(ProposedFeatures.all, new IPCMessageReader(process), without(answered, new IPCMessageWriter(process)));
  // What a library prints must not get between the messages.
  globalThis.console = new Console(process.stderr, process.stderr);
  // The library takes a stream and a writer together, which its types do not say, and ends the process when a stream ends.
  return createConnection(ProposedFeatures.all, process.stdin as unknown as MessageReader, without(answered, new StreamMessageWriter(process.stdout)));
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
