/**
 * Flags constants that a call or a map definition passes and that the oldest kernels of the target do not know. Evidence: the
 * versions in data/constants, each with the commit behind it; only exact ones.
 */
import type { ConstantFact, FactBook, HelperFact, Lifetime } from '../facts/factBook.types.js';
import type { Release } from '../facts/kernelVersion.js';
import type { EntityCall } from '../model/model.types.js';
import { tokenize } from '../model/tokens.js';
import { defineRule, type RuleContext } from './rule.js';
import { callReport, unguarded } from './support/calls.js';
import { remember } from './support/memo.js';
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
      'Only flags that stand in the call or the definition by name are judged, and only where their version is exact. Guarded calls, calls through macros, values that are chosen at run time and maps that only guarded code uses make no finding; nor does a flag of a helper or map type that is itself newer than the target.',
  },
  run(context, report) {
    if (!context.target) return;
    const { min } = context.target;
    const newer = remember(context.facts, `newer constants ${min}`, () => newerConstants(context.facts, min));
    if (newer.size === 0) return;
    mapFlags(context, newer, report);
    for (const call of unguarded(context, 'helper')) {
      const helper = call.via === undefined && call.call.form === 'direct' ? context.facts.helpers.get(call.name) : undefined;
      if (helper) callFlags(context, call, helper, newer, report);
    }
  },
});

interface Newer {
  readonly constant: ConstantFact;
  readonly lifetime: Lifetime;
}
type Sink = Parameters<(typeof flagNewerThanTarget)['run']>[1];

/** Constants that the oldest release of the target surely lacks. */
function newerConstants(facts: FactBook, min: Release): ReadonlyMap<string, Newer> {
  const newer = new Map<string, Newer>();
  for (const constant of facts.constants.values()) {
    const { lifetime } = constant;
    if (lifetime && lifetime.after === undefined && lifetime.since > min) newer.set(constant.name, { constant, lifetime });
  }
  return newer;
}

function words(text: string): readonly string[] {
  // Flags are written in capitals: most arguments are none.
  return text.includes('?') || !/\b[A-Z][A-Z0-9]*_/.test(text) ? [] : tokenize(text).filter((t) => t.kind === 'word').map((t) => t.value);
}

function mapFlags(context: RuleContext, newer: ReadonlyMap<string, Newer>, report: Sink): void {
  const { defines } = indexOf(context.model);
  for (const map of context.model.maps) {
    const attribute = map.variable.mapAttributes.find((a) => a.name === 'map_flags');
    const type = map.type === null ? undefined : context.facts.mapTypes.get(map.type)?.lifetime;
    if (!attribute || !type) continue;
    for (const word of words(attribute.value)) {
      const found = defines.has(word) ? undefined : newer.get(word);
      if (!found || !found.constant.belongs.some((o) => o.kind === 'map-type' && o.param === 'map_flags' && (o.name === map.type || o.name === '*'))) continue;
      const members = lacking(context, found.lifetime).filter((release) => release >= type.since);
      const needed = members.length === 0 ? undefined : context.model.mapRequirement?.(map);
      if (!needed || needed.guard !== undefined) continue;
      report({
        path: map.path, span: attribute.valueSpan, subject: word, programs: needed.users ?? [],
        message: `\`${word}\`, which \`${map.name}\` is created with, is newer than the target: it is ${lackedBy(context, found.lifetime, members)}. Creating the map fails there.`,
      });
    }
  }
}

function callFlags(context: RuleContext, call: EntityCall, helper: HelperFact, newer: ReadonlyMap<string, Newer>, report: Sink): void {
  const { defines } = indexOf(context.model);
  for (const [i, arg] of call.call.args.entries()) {
    const param = helper.params[i]?.name;
    if (param === undefined || param === '') continue;
    for (const word of words(arg.text)) {
      const found = defines.has(word) ? undefined : newer.get(word);
      if (!found || !found.constant.belongs.some((o) => o.kind === 'helper' && o.name === call.name && o.param === param)) continue;
      const members = lacking(context, found.lifetime).filter((release) => release >= helper.since);
      if (members.length === 0) continue;
      const message = `\`${word}\`, which is passed to \`${call.name}\`, is newer than the target: it is ${lackedBy(context, found.lifetime, members)}. The helper does not take it there, and says so by what it returns.`;
      report({ ...callReport(context, call, call.programs, message), span: arg.span, subject: word, severity: 'warning' });
    }
  }
}
