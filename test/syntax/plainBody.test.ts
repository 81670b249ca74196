/**
 * Functions that are read without tree-sitter: what comes out must be what comes out with it, for every text that is not given up.
 * Held against the shapes of the other suites, real programs where they are at hand, and texts made at random.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { Language } from 'web-tree-sitter';
import { beforeAll, describe, expect, it } from 'vitest';
import { span } from '../../server/src/text/span.js';
import { BodySink } from '../../server/src/syntax/bodySink.js';
import { BodyWalk } from '../../server/src/syntax/bodyWalk.js';
import { withTree } from '../../server/src/syntax/parser.js';
import { plainBody } from '../../server/src/syntax/plainBody.js';
import { isGrammarWord } from '../../server/src/syntax/plainTokens.js';
import { cutSource, maskChunk } from '../../server/src/syntax/sourceUnit.js';
import { setupSyntax } from '../support/syntax.js';
import { SOURCE, generated } from './sources.js';
import type { NodeCursor } from '../../server/src/syntax/nodeTree.js';

beforeAll(setupSyntax);

/** What both ways of reading say about the functions of a text; `plain` counts those that were not given up. */
function readBoth(text: string): { functions: number; plain: number } {
  const unit = cutSource(text);
  const count = { functions: 0, plain: 0 };
  for (const chunk of unit.chunks) {
    if (chunk.body < 0) continue;
    count.functions++;
    const m = maskChunk(unit, chunk);
    const whole = m.spanOf(chunk.first, chunk.last);
    const bodyStart = unit.tokens.start[chunk.body] as number;
    const walked = (cursor: NodeCursor, hasError: boolean): Record<string, unknown> => {
      const sink = new BodySink(m, unit.chunkContext.conditionsAt, [], unit.chunkContext.unrolledBefore);
      new BodyWalk(m, whole.start, bodyStart, sink).run(cursor, hasError);
      sink.finish([]);
      const { calls, fields, identifiers, localDecls, assignments, loops, returns, problems, types } = sink;
      return { calls, fields, identifiers, localDecls, assignments, loops, returns, problems, types, hasError };
    };
    const cursor = plainBody(m);
    if (cursor === undefined) continue;
    count.plain++;
    const plain = walked(cursor, false);
    const holes = unit.chunkContext.holes.map((h) => span(h.start, h.end));
    const tree = withTree(m.render(whole.start, whole.end, holes), (parsed) => walked(parsed.cursor, parsed.hasError));
    expect(plain, text.slice(whole.start, whole.end)).toEqual(tree);
  }
  return count;
}

/** tree-sitter takes `(a) && b == c` for a cast, and `!a->b++` for `(!a->b)++`. */
const misread = (text: string): boolean => /\)\s*&&|\+\+|--/.test(text);

const inFunction = (body: string): string => `static int f(struct xdp_md *ctx, __u32 n)\n{\n${body}\n}\n`;
const isPlain = (body: string): boolean => readBoth(inFunction(body)).plain === 1;

describe('a function read from its tokens', () => {
  it.each([
    ['calls, members, elements', 'x = f(a->b.c[i], &d, *e)->g;'],
    ['every operator', 'x = a + b * -c / ~d % !e << 1 >> 2 & f | g ^ h; x += 1; x <<= 2; y = a < b == c > d; z = a <= b != c >= d;'],
    ['short circuits', 'if (a && b || (c && d)) return e && !f || g;'],
    ['choices', 'x = a ? b : c ? d : e; y = a ?: b; z = (a) ? (b) : (c);'],
    ['casts', 'x = (void *)(long)ctx->data; y = (u32)z; w = (struct a *)(b)->c; v = (a)(long)b; (void)x;'],
    ['parentheses that are no cast', 'x = (a) / 1; y = (a)(b); z = (a) == b; w = (a)[1];'],
    ['sizes', 'x = sizeof(a) * sizeof(struct b) + sizeof(*c) - sizeof d->e; y = sizeof(struct a *) & 1;'],
    ['literals', `x = 0x1fULL + 07 - -1 + 'a' + '\\n'; s = "a\\n" "b" PRIu64 "c"; p = NULL; q = true;`],
    ['declarations', 'unsigned long long a = 1, *b, c[N][2] = {}; const struct s *d = &(struct s){ .a = b, .c[1] = { 1, 2 }, d: 3 }; T e; T *g = h; static const char i[] = "x";'],
    ['loops', 'for (int i = 0, j; i < n; i++, j--) continue; for (;;) break; while (a) b(); do { c(); } while (d);'],
    ['cases', 'switch (a) { int x; case 1: case B: f(); return 0; default: { g(); } h(); }'],
    ['jumps', 'if (a) goto out; else if (b) return 1; else { c(); } return 2; out: int x = 3; d: ; return x;'],
    ['blocks in expressions', 'x = ({ int y = g(); y; }); bpf_loop(n, ({ f(); }), 0); M(1, { h(); });'],
    ['what the mask writes', 'bpf_for(i, 0, n) { f(i); } asm volatile("r1 = %[a]" :: [a]"r"(b), "i"(c) : "r1"); x = M(struct y *, 1);'],
    ['GNU C that the mask makes plain', 'switch (a) { case 1 ... 5: f(); } typeof(ctx->data) x = (__typeof__(y))z; __attribute__((fallthrough)); asm goto("" : : : : out); out: return 0;'],
    ['a size before a star', 'x = sizeof (u32) * n + sizeof (ctx->data) * ctx->len;'],
    ['calls of what stands in parentheses', '(g1)(1); (*g2)(2); (u64)(ctx->data); (u64)({ int y = 1; y; }); T (*h)(T, U) = g; T (x);'],
    ['comments', 'a = b; // naïve → c\n/* ü */ d();'],
  ])('reads %s as the grammar does', (_, body) => {
    expect(isPlain(body)).toBe(true);
  });

  it.each([
    ['a bracket too few', 'f((a);'],
    ['no semicolon', 'a = b\nc = d;'],
    ['structs of its own', 'struct { int a; } x;'],
    ['function pointers', 'int (*f)(int) = g;'],
    ['a sum on the left', 'a + b = c;'],
    ['what may declare a function', 'a * b(c);'],
    ['a word as a factor', 'a * NULL;'],
    ['a name that may be a type', 'x = (a) & b + c;'],
    ['a sign that may be a difference', 'x = (u64)-a * b;'],
    ['a continued line', 'a = b; // c \\\nd = e;'],
    ['assembly the mask left', 'typedef int x;'],
    ['a continued word', 'x = bpf_k\\\ntime_get_ns();'],
    ['an attribute of C23', '[[fallthrough]];'],
    ['labels as values', 'void *p = &&out; out: f();'],
    ['a choice by type', 'x = _Generic(n, int: 1, default: 2);'],
    ['a function in it', 'int g(int z) { return z; } x = g(1);'],
    ['digraphs', 'int a<:3:> = <% 1, 2 %>;'],
    ['literals with prefixes', 'f(L"abc");'],
    ['arrays made on the spot', 'x = (u32 [2]){ 1, 2 };'],
    ['deep nesting', `x = ${'('.repeat(1000)}1${')'.repeat(1000)};`],
  ])('leaves %s to tree-sitter', (_, body) => {
    expect(isPlain(body)).toBe(false);
  });

  it('is right where tree-sitter is mistaken', () => {
    const unit = cutSource(inFunction('x = (a) && b == c; if ((f(y)) && z > 0) return !ctx->d++;'));
    const m = maskChunk(unit, unit.chunks[0]!);
    const sink = new BodySink(m, () => [], [], () => false);
    new BodyWalk(m, 0, unit.tokens.start[unit.chunks[0]!.body] as number, sink).run(plainBody(m)!, false);
    expect(sink.identifiers.map((i) => i.name)).toEqual(['x', 'a', 'b', 'c', 'y', 'z', 'ctx']);
    expect(sink.calls.map((c) => c.name)).toEqual(['f']);
    expect(sink.fields.map((f) => f.access)).toEqual(['readwrite']);
  });

  it('reads nearly all functions of programs', () => {
    const counts = [SOURCE, generated(500)].map(readBoth);
    const sum = (of: 'functions' | 'plain'): number => counts.reduce((n, count) => n + count[of], 0);
    expect(sum('functions')).toBeGreaterThan(20);
    expect(sum('plain') / sum('functions')).toBeGreaterThan(0.9);
  });

  it('knows every word of the grammar', async () => {
    const wasm = readFileSync(createRequire(import.meta.url).resolve('tree-sitter-c/tree-sitter-c.wasm'));
    const language = await Language.load(wasm);
    const words = language.types.filter((name) => name !== null && /^[A-Za-z_]\w*$/.test(name));
    const anonymous = words.filter((name) => language.idForNodeType(name, false) !== null && language.idForNodeType(name, false) !== 0);
    expect(anonymous).toContain('while');
    expect(anonymous.filter((word) => !isGrammarWord(word))).toEqual([]);
  });

  const tokens = 'a b c T struct x int unsigned const static ( ) ( ) { } [ ] ; ; , = = += == -> . + - * * & && || ! ~ ++ < >> ? : 1 -1 "s" sizeof return if else for while do switch case default goto break NULL offsetof'.split(' ');

  it('agrees with tree-sitter on any row of tokens that it takes', () => {
    let plain = 0;
    fc.assert(fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 9 }), fc.constantFrom('', 'x = ', 'int x = ', 'return ', 'if (a) '), (row, before) => {
      fc.pre(!misread(row.join(' ')));
      plain += readBoth(inFunction(`${before}${row.join(' ')};`)).plain;
    }), { numRuns: 4000, seed: 20261122 });
    expect(plain).toBeGreaterThan(300);
  });

  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof({ maxDepth: 4, withCrossShrink: true },
      fc.constantFrom('a', 'ctx', '1', '-1', '0x1f', '"s"', 'NULL', "'c'"),
      fc.tuple(tie('expression'), fc.constantFrom('+', '-', '*', '&', '&&', '||', '==', '<', '<<', ',', '=', '|='), tie('expression')).map(([l, o, r]) => `${l} ${o} ${r}`),
      fc.tuple(fc.constantFrom('!', '-', '*', '&', '++', 'sizeof ', '(T)', '(int)', '(struct x *)', '(T *)', '(const T *)'), tie('expression')).map(([o, e]) => o + e),
      tie('expression').map((e) => `(${e})`),
      fc.tuple(tie('expression'), fc.constantFrom('->f', '.g', '[1]', '++', '()')).map(([e, o]) => e + o),
      fc.array(tie('expression'), { maxLength: 3 }).map((args) => `f(${args.join(', ')})`),
      fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([c, y, n]) => `${c} ? ${y} : ${n}`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(struct x){ .a = ${a}, ${b} }`)),
  }));

  it('agrees with tree-sitter on any expression that it takes', () => {
    let plain = 0;
    fc.assert(fc.property(expression, fc.constantFrom('x = ', 'if (', 'T y = ', ''), (e, before) => {
      fc.pre(!misread(e));
      plain += readBoth(inFunction(`${before}${e}${before === 'if (' ? ') g()' : ''};`)).plain;
    }), { numRuns: 2000, seed: 20261122 });
    expect(plain).toBeGreaterThan(500);
  });
});
