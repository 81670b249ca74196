/** Flags kfuncs that the oldest kernels of the target do not have, or not for these programs, while later kernels do. */
import { defineRule } from './rule.js';
import { callReport, judgedCalls } from './support/calls.js';
import { replacementFixes } from './support/fixes.js';
import { guardFixes } from './support/guardFix.js';
import { newerThanTarget } from './support/messages.js';

export const kfuncNewerThanTarget = defineRule({
  id: 'kfunc-newer-than-target',
  severity: 'error',
  doc: {
    summary: 'The program calls a kfunc that came, or came to its program type, after the oldest kernel of the target.',
    why:
      'libbpf looks every kfunc up in the BTF of the running kernel. If a strong one is not there, the object is not loaded; ' +
      'if it is there but not registered for the program type, the verifier refuses the program.',
    bad: {
      kernel: '6.1',
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
    good: {
      kernel: '6.1',
      code: `extern void bpf_rcu_read_lock(void) __ksym __weak;

SEC("tp_btf/task_newtask")
int on_task(void *ctx)
{
	if (bpf_ksym_exists(bpf_rcu_read_lock))
		bpf_rcu_read_lock();
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions: 'There is no finding without a target kernel, and none where `bpf_ksym_exists`, or a test of the weak symbol itself, guards the call.',
  },
  run(context, report) {
    for (const judged of judgedCalls(context, 'kfunc', 'newer')) {
      report(callReport(context, judged.call, judged.programs, newerThanTarget(context, judged), () => [...guardFixes(context, judged), ...replacementFixes(context, judged.call, judged.programs)]));
    }
  },
});
