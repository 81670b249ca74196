/**
 * The messages that the kernel's own tests expect (`__msg("…")` in tools/testing/selftests/bpf/progs of Debian's linux-source), held against
 * the book: how many are known. Where the sources are not unpacked a committed sample of those texts stands for them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MessageBook } from '../../server/src/verifier/messageBook.js';
import { statementOf } from '../../server/src/verifier/statements.js';
import { loadTestFacts } from '../support/facts.js';

const ROOT = path.join(import.meta.dirname, '../..');
const PROGS = path.join(ROOT, '.cache/linux-source-6.12/tools/testing/selftests/bpf/progs');

/** Texts of messages; instructions, states and the like, of which the tests expect many too, are none. */
function expected(): string[] {
  const texts = existsSync(PROGS) ? readdirSync(PROGS).filter((file) => file.endsWith('.c')).flatMap((file) => textsOf(readFileSync(path.join(PROGS, file), 'utf8'))) : readFileSync(path.join(import.meta.dirname, 'samples.txt'), 'utf8').split('\n');
  // Pieces of a message that are too short to tell anything are left out.
  return [...new Set(texts)].filter((text) => text.length >= 16 && isMessage(text)).sort();
}

function textsOf(source: string): string[] {
  return [...source.matchAll(/__msg(?:_unpriv)?\("((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text!.replace(/\{\{\[0-9\]\+\}\}/g, '1').replace(/\\(.)/g, '$1'));
}

function isMessage(text: string): boolean {
  if (/\{\{|^(?::|if |fp|call |\*\(|stack depth|parent state|frame ?\d|processed|mark_precise|regs=|R\d+_w=|returning from|to caller|Validating |\('\w+'\) is |from \d)|R\d+(?:_w)?=| stack= /.test(text)) return false;
  return statementOf(text, 0)?.kind === 'message';
}

describe('messages that the kernel’s tests expect', () => {
  it('are known, three of four at least, though many are only pieces of a message', async () => {
    const book = MessageBook.of(await loadTestFacts());
    const texts = expected();
    const unknown = texts.filter((text) => book.find(text) === undefined);
    expect(texts.length).toBeGreaterThan(100);
    const share = 1 - unknown.length / texts.length;
    expect(share, `${unknown.length} of ${texts.length} are not known: ${unknown.slice(0, 40).join(' | ')}`).toBeGreaterThanOrEqual(0.75);
  });
});
