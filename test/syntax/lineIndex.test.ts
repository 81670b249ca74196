/** Offsets, lines and columns. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineIndex } from '../../server/src/text/lineIndex.js';

describe('LineIndex', () => {
  it('counts \\n, \\r\\n and \\r as one line break each', () => {
    const index = new LineIndex('a\nbc\r\nd\re');
    expect(index.lineCount).toBe(4);
    expect(index.positionAt(5)).toEqual({ line: 1, column: 3 });
    expect(index.positionAt(6)).toEqual({ line: 2, column: 0 });
    expect(index.positionAt(8)).toEqual({ line: 3, column: 0 });
  });

  it('counts columns in UTF-16 units', () => {
    const text = 'x 🐝é y';
    expect(new LineIndex(text).positionAt(text.indexOf('y'))).toEqual({ line: 0, column: 6 });
    expect(new LineIndex(text).humanPositionAt(text.indexOf('y'))).toEqual({ line: 1, column: 7 });
  });

  it('moves places outside of the text to the nearest one inside', () => {
    const index = new LineIndex('ab\ncd');
    expect(index.positionAt(99)).toEqual({ line: 1, column: 2 });
    expect(index.positionAt(-3)).toEqual({ line: 0, column: 0 });
    expect(index.offsetAt(0, 99)).toBe(2);
    expect(index.offsetAt(99, 0)).toBe(5);
    expect(index.offsetAt(-1, 5)).toBe(0);
  });

  it('finds the end of a line without its break', () => {
    const index = new LineIndex('ab\r\n\r\ncd');
    expect([index.lineEnd(0), index.lineEnd(1), index.lineEnd(2)]).toEqual([2, 4, 8]);
    expect(index.offsetAt(0, 3)).toBe(2);
  });

  it('takes 1-based places', () => {
    expect(new LineIndex('ab\ncd').offsetOfHuman(2, 2)).toBe(4);
  });

  it('goes there and back', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r\n', '\r', '🐝') }), fc.nat(200), (text, n) => {
        const offset = Math.min(n, text.length);
        const index = new LineIndex(text);
        const { line, column } = index.positionAt(offset);
        const back = index.offsetAt(line, column);
        // between \r and \n there is no place of its own
        expect(back === offset || text.slice(back, offset) === '\r').toBe(true);
      }),
    );
  });
});
