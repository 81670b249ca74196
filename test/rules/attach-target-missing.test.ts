/** Targets of programs against the types of a kernel. */
import { test } from 'vitest';
import { check } from '../support/check.js';
import { LONE_KERNEL, TEST_KERNEL } from '../support/kernels.js';

const SECTION = (section: string, caret = ''): string => `SEC("${section}")
${caret}int prog(void *ctx)
{
    return 0;
}
char LICENSE[] SEC("license") = "GPL";
`;

test('a function that is not there, with one that is meant', async () => {
  await check(SECTION('fentry/do_unlinkad', '//          ^^^^^^^^^^^ attach-target-missing (warning): Did you mean `do_unlinkat`?\n'), { kernel: TEST_KERNEL });
});

test('a hook and a tracepoint that are not there', async () => {
  await check(SECTION('lsm/file_opem', '//       ^^^^^^^^^ attach-target-missing (warning): does not know `bpf_lsm_file_opem`\n').replace('does not', 'do not'), { kernel: TEST_KERNEL });
  await check(SECTION('tp_btf/sched_swap', '//          ^^^^^^^^^^ attach-target-missing (warning): has no tracepoint `sched_swap`\n'), { kernel: TEST_KERNEL });
});

test('what a module may have, whose types are not at hand, is told; a hook is never one of a module', async () => {
  await check(SECTION('fexit/nf_conntrack_in', '//         ^^^^^^^^^^^^^^^ attach-target-missing (warning): or a module has it\n'), { kernel: LONE_KERNEL });
  await check(SECTION('tp_btf/sched_swap', '//          ^^^^^^^^^^ attach-target-missing (warning): or a module has it\n'), { kernel: LONE_KERNEL });
  await check(SECTION('lsm/file_opem', '//       ^^^^^^^^^ attach-target-missing (warning): do not know `bpf_lsm_file_opem`\n'), { kernel: LONE_KERNEL });
});

test('no error for a target that the loader replaces, as that of fsslower in bcc', async () => {
  await check(SECTION('fentry/dummy_file_read', '//          ^^^^^^^^^^^^^^^ attach-target-missing (warning): unless the loader sets another target\n'), { kernel: TEST_KERNEL });
});

test('a kprobe of which types say nothing is a note', async () => {
  await check(SECTION('kprobe/inlined_away', '//          ^^^^^^^^^^^^ attach-target-missing (info): it may be inlined\n'), { kernel: TEST_KERNEL });
});

test.each(['fentry/tcp_connect', 'fexit/tcp_close', 'lsm/file_open', 'tp_btf/sched_switch', 'kprobe/do_unlinkat', 'kprobe/other+4', '?fentry/nowhere', 'fentry', 'xdp', 'kprobe.multi/tcp_*', 'fentry/mod:func', 'kprobe/tcp_rcv.isra.0', 'fexit/tcp_rcv.constprop.0'])('nothing for %s', async (section) => {
  await check(SECTION(section), { kernel: TEST_KERNEL });
});

test('nothing for programs that only the build decides about', async () => {
  await check(`#ifdef OLD_KERNEL\n${SECTION('fentry/do_unlinkad').replace(/char LICENSE.*\n/, '')}#endif\nchar LICENSE[] SEC("license") = "GPL";\n`, { kernel: TEST_KERNEL });
  await check(SECTION('fentry/do_unlinkad').replace('SEC("fentry/do_unlinkad")', '#ifdef OLD_KERNEL\nSEC("fentry/do_unlinkad")\n#else\nSEC("fentry/do_unlinkat")\n#endif'), { kernel: TEST_KERNEL });
});

test.each([undefined, '6.1', 'rhel9.4'])('nothing without types (%s)', async (kernel) => {
  await check(SECTION('fentry/do_unlinkad'), kernel === undefined ? {} : { kernel });
});
