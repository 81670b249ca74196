/** Flags loads and stores of context fields that programs of this type and attach type may not make. */
import type { ContextAccess, Program } from '../model/model.types.js';
import { defineRule, type Report, type RuleContext } from './rule.js';
import { sureOf } from './support/arms.js';
import { callers } from './support/calls.js';
import { aimOf, listKeeper, namesOf } from './support/keep.js';
import { fieldMessage, isForDevices, shapeMessage } from './support/fieldWords.js';
import { judgeField, type FieldVerdict } from './support/judgeField.js';

export const contextFieldNotAllowed = defineRule({
  id: 'context-field-not-allowed',
  severity: 'error',
  doc: {
    summary: 'The program loads or stores a field of its context that it may not load or store.',
    why:
      'The context structs are shared by several program and attach types, and each may read only some of the fields and write fewer. ' +
      'The verifier checks every access at its offset and refuses the others.',
    bad: {
      code: `SEC("xdp")
int by_egress(struct xdp_md *ctx)
{
	return ctx->egress_ifindex == 3 ? 1 : 2;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      code: `SEC("xdp/devmap")
int by_egress(struct xdp_md *ctx)
{
	return ctx->egress_ifindex == 3 ? 1 : 2;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions:
      'Taking the address of a field (`&ctx->cb`) is no access, `offsetof` and `bpf_core_field_exists` are none either, and a field behind such a guard makes no finding. ' +
      'A name that the struct does not have is for the compiler to refuse. A store to `rx_queue_index` is a warning: programs that are loaded onto a network card may make it.',
  },
  run(context, report) {
    const groups = context.model.accessGroups ?? [context.model.contextAccesses];
    for (const refusal of refusals(aimOf(context), namesOf(context.model), groups, (group) => group.flatMap((access) => judgeAccess(context, access) ?? []))) {
      const finding = fieldReport(context, refusal);
      if (finding) report(finding);
    }
  },
});

/** Assembly whose offset or size no kernel takes, for whatever program type. */
function shapeReport(context: RuleContext, place: ContextAccess): Report | undefined {
  const { asm, programs } = place;
  const struct = programs[0]?.context;
  if (asm?.shape === undefined || struct === null || struct === undefined) return undefined;
  return { path: place.path, span: place.access.fieldSpan, message: shapeMessage(struct, place.access.field, asm), subject: place.access.field, programs, related: callers(context, place, programs) };
}

/** Programs that are refused the access, and what is said to the first. */
interface Refusal {
  readonly access: ContextAccess;
  readonly programs: readonly Program[];
  /** Undefined where only the shape of an access in assembly is wrong. */
  readonly verdict: FieldVerdict | undefined;
}

const refusals = listKeeper<readonly ContextAccess[], Refusal>();

function judgeAccess(context: RuleContext, place: ContextAccess): Refusal | undefined {
  if (place.guard !== undefined) return undefined;
  const programs = sureOf(place.programs.filter((program) => judgeField(context, place.access, program)), place.programs);
  const first = programs[0] && judgeField(context, place.access, programs[0]);
  return first || place.asm?.shape !== undefined ? { access: place, programs, verdict: first } : undefined;
}

function fieldReport(context: RuleContext, { access: place, programs, verdict }: Refusal): Report | undefined {
  if (!verdict) return shapeReport(context, place);
  return {
    path: place.path,
    span: place.access.fieldSpan,
    message: fieldMessage(context, place, verdict, programs),
    subject: place.access.field,
    programs,
    related: callers(context, place, programs),
    ...(isForDevices(verdict) ? { severity: 'warning' } : {}),
  };
}
