/** Flags kfuncs that programs of this type, or attached this way, may call on no kernel, or no longer. */
import { defineRule } from './rule.js';
import { callReport, judgedCalls } from './support/calls.js';
import { replacementFixes } from './support/fixes.js';
import { notAllowed } from './support/messages.js';

export const kfuncNotAllowed = defineRule({
  id: 'kfunc-not-allowed',
  severity: 'error',
  doc: {
    summary: 'The program calls a kfunc that is not registered for its program type, or that a filter keeps from its attach type.',
    why:
      'The kernel registers its kfuncs in sets for certain program types, some with a filter by attach type or by struct_ops member. ' +
      'The verifier refuses a call to any other kfunc.',
    bad: {
      code: `extern int bpf_sock_destroy(struct sock_common *sock) __ksym;

SEC("fentry/tcp_connect")
int BPF_PROG(on_connect, struct sock *sk)
{
	return bpf_sock_destroy((struct sock_common *)sk);
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      code: `extern int bpf_sock_destroy(struct sock_common *sock) __ksym;

SEC("iter/tcp")
int each_socket(struct bpf_iter__tcp *ctx)
{
	struct sock_common *sk = ctx->sk_common;

	if (sk)
		bpf_sock_destroy(sk);
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions: 'A kfunc of a module that is not in the facts, the kernel\'s own test kfuncs, and calls behind a guard such as `bpf_ksym_exists` make no finding.',
  },
  run(context, report) {
    for (const judged of judgedCalls(context, 'kfunc', 'not-allowed')) {
      report(callReport(context, judged.call, judged.programs, notAllowed(context, judged), () => replacementFixes(context, judged.call, judged.programs)));
    }
  },
});
