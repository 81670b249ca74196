/** Messages of JSON-RPC in a byte stream, as far as they are needed before the protocol's library is loaded. */

/** A message as it came: nothing in it can be relied on. */
export interface Incoming {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
}

const BLANK = '\r\n\r\n';
/** The only other part that the protocol knows, the type, has one value. */
const LENGTH = /^content-length: *(\d{1,10}) *$/i;
/** Nobody writes a head that is longer than this. */
const MAX_HEAD = 8192;

/**
 * Reads what stands before a message's body.
 * @param from offset of its first byte
 * @returns the offsets of the body and behind it; `partial` where more bytes have to come; for what is no head the offset behind it
 */
export function readHead(bytes: Buffer, from = 0): { readonly body: number; readonly end: number } | 'partial' | { readonly behind: number } {
  const blank = bytes.indexOf(BLANK, from, 'latin1');
  if (blank < 0) return bytes.length - from > MAX_HEAD ? { behind: bytes.length } : 'partial';
  const body = blank + BLANK.length;
  const lengths = bytes.toString('latin1', from, blank).split('\r\n').flatMap((line) => LENGTH.exec(line)?.[1] ?? []);
  return lengths.length === 1 ? { body, end: body + Number(lengths[0]) } : { behind: body };
}

/**
 * Reads one message.
 * @param from offset of its first byte
 * @returns the message and the offset behind it; `partial` where more bytes have to come; `strange` for what is no message
 */
export function readMessage(bytes: Buffer, from = 0): { readonly message: Incoming; readonly end: number } | 'partial' | 'strange' {
  const head = readHead(bytes, from);
  if (head === 'partial') return 'partial';
  if ('behind' in head) return 'strange';
  const { body, end } = head;
  if (bytes.length < end) return 'partial';
  try {
    const message: unknown = JSON.parse(bytes.toString('utf8', body, end));
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
