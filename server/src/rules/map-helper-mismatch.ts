/**
 * Flags helpers that are given a map of a type that they do not take. Evidence: check_map_func_compatibility() in
 * kernel/bpf/verifier.c of 6.12 and 7.3, in data/map-helpers.yaml; only what both refuse.
 */
import type { EntityCall, MapDef } from '../model/model.types.js';
import { defineRule, type RuleContext } from './rule.js';
import { listKeeper, namesOf } from './support/keep.js';
import { callReport, callGroups, unguardedIn } from './support/calls.js';
import { list } from './support/words.js';

export const mapHelperMismatch = defineRule({
  id: 'map-helper-mismatch',
  severity: 'error',
  doc: {
    summary: 'The helper is given a map of a type that it does not take.',
    why:
      'Some map types are for a few helpers only, and some helpers take a few map types only. The verifier asks both ways and refuses the program with ' +
      '`cannot pass map_type … into func …`.',
    bad: {
      code: `struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} events SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_execve")
int on_exec(void *ctx)
{
	__u32 pid = 0;
	bpf_ringbuf_output(&events, &pid, sizeof(pid), 0);
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    good: {
      code: `struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_execve")
int on_exec(void *ctx)
{
	__u32 pid = 0;
	bpf_ringbuf_output(&events, &pid, sizeof(pid), 0);
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
`,
    },
    exceptions:
      'Only a map that is named in the call itself (`&events`) is judged: not one behind a pointer, an inner map that was looked up, or an argument of a macro. ' +
      'Updates of socket maps are left out, since the program type decides about them. Guarded calls make no finding.',
  },
  run(context, report) {
    const { maps } = context.model;
    if (maps.length === 0) return;
    for (const { call, map } of refused(maps, namesOf(context.model), callGroups(context), (group) => refusedIn(context, group, mapsByName(context)))) {
      const message = mismatch(context, call.name, map);
      if (message === undefined) continue;
      const finding = callReport(context, call, call.programs, message);
      report({ ...finding, related: [...(finding.related ?? []), { path: map.path, span: map.typeSpan, message: `\`${map.name}\` is defined here` }] });
    }
  },
});

const byName = new WeakMap<readonly MapDef[], { readonly facts: RuleContext['facts']; readonly maps: ReadonlyMap<string, MapDef> }>();

function mapsByName(context: RuleContext): ReadonlyMap<string, MapDef> {
  const { facts, model } = context;
  let known = byName.get(model.maps);
  if (known?.facts !== facts) byName.set(model.maps, (known = { facts, maps: nameMaps(context) }));
  return known.maps;
}

/** Maps by name, without names that stand for several or for one whose type is not known, to us or at all. */
function nameMaps(context: RuleContext): ReadonlyMap<string, MapDef> {
  const maps = new Map<string, MapDef>();
  const twice = new Set<string>();
  for (const map of context.model.maps) {
    if (maps.has(map.name)) twice.add(map.name);
    // Another runtime's own type (`#define BPF_MAP_TYPE_GPU_RINGBUF_MAP 1527`), or one that is newer than the book.
    if (map.type !== null && context.facts.mapTypes.has(map.type)) maps.set(map.name, map);
  }
  for (const name of twice) maps.delete(name);
  return maps;
}

interface Pair {
  readonly call: EntityCall;
  readonly map: MapDef;
}

/** Kept as long as the unit's maps are what they are. */
const refused = listKeeper<readonly EntityCall[], Pair>();

function refusedIn(context: RuleContext, group: readonly EntityCall[], maps: ReadonlyMap<string, MapDef>): readonly Pair[] {
  return unguardedIn(group, 'helper')
    .filter((call) => call.via === undefined)
    .flatMap((call) => mapsGiven(call, maps).filter((map) => context.facts.mapHelperRefusal(map.type ?? '', call.name) !== undefined).map((map) => ({ call, map })));
}

function mapsGiven(call: EntityCall, maps: ReadonlyMap<string, MapDef>): readonly MapDef[] {
  const given: MapDef[] = [];
  for (const arg of call.call.args) {
    const name = arg.addressOf ? arg.identifier : undefined;
    const map = name === undefined ? undefined : maps.get(name);
    if (map && ![...call.fn.params, ...call.fn.locals].some((v) => v.name === name)) given.push(map);
  }
  return given;
}

function mismatch(context: RuleContext, helper: string, map: MapDef): string | undefined {
  const type = map.type ?? '';
  const side = context.facts.mapHelperRefusal(type, helper);
  if (side === undefined) return undefined;
  const id = context.facts.helpers.get(helper)?.id;
  const takes = side === 'map' ? `only ${list(names(context, type))} ${one(context, type) ? 'takes' : 'take'} such a map` : `it takes only ${list(names(context, helper), 'or')}`;
  return `\`${helper}\` takes no map of type \`${type}\`, which \`${map.name}\` is; ${takes}. The verifier says \`cannot pass map_type … into func ${helper}#${id}\`.`;
}

function names(context: RuleContext, name: string): readonly string[] {
  return (context.facts.mapPartners(name) ?? []).map((partner) => `\`${partner}\``);
}

function one(context: RuleContext, name: string): boolean {
  return context.facts.mapPartners(name)?.length === 1;
}
