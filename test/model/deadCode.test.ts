/** Code behind a jump is dropped by the compiler and calls nothing; code that a label, a case or the build keeps is not. */
import { describe, expect, it } from 'vitest';
import { unit } from '../support/unit.js';

const CALL = 'bpf_loop(1, cb, 0, 0);';

/** Is the call of bpf_loop reported for a kernel that lacks it? */
async function reported(body: string): Promise<boolean> {
  const { findings, model } = await unit(`
static long cb(__u32 i, void *d) { return 0; }
SEC("kprobe/x") int prog(struct pt_regs *ctx)
{
${body}
}
`, { kernel: '5.4' });
  expect(model.programs).toHaveLength(1);
  return findings.some((f) => f.subject === 'bpf_loop');
}

describe('code behind a jump', () => {
  it.each([
    [`return 0;\n${CALL}`],
    [`return 0;\nif (ctx) { ${CALL} }`],
    [`while (ctx) { break; ${CALL} }\nreturn 0;`],
    [`for (;;) { if (ctx) { continue; ${CALL} } }\nreturn 0;`],
    [`goto out;\n${CALL}\nout: return 0;`],
    [`switch (ctx->di) { case 1: return 1; ${CALL} }\nreturn 0;`],
    [`{ return 0; ${CALL} }\nreturn 1;`],
  ])('is dropped: %s', async (body) => expect(await reported(body)).toBe(false));

  it.each([
    [`if (ctx) return 0;\n${CALL}\nreturn 1;`],
    [`if (ctx) { return 0; }\n${CALL}\nreturn 1;`],
    [`return 0;\nagain: ${CALL}\ngoto again;`],
    [`if (ctx) goto out;\nreturn 0;\nout:\n${CALL}\nreturn 1;`],
    [`if (ctx) goto in;\nreturn 0;\n{ in: ; }\n${CALL}\nreturn 1;`],
    [`switch (ctx->di) { case 1: return 1; case 2: ${CALL} }\nreturn 0;`],
    [`switch (ctx->di) { case 1: return 1; default: ${CALL} break; }\nreturn 0;`],
    [`#ifdef OFF\nreturn 0;\n#endif\n${CALL}\nreturn 1;`],
    [`while (ctx) { break; }\n${CALL}\nreturn 0;`],
    [`do { break; } while (0);\n${CALL}\nreturn 0;`],
    [`bpf_repeat(3) { return 0; }\n${CALL}\nreturn 1;`],
    [`MY_EACH(x) { return 0; }\n${CALL}\nreturn 1;`],
    [`MY_EACH(x) return 0;\n${CALL}\nreturn 1;`],
    [`unless (ctx) return 0;\n${CALL}\nreturn 1;`],
  ])('stays: %s', async (body) => expect(await reported(body)).toBe(true));
});
