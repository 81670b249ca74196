/** Whatever the text: no throw, no hang, no wrong place. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { SourceFile } from '../../server/src/syntax/sourceFile.js';
import { maskText } from '../../server/src/syntax/sourceUnit.js';
import { setupSyntax } from '../support/syntax.js';
import { SOURCE, generated } from './sources.js';
import { fn, sections, view } from './support.js';
import type { FileView } from '../../server/src/syntax/views.js';

beforeAll(setupSyntax);

/** Every span of a view lies in the text, and what has a name stands where it says. */
function checkPlaces(v: FileView): void {
  const check = (s: { start: number; end: number }): void => {
    if (!(s.start >= 0 && s.start <= s.end && s.end <= v.text.length)) throw new Error(`span ${s.start}-${s.end} of ${v.text.length}`);
  };
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null) {
      const o = value as Record<string, unknown>;
      if (typeof o.start === 'number' && typeof o.end === 'number') check(o as { start: number; end: number });
      else Object.values(o).forEach(walk);
    }
  };
  walk({ ...v, text: undefined });
  for (const f of v.functions) {
    for (const c of f.calls) if (c.form !== 'prefix-macro') expect(v.text.slice(c.nameSpan.start, c.nameSpan.end)).toBe(c.name);
    for (const a of f.fields) expect(v.text.slice(a.fieldSpan.start, a.fieldSpan.end)).toBe(a.field);
    for (const i of f.identifiers) expect(v.text.slice(i.span.start, i.span.end)).toBe(i.name);
  }
}

/** Analyses, checks places, asks for roles here and there. */
function exercise(text: string): FileView {
  const file = new SourceFile('x.bpf.c', text);
  checkPlaces(file.view);
  for (const at of [0, text.length >> 1, text.length]) {
    file.roleAt(at);
    file.completionAt(at);
  }
  return file.view;
}

describe('the mask', () => {
  it('has the length and the line breaks of the text, whatever it is', () => {
    const piece = fc.oneof(fc.constantFrom('SEC("x")', '\n', '\r\n', '\\\n', '#if A\n', '#endif\n', 'asm("', '(', ')', '{', '}', ';', ',', 'bpf_for(', '__uint(type, 1)', '🐝', '"', "'", '/*', '*/', 'struct x', 'f', ' '), fc.string({ maxLength: 5 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const out = maskText(text);
        expect(out.length).toBe(text.length);
        expect(out.replace(/[^\r\n]/g, '')).toBe(text.replace(/[^\r\n]/g, ''));
      }),
      { numRuns: 400 },
    );
  });
});

describe('broken code', () => {
  it('any beginning of a file is analysed', () => {
    fc.assert(fc.property(fc.nat(SOURCE.length), (n) => void exercise(SOURCE.slice(0, n))), { numRuns: 120 });
  });

  it('any middle of a file is analysed', () => {
    fc.assert(fc.property(fc.nat(SOURCE.length), fc.nat(600), (n, length) => void exercise(SOURCE.slice(n, n + length))), { numRuns: 80 });
  });

  it('any text is analysed', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void exercise(text)), { numRuns: 80 });
  });

  it('a missing brace does not hide the next program', () => {
    const v = exercise('SEC("xdp")\nint a(struct xdp_md *ctx)\n{\n\tif (ctx->data) {\n\t\tbpf_x();\n\treturn 0;\n}\n\nSEC("tc")\nint b(struct __sk_buff *skb)\n{\n\treturn skb->mark;\n}\n');
    expect(v.functions.map((f) => [f.name, sections(f)])).toEqual([['a', ['xdp']], ['b', ['tc']]]);
    expect(v.problems.length).toBeGreaterThan(0);
  });

  it('a missing brace does not hide the next function without a section', () => {
    const v = exercise('int a(void)\n{\n\tif (x) {\n\treturn 0;\n}\n\nstatic int b(int x)\n{\n\treturn bpf_y();\n}\n');
    expect(v.functions.map((f) => f.name)).toEqual(['a', 'b']);
  });

  it('half a statement does not hide the calls around it', () => {
    const f = fn('SEC("xdp")\nint a(struct xdp_md *ctx)\n{\n\tbpf_a();\n\tif (ctx->\n\tbpf_b();\n\tx = bpf_c(\n\treturn bpf_d();\n}\n', 'a');
    expect(f.calls.map((c) => c.name)).toEqual(expect.arrayContaining(['bpf_a', 'bpf_c', 'bpf_d']));
  });

  it('half a declaration does not hide the program after it', () => {
    const v = exercise('struct event\n\nSEC("xdp")\nint a(struct xdp_md *ctx)\n{\n\treturn 0;\n}\n');
    expect(v.functions.map((f) => [f.name, sections(f)])).toEqual([['a', ['xdp']]]);
  });

  it('a section without a string has no parts', () => {
    const v = exercise('SEC()\nint a(void *ctx) { return 0; }');
    expect(v.functions[0]?.sections[0]?.parts).toEqual([]);
  });

  it('an unclosed section is a section', () => {
    const v = exercise('SEC("xd\nint a(void *ctx) { return 0; }');
    expect(v.functions.map((f) => f.name)).toEqual(['a']);
    expect(v.functions[0]?.sections[0]?.parts[0]?.value).toBe('xd');
  });

  it.each(['"', "'", '\\', '#', '/*', 'SEC(', 'asm(', '}', ')', ']]]', '{{{', '#if', '#endif', '#else', '#define', '#define (', '#include', '__attribute__((', 'BPF_PROG(', '\u2028', '\ufeffint x;'])('%j is analysed', (text) => {
    exercise(text);
    exercise(`${text}\nint f(void) { return 0; }\n${text}`);
  });
});

describe('big and odd input', () => {
  it('binary bytes give an empty view with one problem', () => {
    const v = view('int f(void) { return 0; }\0\x01');
    expect([v.functions.length, v.problems.length]).toEqual([0, 1]);
  });

  it('more than 8 MB give an empty view with one problem', () => {
    const v = view('int x;\n'.repeat(1_300_000));
    expect([v.variables.length, v.problems.length]).toEqual([0, 1]);
  });

  it('5 MB of C are analysed', () => {
    const filler = 'struct s { int a; void (*f)(int, char); };\nstatic const int table[] = { 1, 2, 3 };\n#define X(a) (a)\n'.repeat(45_000);
    const text = filler + generated(20_000);
    expect(text.length).toBeGreaterThan(5_000_000);
    const v = view(text);
    expect(v.functions.length).toBeGreaterThan(500);
    expect(v.problems).toEqual([]);
  });

  it.each([
    ['parentheses', '('.repeat(50_000)],
    ['braces', '{'.repeat(50_000)],
    ['brackets', '['.repeat(50_000)],
    ['closing braces', '}'.repeat(50_000)],
    ['#ifs', '#if A\n'.repeat(5_000)],
    ['nested calls', 'f('.repeat(20_000) + ')'.repeat(20_000)],
    ['nested blocks', '{'.repeat(5_000) + '}'.repeat(5_000)],
    ['nested ifs', 'if (a) '.repeat(3_000) + ';'],
    ['else ifs', 'if (a) b(); else '.repeat(2_000) + 'c();'],
    ['logical', `x = ${'a && '.repeat(2_000)}b;`],
    ['ifs in a macro\'s argument', `RUN(${'if (a) '.repeat(10_000)}b(););`],
    ['early exits in a macro\'s argument', `RUN(${'if (a) return 1; '.repeat(10_000)}b(););`],
    ['conditions in conditions', `RUN(${'if ('.repeat(10_000)}${')'.repeat(10_000)};);`],
    ['elses in broken code', `) ${'if (a) b(); else '.repeat(5_000)}c();`],
    ['early exits', 'if (a) return 1;\n'.repeat(2_000) + 'b();'],
    ['operators', `x = ${'1 + '.repeat(20_000)}1;`],
    ['casts', `x = ${'(int)'.repeat(5_000)}1;`],
    ['labels', 'goto a; a: '.repeat(3_000) + ';'],
    ['strings', `f(${'"a" '.repeat(20_000)});`],
    ['asm', `asm volatile (${'"a" '.repeat(5_000)}: ${'"r"(x), '.repeat(3_000)}"r"(y));`],
    ['commas', `f(${','.repeat(10_000)});`],
    ['one identifier', 'a'.repeat(500_000)],
    ['words', 'a '.repeat(50_000)],
    ['stars', `int ${'*'.repeat(20_000)}x;`],
  ])('many %s take no exponential time and no deep recursion', (_, piece) => {
    exercise(`int f(void *ctx)\n{\n${piece}\n}\n`);
    exercise(piece);
  });
});

describe('vmlinux.h', () => {
  const header = 'typedef unsigned int u32;\nstruct task_struct { int (*f)(int); };\n#define X 1\nextern struct task_struct *bpf_task_acquire(struct task_struct *p) __weak __ksym;\nextern __bpf_fastcall void bpf_rcu_read_lock(void) __weak __ksym;\nenum { A };\n';

  it('is scanned for what it declares', () => {
    const v = view(header, '/x/vmlinux.h');
    expect(v.functions.map((f) => [f.name, f.returnType, f.isExtern, f.annotations.map((a) => a.name), f.bodySpan])).toEqual([
      ['bpf_task_acquire', 'struct task_struct *', true, ['__weak', '__ksym'], undefined],
      ['bpf_rcu_read_lock', 'void', true, ['__bpf_fastcall', '__weak', '__ksym'], undefined],
    ]);
    expect(v.defines.map((d) => d.name)).toEqual(['X']);
  });

  it('is scanned however big, and so is every header of that size', () => {
    const big = header + 'struct s { int a; void (*f)(int, char); };\n'.repeat(60_000);
    expect(view(big, 'gen.h').functions.length).toBe(2);
  });
});
