/** Flags helpers that the oldest kernels of the target do not let these programs call, while later kernels do. */
import { defineRule } from './rule.js';
import { callReport, judgedCalls } from './support/calls.js';
import { renameFixes } from './support/fixes.js';
import { newerThanTarget } from './support/messages.js';

export const helperNewerThanTarget = defineRule({
  id: 'helper-newer-than-target',
  severity: 'error',
  doc: {
    summary: 'The program calls a helper that came, or came to its program type, after the oldest kernel of the target.',
    why:
      'A kernel that does not know a helper refuses the whole program, and so does one that knows it but does not yet allow it in this program type. ' +
      'Versions are those of mainline; a distribution may have brought a helper to an older kernel.',
    bad: {
      kernel: '5.4',
      code: `SEC("xdp")
int measure(struct xdp_md *ctx)
{
	return bpf_xdp_get_buff_len(ctx) > 1500 ? XDP_DROP : XDP_PASS;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      kernel: '5.4',
      code: `SEC("xdp")
int measure(struct xdp_md *ctx)
{
	return ctx->data_end - ctx->data > 1500 ? XDP_DROP : XDP_PASS;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions:
      'There is no finding without a target kernel, and none for a call that runs only where a guard such as `bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_…)` holds.',
  },
  run(context, report) {
    for (const judged of judgedCalls(context, 'helper', 'newer')) {
      const { call, programs } = judged;
      report(callReport(context, call, programs, newerThanTarget(context, judged), renameFixes(context, call, programs)));
    }
  },
});
