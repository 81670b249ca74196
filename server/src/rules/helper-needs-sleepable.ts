/** Flags helpers that may sleep in programs that may not. */
import { defineRule } from './rule.js';
import { isInTimer, sleepingInCallbacks } from './support/callbacks.js';
import { callReport, judgedCalls } from './support/calls.js';
import { sleepableFix } from './support/fixes.js';
import { needsSleepable } from './support/messages.js';

export const helperNeedsSleepable = defineRule({
  id: 'helper-needs-sleepable',
  severity: 'error',
  doc: {
    summary: 'The program calls a helper that may sleep, and the program is not sleepable.',
    why:
      'Helpers such as `bpf_copy_from_user` can wait for a page to be brought in. The verifier lets only sleepable programs call them: ' +
      'those in sections that end in `.s`, on hooks where sleeping is possible.',
    bad: {
      code: `SEC("lsm/bprm_check_security")
int BPF_PROG(on_exec, struct linux_binprm *bprm)
{
	char first = 0;

	bpf_copy_from_user(&first, sizeof(first), (const void *)bprm->p);
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      code: `SEC("lsm.s/bprm_check_security")
int BPF_PROG(on_exec, struct linux_binprm *bprm)
{
	char first = 0;

	bpf_copy_from_user(&first, sizeof(first), (const void *)bprm->p);
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions: 'In a program type that can never sleep the finding is `helper-not-allowed`. Guarded calls make none, nor do callbacks of work queues and task work, which may sleep in any program. Callbacks of timers may not, not even in sleepable programs: kernels see to that from Linux 6.18 on.',
  },
  run(context, report) {
    for (const judged of judgedCalls(context, 'helper', 'needs-sleepable')) {
      const fixes = isInTimer(context, judged.call) ? [] : sleepableFix(context, judged.fact, judged.programs);
      report(callReport(context, judged.call, judged.programs, needsSleepable(context, judged, fixes.length > 0), fixes));
    }
    sleepingInCallbacks(context, 'helper', report);
  },
});
