/** The verifier's register states: `R0_w=map_value_or_null(id=1,off=0,…) R10=fp0 fp-8=mmmmmmmm refs=2`. */
import type { Register, State } from './verifier.types.js';

/** The start of a state; `frame1: ` may stand before it. */
const START = /^ ?(?:frame(\d+): ?)?(?=(?:R\d|R10|fp-\d|refs=|cb$|async_cb|$))/;
/** A state that lists this many registers is taken for a whole one. */
const WHOLE = 2;

/**
 * Reads a state.
 * @param whole true if it stands by itself, so that it may list all registers
 * @returns undefined if the text is no state
 */
export function parseState(text: string, whole: boolean): State | undefined {
  const m = START.exec(text);
  if (m === null) return undefined;
  const registers: Register[] = [];
  let at = m[0].length;
  while (at < text.length) {
    while (text[at] === ' ') at++;
    const end = tokenEnd(text, at);
    const token = text.slice(at, end);
    at = end + 1;
    const equals = token.indexOf('=');
    const name = equals === -1 ? '' : /^(R\d+|fp-\d+)(?:_[rwPRWD]+)?$/.exec(token.slice(0, equals))?.[1];
    if (name) registers.push({ name, value: token.slice(equals + 1) });
    else if (token !== '' && !/^(?:refs=|cb$|async_cb$|frame\d+:|arena|mem)/.test(token)) return registers.length > 0 ? { frame: Number(m[1] ?? 0), registers, whole: false } : undefined;
  }
  if (registers.length === 0) return undefined;
  return { frame: Number(m[1] ?? 0), registers, whole: whole && registers.length >= WHOLE };
}

/** Where a token ends: at a blank outside of parentheses. */
function tokenEnd(text: string, start: number): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const c = text[i];
    if (c === '(') depth++;
    else if (c === ')') depth = Math.max(0, depth - 1);
    else if (c === ' ' && depth === 0) return i;
  }
  return text.length;
}

/** What kind of thing a value is, its details taken off: `map_value_or_null`, `scalar`, `ctx`. */
export function valueType(value: string): string {
  if (/^(?:inv|P|scalar|invP)?-?(?:0x)?[0-9a-f]*$/.test(value) && /\d/.test(value)) return 'number';
  return /^[a-z_]+/i.exec(value)?.[0] ?? value;
}

/** The details of a value, by name: `umax` → `255`. */
export function valueDetails(value: string): ReadonlyMap<string, string> {
  const open = value.indexOf('(');
  const details = new Map<string, string>();
  if (open === -1) return details;
  let depth = 0;
  let start = open + 1;
  for (let i = open; i < value.length; i++) {
    const c = value[i];
    if (c === '(') depth++;
    else if (c === ')') depth--;
    if ((c === ',' && depth === 1) || (c === ')' && depth === 0)) {
      // `smin=umin=0`: several names for one number.
      const names = value.slice(start, i).split('=');
      const last = names.pop() ?? '';
      for (const name of names) details.set(name, last);
      start = i + 1;
    }
  }
  return details;
}
