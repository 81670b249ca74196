/**
 * Flags loops that stay loops on kernels that refuse all of them. Evidence: kernel commit 2589726d12a1 ("bpf: introduce
 * bounded loops"), 5.3; before, the verifier says `back-edge from insn … to …`.
 */
import type { Program } from '../model/model.types.js';
import { defineRule, type RuleContext } from './rule.js';
import { isOrdinary } from './support/ordinary.js';
import { lackedBy, lacking } from './support/versions.js';

const BOUNDED_LOOPS = { since: 5003 };

export const loopNewerThanTarget = defineRule({
  id: 'loop-newer-than-target',
  severity: 'error',
  doc: {
    summary: 'The program has a loop that the compiler cannot unroll, and the oldest kernel of the target takes no loops.',
    why: 'Kernels before 5.3 refuse every jump backwards (`back-edge from insn … to …`), so that loops had to be unrolled. A loop that runs up to a value in memory cannot be.',
    bad: {
      kernel: '4.19',
      code: `SEC("xdp")
int count(struct xdp_md *ctx)
{
	__u64 sum = 0;
	for (__u32 i = 0; i < ctx->rx_queue_index; i++)
		sum += bpf_get_prandom_u32();
	return sum & 1;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      kernel: '4.19',
      code: `SEC("xdp")
int count(struct xdp_md *ctx)
{
	__u64 sum = 0;
#pragma unroll
	for (__u32 i = 0; i < 16; i++)
		sum += bpf_get_prandom_u32();
	return sum & 1;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions:
      'Only loops of the form `for (…; i < p->field; …)` in a program itself, without a way out in the middle, are judged: whether the compiler unrolls others is not certain. Loops with a pragma that unrolls, or under any condition that a build or the kernel decides, make no finding.',
  },
  run(context, report) {
    const missing = lacking(context, BOUNDED_LOOPS);
    if (missing.length === 0) return;
    for (const program of context.model.programs) {
      if (program.programType === null || program.fn.fromMacro !== undefined) continue;
      for (const loop of program.fn.loops) {
        if (loop.unrolled || !staysALoop(context, program, loop.span)) continue;
        const who = lackedBy(context, BOUNDED_LOOPS, missing).replace(/(lacks?) it$/, (_, lack: string) => (lack === 'lack' ? 'refuse them' : 'refuses them'));
        report({
          path: program.path, span: { start: loop.span.start, end: loop.span.start + 'for'.length }, subject: 'for', programs: [program],
          message: `This loop runs up to a value in memory, so that the compiler cannot unroll it. Bounded loops are ${who}: \`back-edge from insn … to …\`.`,
        });
      }
    }
  },
});

const HEAD = /^for\s*\([^;{}]*;\s*\w+\s*(?:<|<=|!=)\s*(\w+)\s*->\s*\w+\s*;[^;{}]*\)/;
/** A pragma, or a macro that makes one, stands right before its loop. */
const BEFORE = 120;

/** True for a loop up to a field of what a parameter points to, without another way out, that surely is in the program. */
function staysALoop(context: RuleContext, program: Program, { start, end }: Program['fn']['span']): boolean {
  const text = context.model.files.get(program.path)?.text ?? '';
  const head = HEAD.exec(text.slice(start, Math.min(end, start + 400)));
  if (!head || !program.fn.params.some((p) => p.name === head[1])) return false;
  if (/\b(?:break|return|goto)\b/.test(text.slice(start, end)) || /unroll/i.test(text.slice(Math.max(0, start - BEFORE), start))) return false;
  const bound = program.fn.fields.find((f) => f.base === head[1] && f.baseSpan.start > start && f.fieldSpan.end <= start + head[0].length);
  return bound !== undefined && isOrdinary(context, program, bound.conditions);
}
