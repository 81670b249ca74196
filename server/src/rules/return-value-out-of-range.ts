/**
 * Flags constants that a program returns and its type does not let it return, and those of callbacks. Evidence: ranges that Linux 6.18
 * enforces, measured, and check_return_code() and prepare_func_exit() in kernel/bpf/verifier.c of 6.1 and 6.12, in data/return-ranges.yaml,
 * data/lsm-hooks.yaml and data/callbacks.yaml.
 */
import type { ReturnRange } from '../facts/factBook.types.js';
import type { Program } from '../model/model.types.js';
import type { Span } from '../text/span.js';
import { defineRule, type Report, type RuleContext } from './rule.js';
import { hasArms } from './support/arms.js';
import { handedTo } from './support/callbacks.js';
import { callGroups } from './support/calls.js';
import { aimOf, listKeeper, namesOf } from './support/keep.js';
import { wrongReturns, type Returned } from './support/returned.js';
import { kindOf, linux } from './support/words.js';

export const returnValueOutOfRange = defineRule({
  id: 'return-value-out-of-range',
  severity: 'error',
  doc: {
    summary: 'The program, or a callback of it, returns a constant that such programs or callbacks may not return.',
    why:
      'In many program types the value that a program returns decides what the kernel does, and the verifier refuses programs that could return another: ' +
      '`At program exit the register R0 has … should have been in [0, 1]`. So it does with what callbacks return (`At callback return`, `At async callback return`): those of timers and work queues must return 0, ' +
      'those of `bpf_loop` and `bpf_for_each_map_elem` 0 or 1. Programs at hooks of security modules return 0 or a negative error, which the verifier looks at since Linux 6.12.',
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
      'Only constants are judged (literals, macros, enumerators, `const` variables), where nothing but local variables, parameters and answers of helpers decides whether they are returned: in the `return` itself, in an arm of its `?:`, or in a local variable that holds nothing else, or surely holds it on some way. ' +
      'A `return` that the compiler or the verifier may drop makes none: behind a loop without end, under a condition made of constants or sizes, and under a test for null of a pointer that may be known, such as an element of an array. ' +
      'Types, hooks and callbacks that may return anything, or whose range is not known, make no finding.',
  },
  run(context, report) {
    const { programs } = context.model;
    // What is found changes with the body, and a program is the same object then.
    const bodies = programs.map((program) => program.fn);
    for (const { program, range, returned } of found(aimOf(context), namesOf(context.model), bodies, (_, i) => outside(context, programs[i]!))) {
      const kind = kindOf(context.facts, program.programType).replace(/^./, (c) => c.toUpperCase());
      say(report, program, [program], returned, range, `${kind} in \`SEC("${program.section.name}")\``, 'At program exit');
    }
    callbacks(context, report);
  },
});

type Body = Program['fn'];
type Sink = (finding: Report) => void;

interface Outside {
  readonly program: Program;
  readonly returned: Returned;
  readonly range: ReturnRange;
}

const found = listKeeper<Body, Outside>();

function outside(context: RuleContext, program: Program): readonly Outside[] {
  const range = rangeOf(context, program);
  return range ? wrongReturns(context, program.fn, program.path, range).map((returned) => ({ program, returned, range })) : [];
}

/** The range that is known to be enforced on a kernel in question; programs that a loader may give another type are left out. */
function rangeOf(context: RuleContext, program: Program): ReturnRange | undefined {
  const { programType, attachType, section, fn } = program;
  if (programType === null || section.match !== 'libbpf' || fn.sections.length !== 1 || fn.fromMacro !== undefined || hasArms(context, program)) return undefined;
  const range = context.facts.returnRange(programType, attachType, section.extras);
  return range && isEnforced(context, range) ? range : undefined;
}

/** Without a target, every known kernel must enforce it. */
function isEnforced({ target }: RuleContext, range: ReturnRange): boolean {
  return target ? target.max >= range.since : range.free === undefined;
}

/** Functions that are handed to helpers and kfuncs, which must return what the verifier knows them to be asked for. */
function callbacks(context: RuleContext, report: Sink): void {
  const told = new Set<string>();
  for (const group of callGroups(context)) {
    for (const call of group) {
      const returns = context.facts.callbacks.get(call.name)?.returns;
      if (!returns || call.guard !== undefined || call.preprocessor || call.programs.length === 0 || !isEnforced(context, returns)) continue;
      for (const { fn, path } of handedTo(context, call)) {
        for (const returned of fn.fromMacro === undefined ? wrongReturns(context, fn, path, returns) : []) {
          const place = `${path} ${returned.statement.span.start}`;
          if (told.has(place)) continue;
          told.add(place);
          say(report, { fn, path, name: fn.name }, call.programs, returned, returns, `A callback of \`${call.name}\``, returns.says);
        }
      }
    }
  }
}

function say(report: Sink, place: { readonly fn: Body; readonly path: string; readonly name: string }, programs: readonly Program[], returned: Returned, range: ReturnRange, who: string, says: string): void {
  const { statement, value, stored } = returned;
  const allowed = range.min === range.max ? `only ${range.min}` : `${range.min} to ${range.max}`;
  const from = range.free === undefined ? '' : ` from ${linux(range.since)} on`;
  const is = stored === undefined ? 'this is' : `\`${statement.text}\` may be`;
  report({
    path: place.path, span: statement.span, subject: place.name, programs,
    message: `${who} may return ${allowed}${from}, and ${is} ${value}. The verifier says \`${says} the register R0 has …\` and names the range [${range.min}, ${range.max}].`,
    ...(stored === undefined ? {} : { related: [{ path: place.path, span: placeOf(place.fn, stored), message: `${value} is put into \`${statement.text}\` here` }] }),
  });
}

function placeOf(fn: Body, { at, text }: NonNullable<Returned['stored']>): Span {
  return { start: fn.span.start + at, end: fn.span.start + at + text.length };
}
