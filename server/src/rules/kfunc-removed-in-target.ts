/** Flags kfuncs that a kernel of the target no longer has, or has under another name. */
import { formatRelease } from '../facts/kernelVersion.js';
import { defineRule, type Fix, type RuleContext } from './rule.js';
import { callReport, fits, judgedCalls, type JudgedCall } from './support/calls.js';
import { guardFixes } from './support/guardFix.js';
import { lifetimeOf } from './support/judge.js';
import { members } from './support/messages.js';
import { refusal } from './support/words.js';

export const kfuncRemovedInTarget = defineRule({
  id: 'kfunc-removed-in-target',
  severity: 'error',
  doc: {
    summary: 'The program calls a kfunc that a kernel of the target no longer has.',
    why:
      'kfuncs are not a stable interface: the kernel may rename or remove one from one release to the next. ' +
      "libbpf then does not find it in the kernel's BTF and refuses the object.",
    bad: {
      kernel: '6.18',
      code: `extern void cgroup_rstat_updated(struct cgroup *cgrp, int cpu) __ksym;

SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(on_attach, struct cgroup *cgrp, const char *path)
{
	cgroup_rstat_updated(cgrp, 0);
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      kernel: '6.18',
      code: `extern void css_rstat_updated(struct cgroup_subsys_state *css, int cpu) __ksym;

SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(on_attach, struct cgroup *cgrp, const char *path)
{
	css_rstat_updated(&cgrp->self, 0);
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions: 'There is no finding without a target kernel, and none where `bpf_ksym_exists` guards the call.',
  },
  run(context, report) {
    for (const judged of judgedCalls(context, 'kfunc', 'removed')) {
      const { call, fact, verdict, programs } = judged;
      const max = lifetimeOf(fact).max;
      const successor = fact.kind === 'kfunc' ? fact.replacedBy : undefined;
      const message =
        `\`${call.name}\` is gone${max === undefined ? '' : `: Linux ${formatRelease(max)} is the last known to have it`}, and ${members(context, judged)} ` +
        `no longer ${verdict.members.length > 1 ? 'have' : 'has'} it${successor === undefined ? '' : `; \`${successor}\` took its place`}. ` +
        `libbpf says ${refusal(fact, verdict.release)}.`;
      report(callReport(context, call, programs, message, () => [...renameFix(context, judged, successor), ...guardFixes(context, judged)]));
    }
  },
});

/** Renaming is safe only where the successor is declared the same but for its name, and is there on the whole target. */
function renameFix(context: RuleContext, { fact, call, programs }: JudgedCall, successor: string | undefined): readonly Fix[] {
  const other = successor === undefined ? undefined : context.facts.kfuncs.get(successor);
  if (!other || fact.kind !== 'kfunc' || call.call.form !== 'direct' || !fits(context, other.name, programs)) return [];
  if (other.proto.replace(other.name, '') !== fact.proto.replace(fact.name, '')) return [];
  return [{ title: `Call \`${other.name}\``, edits: [{ path: call.path, span: call.call.nameSpan, newText: other.name }] }];
}
