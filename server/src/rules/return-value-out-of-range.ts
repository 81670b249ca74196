/**
 * Flags constants that a program returns and its type does not let it return. Evidence: ranges that Linux 6.18 enforces,
 * measured, and check_return_code() in kernel/bpf/verifier.c of 6.1 and 6.12, in data/return-ranges.yaml.
 */
import type { ReturnRange } from '../facts/factBook.types.js';
import type { Program } from '../model/model.types.js';
import { defineRule, type RuleContext } from './rule.js';
import { hasArms } from './support/arms.js';
import { aimOf, listKeeper, namesOf } from './support/keep.js';
import { isOrdinary } from './support/ordinary.js';
import { constantValue } from './support/unit.js';
import { kindOf } from './support/words.js';

export const returnValueOutOfRange = defineRule({
  id: 'return-value-out-of-range',
  severity: 'error',
  doc: {
    summary: 'The program returns a constant that programs of its type may not return.',
    why:
      'In many program types the value that a program returns decides what the kernel does, and the verifier refuses programs that could return another: ' +
      '`At program exit the register R0 has … should have been in [0, 1]`.',
    bad: {
      code: `SEC("cgroup/dev")
int deny(struct bpf_cgroup_dev_ctx *ctx)
{
	return -1;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      code: `SEC("cgroup/dev")
int deny(struct bpf_cgroup_dev_ctx *ctx)
{
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions:
      'Only constants in `return` statements of the program itself are judged, where nothing but local variables and parameters decides whether they run. Types in which any value is fine, or whose range is not known, make no finding.',
  },
  run(context, report) {
    const { programs } = context.model;
    // What is found changes with the body, and a program is the same object then.
    const bodies = programs.map((program) => program.fn);
    for (const { program, statement, value, range } of found(aimOf(context), namesOf(context.model), bodies, (_, i) => outside(context, programs[i]!))) {
      const allowed = range.min === range.max ? `only ${range.min}` : `${range.min} to ${range.max}`;
      report({
        path: program.path, span: statement.span, subject: program.name, programs: [program],
        message: `${kindOf(context.facts, program.programType).replace(/^./, (c) => c.toUpperCase())} in \`SEC("${program.section.name}")\` may return ${allowed}, and this is ${value}. The verifier says \`At program exit the register R0 has …\` and names the range [${range.min}, ${range.max}].`,
      });
    }
  },
});

type Body = Program['fn'];

/** A constant out of the range. */
interface Outside {
  readonly program: Program;
  readonly statement: NonNullable<Body['returns']>[number];
  readonly value: number;
  readonly range: ReturnRange;
}

const found = listKeeper<Body, Outside>();

function outside(context: RuleContext, program: Program): readonly Outside[] {
  const range = rangeOf(context, program);
  if (!range) return [];
  return (program.fn.returns ?? []).flatMap((statement) => {
    const value = statement.text === '' ? undefined : constantValue(context, statement.text);
    return value === undefined || (value >= range.min && value <= range.max) || !isOrdinary(context, program, statement.conditions) ? [] : [{ program, statement, value, range }];
  });
}

/** The range that is known to be enforced on a kernel in question; programs that a loader may give another type are left out. */
function rangeOf(context: RuleContext, program: Program): ReturnRange | undefined {
  const { programType, attachType, section, fn } = program;
  if (programType === null || section.match !== 'libbpf' || fn.sections.length !== 1 || fn.fromMacro !== undefined || hasArms(context, program)) return undefined;
  const range = context.facts.returnRange(programType, attachType);
  return range && (!context.target || context.target.max >= range.since) ? range : undefined;
}
