/** Flags kfuncs that may sleep in programs that may not. */
import { defineRule } from './rule.js';
import { isInTimer, sleepingInCallbacks } from './support/callbacks.js';
import { callReport, judgedCalls } from './support/calls.js';
import { sleepableFix } from './support/fixes.js';
import { needsSleepable } from './support/messages.js';

export const kfuncNeedsSleepable = defineRule({
  id: 'kfunc-needs-sleepable',
  severity: 'error',
  doc: {
    summary: 'The program calls a kfunc marked as sleepable (`KF_SLEEPABLE`), and the program is not sleepable.',
    why: 'Such a kfunc can wait, and a program that runs where nothing may wait must not call it. The verifier lets only programs in `.s` sections do so.',
    bad: {
      code: `extern int bpf_copy_from_user_str(void *dst, __u32 size, const void *from, __u64 flags) __ksym;

SEC("lsm/file_open")
int BPF_PROG(on_open, struct file *file)
{
	char text[8];

	return bpf_copy_from_user_str(text, sizeof(text), 0, 0) < 0 ? -1 : 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      code: `extern int bpf_copy_from_user_str(void *dst, __u32 size, const void *from, __u64 flags) __ksym;

SEC("lsm.s/file_open")
int BPF_PROG(on_open, struct file *file)
{
	char text[8];

	return bpf_copy_from_user_str(text, sizeof(text), 0, 0) < 0 ? -1 : 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions: 'In a program type that can never sleep the finding is `kfunc-not-allowed`. Guarded calls make none, nor do callbacks of work queues and task work, which may sleep in any program. Callbacks of timers may not, not even in sleepable programs: kernels see to that from Linux 6.18 on.',
  },
  run(context, report) {
    for (const judged of judgedCalls(context, 'kfunc', 'needs-sleepable')) {
      const fixes = isInTimer(context, judged.call) ? [] : sleepableFix(context, judged.fact, judged.programs);
      report(callReport(context, judged.call, judged.programs, needsSleepable(context, judged, fixes.length > 0), fixes));
    }
    sleepingInCallbacks(context, 'kfunc', report);
  },
});
