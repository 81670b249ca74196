/**
 * Flags `bpf_printk` with more than three arguments on kernels without bpf_trace_vprintk. Evidence: `___bpf_pick_printk` in
 * libbpf's bpf_helpers.h; kernel commit 10aceb629e19 ("bpf: Add bpf_trace_vprintk helper"), 5.16.
 */
import { defineRule } from './rule.js';
import { callReport, judgedCalls } from './support/calls.js';
import { isManyArgumentPrintk } from './support/printk.js';
import { members } from './support/messages.js';

export const printkArgumentsNewerThanTarget = defineRule({
  id: 'printk-arguments-newer-than-target',
  severity: 'error',
  doc: {
    summary: '`bpf_printk` with more than three arguments needs a helper that came after the oldest kernel of the target.',
    why:
      "libbpf's `bpf_printk` calls `bpf_trace_printk` for up to three arguments behind the format, and `bpf_trace_vprintk` for more. " +
      'Kernels before 5.16 do not have the latter and refuse the program.',
    bad: {
      kernel: '5.10',
      code: `SEC("xdp")
int show(struct xdp_md *ctx)
{
	bpf_printk("%d %d %d %d", 1, 2, 3, 4);
	return 2;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      kernel: '5.10',
      code: `SEC("xdp")
int show(struct xdp_md *ctx)
{
	bpf_printk("%d %d %d", 1, 2, 3);
	bpf_printk("%d", 4);
	return 2;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions: 'There is no finding without a target kernel, and none for a call that runs only where a guard holds. A direct call of `bpf_trace_vprintk` is the business of `helper-newer-than-target`.',
  },
  run(context, report) {
    for (const judged of judgedCalls(context, 'helper', 'newer')) {
      const { call, programs } = judged;
      if (!isManyArgumentPrintk(call)) continue;
      const message =
        `\`bpf_printk\` with ${call.call.args.length - 1} arguments behind the format calls \`bpf_trace_vprintk\`, upstream since Linux 5.16, which ${members(context, judged)} ` +
        `${judged.verdict.members.length > 1 ? 'lack' : 'lacks'}. Up to three arguments go to \`bpf_trace_printk\`.`;
      report(callReport(context, call, programs, message));
    }
  },
});
