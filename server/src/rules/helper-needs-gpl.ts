/** Flags GPL-only helpers in a unit whose licence is known not to be compatible with the GPL. */
import { defineRule } from './rule.js';
import { gplReports } from './support/licence.js';

export const helperNeedsGpl = defineRule({
  id: 'helper-needs-gpl',
  severity: 'error',
  doc: {
    summary: 'The program calls a helper for GPL-compatible programs only, and the licence is another.',
    why:
      'Some helpers are exported to GPL-compatible programs only. The kernel compares the string in the `license` section with a fixed list ' +
      '(`GPL`, `GPL v2`, `GPL and additional rights`, `Dual BSD/GPL`, `Dual MIT/GPL`, `Dual MPL/GPL`) and refuses such a call when it is not on it.',
    bad: {
      code: `SEC("kprobe/do_unlinkat")
int on_unlink(struct pt_regs *ctx)
{
	return bpf_trace_printk("x", 2);
}
char LICENSE[] SEC("license") = "Apache-2.0";
`,
    },
    good: {
      code: `SEC("kprobe/do_unlinkat")
int on_unlink(struct pt_regs *ctx)
{
	return bpf_trace_printk("x", 2);
}
char LICENSE[] SEC("license") = "Dual BSD/GPL";
`,
    },
    exceptions: 'A licence that is not in sight, because an included file or another object holds it, is not known, and makes no finding. The setting for the assumed licence changes that.',
  },
  run(context, report) {
    for (const finding of gplReports(context, 'helper')) report(finding);
  },
});
