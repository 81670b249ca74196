/** Flags kfunc calls in a unit whose licence is known not to be compatible with the GPL. */
import { defineRule } from './rule.js';
import { gplReports } from './support/licence.js';

export const kfuncNeedsGpl = defineRule({
  id: 'kfunc-needs-gpl',
  severity: 'error',
  doc: {
    summary: 'The program calls a kfunc, and its licence is not compatible with the GPL.',
    why: 'Every kfunc call demands a program under a GPL-compatible licence, whatever the kfunc does; the verifier compares the string in the `license` section with its fixed list.',
    bad: {
      code: `extern void bpf_rcu_read_lock(void) __ksym;

SEC("tp_btf/task_newtask")
int on_task(void *ctx)
{
	bpf_rcu_read_lock();
	return 0;
}
char LICENSE[] SEC("license") = "Proprietary";
`,
    },
    good: {
      code: `extern void bpf_rcu_read_lock(void) __ksym;

SEC("tp_btf/task_newtask")
int on_task(void *ctx)
{
	bpf_rcu_read_lock();
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions: 'A licence that is not in sight is not known, and makes no finding.',
  },
  run(context, report) {
    for (const finding of gplReports(context, 'kfunc')) report(finding);
  },
});
