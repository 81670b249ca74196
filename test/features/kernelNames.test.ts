/** Completion and verdicts out of a kernel's own types, and several kernels in one target. */
import { describe, expect, it } from 'vitest';
import { complete } from '../../server/src/features/completion/completion.js';
import { hover } from '../../server/src/features/hover/hover.js';
import { TEST_KERNEL } from '../support/kernels.js';
import { unit } from '../support/unit.js';

const CURSOR = '/*|*/';

async function labels(code: string, kernel = TEST_KERNEL): Promise<readonly string[]> {
  const analysed = await unit(code.replace(CURSOR, ''), { kernel });
  return (complete(analysed, code.indexOf(CURSOR))?.entries ?? []).map((entry) => entry.label);
}

const BODY = (line: string): string => `#include "vmlinux.h"
SEC("fentry/do_unlinkat")
int prog(void *ctx)
{
    struct task_struct *task = (void *)bpf_get_current_task();
    ${line}
}
`;

describe('sections', () => {
  it('offer functions behind the slash, by what is typed', async () => {
    expect(await labels(`SEC("fentry/tcp_${CURSOR}")\nint f(void *ctx) { return 0; }\n`)).toEqual(['fentry/tcp_close', 'fentry/tcp_connect']);
    expect(await labels(`SEC("kprobe/do_${CURSOR}")\nint f(void *ctx) { return 0; }\n`)).toEqual(['kprobe/do_unlinkat', 'kprobe/do_unlinkat_other']);
  });

  it('offer hooks and tracepoints by their own names', async () => {
    expect(await labels(`SEC("lsm/${CURSOR}")\nint f(void *ctx) { return 0; }\n`)).toEqual(['lsm/file_open']);
    expect(await labels(`SEC("tp_btf/${CURSOR}")\nint f(void *ctx) { return 0; }\n`)).toEqual(['tp_btf/sched_switch']);
  });

  it('are offered themselves where no types are at hand', async () => {
    expect(await labels(`SEC("fent${CURSOR}")\nint f(void *ctx) { return 0; }\n`, '6.1')).toContain('fentry');
  });
});

describe('fields', () => {
  it('are those of the struct that a variable points to, unnamed parts included', async () => {
    expect(await labels(BODY(`return task->${CURSOR}pid;`))).toEqual(['__state', 'pid', 'mm', 'tgid']);
  });

  it('follow the chain of a read', async () => {
    expect(await labels(BODY(`return BPF_CORE_READ(task, ${CURSOR});`))).toEqual(['__state', 'pid', 'mm', 'tgid']);
    expect(await labels(BODY(`return BPF_CORE_READ(task, mm, ${CURSOR});`))).toEqual(['pgd']);
  });
});

describe('several kernels', () => {
  const CALL = 'SEC("xdp")\nint f(struct xdp_md *ctx)\n{\n    return bpf_xdp_get_buff_len(ctx);\n}\nchar LICENSE[] SEC("license") = "GPL";\n';
  const found = async (kernel: string): Promise<readonly string[]> => (await unit(CALL, { kernel })).findings.map((f) => f.message);
  const hovered = async (kernel: string): Promise<string> => JSON.stringify(hover(await unit(CALL, { kernel }), CALL.indexOf('bpf_xdp') + 2));

  it('name those that fail', async () => {
    const [message] = await found('5.15,debian11,rhel9.6');
    expect(message).toContain('Linux 5.15 lacks it');
    expect(message).toContain('The same on debian11.');
    expect(message).not.toContain('rhel9.6');
  });

  it('see what was brought back, and leave open what nobody lists', async () => {
    expect(await found('5.14')).toHaveLength(1);
    expect(await found('rhel9.6')).toEqual([]);
    expect(await found('rhel9')).toEqual([expect.stringContaining('The same on rhel9.1.') as string]);
    expect(await found('rhel9.2..rhel9.8')).toEqual([]);
    expect(await found('sles15sp4')).toEqual([]);
    expect(await found('debian11')).toHaveLength(1);
  });

  it('answer in hovers for the one that is worst off', async () => {
    expect(await hovered('rhel9.6')).toContain('your target rhel9.6 is fine');
    expect(await hovered('rhel9.6,debian11')).toContain('your target debian11 is too old');
    expect(await hovered('rhel9')).toContain('your target rhel9.0 is too old');
    expect(await hovered('sles15sp4')).toContain('not known for all of your target sles15sp4');
  });
});
