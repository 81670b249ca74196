/**
 * Flags constants that a call or a map definition passes and that the oldest kernels of the target do not know. Evidence: the
 * versions in data/constants, each with the commit behind it; only exact ones.
 */
import type { HelperFact } from '../facts/factBook.types.js';
import type { Release } from '../facts/kernelVersion.js';
import { flagsOfCall, flagsOfMap, type FlagUse } from '../model/flagRequirements.js';
import type { EntityCall } from '../model/model.types.js';
import { defineRule, type RuleContext } from './rule.js';
import { listKeeper, namesOf } from './support/keep.js';
import { callReport, callGroups, unguardedIn } from './support/calls.js';
import { innerMaps, neededBy } from './support/innerMaps.js';
import { indexOf } from './support/unit.js';
import { lackedBy, lacking } from './support/versions.js';

export const flagNewerThanTarget = defineRule({
  id: 'flag-newer-than-target',
  severity: 'error',
  doc: {
    summary: 'A flag that is passed to a helper, or set for a map, came after the oldest kernel of the target.',
    why:
      'Kernels refuse bits that they do not know: a helper returns `-EINVAL` when it runs, and a map with such a flag is not created. ' +
      'Versions are those of mainline; a distribution may have brought a flag to an older kernel.',
    bad: {
      kernel: '5.4',
      code: `struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
	__uint(map_flags, BPF_F_MMAPABLE);
} counters SEC(".maps");
`,
    },
    good: {
      kernel: '5.5',
      code: `struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
	__uint(map_flags, BPF_F_MMAPABLE);
} counters SEC(".maps");
`,
    },
    exceptions:
      'Only flags that stand by name in the call, in the definition, or in a variable that holds nothing without them are judged, and where their version is not exact only kernels that are known not to have them. Guarded calls, calls through macros, values that are chosen at run time and maps that only guarded code uses make no finding; nor does a flag of a helper or map type that is itself newer than the target.',
  },
  run(context, report) {
    if (!context.target) return;
    mapFlags(context, report);
    const names = namesOf(context.model);
    for (const { call, flags } of passed(names, names, callGroups(context), (group) => flagsIn(context, group))) {
      const helper = context.facts.helpers.get(call.name);
      if (helper) callFlags(context, call, flags, helper, report);
    }
  },
});

type Sink = Parameters<(typeof flagNewerThanTarget)['run']>[1];

/** Members of the target from `first` on that surely lack the flag: where its version is not exact, those up to the last that is known not to have it. */
function without(context: RuleContext, { lifetime }: FlagUse, first: Release): readonly Release[] {
  return lacking(context, lifetime).filter((release) => release >= first);
}

function mapFlags(context: RuleContext, report: Sink): void {
  for (const map of [...context.model.maps, ...innerMaps(context)]) {
    const type = map.type === null ? undefined : context.facts.mapTypes.get(map.type)?.lifetime;
    // Under an `#if` of their own in the definition, the build may leave them out.
    if (!type || map.attributes.some((a) => a.name === 'map_flags' && a.conditions.length > 0)) continue;
    for (const flag of flagsOfMap(map, context.facts, indexOf(context.model))) {
      const members = without(context, flag, type.since);
      const needed = members.length === 0 ? undefined : neededBy(context, map);
      if (!needed || needed.guard !== undefined) continue;
      const { name } = flag.constant;
      report({
        path: map.path, span: flag.span, subject: name, programs: needed.users ?? [],
        message: `\`${name}\`, which \`${map.name}\` is created with, is newer than the target: it is ${lackedBy(context, flag.lifetime, members)}. Creating the map fails there.`,
      });
    }
  }
}

interface Passed {
  readonly call: EntityCall;
  readonly flags: readonly FlagUse[];
}

const passed = listKeeper<readonly EntityCall[], Passed>();

function flagsIn(context: RuleContext, group: readonly EntityCall[]): readonly Passed[] {
  return unguardedIn(group, 'helper')
    .filter((call) => call.call.form === 'direct')
    .map((call) => ({ call, flags: flagsOfCall(call, context.facts, indexOf(context.model)) }))
    .filter(({ flags }) => flags.length > 0);
}

function callFlags(context: RuleContext, call: EntityCall, flags: readonly FlagUse[], helper: HelperFact, report: Sink): void {
  for (const flag of flags) {
    const members = without(context, flag, helper.since);
    if (members.length === 0) continue;
    const { name } = flag.constant;
    const message = `\`${name}\`, which is passed to \`${call.name}\`, is newer than the target: it is ${lackedBy(context, flag.lifetime, members)}. The helper does not take it there, and says so by what it returns.`;
    report({ ...callReport(context, call, call.programs, message), span: flag.span, subject: name, severity: 'warning' });
  }
}
