/** A small tokenizer for pieces of C (macro bodies, conditions, initializers): never for whole files. */

/** One token. `value` of a string is its text between the quotes. */
export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'punct';
  readonly value: string;
}

const TOKEN = /[A-Za-z_$][\w$]*|\d[\w.]*|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|\/\*[\s\S]*?\*\/|\/\/[^\n]*|##|&&|\|\||[<>=!]=|<<|>>|->|\S/g;

/** Longest piece that is looked at; a longer one gives the tokens of its beginning. */
const MAX_TEXT = 16_384;

/** Splits `text`; comments are dropped, line continuations are blanks. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const source = (text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text).replace(/\\\r?\n/g, ' ');
  for (const m of source.matchAll(TOKEN)) {
    const value = m[0];
    const c = value.charCodeAt(0);
    if (c === 0x22 && value.length > 1) tokens.push({ kind: 'string', value: value.slice(1, -1) });
    else if (c === 0x27) tokens.push({ kind: 'number', value });
    else if (value.startsWith('/*') || value.startsWith('//')) continue;
    else if (c >= 0x30 && c <= 0x39) tokens.push({ kind: 'number', value });
    else if (c === 0x5f || c === 0x24 || (c | 32) >= 0x61 && (c | 32) <= 0x7a) tokens.push({ kind: 'word', value });
    else tokens.push({ kind: 'punct', value });
  }
  return tokens;
}

/** A token and where it begins. */
export interface PlacedToken extends Token {
  readonly at: number;
}

const LINE_OF_PREPROCESSOR = /^[ \t]*#(?:[^\n\\]|\\[\s\S])*/gm;

/** Splits text out of a file, preprocessor lines left out, into tokens with their offsets in it. */
export function placedTokens(text: string): PlacedToken[] {
  const blank = (part: string): string => ' '.repeat(part.length);
  const source = (text.includes('#') ? text.replace(LINE_OF_PREPROCESSOR, blank) : text).replace(/\\\r?\n/g, blank);
  const tokens: PlacedToken[] = [];
  for (const { 0: value, index } of source.matchAll(TOKEN)) {
    if (!value.startsWith('/*') && !value.startsWith('//')) tokens.push(placed(value, index));
  }
  return tokens;
}

function placed(value: string, at: number): PlacedToken {
  const c = value.charCodeAt(0);
  if (c === 0x22 && value.length > 1) return { kind: 'string', value: value.slice(1, -1), at };
  if (c === 0x27 || (c >= 0x30 && c <= 0x39)) return { kind: 'number', value, at };
  return { kind: c === 0x5f || c === 0x24 || ((c | 32) >= 0x61 && (c | 32) <= 0x7a) ? 'word' : 'punct', value, at };
}

/**
 * Index of the bracket that closes the one at `open` (any of `(`, `[`, `{`), or the end.
 */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const t = tokens[i]!;
    if (t.kind !== 'punct') continue;
    if (t.value === '(' || t.value === '[' || t.value === '{') depth++;
    else if (t.value === ')' || t.value === ']' || t.value === '}') {
      if (--depth === 0) return i;
    }
  }
  return tokens.length;
}

/** Reads a C integer literal with its suffixes; undefined for anything else. */
export function integerValue(text: string): number | undefined {
  const m = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)[uUlL]*$/.exec(text);
  if (!m) return undefined;
  const digits = m[1]!;
  return /^0\d/.test(digits) ? parseInt(digits, 8) : Number(digits);
}
