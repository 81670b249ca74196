/** The tokens that are left of a chunk when it is masked, as the grammar's own lexer would see them: operators joined, words told apart. */
import { CHAR, IDENT, NUMBER, STRING } from './lexer.js';
import { ASM_NAME } from './maskAsm.js';
import type { Mask } from './mask.js';

// Kinds beside those of the lexer (lexer.ts): words of the grammar, and operators of several characters.
export const LITERAL = 5; // true, NULL
export const PRIMITIVE = 6;
export const SIZED = 7; // unsigned, long
export const TAGGED = 8; // struct, union, enum
export const QUALIFYING = 9;
export const STORING = 10;
export const SIZEOF = 11;
export const OFFSETOF = 12;
export const IF = 13;
export const ELSE = 14;
export const WHILE = 15;
export const FOR = 16;
export const DO = 17;
export const SWITCH = 18;
export const CASE = 19;
export const DEFAULT = 20;
export const RETURN = 21;
export const GOTO = 22;
export const BREAK = 23;
export const CONTINUE = 24;
/** The last kind that is a word: anything of the grammar that is not read here. */
export const OTHER_WORD = 25;
export const ARROW = 128;
export const INCREMENT = 129; // ++ and --
export const AND = 130;
export const OR = 131;
export const EQUALITY = 132;
export const ORDER = 133; // <= and >=, and < and >
export const SHIFTS = 134;
export const ASSIGN = 135; // = and its compounds

/** Every word of tree-sitter-c's grammar; a test compares them with the grammar. */
const WORDS: readonly (readonly [kind: number, words: string])[] = [
  [LITERAL, 'true false TRUE FALSE NULL nullptr'],
  [PRIMITIVE, 'bool char int float double void size_t ssize_t ptrdiff_t intptr_t uintptr_t charptr_t nullptr_t max_align_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t char8_t char16_t char32_t char64_t'],
  [SIZED, 'signed unsigned long short'],
  [TAGGED, 'struct union enum'],
  [QUALIFYING, 'const constexpr volatile restrict __restrict__ _Atomic _Noreturn noreturn _Nonnull'],
  [STORING, 'extern static auto register inline __inline __inline__ __forceinline thread_local __thread'],
  [SIZEOF, 'sizeof'],
  [OFFSETOF, 'offsetof'],
  [IF, 'if'],
  [ELSE, 'else'],
  [WHILE, 'while'],
  [FOR, 'for'],
  [DO, 'do'],
  [SWITCH, 'switch'],
  [CASE, 'case'],
  [DEFAULT, 'default'],
  [RETURN, 'return'],
  [GOTO, 'goto'],
  [BREAK, 'break'],
  [CONTINUE, 'continue'],
  [
    OTHER_WORD,
    'typedef asm __asm__ __asm __volatile__ __extension__ __attribute__ __attribute __declspec __based __cdecl __clrcall __stdcall __fastcall __thiscall __vectorcall __restrict __uptr __sptr _unaligned __unaligned ' +
      'alignas _Alignas alignof _alignof __alignof __alignof__ _Alignof _Generic __try __except __finally __leave defined',
  ],
];
const kindOfWord = new Map<string, number>(WORDS.flatMap(([kind, words]) => words.split(' ').map((word): [string, number] => [word, kind])));

/** By first character: the lengths of the grammar's words, a bit each. It spares the look-up for nearly all names. */
const lengths = new Int32Array(128);
for (const word of kindOfWord.keys()) lengths[word.charCodeAt(0)]! |= 1 << word.length;

/** True for words that the grammar does not take as a name everywhere. */
export function isGrammarWord(word: string): boolean {
  return kindOfWord.has(word);
}

/** True for kinds that are written as a name: what may stand behind `.` and `->`. */
export function isWord(kind: number): boolean {
  return kind === IDENT || (kind >= LITERAL && kind <= OTHER_WORD);
}

/** The kind of a name: that of the grammar's word, or `IDENT`. */
function kindOfName(text: string, start: number, end: number): number {
  if (end - start > 31 || (((lengths[text.charCodeAt(start)] ?? 0) >> (end - start)) & 1) === 0) return IDENT;
  return kindOfWord.get(text.slice(start, end)) ?? IDENT;
}

/** Characters that one lexer takes as blank or as part of a name, and the other does not. */
const UNCERTAIN = /[\0-\x08\v\f\x0e-\x1f\x7f\u00a0\ufeff]/; // eslint-disable-line no-control-regex
const NOT_ASCII = /[^\x00-\x7f]/; // eslint-disable-line no-control-regex

/** Tokens of one chunk; the arrays are used again for the next one. */
export class PlainTokens {
  kind = new Uint8Array(1024);
  /** Offsets in the file. */
  start = new Int32Array(1024);
  end = new Int32Array(1024);
  count = 0;

  /**
   * Takes the tokens of a masked chunk.
   * @returns false where the grammar's lexer could see others: odd characters, line continuations, literals out of the ordinary
   */
  read(m: Mask): boolean {
    const { tokens } = m;
    this.count = 0;
    const whole = tokens.text.slice(tokens.start[m.first], tokens.end[m.last - 1]);
    if (UNCERTAIN.test(whole)) return false;
    const ascii = !NOT_ASCII.test(whole);
    let backslashes = 0;
    const edits = m.editsInOrder();
    let e = 0;
    for (let i = m.first; i < m.last; i++) {
      const start = tokens.start[i] as number;
      const end = tokens.end[i] as number;
      const kind = tokens.kind[i] as number;
      for (let edit = edits[e]; edit !== undefined && edit.start < start; edit = edits[++e]) if (edit.text !== '') this.add(edit.text.charCodeAt(0), edit.start, edit.end);
      const literal = kind === STRING || kind === CHAR;
      if (literal) backslashes += backslashesIn(tokens.text.slice(start, end));
      if (m.isChanged(i)) {
        const text = edits[e++]?.text ?? '';
        if (text !== '' && !this.addWritten(text, start)) return false;
      } else if (kind === IDENT) {
        if (!ascii && NOT_ASCII.test(tokens.text.slice(start, end))) return false;
        const next = tokens.kind[i + 1];
        if ((next === STRING || next === CHAR) && tokens.start[i + 1] === end) return false; // L"…"
        this.add(kindOfName(tokens.text, start, end), start, end);
      } else if (kind === NUMBER) {
        if (!isPlainNumber(tokens.text, start, end)) return false;
        this.add(NUMBER, start, end);
      } else if (literal) {
        if (!isPlainLiteral(tokens.text, start, end)) return false;
        this.add(kind, start, end);
      } else this.addOperator(kind, start, end);
    }
    this.ensure(2);
    this.kind[this.count] = this.kind[this.count + 1] = 0;
    return backslashesIn(whole) === backslashes;
  }

  private ensure(more: number): void {
    if (this.count + more <= this.kind.length) return;
    const size = this.kind.length * 2;
    const grow = <T extends Uint8Array | Int32Array>(old: T, fresh: T): T => (fresh.set(old), fresh);
    this.kind = grow(this.kind, new Uint8Array(size));
    this.start = grow(this.start, new Int32Array(size));
    this.end = grow(this.end, new Int32Array(size));
  }

  private add(kind: number, start: number, end: number): void {
    this.ensure(1);
    this.kind[this.count] = kind;
    this.start[this.count] = start;
    this.end[this.count++] = end;
  }

  /** Adds what the mask wrote in the place of a token; false if that is not known here. */
  private addWritten(text: string, start: number): boolean {
    const first = text.charCodeAt(0);
    const kind = text === '0' ? NUMBER : text === ASM_NAME ? IDENT : text.length === 1 ? first : kindOfWord.get(text);
    if (kind === undefined) return false;
    this.add(kind, start, start + text.length);
    return true;
  }

  /** Adds a character of punctuation, joined to the one before it where both make one operator. The longest one wins, as in C. */
  private addOperator(kind: number, start: number, end: number): void {
    const last = this.count - 1;
    if (last >= 0 && this.end[last] === start) {
      const joined = join(this.kind[last] as number, kind, start - (this.start[last] as number));
      if (joined !== 0) {
        this.kind[last] = joined;
        this.end[last] = end;
        return;
      }
    }
    this.add(kind, start, end);
  }
}

/** The operator that `kind` of `length` characters and the character `next` behind it make; 0 if they are two. */
function join(kind: number, next: number, length: number): number {
  if (length > 1) return kind === SHIFTS && next === 61 ? ASSIGN : 0;
  if (next === 61) {
    switch (kind) {
      case 61:
      case 33:
        return EQUALITY;
      case 60:
      case 62:
        return ORDER;
      case 42: case 47: case 37: case 43: case 45: case 38: case 94: case 124:
        return ASSIGN;
    }
    return 0;
  }
  if (kind !== next) return kind === 45 && next === 62 ? ARROW : 0;
  switch (kind) {
    case 38:
      return AND;
    case 124:
      return OR;
    case 43:
    case 45:
      return INCREMENT;
    case 60:
    case 62:
      return SHIFTS;
  }
  return 0;
}

function backslashesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', at + 1)) count++;
  return count;
}

/** True if a literal ends with its quote, is not an empty character, and has no escapes of several characters. */
function isPlainLiteral(text: string, start: number, end: number): boolean {
  const quote = text.charCodeAt(start);
  if (end - start < (quote === 39 ? 3 : 2) || text.charCodeAt(end - 1) !== quote) return false;
  for (let i = start + 1; i < end - 1; i++) {
    if (text.charCodeAt(i) !== 92) continue;
    const next = text.charCodeAt(++i);
    if (i >= end - 1 || next === 120 || next === 117 || next === 85 || next <= 32) return false;
  }
  return true;
}

/** Decimal, octal or hexadecimal digits, and a suffix of `u` and `l`. */
function isPlainNumber(text: string, start: number, end: number): boolean {
  let i = start;
  const hex = end - start > 2 && text.charCodeAt(i) === 48 && (text.charCodeAt(i + 1) | 32) === 120;
  if (hex) i += 2;
  const digits = i;
  for (; i < end; i++) {
    const c = text.charCodeAt(i);
    const letter = c | 32;
    if (!((c >= 48 && c <= 57) || (hex && letter >= 97 && letter <= 102))) break;
  }
  if (i === digits) return false;
  for (; i < end; i++) {
    const letter = text.charCodeAt(i) | 32;
    if (letter !== 117 && letter !== 108) return false;
  }
  return true;
}
