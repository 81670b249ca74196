/** An analysis that followed edits must equal a fresh one, cost what the edit changed, and hold no memory. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { SourceFile } from '../../server/src/syntax/sourceFile.js';
import { setupSyntax } from '../support/syntax.js';
import { SOURCE, generated } from './sources.js';
import { view } from './support.js';

beforeAll(setupSyntax);

const PIECES = [
  'x', '{', '}', '(', ')', ';', ',', '"', "'", '/*', '*/', '//', '\n', '#if X\n', '#else\n', '#endif\n', '#define INLINE\n', '\\\n', 'SEC("tc")\n', 'int f(void) { return bpf_x(); }\n', 'ctx->data', 'return 0;',
  ' __weak ', '\r\n', '🐝', 'if (a) return 1;\n', 'asm volatile ("" : ', 'BPF_PROG(', '\n#endif\nint g;\n', 'struct x', '[', ']', '=', '*', '&&', 'do {', '__uint(type, ',
];

interface Change {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(SOURCE.length),
  remove: fc.oneof(fc.constant(0), fc.nat(12), fc.nat(200)),
  insert: fc.oneof(fc.constant(''), fc.constantFrom(...PIECES), fc.array(fc.constantFrom(...PIECES), { maxLength: 4 }).map((p) => p.join(''))),
});

const apply = (text: string, c: Change): string => {
  const at = Math.min(c.at, text.length);
  return text.slice(0, at) + c.insert + text.slice(at + c.remove);
};

describe('update', () => {
  it('gives what a fresh analysis gives, after any edits', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        let text = SOURCE;
        const file = new SourceFile('a.bpf.c', text);
        for (const c of changes) {
          text = apply(text, c);
          file.update(text);
          expect(file.view).toEqual(view(text, 'a.bpf.c'));
        }
      }),
      { numRuns: 150 },
    );
  });

  it.each(['int x =', 'int x = ;', 'int a, x ='])('gives what a fresh analysis gives for a half-typed initializer: %s', (typed) => {
    const text = `int f(void) { return 1; }\n${typed}`;
    const file = new SourceFile('a.bpf.c', text);
    expect(file.view.variables.every((v) => v.initializer === undefined)).toBe(true);
    file.update(text.replace('1', '12'));
    expect(file.view).toEqual(view(text.replace('1', '12'), 'a.bpf.c'));
    file.update(text.slice(1));
    expect(file.view).toEqual(view(text.slice(1), 'a.bpf.c'));
  });

  it('gives what a fresh analysis gives when an edit is taken back', () => {
    const first = view(SOURCE, 'a.bpf.c');
    fc.assert(
      fc.property(change, (c) => {
        const file = new SourceFile('a.bpf.c', SOURCE);
        file.update(apply(SOURCE, c));
        file.update(SOURCE);
        expect(file.view).toEqual(first);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the very views of code before and below an edit', () => {
    const file = new SourceFile('a.bpf.c', SOURCE);
    const byName = (name: string): unknown => file.view.functions.find((f) => f.name === name);
    const before = [byName('helper'), byName('do_unlinkat')];
    const at = SOURCE.indexOf('typeof(dfd)');
    file.update(SOURCE.slice(0, at) + 'int y;\n' + SOURCE.slice(at));
    expect(byName('helper')).toBe(before[0]);
    expect(byName('do_unlinkat')).not.toBe(before[1]);
  });

  it('sees a changed #define of an attribute everywhere', () => {
    const file = new SourceFile('a.c', '#define X\nstatic X int f(void) { return 0; }');
    expect(file.view.functions[0]?.isInline).toBe(false);
    file.update('#define X SEC("tc")\nstatic X int f(void) { return 0; }');
    expect(file.view.functions[0]?.sections[0]?.parts[0]?.value).toBe('tc');
  });
});

describe('memory', () => {
  it('stays flat however often a file is parsed', () => {
    const text = generated(400);
    const file = new SourceFile('a.bpf.c', text);
    const round = (n: number): void => {
      for (let i = 0; i < n; i++) {
        file.update(text + `/* ${i} */ int v${i};`);
        void new SourceFile('b.bpf.c', text).view;
      }
    };
    round(10);
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().external;
    round(60);
    const after = process.memoryUsage().arrayBuffers + process.memoryUsage().external;
    // a leaked tree of this text is some 300 kB in the wasm heap, which would be 18 MB here
    expect(after - before).toBeLessThan(8 * 1024 * 1024);
  });
});
