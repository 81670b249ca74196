/**
 * Flags loops that stay loops on kernels that refuse all of them. Evidence: kernel commit 2589726d12a1 ("bpf: introduce
 * bounded loops"), 5.3; before, the verifier says `back-edge from insn … to …`.
 */
import type { Program } from '../model/model.types.js';
import { staysALoop } from '../model/language.js';
import { defineRule, type RuleContext } from './rule.js';
import { isOrdinary } from './support/ordinary.js';
import { indexOf } from './support/unit.js';
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
      'Only two kinds of loops in a program itself are judged: `for (…; i < p->field; …)` without a way out in the middle, and those that count up to 4096 or more with a call of a helper in them. Whether the compiler unrolls others is not certain. Loops with a pragma that unrolls, or under any condition that a build or the kernel decides, make no finding.',
  },
  run(context, report) {
    const missing = lacking(context, BOUNDED_LOOPS);
    if (missing.length === 0) return;
    const index = indexOf(context.model);
    for (const program of context.model.programs) {
      if (program.programType === null) continue;
      const text = context.model.files.get(program.path)?.text ?? '';
      for (const loop of program.fn.loops) {
        const stays = staysALoop(program.fn, loop, text, index);
        if (stays === undefined || !isOrdinary(context, program.fn, conditionsOf(context, program, loop.span))) continue;
        const who = lackedBy(context, BOUNDED_LOOPS, missing).replace(/(lacks?) it$/, (_, lack: string) => (lack === 'lack' ? 'refuse them' : 'refuses them'));
        const why = stays === 'compiled' ? 'is one in the compiled program' : stays === 'field' ? 'runs up to a value in memory, so that the compiler cannot unroll it' : 'makes more passes than the compiler unrolls by itself';
        report({
          path: program.path, span: { start: loop.span.start, end: loop.span.start + 'for'.length }, subject: 'for', programs: [program],
          message: `This loop ${why}. Bounded loops are ${who}: \`back-edge from insn … to …\`.`,
        });
      }
    }
  },
});

/** What the code around a loop asks: the conditions of the first call or field in it, but for the loop's own. */
function conditionsOf({ model }: RuleContext, program: Program, loop: Program['fn']['span']): Program['fn']['conditions'] {
  const inside = [...program.fn.fields.map((f) => ({ at: f.fieldSpan.start, conditions: f.conditions })), ...program.fn.calls.map((c) => ({ at: c.span.start, conditions: c.conditions }))];
  const written = inside.find(({ at }) => at > loop.start && at < loop.end)?.conditions.filter((c) => c.span.start < loop.start) ?? [];
  return model.conditionsAt?.(program.fn, written, loop.start) ?? written;
}
