/** Messages of JSON-RPC in a byte stream, as far as they are needed before the protocol's library is loaded. */

/** A message as it came: nothing in it can be relied on. */
export interface Incoming {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
}

/** The parts before a message's body; the only other one that the protocol knows, its type, has one value. */
const LENGTH = /^content-length: *(\d{1,9})$/i;

/**
 * Reads one message.
 * @param from offset of its first byte
 * @returns the message and the offset behind it; `partial` where more bytes have to come; `strange` for what is no message
 */
export function readMessage(bytes: Buffer, from = 0): { readonly message: Incoming; readonly end: number } | 'partial' | 'strange' {
  const blank = bytes.indexOf('\r\n\r\n', from, 'latin1');
  // Nobody writes a head that is longer than this.
  if (blank < 0) return bytes.length - from > 4096 ? 'strange' : 'partial';
  const lengths = bytes.toString('latin1', from, blank).split('\r\n').flatMap((line) => LENGTH.exec(line)?.[1] ?? []);
  if (lengths.length !== 1) return 'strange';
  const end = blank + 4 + Number(lengths[0]);
  if (bytes.length < end) return 'partial';
  try {
    const message: unknown = JSON.parse(bytes.toString('utf8', blank + 4, end));
    return typeof message === 'object' && message !== null ? { message, end } : 'strange';
  } catch {
    return 'strange';
  }
}

/** The bytes of a message. */
export function frame(message: object): string {
  const body = JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
