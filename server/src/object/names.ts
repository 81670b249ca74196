/** Names of an object as C identifiers: each once, so that the outline can be read back. */

const WORDS = new Set([
  'auto', 'break', 'case', 'char', 'const', 'continue', 'default', 'do', 'double', 'else', 'enum', 'extern', 'float', 'for', 'goto', 'if', 'inline', 'int',
  'long', 'register', 'restrict', 'return', 'short', 'signed', 'sizeof', 'static', 'struct', 'switch', 'typedef', 'union', 'unsigned', 'void', 'volatile', 'while', '_Bool',
]);
const MAX_NAME = 128;

/** A word that C takes; compilers make names such as `prog.____fmt` and `work.llvm.1234`. */
export function identifier(name: string, otherwise: string): string {
  const word = name.slice(0, MAX_NAME).replace(/[^\w]/g, '_');
  if (word === '') return otherwise;
  return /^\d/.test(word) || WORDS.has(word) ? `_${word}` : word;
}

/** Hands out each word once. */
export class Names {
  private readonly taken = new Set<string>();
  private next = 1;

  unique(name: string, otherwise: string): string {
    let word = identifier(name, otherwise);
    while (this.taken.has(word)) word = `${identifier(name, otherwise)}_${this.next++}`;
    this.taken.add(word);
    return word;
  }
}

/** A string literal; what is no printable ASCII stands as `?`. */
export function quoted(text: string): string {
  return `"${text.slice(0, 512).replace(/[^ -~]/g, '?').replace(/["\\]/g, '\\$&')}"`;
}
