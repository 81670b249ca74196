/** Loads and stores of the context in the assembly of `__naked` functions: only what is certain. */
import { describe, expect, it } from 'vitest';
import { unit } from '../support/unit.js';

const program = (section: string, code: string, operands = ''): string => `SEC("${section}")
__naked void prog(void)
{
	asm volatile ("					\\
${code}
	exit;						\\
"	:
	: ${operands}${operands === '' ? '' : '\n\t: '}__clobber_all);
}
`;

/** "read data@76+4", with the shape behind it if there is one. */
async function accesses(section: string, code: string, operands = ''): Promise<string[]> {
  const text = program(section, code, operands);
  const u = await unit(text);
  return u.model.contextAccesses.map(({ access, asm }) => {
    expect(text.slice(access.fieldSpan.start, access.fieldSpan.end)).toMatch(/^\*\s*\(.*\)\s*\(r\d/);
    return `${access.access} ${access.field}@${asm!.offset}+${asm!.size}${asm!.shape === undefined ? '' : ` ${asm!.shape}`}`;
  });
}
const offset = (field: string, more = ''): string => `__imm_const(off, offsetof(struct __sk_buff, ${field})${more})`;

describe('context accesses in assembly', () => {
  it('are named by the field at their offset, numbers or offsetof', async () => {
    expect(await accesses('tc', '\tr0 = *(u32*)(r1 + %[off]);	\\', offset('data'))).toEqual(['read data@76+4']);
    expect(await accesses('tc', '\tr0 = *(u32 *)(r1 + 8);	\\\n\t*(u32*)(r1 + 8) = r0;	\\')).toEqual(['read mark@8+4', 'write mark@8+4']);
    expect(await accesses('tc', '\tr0 = *(u32*)(r1 + %[off]);	\\', offset('cb[2]'))).toEqual(['read cb@56+4']);
    expect(await accesses('tc', '\tr0 = *(u32*)(r1 + %[off]);	\\', '__imm_const(off, offsetof(struct other, data))')).toEqual([]);
  });

  it('follow copies of the register, and stop where it may be something else', async () => {
    expect(await accesses('tc', '\tr6 = r1; r1 = 0; r0 = *(u32*)(r6 + 0); r2 = *(u32*)(r1 + 4); \\')).toEqual(['read len@0+4']);
    for (const jump of ['if r1 == 0 goto l0_%=;', 'call %[bpf_x];', 'goto +1;', 'l0_%=: r0 = 0;', '.8byte %[insn];', 'r1 += 8;', 'w1 = w1;', 'r1 = *(u64*)(r10 - 8);']) {
      expect(await accesses('tc', `\t${jump} r0 = *(u32*)(r1 + 0); \\`)).toEqual([]);
    }
  });

  it('say what no kernel takes: too wide, outside, narrow or with its sign extended where it is a pointer', async () => {
    expect(await accesses('tc', '\tr0 = *(u64*)(r1 + 0); \\')).toEqual(['read len@0+8 crosses']);
    expect(await accesses('tc', '\tr0 = *(u32*)(r1 + 4000); \\')).toEqual(['read @4000+4 outside']);
    expect(await accesses('tc', '\tr0 = *(s32*)(r1 + %[off]); \\', offset('data_end'))).toEqual(['read data_end@80+4 signed-pointer']);
    expect(await accesses('tc', '\tr0 = *(u32*)(r1 + %[off]); \\', offset('sk', ' + 4'))).toEqual(['read sk@172+4 narrow']);
    expect(await accesses('tc', '\tr0 = *(u8*)(r1 + 0); \\')).toEqual(['read len@0+1']);
  });

  it('are only read in naked functions', async () => {
    const text = program('tc', '\tr0 = *(u32*)(r1 + 4000); \\');
    expect((await unit(text)).findings.map((f) => f.rule)).toEqual(['context-field-not-allowed']);
    expect((await unit(text.replace('__naked ', ''))).findings).toEqual([]);
  });

  it('count where every arm of an #if makes them, whatever the build says', async () => {
    const found = async (asm: string): Promise<number> => (await unit(`SEC("lwt_in")\n__naked void prog(void)\n{\n\tasm volatile (\n${asm}\n\t"exit;"\n\t: : __imm_const(at, offsetof(struct __sk_buff, tc_classid)) : __clobber_all);\n}\n`)).findings.length;
    const bad = '\t"r0 = *(u16*)(r1 + %[at]);"';
    const fine = '\t"r0 = *(u32*)(r1 + 0);"';
    expect(await found(bad)).toBe(1);
    expect(await found(`#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__\n${bad}\n#else\n${bad.replace('%[at]', '74')}\n#endif`)).toBe(1);
    expect(await found(`#if X\n${bad}\n#else\n${fine}\n#endif`)).toBe(0);
    expect(await found(`#if X\n${bad}\n#endif`)).toBe(0);
    expect(await found(`${bad}\n#if X\n\t"r0 = 1;"\n#endif`)).toBe(1);
    expect(await found(`#if X\n${bad}\n#elif Y\n${bad}\n#endif`)).toBe(0);
  });

  it('are found in functions that a macro writes, at its use', async () => {
    const text = `#define LOAD(type, ctx, field) SEC(type) __naked void load_##field(void) { asm volatile ("r0 = *(u8 *)(r1 + %[off]); exit;" : : __imm_const(off, offsetof(struct ctx, field)) : __clobber_all); }
LOAD("cgroup/getsockopt", bpf_sockopt, optval);
`;
    const [finding] = (await unit(text)).findings;
    expect(finding?.message).toMatch(/^`optval` of `struct bpf_sockopt` is loaded whole/);
    expect(text.slice(finding!.span.start, finding!.span.end)).toBe('LOAD');
  });
});
