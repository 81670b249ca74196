/** Flags helpers that programs of this type, or attached this way, may call on no kernel, or no longer. */
import { defineRule } from './rule.js';
import { callReport, judgedCalls } from './support/calls.js';
import { replacementFixes } from './support/fixes.js';
import { notAllowed } from './support/messages.js';

export const helperNotAllowed = defineRule({
  id: 'helper-not-allowed',
  severity: 'error',
  doc: {
    summary: 'The program calls a helper that its program type or attach type may not call.',
    why:
      'Each program type has its own list of helpers, and some helpers are further limited to certain attach types. ' +
      'The verifier refuses to load a program that calls any other. The rule speaks when every kernel that is known refuses the call, ' +
      'or, with a target, when a kernel of the target refuses what earlier ones allowed.',
    bad: {
      code: `SEC("tracepoint/syscalls/sys_enter_openat")
int on_open(void *ctx)
{
	return bpf_redirect(1, 0);
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      code: `SEC("tc")
int on_packet(struct __sk_buff *skb)
{
	return bpf_redirect(1, 0);
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions:
      'No finding is made where it is not known what the kernel says: in `freplace` programs, which take the set of their target, in struct_ops members that were not measured, ' +
      'in sections that are not recognised, and for calls behind a guard such as `bpf_core_enum_value_exists`.',
  },
  run(context, report) {
    for (const judged of judgedCalls(context, 'helper', 'not-allowed')) {
      const { call, programs } = judged;
      report(callReport(context, call, programs, notAllowed(context, judged), () => replacementFixes(context, call, programs)));
    }
  },
});
