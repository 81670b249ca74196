/** The server's own reader and writer of messages: what the library's read and write, however the bytes come. */
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamMessageReader, type Message } from 'vscode-languageserver-protocol/node';
import { PromptReader, PromptWriter } from '../../server/src/entry/promptStreams.js';

const frame = (body: string, head = `Content-Length: ${Buffer.byteLength(body)}\r\n`): Buffer => Buffer.from(`${head}\r\n${body}`);

/** Listens to a stream of these bytes, cut at these places. */
function read(bytes: Buffer, cuts: readonly number[] = []): { readonly messages: unknown[]; readonly errors: string[]; readonly reader: PromptReader } {
  const stream = new PassThrough();
  const reader = new PromptReader(stream);
  const messages: unknown[] = [];
  const errors: string[] = [];
  reader.onError((error) => errors.push(error.message));
  reader.listen((message) => messages.push(message));
  let from = 0;
  for (const to of [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]) {
    stream.emit('data', bytes.subarray(from, to));
    from = to;
  }
  return { messages, errors, reader };
}

const message = fc.record({ jsonrpc: fc.constant('2.0'), method: fc.string({ unit: 'binary' }), params: fc.jsonValue() });

describe('the reader', () => {
  it('reads every message once and in order, however its bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.nat(600), { maxLength: 30 }), (sent, cuts) => {
        const bytes = Buffer.concat(sent.map((one) => frame(JSON.stringify(one))));
        const { messages, errors } = read(bytes, cuts);
        expect(errors).toEqual([]);
        expect(messages).toEqual(sent.map((one) => JSON.parse(JSON.stringify(one)) as unknown));
      }),
    );
  });

  it.each(['content-length: 2\r\n', 'Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n', 'Content-Length:2\r\nContent-Type: x\r\n'])('takes the head %j', (head) => {
    expect(read(frame('{}', head)).messages).toEqual([{}]);
  });

  it('says what is wrong with a message, and reads the next', () => {
    const bytes = Buffer.concat([frame('{"a":'), frame('{"b":1}', 'Content-Type: x\r\n').subarray(0, 19), frame('{"c":1}')]);
    const { messages, errors } = read(bytes);
    expect(messages).toEqual([{ c: 1 }]);
    expect(errors).toHaveLength(2);
  });

  it('does not gather what can be no message for ever', () => {
    const { messages, errors } = read(Buffer.alloc(10_000, 'x'));
    expect([messages, errors]).toEqual([[], ['what came is no message with its length']]);
  });

  it('knows whether the client has asked to shut down', () => {
    expect(read(frame('{"method":"initialize"}')).reader.saidShutdown).toBe(false);
    expect(read(frame('{"method":"shutdown"}')).reader.saidShutdown).toBe(true);
  });

  it('reads a long message in many pieces in a time that grows with its length', () => {
    const body = JSON.stringify({ text: 'x'.repeat(8_000_000) });
    const bytes = frame(body);
    const stream = new PassThrough();
    let copied = 0;
    const concat = Buffer.concat;
    Buffer.concat = (list, length) => {
      copied += list.reduce((sum, chunk) => sum + chunk.length, 0);
      return concat(list, length);
    };
    try {
      new PromptReader(stream).listen(() => undefined);
      for (let at = 0; at < bytes.length; at += 65_536) stream.emit('data', bytes.subarray(at, at + 65_536));
    } finally {
      Buffer.concat = concat;
    }
    expect(copied).toBeLessThan(3 * bytes.length);
  });
});

describe('the writer', () => {
  it('writes what the library reads, in order', async () => {
    const stream = new PassThrough();
    const read: Message[] = [];
    new StreamMessageReader(stream).listen((one) => read.push(one));
    const writer = new PromptWriter(stream);
    const sent = ['ä€𝄞', 'plain', ''].map((text) => ({ jsonrpc: '2.0', method: 'x', params: { text } }));
    await Promise.all(sent.map((one) => writer.write(one)));
    await expect.poll(() => read).toEqual(sent);
  });

  it('fails where the stream does', async () => {
    const stream = new PassThrough();
    const writer = new PromptWriter(stream);
    const errors: unknown[] = [];
    writer.onError((error) => errors.push(error));
    stream.destroy();
    await expect(writer.write({ jsonrpc: '2.0' })).rejects.toThrow();
  });
});
