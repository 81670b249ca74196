/** `struct pt_regs` under the cursor: fields by architecture, offered, shown and explained. */
import { describe, expect, it } from 'vitest';
import { explain, explanationText } from '../../server/src/features/explain.js';
import { RULES } from '../../server/src/rules/index.js';
import type { Settings } from '../../server/src/settings/settings.js';
import { loadTestFacts } from '../support/facts.js';
import { unit } from '../support/unit.js';
import { completeAt, hoverAt } from './harness.js';

const offered = async (code: string, settings: Partial<Settings> = {}): Promise<readonly string[]> => (await completeAt(code, { settings }))?.labels ?? [];
const shown = async (code: string, settings: Partial<Settings> = {}): Promise<string> => (await hoverAt(code, { settings }))?.text ?? '';

const probe = (body: string, head = '#include "vmlinux.h"'): string => `${head}\nSEC("kprobe/vfs_read")\nint p(struct pt_regs *ctx)\n{\n\treturn ${body};\n}\n`;

describe('registers', () => {
  it('are offered behind the context of a probe, those with a meaning first', async () => {
    const names = await offered(probe('ctx->/*|*/'), { architecture: 'x86' });
    expect(names).toEqual(expect.arrayContaining(['di', 'si', 'ax', 'sp', 'ip', 'r15']));
    expect(names).not.toContain('rdi');
    expect(await offered(probe('ctx->/*|*/'), { architecture: 'arm64' })).toEqual(expect.arrayContaining(['regs', 'pc', 'sp']));
    expect(await offered(probe('ctx->/*|*/', '#define __TARGET_ARCH_arm64\n#include "vmlinux.h"'))).not.toContain('di');
  });

  it('are those of the two usual architectures where nothing names one', async () => {
    expect(await offered(probe('ctx->/*|*/'))).toEqual(expect.arrayContaining(['di', 'regs']));
  });

  it('have their names of user space with its headers', async () => {
    const names = await offered(probe('ctx->/*|*/', '#include <linux/ptrace.h>'), { architecture: 'x86' });
    expect(names).toContain('rdi');
    expect(names).not.toContain('di');
  });

  it.each([
    ['the hidden context of a macro', 'SEC("kprobe/x")\nint BPF_KPROBE(p, int fd)\n{\n\treturn ctx->/*|*/;\n}\n', true],
    ['another parameter', 'SEC("uprobe/x")\nint p(struct pt_regs *regs)\n{\n\treturn regs->/*|*/;\n}\n', true],
    ['a cast', 'SEC("kprobe/x")\nint p(void *ctx)\n{\n\treturn ((struct pt_regs *)ctx)->/*|*/;\n}\n', true],
    ['the array of BPF_PROG', 'SEC("fentry/x")\nint BPF_PROG(p, int fd)\n{\n\treturn ctx->/*|*/;\n}\n', false],
    ['another context', 'SEC("xdp")\nint p(struct xdp_md *ctx)\n{\n\treturn ctx->/*|*/;\n}\n', false],
  ])('behind %s', async (_, code, expected) => {
    expect((await offered(code, { architecture: 'x86' })).includes('di')).toBe(expected);
  });

  it('say in hovers what they hold, and make no finding', async () => {
    const text = await shown(probe('ctx->d/*|*/i'), { architecture: 'x86' });
    expect(text).toMatch(/unsigned long di; \/\* struct pt_regs, x86-64, offset 112 \*\/[^]*1st argument/);
    expect(text).not.toMatch(/arm64/);
    expect(await shown(probe('ctx->re/*|*/gs[0]'))).toMatch(/u64 regs\[31\][^]*arguments 1 to 8/);
    expect(await shown(probe('0; struct pt_re/*|*/gs *x'), { architecture: 'arm64' })).toMatch(/arm64, 320 bytes[^]*u64 pc;/);
    expect((await unit(probe('ctx->di == 7 && ctx->ax'))).findings.filter((f) => f.severity === 'error')).toEqual([]);
  });

  it('are explained by name', async () => {
    const facts = await loadTestFacts();
    for (const word of ['pt_regs', 'struct pt_regs', 'pt_regs.di', 'ctx->rdi', 'orig_gpr2']) {
      expect(explanationText(explain(word, facts, RULES)), word).toMatch(/struct pt_regs/);
    }
    expect(explain('xdp_md.di', facts, RULES).known).toBe(false);
  });
});
