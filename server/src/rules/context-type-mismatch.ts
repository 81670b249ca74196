/**
 * Flags programs whose parameter points to the context of another program type. Evidence: the pairs of program type and
 * context struct in include/linux/bpf_types.h, in data/program-types.
 */
import { structPointedTo } from '../model/coreReads.js';
import type { Program } from '../model/model.types.js';
import { defineRule, type RuleContext } from './rule.js';
import { aimOf, listKeeper, namesOf } from './support/keep.js';
import { remember } from './support/memo.js';
import { kindOf } from './support/words.js';

export const contextTypeMismatch = defineRule({
  id: 'context-type-mismatch',
  severity: 'warning',
  doc: {
    summary: "The program's parameter points to the context of another program type.",
    why:
      "The section decides which context the kernel hands over. Through a pointer to another type's context the compiler takes offsets from the wrong struct: " +
      'the verifier refuses such an access with `invalid bpf_context access`, or it reads another field than the source says.',
    bad: {
      code: `SEC("xdp")
int pass(struct __sk_buff *skb)
{
	return 2;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      code: `SEC("xdp")
int pass(struct xdp_md *ctx)
{
	return 2;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions:
      '`void *`, typedefs and structs that are no context of any program type make no finding, nor do functions written with `BPF_PROG`, `BPF_KPROBE` and the like, nor program types whose context is no struct of its own. `struct pt_regs *` is let pass in perf event and raw tracepoint programs, where loads through it work.',
  },
  run(context, report) {
    const known = contexts(context);
    for (const program of takers(aimOf(context), namesOf(context.model), context.model.programs, (one) => (takenBy(one, known) === undefined ? [] : [one]))) {
      const [param] = program.fn.params;
      const taken = takenBy(program, known);
      if (!param || taken === undefined) continue;
      report({
        path: program.path, span: param.nameSpan, subject: taken, programs: [program],
        message: `${kindOf(context.facts, program.programType).replace(/^./, (c) => c.toUpperCase())} get a \`struct ${program.context} *\` as their context, and \`${program.name}\` takes a \`struct ${taken} *\`.`,
      });
    }
  },
});

/** Programs that take another context: they depend on heads only. */
const takers = listKeeper<Program, Program>();

/** The struct that the program takes, where it is one that another type of program gets. */
function takenBy(program: Program, known: ReadonlySet<string>): string | undefined {
  const [param] = program.fn.params;
  const taken = param && structPointedTo(param.type);
  return taken !== undefined && judged(program, taken) && known.has(taken) ? taken : undefined;
}

function contexts(context: RuleContext): ReadonlySet<string> {
  return remember(context.facts, 'contexts', () => new Set([...context.facts.programTypes.values()].flatMap(({ context: name }) => name ?? [])));
}

function judged({ fn, context, programType, section }: Program, taken: string): boolean {
  // A head that differs by `#if` is known in one of its forms only.
  if (fn.sections.length > 1) return false;
  if (context === null || context === taken || fn.wrapper !== undefined || fn.fromMacro !== undefined || section.match !== 'libbpf') return false;
  // Neither side is a struct whose accesses the kernel checks: a perf event's data begin with the registers, and a raw
  // tracepoint's arguments are read as words.
  return !(taken === 'pt_regs' && (programType === 'BPF_PROG_TYPE_PERF_EVENT' || context === 'bpf_raw_tracepoint_args'));
}
