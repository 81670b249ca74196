/** Flags helpers that the oldest kernels of the target do not let these programs call, while later kernels do. */
import { defineRule } from './rule.js';
import { callReport, judgedCalls, loaderSubstitute } from './support/calls.js';
import { replacementFixes } from './support/fixes.js';
import { guardFixes } from './support/guardFix.js';
import { newerThanTarget } from './support/messages.js';
import { isManyArgumentPrintk } from './support/printk.js';

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
      'There is no finding without a target kernel, and none for a call that runs only where a guard such as `bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_…)` holds. ' +
      'Calls of `bpf_probe_read_kernel`, `bpf_probe_read_user` and their `_str` forms are information only, since libbpf and cilium/ebpf put `bpf_probe_read` in their place on kernels that lack them; through macros such as `BPF_CORE_READ` they are not reported at all.',
  },
  run(context, report) {
    for (const judged of judgedCalls(context, 'helper', 'newer')) {
      const { call, programs } = judged;
      // Its own rule says what is to be done: fewer arguments.
      if (isManyArgumentPrintk(call)) continue;
      // libbpf's own macros call what loaders rewrite: nothing for the user to do, and every use of them would be named.
      if (call.rewrittenBefore !== undefined && call.via !== undefined && loaderSubstitute(context, judged) !== undefined) continue;
      const finding = callReport(context, call, programs, newerThanTarget(context, judged), () => [...guardFixes(context, judged), ...replacementFixes(context, call, programs)]);
      const substitute = loaderSubstitute(context, judged);
      // libbpf and cilium/ebpf rewrite the call, so that the kernel never sees it: worth knowing, but nothing is refused.
      if (substitute === undefined) report(finding);
      else report({ ...finding, severity: 'info', message: `${finding.message} libbpf and cilium/ebpf call \`${substitute}\` in its place there.` });
    }
  },
});
