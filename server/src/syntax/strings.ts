/** Values of C string literals. */
import { entryOf } from '../text/entryOf.js';

/** Value of a string literal as written, quotes included or not closed; the usual escapes are resolved. */
export function describeString(raw: string): string {
  const begin = raw.indexOf('"') + 1;
  const end = raw.length > begin && raw.endsWith('"') ? raw.length - 1 : raw.length;
  const body = raw.slice(begin, end);
  if (!body.includes('\\')) return body;
  return body.replace(/\\(\r\n|\n|[0-7]{1,3}|x[0-9a-fA-F]+|.)/g, (_, code: string) => {
    if (code.startsWith('\r') || code === '\n') return '';
    if (/^[0-7]/.test(code)) return String.fromCharCode(parseInt(code, 8));
    if (/^x./.test(code)) return String.fromCharCode(parseInt(code.slice(1), 16) & 0xff);
    return entryOf({ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' }, code) ?? code;
  });
}
