/** Masks asm statements: operands become the arguments of a call, names that the assembly calls are kept. */
import { span } from '../text/span.js';
import { IDENT, STRING } from './lexer.js';
import type { Mask } from './mask.js';

/** What an asm statement's keyword becomes in the masked text. */
export const ASM_NAME = '___';

/**
 * Masks the asm statement at token `i`: `asm volatile ("…" : "=r"(x) : __imm(f) : "r0")` becomes
 * `___ (x, __imm(f))`. Returns the token to go on with; the operands are still to be masked.
 */
export function maskAsm(m: Mask, i: number): number {
  let open = i + 1;
  while (m.kind(open) === IDENT) open++;
  const close = m.kind(open) === 40 ? m.close(open) : -1;
  if (close < 0) return i + 1;
  m.hiddenCalls.add(m.tokens.start[i] as number);
  m.put(i, ASM_NAME);
  m.erase(i + 1, open);
  let separator = -1;
  let content = false;
  let j = maskTemplate(m, open + 1, close);
  while (j < close) {
    const k = m.kind(j);
    if (k === STRING) {
      noteCalls(m, j);
      m.erase(j++);
    } else if (k === 58 || k === 44) {
      if (content) {
        m.put(j, ',');
        separator = j;
        content = false;
      } else m.erase(j);
      j++;
    } else if (k === 91) {
      const end = m.close(j);
      m.erase(j, end < 0 ? j + 1 : end + 1);
      j = end < 0 ? j + 1 : end + 1;
    } else {
      let end = j + 1;
      if (k === 40 || (k === IDENT && m.kind(end) === 40)) {
        const group = m.close(k === 40 ? j : end);
        end = group < 0 ? end : group + 1;
      }
      if (content) eraseNoting(m, j, end);
      content = true;
      j = end;
    }
  }
  // a separator with nothing after it; what it was put for is blank then
  if (separator >= 0 && !content) m.unput(separator);
  return open;
}

/** The assembly itself, up to the first `:`. A helper's name given to a macro in it is called by it. */
function maskTemplate(m: Mask, from: number, close: number): number {
  let j = from;
  while (j < close && m.kind(j) !== 58) {
    const group = m.kind(j) === 40 ? m.close(j) : -1;
    const end = group < 0 || group > close ? j + 1 : group + 1;
    for (let i = j; i < end; i++) {
      if (m.kind(i) === IDENT && m.word(i).startsWith('bpf_')) m.asmCalls.push({ name: m.word(i), span: m.spanOf(i) });
    }
    eraseNoting(m, j, end);
    j = end;
  }
  return j;
}

function eraseNoting(m: Mask, from: number, to: number): void {
  for (let i = from; i < to; i++) if (m.kind(i) === STRING) noteCalls(m, i);
  m.erase(from, to);
}

function noteCalls(m: Mask, i: number): void {
  const raw = m.word(i);
  if (!raw.includes('call')) return;
  const start = m.tokens.start[i] as number;
  for (const match of raw.matchAll(/(?:^|[^\w.])call\s+(?:%\[)?([A-Za-z_]\w*)/g)) {
    const name = match[1] as string;
    const at = start + match.index + match[0].length - name.length;
    m.asmCalls.push({ name, span: span(at, at + name.length) });
  }
}
