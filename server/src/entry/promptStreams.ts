/**
 * Messages over standard input and output without detours. The library's own reader and writer wait for a turn of the event loop before each
 * message that comes, and before each that goes, whose head and body they write one after the other: a fifth of what an answer takes.
 */
import type { Readable, Writable } from 'node:stream';
import { AbstractMessageReader, AbstractMessageWriter, type DataCallback, type Disposable, type Message, type MessageReader, type MessageWriter } from 'vscode-languageserver/node';
import { frame, readHead } from './messages.js';

export class PromptReader extends AbstractMessageReader implements MessageReader {
  private chunks: Buffer[] = [];
  private length = 0;
  /** Bytes without which there is nothing to do. */
  private wanted = 1;
  /** True once the client has asked to shut down: what ends from then on ends well. */
  saidShutdown = false;

  constructor(private readonly stream: Readable) {
    super();
  }

  listen(callback: DataCallback): Disposable {
    const take = (chunk: Buffer): void => this.take(chunk, callback);
    this.stream.on('data', take).on('error', (error) => this.fireError(error)).on('close', () => this.fireClose());
    return { dispose: () => void this.stream.off('data', take) };
  }

  private take(chunk: Buffer, callback: DataCallback): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
    if (this.length < this.wanted) return;
    // Once for each message at most: a long one comes in many pieces.
    let rest = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    for (let next = this.next(rest, callback); next !== undefined; next = this.next(rest, callback)) rest = rest.subarray(next);
    this.chunks = rest.length > 0 ? [rest] : [];
    this.length = rest.length;
  }

  /** Hands over the first message. @returns the offset behind it; undefined where more has to come */
  private next(bytes: Buffer, callback: DataCallback): number | undefined {
    const head = readHead(bytes);
    if (head === 'partial') {
      this.wanted = bytes.length + 1;
      return undefined;
    }
    if ('behind' in head) return this.strange('what came is no message with its length', head.behind);
    const { body, end } = head;
    this.wanted = end;
    if (bytes.length < end) return undefined;
    this.wanted = 1;
    let message: Message;
    try {
      message = JSON.parse(bytes.toString('utf8', body, end)) as Message;
    } catch (error) {
      return this.strange(error instanceof Error ? error.message : String(error), end);
    }
    this.saidShutdown ||= (message as { method?: unknown } | null)?.method === 'shutdown';
    callback(message);
    return end;
  }

  /** Says what is wrong, and goes on behind it. */
  private strange(why: string, behind: number): number {
    this.fireError(new Error(why));
    return behind;
  }
}

export class PromptWriter extends AbstractMessageWriter implements MessageWriter {
  constructor(private readonly stream: Writable) {
    super();
    stream.on('error', (error) => this.fireError(error)).on('close', () => this.fireClose());
  }

  /** The stream keeps the order. @returns resolves when the message is out */
  write(message: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      this.stream.write(frame(message), 'utf8', (error) => (error ? reject(error) : resolve()));
    });
  }

  end(): void {
    this.stream.end();
  }
}
