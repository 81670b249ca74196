/** What limits leave out is told, and what goes round is: nothing is cut off in silence. */
import { describe, expect, it } from 'vitest';
import { includeCycles } from '../../server/src/model/includeCycles.js';
import { collectInput } from '../../server/src/model/includes.js';
import { unit } from '../support/unit.js';

const collect = (files: Record<string, string>, main = '/p/a.c') => collectInput(main, files[main]!, (path) => files[path], []);

describe('includes', () => {
  it('that go round are a line for the log, and cut nothing off', () => {
    const input = collect({ '/p/a.c': '#include "b.h"\n#include "d.h"\n', '/p/b.h': '#include "c.h"\n', '/p/c.h': '#include "b.h"\n', '/p/d.h': '#include "c.h"\n' });
    expect(includeCycles(input)).toEqual(['files include one another in a circle: /p/b.h → /p/c.h → /p/b.h']);
    expect(input.limits).toEqual([]);
    expect(includeCycles(collect({ '/p/a.c': '#include "b.h"\n#include "c.h"\n', '/p/b.h': '#include "c.h"\n', '/p/c.h': '' }))).toEqual([]);
  });

  it('that a limit leaves out are told', () => {
    const many = (path: string): string => Array.from({ length: 20 }, (_, i) => `#include "${path.slice(path.lastIndexOf('/') + 1, -2)}${i}.h"\n`).join('');
    expect(collectInput('/p/a.c', '#include "x.h"\n', many, []).limits).toEqual(['/p/a.c includes more than 200 files: the rest is not read']);
    const deep = (path: string): string => `#include "${path.slice(path.lastIndexOf('/') + 1, -2)}x.h"\n`;
    expect(collectInput('/p/a.c', '#include "x.h"\n', deep, []).limits).toEqual(['includes of /p/a.c are nested more than 64 deep: the rest is not read']);
    const large = 'x'.repeat(17 * 1024 * 1024);
    expect(collectInput('/p/a.c', '#include "x.h"\n', (path) => (path === '/p/x.h' ? large : undefined), []).limits).toEqual(['/p/x.h is not read: with it, /p/a.c includes more than 16 million characters']);
  });
});

describe('macros', () => {
  const bomb = Array.from({ length: 40 }, (_, i) => `#define P${i + 1}(n) P${i}(n) P${i}(n)\n`).join('');

  it('that would expand without end say what was left out', async () => {
    const { model, failures } = await unit(`#define P0(n) SEC("xdp") int f##n(struct xdp_md *ctx) { return 0; }\n${bomb}P40(a)\nSEC("tc") int g(struct __sk_buff *skb) { return 0; }\n`);
    expect(failures).toEqual([]);
    expect(model.programs.map((p) => p.name)).toContain('g');
    expect(model.limits?.some((note) => /^the macro P\d+ is used more than 8 macros deep/.test(note))).toBe(true);
  });

  it('that expand to themselves or to nothing much say nothing', async () => {
    const { model } = await unit('#define A B\n#define B A\n#define F(x) F(x)\nSEC(A) int f(struct xdp_md *ctx) { return F(1) + A; }\n');
    expect(model.limits?.length).toBeLessThanOrEqual(1);
    expect((await unit('#define TWICE(x) ((x) * 2)\nSEC("xdp") int f(struct xdp_md *ctx) { return TWICE(1); }\n')).model.limits).toEqual([]);
  });
});
