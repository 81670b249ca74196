/** What a suppression comment silences, and what it must not. */
import { describe, expect, it } from 'vitest';
import { unit } from '../support/unit.js';

/** Lines (1-based) on which helper-not-allowed is still found. */
async function lines(code: string): Promise<number[]> {
  const u = await unit(code);
  return u.findings.filter((f) => f.rule === 'helper-not-allowed').map((f) => code.slice(0, f.span.start).split('\n').length);
}
const BAD = 'bpf_skb_load_bytes(ctx, 0, 0, 0);';
const ALLOW = '/* ebpf-lens: allow(helper-not-allowed) */';
const program = (...body: string[]): string => ['SEC("xdp") int f(struct xdp_md *ctx)', '{', ...body, '  return 0;', '}', ''].join('\n');

describe('a suppression comment', () => {
  it('is needed here', async () => expect(await lines(program(BAD, BAD))).toEqual([3, 4]));

  it('silences the next statement only', async () => {
    expect(await lines(program(ALLOW, BAD, BAD))).toEqual([5]);
    expect(await lines(program('// ebpf-lens: allow(helper-not-allowed)', BAD, BAD))).toEqual([5]);
  });

  it('silences a whole block statement with its else', async () => {
    expect(await lines(program(ALLOW, `if (ctx) { ${BAD}`, `} else {`, BAD, '}', BAD))).toEqual([8]);
  });

  it('silences its own line when it stands behind a statement', async () => {
    expect(await lines(program(`${BAD} ${ALLOW}`, BAD))).toEqual([4]);
  });

  it('silences the next function', async () => {
    const twice = program(BAD) + ALLOW + '\n' + program(BAD).replace(' f(', ' g(');
    expect(await lines(twice)).toEqual([3]);
  });

  it('silences the file when it stands at the top', async () => {
    expect(await lines(`${ALLOW}\n#include "x.h"\n${program(BAD)}`)).toEqual([]);
  });

  it('silences only the rules that it names', async () => {
    expect(await lines(`/* ebpf-lens: allow(kfunc-not-allowed) */\n#include "x.h"\n${program(BAD)}`)).toEqual([5]);
  });

  it('is no suppression inside a string', async () => {
    expect(await lines(program('char *s = "/* ebpf-lens: allow(helper-not-allowed) */";', BAD))).toEqual([4]);
  });
});
